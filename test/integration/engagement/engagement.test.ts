// Favourites, installs and waitlists in the whole server, by session and by the pages' own forms.
import { and, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  agentInstalls,
  agentPricingTiers,
  agents,
  agentWaitlist,
  interactionRecipients,
  interactions,
  user,
} from '#src/db/schema/index.ts'
import { createEngagementServices, engagementJobs } from '#src/features/engagement/index.ts'
import { addMember, addPerson, addPublisher, call, signedIn, subscribe } from '#test/integration/pricing/publisher.ts'
import type { Session, TestPublisher } from '#test/integration/pricing/publisher.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { mailsTo as queuedFor } from './bench.ts'

let server: TestServer
let person: Session
let agent: TestPublisher

beforeAll(async () => {
  server = await startTestServer()
  person = await signedIn(server)
})
beforeEach(async () => {
  agent = await addPublisher(server.deps.db)
})
afterAll(() => server.stop())

const isThis = () => eq(agents.id, agent.agentId)
const setComingSoon = (comingSoon: boolean) => server.deps.db.update(agents).set({ comingSoon }).where(isThis())
const pathTo = (what: string) => `/agents/${agent.slug}/${what}`
const acts = async () =>
  (
    await server.deps.db
      .select()
      .from(interactions)
      .where(eq(interactions.agentId, agent.agentId))
      .orderBy(interactions.createdAt)
  ).map(({ type, userEmail }) => ({ type, userEmail }))
const own = (type: string) => ({ type, userEmail: `${person.userId}@example.com` })

interface Form {
  readonly fields?: Readonly<Record<string, string>>
  /** Undefined: nobody is signed in. */
  readonly cookie?: string | undefined
}

const post = (path: string, { fields = {}, cookie }: Form = {}) =>
  fetch(server.origin + path, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: server.origin, ...(cookie !== undefined && { cookie }) },
    body: new URLSearchParams(fields),
  })

const runJobs = async (): Promise<void> => {
  for (const job of engagementJobs) await job.run(server.deps)
}
const mailsTo = (to: string) => queuedFor(server.deps, to)

async function linkMailedTo(to: string): Promise<string> {
  const [mail, ...others] = await mailsTo(to)
  expect(others).toEqual([])
  return /\/confirm\/mailbox\/\S+/.exec(mail?.text ?? '')?.[0] ?? ''
}

describe('favourites', () => {
  const list = async () => (await person.call('GET', '/favourites')).body.items as { slug: string }[]

  test('are added and removed, by session and by a form that leads back', async () => {
    expect((await person.call('PUT', pathTo('favourite'))).status).toBe(204)
    expect((await person.call('PUT', pathTo('favourite'))).status).toBe(204)
    expect((await list()).map(({ slug }) => slug)).toEqual([agent.slug])
    const fields = { intent: 'remove', returnTo: '/account/favourites' }
    const removed = await post(pathTo('favourite'), { fields, cookie: person.cookie })
    expect([removed.status, removed.headers.get('location')]).toEqual([303, '/account/favourites'])
    expect(await list()).toEqual([])
  })

  test('lead whoever is not signed in there and back, and opening a link adds nothing', async () => {
    const answer = await post(pathTo('favourite'))
    const backTo = new URL(answer.headers.get('location') ?? '', server.origin).searchParams.get('returnTo')
    expect(backTo).toBe(pathTo('favourite'))
    const page = await fetch(server.origin + backTo, { headers: { cookie: person.cookie } })
    expect(await page.text()).toContain('Add to favourites')
    expect(await list()).toEqual([])
    const elsewhere = { fields: { returnTo: '//evil.example/' }, cookie: person.cookie }
    expect((await post(pathTo('favourite'), elsewhere)).headers.get('location')).toBe(`/agents/${agent.slug}`)
  })

  test('are nobody else’s, and of nothing that has no page', async () => {
    expect((await call(server, 'PUT', pathTo('favourite'), { headers: { origin: server.origin } })).status).toBe(401)
    expect((await person.call('PUT', '/agents/nowhere/favourite')).status).toBe(404)
    await server.deps.db.update(agents).set({ status: 'suspended' }).where(isThis())
    expect((await person.call('PUT', pathTo('favourite'))).status).toBe(404)
  })
})

