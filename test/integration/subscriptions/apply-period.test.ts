// What billing writes down: renewals on time and late, first payments, and periods that were cut short.
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { subscriptionAddons, userAgentSubscriptions } from '#src/db/schema/index.ts'
import { openSubscription, subscribeToFreeTier, switchTier } from '#src/features/subscriptions/index.ts'
import { applyPeriod } from './apply-period.ts'
import type { ApplyPeriod } from './apply-period.ts'
import { createMarket, dayMs, graceDays, payment } from './market.ts'
import type { Market } from './market.ts'

let market: Market
beforeAll(async () => {
  market = await createMarket()
})
afterAll(() => market.drop())

let agent: Awaited<ReturnType<Market['addAgent']>>
let userId: string
let pro: string
beforeEach(async () => {
  agent = await market.addAgent()
  userId = await market.addPerson()
  pro = await market.addTier(agent, { price: 1_000, quotas: { messages: 300, seats: 5 } })
})

const by = { kind: 'system' } as const
const open = async (tierId = pro, values: Parameters<typeof payment>[1] = {}) =>
  openSubscription(market.deps, {
    userId,
    agentId: agent.agentId,
    tierId,
    by,
    payment: payment(await market.now(), values),
  })
const apply = (subscriptionId: string, start: Date, more: Partial<ApplyPeriod> & { days?: number } = {}) =>
  applyPeriod(market.deps, { subscriptionId, payment: payment(start, { days: more.days ?? 30 }), ...more })
const use = (delta: number, metric = 'messages') => market.consume({ agentId: agent.agentId, userId, delta, metric })
const advanceTo = async (at: Date) => market.advance(+at - +(await market.now()))
const later = (at: Date, days: number) => new Date(+at + days * dayMs)
const addAddon = async (subscriptionId: string, amount: number) => {
  const values = { subscriptionId, metricId: agent.metricIds['messages'] ?? '', amount }
  await market.db.insert(subscriptionAddons).values({ ...values, scope: 'one_cycle', source: 'purchased' })
}

describe('a renewal', () => {
  test('on time begins a period with nothing used, and keeps levels', async () => {
    const { id, currentPeriodEnd } = await open()
    await use(300)
    await use(3, 'seats')
    await advanceTo(currentPeriodEnd)
    await apply(id, currentPeriodEnd)
    expect(await use(300)).toMatchObject({ kind: 'allowed', meter: { used: 300 } })
    expect(await use(1, 'seats')).toMatchObject({ kind: 'allowed', meter: { used: 4 } })
  })

  test('that is told early leaves the use of the running period where it is', async () => {
    const { id, currentPeriodStart, currentPeriodEnd } = await open()
    await use(200)
    await apply(id, currentPeriodEnd)
    expect(await market.counters(id)).toMatchObject([{ periodStart: currentPeriodStart, used: 200 }])
    expect(await market.drift()).toEqual([])
  })

  test.each([
    ['when the paid period ended', 0],
    ['before that', -2],
    ['after its use', 3],
    ['after the grace', graceDays + 3],
  ])('that is late takes over what was used on credit, also when it starts %s', async (_name, days) => {
    const { id, currentPeriodEnd } = await open()
    await advanceTo(currentPeriodEnd)
    // 7 of 28 to 31 days.
    expect(await use(76)).toMatchObject({ kind: 'denied', reason: 'quota_exceeded' })
    expect(await use(67)).toMatchObject({ kind: 'allowed' })
    await advanceTo(later(currentPeriodEnd, graceDays))
    expect(await use(1)).toMatchObject({ kind: 'denied', reason: 'payment_required' })
    await advanceTo(later(currentPeriodEnd, graceDays + 4))
    await apply(id, later(currentPeriodEnd, days))
    expect(await use(234)).toMatchObject({ kind: 'denied', meter: { used: 67, limit: 300 } })
    expect(await use(233)).toMatchObject({ kind: 'allowed' })
    expect(await market.drift()).toEqual([])
  })

  test('counts use on credit in its own month where a late year grants its quota monthly', async () => {
    const values = { price: 9_000, billingInterval: 'year', quotas: { messages: 300 } } as const
    const yearly = await market.addTier(agent, values)
    const { id, currentPeriodEnd } = await open(yearly)
    await advanceTo(currentPeriodEnd)
    await use(50)
    await market.advance(40 * dayMs)
    await apply(id, currentPeriodEnd, { days: 365 })
    expect(await use(300)).toMatchObject({ kind: 'allowed', meter: { used: 300 } })
    expect((await market.counters(id)).map(({ used }) => used)).toEqual([50, 300])
  })

  test('told again, or during the year it is about, changes nothing', async () => {
    const values = { price: 9_000, billingInterval: 'year', quotas: { messages: 300 } } as const
    const yearly = await market.addTier(agent, values)
    const { id, currentPeriodStart, currentPeriodEnd } = await open(yearly, { days: 365 })
    for (let month = 0; month < 4; month++) {
      await use(10 + month)
      await market.advance(31 * dayMs)
    }
    const before = await market.counters(id)
    const { periodAnchor } = await apply(id, currentPeriodStart, { days: 365 })
    expect(await market.counters(id)).toMatchObject(before.map(({ periodStart, used }) => ({ periodStart, used })))
    expect(await apply(id, currentPeriodStart, { days: 365 })).toMatchObject({ periodAnchor, currentPeriodEnd })
  })

  test('swaps in the tier that was scheduled for it', async () => {
    const basic = await market.addTier(agent, { price: 500, quotas: { messages: 30 } })
    const { id, currentPeriodEnd } = await open()
    await switchTier(market.deps, { subscriptionId: id, tierId: basic, by })
    await advanceTo(currentPeriodEnd)
    const changed = await apply(id, currentPeriodEnd)
    expect(changed).toMatchObject({ tierId: basic, nextTierId: null, nextTierAt: null })
    expect(await use(31)).toMatchObject({ kind: 'denied', meter: { limit: 30 } })
  })

  test('keeps the day of the month that months are counted from', async () => {
    const { id } = await open()
    const january = new Date('2027-01-31T09:00:00Z')
    const period = (start: string, end: string) => ({ start: new Date(start), end: new Date(end) })
    const tell = async (start: string, end: string) =>
      (await apply(id, january, { payment: { ...payment(january), period: period(start, end) } })).periodAnchor
    expect(await tell('2027-01-31T09:00:00Z', '2027-02-28T09:00:00Z')).toEqual(january)
    expect(await tell('2027-02-28T09:00:00Z', '2027-03-31T09:00:00Z')).toEqual(january)
    expect(await tell('2027-03-31T09:00:00Z', '2027-04-30T09:00:00Z')).toEqual(january)
  })
})

