// Subscribing: who wins, what it is called in the database, and what comes along from earlier subscriptions.
import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { auditLogs, organization, organizationMember } from '#src/db/schema/index.ts'
import { cancelSubscription, openSubscription, subscribeToFreeTier } from '#src/features/subscriptions/index.ts'
import { createMarket, dayMs, graceDays, payment } from './market.ts'
import type { Market } from './market.ts'

let market: Market
beforeAll(async () => {
  market = await createMarket()
})
afterAll(() => market.drop())

let agent: Awaited<ReturnType<Market['addAgent']>>
let userId: string
let free: string
let paid: string
beforeEach(async () => {
  agent = await market.addAgent()
  userId = await market.addPerson()
  free = await market.addTier(agent, { quotas: { messages: 10, seats: 3 } })
  paid = await market.addTier(agent, { price: 1_000, quotas: { messages: 100, seats: 5 } })
})

const subscribe = (tierId = free) => subscribeToFreeTier(market.deps, { userId, agentSlug: agent.slug, tierId })
const system = { kind: 'system' } as const
const open = async (input: Partial<Parameters<typeof openSubscription>[1]> = {}) =>
  openSubscription(market.deps, {
    userId,
    agentId: agent.agentId,
    tierId: paid,
    by: system,
    payment: payment(await market.now()),
    ...input,
  })
const cancelNow = (subscriptionId: string) =>
  cancelSubscription(market.deps, { subscriptionId, when: 'at_once', by: system })
const use = (delta: number, metric = 'messages') => market.consume({ agentId: agent.agentId, userId, delta, metric })
const code = (code: string) => ({ code })

describe('a free tier', () => {
  test('is active at once, for a month from now, and can be used', async () => {
    const before = await market.now()
    const row = await subscribe()
    expect(row).toMatchObject({ status: 'active', tierId: free, amount: 0, currency: null, isTest: false })
    expect(+row.currentPeriodStart).toBeGreaterThanOrEqual(+before)
    expect(row.periodAnchor).toEqual(row.currentPeriodStart)
    expect(await use(10)).toMatchObject({ kind: 'allowed' })
    expect(await use(1)).toMatchObject({ kind: 'denied', reason: 'quota_exceeded' })
  })

  test('is recorded together with who did it', async () => {
    const { id } = await subscribe()
    const [entry] = await market.db.select().from(auditLogs).where(eq(auditLogs.resourceId, id))
    expect(entry).toMatchObject({ action: 'subscription.open', userId, result: 'success' })
  })

  test('of the publisher’s own people is a test', async () => {
    const organizationId = randomUUID()
    const values = { id: organizationId, name: 'Acme', slug: organizationId, createdAt: new Date() }
    await market.db.insert(organization).values(values)
    await market.db.insert(organizationMember).values({ id: randomUUID(), organizationId, userId, role: 'member' })
    agent = await market.addAgent({ organizationId })
    free = await market.addTier(agent, { quotas: { messages: 10 } })
    expect((await subscribe()).isTest).toBe(true)
  })

  test('must be free, on offer, and the agent’s own', async () => {
    await expect(subscribe(paid)).rejects.toMatchObject(code('conflict'))
    await expect(subscribe(randomUUID())).rejects.toMatchObject(code('not_found'))
    const foreign = await market.addTier(await market.addAgent(), {})
    await expect(subscribe(foreign)).rejects.toMatchObject(code('not_found'))
    const archived = await market.addTier(agent, { archivedAt: new Date() })
    await expect(subscribe(archived)).rejects.toMatchObject(code('conflict'))
    const later = await market.addTier(agent, { effectiveAt: new Date(+(await market.now()) + dayMs) })
    await expect(subscribe(later)).rejects.toMatchObject(code('conflict'))
  })

  test('is offered in its newest version only, once that has begun', async () => {
    const familyId = randomUUID()
    const first = await market.addTier(agent, { familyId, version: 1 })
    const second = await market.addTier(agent, { familyId, version: 2 })
    await market.addTier(agent, { familyId, version: 3, effectiveAt: new Date(+(await market.now()) + dayMs) })
    await expect(subscribe(first)).rejects.toMatchObject(code('conflict'))
    expect((await subscribe(second)).tierId).toBe(second)
  })

  test('of an agent that is not published is not there', async () => {
    agent = await market.addAgent({ status: 'draft', publishedAt: null })
    free = await market.addTier(agent, {})
    await expect(subscribe()).rejects.toMatchObject(code('not_found'))
  })
})

describe('of several at once', () => {
  test('one wins, the others are told that there is one already', async () => {
    const answers = await Promise.allSettled(Array.from({ length: 6 }, (_, i) => (i % 2 === 0 ? subscribe() : open())))
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const refusals = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []))
    expect(refusals).toEqual(Array.from({ length: 5 }, () => expect.objectContaining(code('conflict'))))
  })

  test('a subscription that waits for its money also stands in the way', async () => {
    for (const status of ['past_due', 'unpaid', 'paused', 'incomplete'] as const) {
      const { id } = await open({ payment: payment(await market.now(), { status }) })
      await expect(subscribe()).rejects.toMatchObject(code('conflict'))
      await cancelNow(id)
    }
  })

  test('a free one that ended, though no job has written that down, doesn’t', async () => {
    const { id } = await subscribe()
    await cancelSubscription(market.deps, { subscriptionId: id, when: 'period_end', by: system })
    await market.advance(31 * dayMs)
    expect((await subscribe()).id).not.toBe(id)
  })
})