describe('installs', () => {
  const counted = () => createEngagementServices(server.deps).countInstalls(agent.agentId)

  test('are one for each person, recorded with what they did, and go when they are uninstalled', async () => {
    await Promise.all([person.call('PUT', pathTo('install')), person.call('PUT', pathTo('install'))])
    expect(await counted()).toBe(1)
    const gone = await post(pathTo('uninstall'), { cookie: person.cookie })
    expect(gone.headers.get('location')).toBe('/account/connected-agents?notice=uninstalled')
    await person.call('DELETE', pathTo('install'))
    expect(await counted()).toBe(0)
    expect(await acts()).toEqual([own('installed'), own('uninstalled')])
  })

  test('are not counted of the publisher’s people, testers and who is locked out', async () => {
    const { db } = server.deps
    const add = async (userId: string) =>
      void (await db.insert(agentInstalls).values({ agentId: agent.agentId, userId }))
    await add(await addPerson(db))
    await add(agent.userId)
    const [member, tester, banned] = [await addPerson(db), await addPerson(db), await addPerson(db)]
    for (const userId of [member, tester, banned]) await add(userId)
    expect(await counted()).toBe(4)
    await addMember(db, { ...agent, userId: member, role: 'member' })
    const tier = { agentId: agent.agentId, tierName: 'Free', isFree: true, price: 0 }
    const [free] = await db.insert(agentPricingTiers).values(tier).returning()
    await subscribe(db, { agentId: agent.agentId, tierId: free?.id ?? '', userId: tester, isTest: true })
    await db.update(user).set({ banned: true }).where(eq(user.id, banned))
    expect(await counted()).toBe(1)
  })

  test('are refused of what can’t be used yet, and of what nobody has claimed', async () => {
    await setComingSoon(true)
    expect((await person.call('PUT', pathTo('install'))).status).toBe(409)
    expect((await person.call('PUT', '/agents/openhands/install')).status).toBe(409)
    expect(await acts()).toEqual([])
  })

  test('come from the first launch, but from no launch that another site made', async () => {
    const { db } = server.deps
    const clientId = `client-${agent.agentId}`
    await db.execute(sql`
      INSERT INTO oauth_client (id, client_id, redirect_uris) VALUES (${clientId}, ${clientId}, ARRAY['https://a.example/cb'])`)
    const launchUri = { initiateLoginUri: 'https://agent.example/launch', oauthClientId: clientId }
    await db.update(agents).set(launchUri).where(isThis())
    const launch = (site: string) =>
      fetch(server.origin + pathTo('launch'), {
        redirect: 'manual',
        headers: { cookie: person.cookie, 'sec-fetch-site': site },
      })
    expect((await launch('cross-site')).status).toBe(302)
    expect(await counted()).toBe(0)
    await launch('same-origin')
    await launch('same-origin')
    expect(await counted()).toBe(1)
    expect(await acts()).toEqual([own('installed')])
    await setComingSoon(true)
    const soon = await launch('same-origin')
    expect([soon.status, soon.headers.get('location')]).toEqual([200, null])
  })

  test('come with a free subscription, which is recorded with it; nothing where it is refused', async () => {
    const { db } = server.deps
    const tier = { agentId: agent.agentId, tierName: 'Free', isFree: true, price: 0 }
    const [free] = await db.insert(agentPricingTiers).values(tier).returning()
    const start = () => post(`${pathTo('subscribe')}?tier=${free?.id}`, { cookie: person.cookie })
    await setComingSoon(true)
    // The tier is not even shown.
    await start()
    expect(await acts()).toEqual([])
    await setComingSoon(false)
    expect((await start()).status).toBe(200)
    expect((await start()).status).toBe(409)
    expect((await acts()).map(({ type }) => type).toSorted()).toEqual(['installed', 'subscribed'])
    expect(await counted()).toBe(1)
  })
})

