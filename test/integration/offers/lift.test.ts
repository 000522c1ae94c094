import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  agentMetricDefinitions,
  agentPricingTiers,
  agents,
  billingIntents,
  subscriptionAddons,
  tierMetricQuotas,
  user,
  userAgentSubscriptions,
} from '#src/db/schema/index.ts'
import { newBrowser, newPerson, redirectUri } from '#test/integration/oauth/market.ts'
import type { Browser } from '#test/integration/oauth/market.ts'
import { addAddon, addMeteredAgent, call } from '#test/integration/usage/market.ts'
import type { MeteredAgent } from '#test/integration/usage/market.ts'
import { addPaidAgent, decliningCard, pay } from '#test/integration/billing/buyers/market.ts'
import type { PaidAgent } from '#test/integration/billing/buyers/market.ts'
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
    expect((await person.open('/buy/nonsense')).status).toBe(404)
    expect((await person.open('/buy/%00')).status).toBe(404)
    expect((await person.submit(link.slice(0, -3), { tier: agent.tierId })).status).toBe(404)
  })

  it('is found where it was before, with the way back', async () => {
    const person = await newPerson(server)
    const link = new URL(`${await liftLink(person)}?return_to=${encodeURIComponent(backTo)}`)
    const { url } = await person.open(link.href.replace('/buy/', '/lift/'))
    expect(url.href).toBe(link.href)
  })

  it('says to another person by one letter whose it is, once they subscribed there, and switches back to itself', async () => {
    const person = await newPerson(server)
    const link = await liftLink(person)
    await person.submit(link, { tier: agent.tierId })
    const other = await newPerson(server)
    const { text } = await other.open(link)
    expect(text).toContain('gave it to a•••@…')
    expect(text).not.toContain(person.email)
    const switching = /action="(\/sign-out\?[^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const { url } = await other.submit(switching, {})
    expect(url.pathname).toBe('/sign-in')
    expect(url.searchParams.get('returnTo')).toBe(new URL(link).pathname)
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

describe('buying where it stopped', () => {
  const returning = (link: string) => `${link}?return_to=${encodeURIComponent(backTo)}`
  const fieldOf = (text: string, name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? ''
  /** What the page's own form sends. */
  const form = (text: string) => ({ intent: 'buy', offer: fieldOf(text, 'offer'), id: fieldOf(text, 'id') })
  const addonsOf = async (person: Browser) => {
    const isTheirs = eq(subscriptionAddons.subscriptionId, (await subscriptionsOf(person))[0]?.id ?? '')
    return server.deps.db.select().from(subscriptionAddons).where(isTheirs)
  }

  /** Somebody who has used up the five of the free tier. */
  const stopped = async (of: PaidAgent) => {
    const person = await newPerson(server)
    await person.submit(`/agents/${of.slug}/subscribe?tier=${of.tierId}`, {})
    await use(person, 5, of)
    return { person, link: returning(await liftLink(person, of)) }
  }
  /** On the paid tier, with this card, and stopped again; the pages themselves lead there. */
  const stoppedWithCard = async (of: PaidAgent, card?: string) => {
    const { person, link } = await stopped(of)
    const tierPath = `/agents/${of.slug}/subscribe?tier=${of.tiers.reader}&from=${encodeURIComponent(new URL(link).pathname + new URL(link).search)}`
    expect((await person.open(link)).text.replaceAll('&amp;', '&')).toContain(`href="${tierPath}"`)
    const { url } = await person.submit(tierPath, { intent: 'pay', trial: 'yes' })
    await pay(server, url.href, card)
    const [intent] = await server.deps.db
      .select()
      .from(billingIntents)
      .where(eq(billingIntents.userId, await userIdOf(person)))
    const done = await person.open(`/checkout/${intent?.id}`)
    await use(person, 195, of)
    return { person, link, done }
  }

  it('leads from a tier that is bought back to the agent, where it goes on', async () => {
    const { person, done } = await stoppedWithCard(await addPaidAgent(server))
    expect(done.text).toContain('Reader is yours')
    expect(done.text).toContain(`href="${backTo}"`)
    expect(await subscriptionsOf(person)).toMatchObject([{ status: 'trialing' }])
  })

  it('buys the add-on with the saved card by one press, pressed twice once, and the same use succeeds once', async () => {
    const paid = await addPaidAgent(server)
    const { person, link } = await stoppedWithCard(paid)
    const body = { clientReqId: crypto.randomUUID(), userId: await userIdOf(person), metric: 'messages', delta: 1 }
    const ask = async () => (await call(server, { token: paid.token, path: '/usage', body })).body
    expect(await ask()).toMatchObject({ allowed: false, reason: 'quota_exceeded' })

    const { text } = await person.open(link)
    expect(text.replaceAll('<!-- -->', '')).toContain('Buy 100 more unit for €4.00')
    expect(text).toContain('Visa ending in 4242')
    const pressed = form(text)
    const [first, second] = [await person.submit(link, pressed), await person.submit(link, pressed)]
    for (const page of [first, second]) {
      expect(page.url.searchParams.get('notice')).toBe('bought')
      expect(page.text).toContain('100 unit left')
      expect(page.text).toContain(`href="${backTo}"`)
    }
    expect(await addonsOf(person)).toHaveLength(1)
    expect(await ask()).toMatchObject({ allowed: true, remaining: 99 })
    expect(await ask()).toMatchObject({ allowed: true, remaining: 99 })
  })

  it('says that a card was declined, changes nothing, and asks for another with a new purchase', async () => {
    const { person, link } = await stoppedWithCard(await addPaidAgent(server), decliningCard)
    const pressed = form((await person.open(link)).text)
    const page = await person.submit(link, pressed)
    expect(page.status).toBe(402)
    expect(page.text).toContain('The payment was declined')
    expect(page.text).toContain('Pay with another card')
    expect(form(page.text).offer).toBe(pressed.offer)
    expect(form(page.text).id).not.toBe(pressed.id)
    expect(await addonsOf(person)).toEqual([])
  })

  it('asks who has no card for one, and leads back to the agent afterwards', async () => {
    const paid = await addPaidAgent(server)
    const { person, link } = await stopped(paid)
    const { text } = await person.open(link)
    expect(text).toContain('A card is asked for next')
    const { url } = await person.submit(link, form(text))
    expect(url.pathname).toMatch(/^\/sandbox\/checkout\//)
    await pay(server, url.href)
    const { text: done } = await person.open(`/checkout/${form(text).id}`)
    expect(done).toContain('The add-on is yours')
    expect(done).toContain(`href="${backTo}"`)
    expect(await use(person, 1, paid)).toMatchObject({ allowed: true, remaining: 99 })
  })

  it('keeps the way back through a change of tier, and loses one that is not the agent’s', async () => {
    const paid = await addPaidAgent(server)
    const { person, link } = await stoppedWithCard(paid)
    const [subscription] = await subscriptionsOf(person)
    const change = (from: string) =>
      `/account/subscriptions/${subscription?.id}/change?tier=${paid.tiers.studio}&from=${encodeURIComponent(from)}`
    const path = new URL(link).pathname
    const { text } = await person.open(change(path + new URL(link).search))
    const fields = { tier: paid.tiers.studio, id: fieldOf(text, 'id') }
    const dated = { prorationDate: fieldOf(text, 'prorationDate'), due: fieldOf(text, 'due') }
    const page = await person.submit(change(path + new URL(link).search), { ...fields, ...dated })
    expect(page.url.pathname).toBe(path)
    expect(page.text).toContain('Your tier is changed')
    expect(page.text).toContain(`href="${backTo}"`)
    const evil = `${path}?return_to=${encodeURIComponent('https://evil.example/')}`
    expect((await person.open(evil)).text).not.toContain('evil.example/"')
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
