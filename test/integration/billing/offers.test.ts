// Publishers' add-ons over HTTP, in the whole server.
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditLogs } from '#src/db/schema/index.ts'
import { readOffers } from '#src/features/billing/index.ts'
import { liveOffersMax } from '#src/features/billing/offers/schema.ts'
import { addMember, addPublisher, signedIn } from '#test/integration/pricing/publisher.ts'
import type { Session, TestPublisher } from '#test/integration/pricing/publisher.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'

let server: TestServer
let owner: Session
let member: Session
let publisher: TestPublisher
let path: string
beforeAll(async () => {
  server = await startTestServer()
  ;[owner, member] = [await signedIn(server), await signedIn(server)]
  publisher = await addAgent()
  await addMember(server.deps.db, {
    organizationId: publisher.organizationId,
    userId: member.userId,
    role: 'member',
  })
  path = `/publisher/agents/${publisher.slug}/addon-offers`
})
afterAll(() => server.stop())

/** With a metric, a monthly tier in euros and a yearly one in dollars. */
async function addAgent(): Promise<TestPublisher> {
  const agent = await addPublisher(server.deps.db, owner.userId)
  const base = `/publisher/agents/${agent.slug}`
  await owner.call('POST', `${base}/metrics`, { body: { slug: 'messages', displayName: 'Messages', unit: 'messages' } })
  for (const terms of [{ currency: 'EUR' }, { currency: 'USD', billingInterval: 'year' }]) {
    const tier = { tierName: terms.currency, priceMinor: 1_900, ...terms }
    expect((await owner.call('POST', `${base}/tiers`, { body: tier })).status).toBe(201)
  }
  return agent
}

const offer = (change: object = {}) => ({
  displayName: crypto.randomUUID(),
  metric: 'messages',
  amount: 100,
  scope: 'one_cycle',
  priceMinor: 500,
  currency: 'EUR',
  ...change,
})

test('an add-on is put on offer, shown to buyers, and archived', async () => {
  const of = await addAgent()
  const base = `/publisher/agents/${of.slug}/addon-offers`
  const once = await owner.call('POST', base, { body: offer({ displayName: 'A hundred' }) })
  expect(once).toMatchObject({ status: 201, body: { metric: 'messages', billingInterval: null, archivedAt: null } })
  const always = await owner.call('POST', base, {
    body: offer({ displayName: 'Always', scope: 'permanent', currency: 'USD', billingInterval: 'year' }),
  })
  expect(always).toMatchObject({ status: 201, body: { scope: 'permanent', billingInterval: 'year' } })
  expect(await readOffers(server.deps.db, of.agentId)).toMatchObject([
    {
      id: once.body.id,
      name: 'A hundred',
      metric: { slug: 'messages', unit: 'messages' },
      amount: 100,
      priceMinor: 500,
    },
    { id: always.body.id, name: 'Always', billingInterval: 'year', currency: 'USD' },
  ])
  const archived = await owner.call('POST', `${base}/${once.body.id}/archive`)
  expect(archived.body.archivedAt).not.toBeNull()
  expect((await owner.call('POST', `${base}/${once.body.id}/archive`)).body).toEqual(archived.body)
  expect((await readOffers(server.deps.db, of.agentId)).map(({ id }) => id)).toEqual([always.body.id])
  const list = await owner.call('GET', base)
  expect(list.body.items.map(({ id }: { id: string }) => id)).toEqual([always.body.id, once.body.id])
  const trail = await server.deps.db.select().from(auditLogs).where(eq(auditLogs.resourceId, of.agentId))
  expect(trail.map(({ action }) => action).filter((action) => action.startsWith('addon_offer'))).toEqual([
    'addon_offer.create',
    'addon_offer.create',
    'addon_offer.archive',
  ])
})

describe('is refused, and the field is named', () => {
  test.each([
    ['priceMinor', { priceMinor: 0 }],
    ['amount', { amount: 0 }],
    ['metric', { metric: 'pages' }],
    ['currency', { currency: 'GBP' }],
    ['currency', { currency: 'XTS' }],
    ['billingInterval', { billingInterval: 'month' }],
    ['billingInterval', { scope: 'permanent' }],
    ['billingInterval', { scope: 'permanent', billingInterval: 'year' }],
    ['displayName', { displayName: 'TAKEN' }],
  ])('%s of %j', async (field, change) => {
    await owner.call('POST', path, { body: offer({ displayName: 'Taken' }) })
    const answer = await owner.call('POST', path, { body: offer(change) })
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request', errors: [{ path: field }] } })
  })
})

test('only who manages the organization makes or archives one; a member reads; a stranger learns nothing', async () => {
  const { body: made } = await owner.call('POST', path, { body: offer() })
  expect((await member.call('POST', path, { body: offer() })).status).toBe(403)
  expect((await member.call('POST', `${path}/${made.id}/archive`)).status).toBe(403)
  expect((await member.call('GET', path)).status).toBe(200)
  const stranger = await signedIn(server)
  expect((await stranger.call('GET', path)).status).toBe(404)
  expect((await stranger.call('POST', path, { body: offer() })).status).toBe(404)
  const other = await addAgent()
  const elsewhere = `/publisher/agents/${other.slug}/addon-offers/${made.id}/archive`
  expect((await owner.call('POST', elsewhere)).status).toBe(404)
})

test('there are never more on offer than the limit, however many are made at once', async () => {
  const of = await addAgent()
  const base = `/publisher/agents/${of.slug}/addon-offers`
  const answers = await Promise.all(
    Array.from({ length: liveOffersMax + 3 }, () => owner.call('POST', base, { body: offer() })),
  )
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(liveOffersMax)
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(3)
})