describe('waitlists', () => {
  beforeEach(() => setComingSoon(true))
  const entries = () => server.deps.db.select().from(agentWaitlist).where(eq(agentWaitlist.agentId, agent.agentId))
  const join = (email: string, cookie?: string) => post(pathTo('waitlist'), { fields: { email }, cookie })

  test('take a member’s own confirmed address at once, and let it go', async () => {
    expect((await person.call('PUT', pathTo('waitlist'))).status).toBe(204)
    expect((await person.call('PUT', pathTo('waitlist'))).status).toBe(204)
    expect((await person.call('GET', pathTo('waitlist'))).body).toEqual({ isWaiting: true })
    expect(await acts()).toEqual([own('waitlist_joined')])
    expect((await person.call('DELETE', pathTo('waitlist'))).status).toBe(204)
    expect(await entries()).toEqual([])
  })

  test('ask every other mailbox, and say the same of those that are on the list', async () => {
    const email = `grace-${agent.agentId}@example.com`
    const first = await join(email, person.cookie)
    const link = await linkMailedTo(email)
    const opened = await fetch(server.origin + link)
    expect([opened.status, (await entries())[0]?.confirmedAt]).toEqual([200, null])
    expect(await acts()).toEqual([])
    expect((await post(link)).status).toBe(200)
    await post(link)
    expect((await entries())[0]?.confirmedAt).not.toBeNull()
    expect(await acts()).toEqual([{ type: 'waitlist_joined', userEmail: email }])
    const again = await join(email)
    expect(again.headers.get('location')).toBe(first.headers.get('location'))
    expect([again.status, await mailsTo(email)]).toMatchObject([first.status, [{}]])
    await post(link, { fields: { intent: 'leave' } })
    expect(await entries()).toEqual([])
    expect((await post(link)).status).toBe(410)
  })

  test('refuse what is no address, what can be used already, and too many mails to one mailbox', async () => {
    expect((await join('nobody')).status).toBe(400)
    const email = `often-${agent.agentId}@example.com`
    for (let time = 0; time < 5; time++) expect((await join(email)).status).toBe(303)
    expect((await join(email)).status).toBe(429)
    await setComingSoon(false)
    expect((await person.call('PUT', pathTo('waitlist'))).status).toBe(409)
    const stranger = await signedIn(server)
    await server.deps.db.update(user).set({ emailVerified: false }).where(eq(user.id, stranger.userId))
    expect((await stranger.call('PUT', pathTo('waitlist'))).status).toBe(403)
  })

  test('tell everybody confirmed once when it can be used, and forget who said nothing for a week', async () => {
    const { db } = server.deps
    const email = `waits-${agent.agentId}@example.com`
    const agentId = agent.agentId
    await db.insert(agentWaitlist).values([
      { agentId, email, confirmedAt: new Date() },
      { agentId, email: `silent-${email}` },
      { agentId, email: `old-${email}`, createdAt: new Date(Date.now() - 8 * 86_400_000) },
    ])
    await runJobs()
    expect(await entries()).toHaveLength(2)
    await setComingSoon(false)
    await Promise.all([runJobs(), runJobs()])
    await runJobs()
    expect(await mailsTo(email)).toHaveLength(1)
    expect((await mailsTo(email))[0]?.text).toContain(`${server.origin}/agents/${agent.slug}`)
    expect(await mailsTo(`silent-${email}`)).toEqual([])
    const told = await entries()
    expect(told.find((entry) => entry.email === email)?.toldAt).not.toBeNull()
    expect(await db.$count(agentWaitlist, and(eq(agentWaitlist.agentId, agentId), sql`told_at IS NOT NULL`))).toBe(1)
  })
})

describe('interactions', () => {
  test('are listed for operators alone, newest first, by type and agent', async () => {
    const operator = await signedIn(server, { role: 'admin' })
    await person.call('PUT', pathTo('install'))
    await person.call('DELETE', pathTo('install'))
    const list = async (query: string) => (await operator.call('GET', `/operator/interactions?${query}`)).body
    const first = await list(`agent=${agent.slug}&limit=1`)
    expect(first.items).toMatchObject([{ ...own('uninstalled'), agentName: 'Lector', agentSlug: agent.slug }])
    const second = await list(`agent=${agent.slug}&limit=1&cursor=${first.nextCursor}`)
    expect(second).toMatchObject({ items: [own('installed')], nextCursor: null })
    expect((await list(`agent=${agent.slug}&type=installed`)).items).toEqual(second.items)
    const { id } = second.items[0]
    expect((await operator.call('GET', `/operator/interactions/${id}`)).body).toMatchObject({ id, mails: [] })
    expect((await operator.call('GET', `/operator/interactions/${crypto.randomUUID()}`)).status).toBe(404)
    expect((await person.call('GET', '/operator/interactions')).status).toBe(403)
    expect((await fetch(`${server.origin}/operator/interactions`, { headers: { cookie: person.cookie } })).status).toBe(
      403,
    )
  })

  test('are told to a recipient who said yes by the link, until they leave by it', async () => {
    const { db } = server.deps
    const email = `${crypto.randomUUID()}@example.com`
    await db.insert(interactionRecipients).values({ email })
    await runJobs()
    const link = await linkMailedTo(email)
    expect((await post(link)).status).toBe(200)
    const [row] = await db.select().from(interactionRecipients).where(eq(interactionRecipients.email, email))
    expect(row?.confirmedAt).not.toBeNull()
    await post(link, { fields: { intent: 'leave' } })
    expect(await db.$count(interactionRecipients, eq(interactionRecipients.email, email))).toBe(0)
    expect((await post(`${link}x`)).status).toBe(410)
  })
})