describe('coming back within a period', () => {
  test('opens with what was used, moved by a pair of ledger entries', async () => {
    const first = await subscribe()
    await use(7)
    await cancelNow(first.id)
    const second = await subscribe()
    expect(await use(4)).toMatchObject({ kind: 'denied', reason: 'quota_exceeded', meter: { used: 7, limit: 10 } })
    expect(await use(3)).toMatchObject({ kind: 'allowed', meter: { used: 10 } })
    const [, out] = await market.ledger(first.id)
    const [carried] = await market.ledger(second.id)
    expect(out).toMatchObject({ eventType: 'carry_out', delta: -7, usedAfter: 0 })
    expect(carried).toMatchObject({ eventType: 'carry_in', delta: 7, usedAfter: 7, refersToId: out?.id })
    expect(await market.drift()).toEqual([])
  })

  test('goes on in the same free period: use starts anew when it would have', async () => {
    const first = await subscribe()
    await use(7)
    await cancelNow(first.id)
    await market.advance(3 * dayMs)
    const second = await subscribe()
    expect(second.currentPeriodEnd).toEqual(first.currentPeriodEnd)
    await market.advance(+second.currentPeriodEnd - +(await market.now()))
    expect(await use(10)).toMatchObject({ kind: 'allowed' })
  })

  test('after the period begins a new one with nothing used', async () => {
    const first = await subscribe()
    await use(7)
    await cancelNow(first.id)
    await market.advance(32 * dayMs)
    await subscribe()
    expect(await use(10)).toMatchObject({ kind: 'allowed' })
  })

  test('any number of times never gives more', async () => {
    let allowed = 0
    for (let round = 0; round < 5; round++) {
      const { id } = await subscribe()
      for (let i = 0; i < 4; i++) if ((await use(1)).kind === 'allowed') allowed += 1
      await cancelNow(id)
    }
    expect(allowed).toBe(10)
    expect(await market.drift()).toEqual([])
  })

  test('gives a quota of its own where both were paid in full', async () => {
    const first = await open()
    await use(100)
    await cancelNow(first.id)
    await open({ bothPaidInFull: true })
    expect(await use(100)).toMatchObject({ kind: 'allowed' })
  })

  test('takes a level along whatever was paid, and however long ago', async () => {
    const first = await open()
    await use(4, 'seats')
    await cancelNow(first.id)
    await market.advance(400 * dayMs)
    await open({ bothPaidInFull: true })
    expect(await use(2, 'seats')).toMatchObject({ kind: 'denied', meter: { used: 4, limit: 5 } })
    expect(await use(-4, 'seats')).toMatchObject({ kind: 'allowed', meter: { used: 0 } })
    expect(await market.drift()).toEqual([])
  })

  test('takes along what was used on credit, also after its grace and where both were paid in full', async () => {
    const first = await open()
    await market.advance(30 * dayMs)
    expect(await use(20)).toMatchObject({ kind: 'allowed' })
    await cancelNow(first.id)
    await market.advance((graceDays + 1) * dayMs)
    await open({ bothPaidInFull: true })
    expect(await use(81)).toMatchObject({ kind: 'denied', meter: { used: 20, limit: 100 } })
    expect(await use(80)).toMatchObject({ kind: 'allowed' })
  })

  test('ends what was reserved: its units are back, and none is counted twice', async () => {
    const first = await subscribe()
    await use(2)
    await market.consume({ agentId: agent.agentId, userId, delta: 5, ttlSeconds: 3_600 })
    await market.consume({ agentId: agent.agentId, userId, delta: 1, ttlSeconds: 3_600 })
    await cancelNow(first.id)
    const second = await subscribe()
    expect((await market.counters(first.id)).map(({ used, held }) => [used, held])).toEqual([[0, 0]])
    expect((await market.counters(second.id)).map(({ used, held }) => [used, held])).toEqual([[2, 0]])
    const { rows } = await market.pool.query(
      'SELECT DISTINCT state FROM usage_reservations WHERE subscription_id = $1',
      [first.id],
    )
    expect(rows).toEqual([{ state: 'lapsed' }])
    expect(await market.drift()).toEqual([])
  })

  test('leaves other people and other agents alone', async () => {
    const first = await subscribe()
    await use(7)
    await cancelNow(first.id)
    const otherAgent = await market.addAgent()
    const tierId = await market.addTier(otherAgent, { quotas: { messages: 10 } })
    await subscribeToFreeTier(market.deps, { userId, agentSlug: otherAgent.slug, tierId })
    userId = await market.addPerson()
    await subscribe()
    expect(await use(10)).toMatchObject({ kind: 'allowed' })
  })
})
