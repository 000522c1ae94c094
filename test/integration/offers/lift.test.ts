import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  agentMetricDefinitions,
  agentPricingTiers,
  agents,
  tierMetricQuotas,
  user,
  userAgentSubscriptions,
} from '#src/db/schema/index.ts'
import { newBrowser, newPerson, redirectUri } from '#test/integration/oauth/market.ts'
import type { Browser } from '#test/integration/oauth/market.ts'
import { addAddon, addMeteredAgent, call } from '#test/integration/usage/market.ts'
import type { MeteredAgent } from '#test/integration/usage/market.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'

let server: TestServer
let agent: MeteredAgent

beforeAll(async () => {
  server = await startTestServer()
  agent = await addMeteredAgent(server, { messages: { quota: 3 }, seats: { kind: 'gauge', quota: null }, images: {} })
})
afterAll(() => server.stop())

const backTo = new URL('/chat?id=7', redirectUri).href

async function userIdOf({ email }: Browser): Promise<string> {
  const [person] = await server.deps.db.select({ id: user.id }).from(user).where(eq(user.email, email))
  return person?.id ?? ''
}

const use = async (person: Browser, delta = 1, of = agent) => {
  const body = { clientReqId: crypto.randomUUID(), userId: await userIdOf(person), metric: 'messages', delta }
  return (await call(server, { token: of.token, path: '/usage', body })).body
}

/** The link of a denial, as the agent gets it. */
const liftLink = async (person: Browser, of = agent) => {
  const { purchaseUrl } = await use(person, 4, of)
  if (typeof purchaseUrl !== 'string') throw new Error('There was no link')
  return purchaseUrl
}

const subscriptionsOf = async (person: Browser) =>
  server.deps.db
    .select()
    .from(userAgentSubscriptions)
    .where(eq(userAgentSubscriptions.userId, await userIdOf(person)))

describe('the link of a denial', () => {
  it('asks who is not signed in to sign in, and leads on with the way back to the agent', async () => {
    const person = await newPerson(server)
    const link = `${await liftLink(person)}?return_to=${encodeURIComponent(backTo)}`
    const { url } = await newBrowser(server).open(link)
    expect(url.pathname).toBe('/sign-in')
    expect(url.searchParams.get('returnTo')).toBe(link.slice(server.origin.length))
  })

  it('starts the free tier, and the same use succeeds', async () => {
    const person = await newPerson(server)
    const link = await liftLink(person)
    const before = await person.open(link)
    expect(before.text).toContain('3 unit a month')
    expect(before.text).toContain('Unlimited unit')
    const after = await person.submit(link, { tier: agent.tierId })
    expect(after.url.searchParams.get('notice')).toBe('started')
    expect(after.text).toContain('You are subscribed')
    expect(await use(person)).toMatchObject({ allowed: true, remaining: 2 })
  })

  it('shows where the person stands, with the parts of the limit', async () => {
    const person = await newPerson(server)
    const link = await liftLink(person)
    await person.submit(link, { tier: agent.tierId })
    await use(person, 3)
    expect((await person.open(link)).text).toContain('No unit left')
    const [subscription] = await subscriptionsOf(person)
    const metricId = agent.metricIds['messages'] ?? ''
    await addAddon(server, { subscriptionId: subscription?.id ?? '', metricId, amount: 7, scope: 'one_cycle' })
    const { text } = await person.open(link)
    expect(text).toContain('3 of 10 unit')
    expect(text).toContain('7 unit left')
  })

  it('shows another person that it is not theirs, and nothing else', async () => {
    const person = await newPerson(server)
    const link = await liftLink(person)
    const other = await newPerson(server)
    const { status, text } = await other.open(link)
    expect(status).toBe(403)
    expect(text).toContain('gave it to somebody else')
    expect(text).not.toContain('a•••')
    expect(text).not.toContain(person.email)
    expect(text).not.toContain('Start free')
    const answer = await other.submit(link, { tier: agent.tierId })
    expect(answer.status).toBe(403)
    expect(await subscriptionsOf(other)).toEqual([])
    expect(await subscriptionsOf(person)).toEqual([])
  })

  it.each([
    ['another origin', 'https://evil.example/chat'],
    ['a script', 'javascript:alert(1)'],
    ['a name before the host', 'https://agent.example@evil.example/'],
  ])('leads back to the agent, not to %s', async (_, returnTo) => {
    const person = await newPerson(server)
    const link = await liftLink(person)
    const good = await person.open(`${link}?return_to=${encodeURIComponent(backTo)}`)
    expect(good.text).toContain(`href="${backTo}"`)
    const bad = await person.open(`${link}?return_to=${encodeURIComponent(returnTo)}`)
    expect(bad.status).toBe(200)
    expect(bad.text).not.toContain(`href="${returnTo}"`)
    expect(bad.text).not.toContain('Back to Lector')
  })

  it('that was cut off, or never ours, is a 404', async () => {
    const person = await newPerson(server)
    const link = await liftLink(person)
    expect((await person.open(link.slice(0, -3))).status).toBe(404)
    expect((await person.open('/lift/nonsense')).status).toBe(404)
    expect((await person.open('/lift/%00')).status).toBe(404)
    expect((await person.submit(link.slice(0, -3), { tier: agent.tierId })).status).toBe(404)
  })

  it('offers nothing of a suspended agent', async () => {
    const own = await addMeteredAgent(server)
    const person = await newPerson(server)
    const link = await liftLink(person, own)
    await server.deps.db.update(agents).set({ status: 'suspended' }).where(eq(agents.id, own.id))
    const { text } = await person.open(link)
    expect(text).toContain('is closed for now')
    expect(text).not.toContain('Start free')
    expect((await person.submit(link, { tier: own.tierId })).status).toBe(409)
  })
})