describe('a first payment', () => {
  test('for a free subscription opens a period that keeps what was used', async () => {
    const free = await market.addTier(agent, { quotas: { messages: 10 } })
    const { id } = await subscribeToFreeTier(market.deps, { userId, agentSlug: agent.slug, tierId: free })
    await use(10)
    await addAddon(id, 25)
    await market.advance(3 * dayMs)
    await apply(id, await market.now(), { tierId: pro })
    expect(await use(316)).toMatchObject({ kind: 'denied', meter: { used: 10, limit: 325 } })
    expect(await use(315)).toMatchObject({ kind: 'allowed' })
    expect(await market.drift()).toEqual([])
  })

  test('that ends a trial early keeps what was used in it; at its end it begins anew', async () => {
    const trial = { status: 'trialing', days: 14 } as const
    const early = await open(pro, trial)
    await use(100)
    await market.advance(3 * dayMs)
    await apply(early.id, await market.now())
    expect(await use(201)).toMatchObject({ kind: 'denied', meter: { used: 100 } })

    userId = await market.addPerson()
    const onTime = await open(pro, trial)
    await use(100)
    await advanceTo(onTime.currentPeriodEnd)
    await apply(onTime.id, onTime.currentPeriodEnd)
    expect(await use(300)).toMatchObject({ kind: 'allowed' })
  })

  test('for an ended subscription is refused', async () => {
    const { id, currentPeriodEnd } = await open()
    await market.db.update(userAgentSubscriptions).set({ status: 'canceled' }).where(eq(userAgentSubscriptions.id, id))
    await expect(apply(id, currentPeriodEnd)).rejects.toMatchObject({ code: 'conflict' })
  })
})

test('a period cut short by an upgrade hands over its use and what was bought for it', async () => {
  const max = await market.addTier(agent, { price: 2_000, quotas: { messages: 500 } })
  const { id } = await open()
  await use(290)
  await market.advance(2 * dayMs)
  await addAddon(id, 50)
  await use(50)
  await market.advance(2 * dayMs)
  await apply(id, await market.now(), { tierId: max })
  expect(await use(211)).toMatchObject({ kind: 'denied', meter: { used: 340, limit: 550 } })
  expect(await use(210)).toMatchObject({ kind: 'allowed' })
  expect(await market.drift()).toEqual([])
})

test('what was bought for a period that ended does not come back with a renewal', async () => {
  const { id, currentPeriodEnd } = await open()
  await addAddon(id, 50)
  await advanceTo(currentPeriodEnd)
  await apply(id, currentPeriodEnd)
  expect(await use(301)).toMatchObject({ kind: 'denied', meter: { limit: 300 } })
})