describe('starting free', () => {
  const subscribePath = (of: MeteredAgent, tierId = of.tierId) => `/agents/${of.slug}/subscribe?tier=${tierId}`

  it('is offered on the agent’s page, and once taken not again', async () => {
    const person = await newPerson(server)
    expect((await person.open(`/agents/${agent.slug}`)).text).toContain(subscribePath(agent))
    const { text } = await person.submit(subscribePath(agent), {})
    expect(await subscriptionsOf(person)).toMatchObject([{ status: 'active', tierId: agent.tierId }])
    expect(text).not.toContain('Start free')
    expect((await person.open(subscribePath(agent))).text).toContain('You have Lector already')
    await person.submit(subscribePath(agent), {})
    expect(await subscriptionsOf(person)).toHaveLength(1)
  })

  it('leaves out tiers that are gone, older than a newer one, or not on offer yet', async () => {
    const own = await addMeteredAgent(server)
    const { db } = server.deps
    const familyId = crypto.randomUUID()
    const free = { agentId: own.id, isFree: true, price: 0 }
    await db.insert(agentPricingTiers).values([
      { ...free, tierName: 'Gone', archivedAt: new Date() },
      { ...free, tierName: 'Older', familyId, version: 1 },
      { ...free, tierName: 'Newer', familyId, version: 2 },
      { ...free, tierName: 'Future', effectiveAt: new Date(Date.now() + 86_400_000) },
    ])
    const { text } = await newBrowser(server).open(`/agents/${own.slug}`)
    expect(text).toContain('Newer')
    for (const name of ['Gone', 'Older', 'Future']) expect(text).not.toContain(name)
  })

  it('takes no tier that costs, whose way leads past paying, nor another agent’s', async () => {
    const own = await addMeteredAgent(server)
    const paid = { agentId: own.id, tierName: 'Pro', isFree: false, price: 900, currency: 'EUR' }
    const [pro] = await server.deps.db.insert(agentPricingTiers).values(paid).returning()
    const person = await newPerson(server)
    const link = await liftLink(person, own)
    const proId = pro?.id ?? ''
    const { text } = await person.open(link)
    expect(text).toContain('€9.00/mo')
    expect(text).toContain(subscribePath(own, proId))
    for (const tierId of [proId, agent.tierId, 'nonsense']) {
      expect((await person.submit(link, { tier: tierId })).status).toBe(409)
      expect((await person.submit(subscribePath(own, tierId), {})).status).toBeGreaterThanOrEqual(400)
    }
    for (const tierId of [agent.tierId, 'nonsense'])
      expect((await person.open(subscribePath(own, tierId))).status).toBe(404)
    expect(await subscriptionsOf(person)).toEqual([])
  })

  it('says what a tier includes, and leaves out what it denies', async () => {
    const own = await addMeteredAgent(server, { messages: { quota: 1_000 }, exports: { quota: 0 } })
    const values = { agentId: own.id, slug: 'seats', displayName: 'Seats', unit: 'seats', kind: 'gauge' as const }
    const [metric] = await server.deps.db.insert(agentMetricDefinitions).values(values).returning()
    await server.deps.db
      .insert(tierMetricQuotas)
      .values({ tierId: own.tierId, metricId: metric?.id ?? '', quotaLimit: 2 })
    const person = await newPerson(server)
    const { text } = await person.open(subscribePath(own))
    expect(text).toContain('1,000 unit a month')
    expect(text).toMatch(/>2 seats</)
    expect(text).not.toContain('>0 unit')
  })
})
