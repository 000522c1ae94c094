// Changing a running subscription: another tier, its end, and its end taken back.
import { and, desc, eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { agentPricingTiers, auditLogs, userAgentSubscriptions } from '#src/db/schema/index.ts'
import {
  cancelSubscription,
  openSubscription,
  resumeSubscription,
  subscribeToFreeTier,
  switchTier,
} from '#src/features/subscriptions/index.ts'
import type { CancelSubscription, SwitchTier } from '#src/features/subscriptions/index.ts'
import { createMarket, dayMs, payment } from './market.ts'
import type { Market } from './market.ts'

let market: Market
beforeAll(async () => {
  market = await createMarket()
})
afterAll(() => market.drop())

let agent: Awaited<ReturnType<Market['addAgent']>>
let userId: string
let small: string
let large: string
beforeEach(async () => {
  agent = await market.addAgent()
  userId = await market.addPerson()
  small = await market.addTier(agent, { quotas: { messages: 10 } })
  large = await market.addTier(agent, { quotas: { messages: 100 } })
})

const system = { kind: 'system' } as const
const me = () => ({ kind: 'person', userId }) as const
const subscribe = (tierId: string) => subscribeToFreeTier(market.deps, { userId, agentSlug: agent.slug, tierId })
const openPaid = async (tierId: string, values: Parameters<typeof payment>[1] = {}) =>
  openSubscription(market.deps, {
    userId,
    agentId: agent.agentId,
    tierId,
    by: system,
    payment: payment(await market.now(), values),
  })
const switchTo = (subscriptionId: string, tierId: string, more: Partial<SwitchTier> = {}) =>
  switchTier(market.deps, { subscriptionId, tierId, by: me(), ...more })
const cancel = (subscriptionId: string, more: Partial<CancelSubscription> = {}) =>
  cancelSubscription(market.deps, { subscriptionId, when: 'period_end', by: me(), ...more })
const resume = (subscriptionId: string) => resumeSubscription(market.deps, { subscriptionId, by: me() })
const use = (delta: number) => market.consume({ agentId: agent.agentId, userId, delta })
const advanceTo = async (at: Date) => market.advance(+at - +(await market.now()))
const rowOf = async (id: string) => {
  const row = await market.db.query.userAgentSubscriptions.findFirst({ where: eq(userAgentSubscriptions.id, id) })
  if (row === undefined) throw new Error('The subscription is gone')
  return row
}
const conflict = { code: 'conflict' }

describe('a larger tier', () => {
  test('acts at once and keeps what was used', async () => {
    const { id } = await subscribe(small)
    await use(10)
    expect(await switchTo(id, large)).toEqual({ kind: 'switched' })
    expect(await use(91)).toMatchObject({ kind: 'denied', meter: { used: 10, limit: 100 } })
    expect(await use(90)).toMatchObject({ kind: 'allowed' })
  })

  test('that costs must be paid for', async () => {
    const pro = await market.addTier(agent, { price: 1_000, quotas: { messages: 1_000 } })
    const max = await market.addTier(agent, { price: 2_000, quotas: { messages: 2_000 } })
    const { id } = await subscribe(small)
    await expect(switchTo(id, pro, { isPaidFor: true })).rejects.toMatchObject(conflict)
    await cancel(id, { when: 'at_once' })
    const paid = await openPaid(pro)
    await expect(switchTo(paid.id, max)).rejects.toMatchObject(conflict)
    expect(await switchTo(paid.id, max, { isPaidFor: true })).toEqual({ kind: 'switched' })
    expect(await rowOf(paid.id)).toMatchObject({ tierId: max, amount: 2_000 })
  })

  test('with a year’s quota begins its year with the period that is running', async () => {
    const yearly = await market.addTier(agent, {
      billingInterval: 'year',
      usageInterval: 'year',
      quotas: { messages: 100 },
    })
    const { id, currentPeriodEnd } = await subscribe(small)
    await use(10)
    await market.advance(32 * dayMs)
    await use(5)
    await switchTo(id, yearly)
    expect((await rowOf(id)).currentPeriodStart).toEqual(currentPeriodEnd)
    await market.advance(300 * dayMs)
    expect(await use(96)).toMatchObject({ kind: 'denied', meter: { used: 5, limit: 100 } })
    expect(await use(95)).toMatchObject({ kind: 'allowed' })
    expect(await market.drift()).toEqual([])
  })
})

describe('a smaller tier', () => {
  test('acts at the end of the period, without any job', async () => {
    const { id, currentPeriodEnd } = await subscribe(large)
    await use(50)
    expect(await switchTo(id, small)).toEqual({ kind: 'scheduled', at: currentPeriodEnd })
    expect(await use(50)).toMatchObject({ kind: 'allowed' })
    await advanceTo(currentPeriodEnd)
    expect(await use(11)).toMatchObject({ kind: 'denied', meter: { used: 0, limit: 10 } })
    expect(await use(10)).toMatchObject({ kind: 'allowed' })
  })

  test('of a paid year acts when that year is over, also where its quota is monthly', async () => {
    const year = { price: 9_000, billingInterval: 'year', quotas: { messages: 200 } } as const
    const { id, currentPeriodEnd } = await openPaid(await market.addTier(agent, year), { days: 365 })
    expect(await switchTo(id, small)).toEqual({ kind: 'scheduled', at: currentPeriodEnd })
  })

  test('is given up by choosing the present one again', async () => {
    const { id, currentPeriodEnd } = await subscribe(large)
    await switchTo(id, small)
    expect(await switchTo(id, large)).toEqual({ kind: 'kept' })
    await advanceTo(currentPeriodEnd)
    expect(await use(100)).toMatchObject({ kind: 'allowed' })
    expect(await rowOf(id)).toMatchObject({ tierId: large, nextTierId: null })
  })

  test('can be given up although the present one is no longer on offer', async () => {
    const { id } = await subscribe(large)
    await switchTo(id, small)
    await market.db.update(agentPricingTiers).set({ archivedAt: new Date() }).where(eq(agentPricingTiers.id, large))
    expect(await switchTo(id, large)).toEqual({ kind: 'kept' })
  })

  test('is replaced by a later choice', async () => {
    const middle = await market.addTier(agent, { quotas: { messages: 50 } })
    const { id, currentPeriodEnd } = await subscribe(large)
    await switchTo(id, small)
    expect(await switchTo(id, middle)).toEqual({ kind: 'scheduled', at: currentPeriodEnd })
    await advanceTo(currentPeriodEnd)
    expect(await use(51)).toMatchObject({ kind: 'denied', meter: { limit: 50 } })
  })

  test('acts at once where the paid period is over already, and goes on in the period on credit', async () => {
    const pro = await market.addTier(agent, { price: 1_000, quotas: { messages: 1_000 } })
    const { id, currentPeriodEnd } = await openPaid(pro)
    await advanceTo(currentPeriodEnd)
    await use(8)
    expect(await switchTo(id, small)).toEqual({ kind: 'switched' })
    expect(await use(3)).toMatchObject({ kind: 'denied', meter: { used: 8, limit: 10 } })
    await market.advance(20 * dayMs)
    expect(await use(3)).toMatchObject({ kind: 'denied', meter: { used: 8, limit: 10 } })
    expect(await rowOf(id)).toMatchObject({ tierId: small, amount: 0, currency: null })
  })
})

test('switching there and back within a period gives what the largest tier gives, and no more', async () => {
  const { id } = await subscribe(small)
  let allowed = 0
  for (const tierId of [large, small, large, small]) {
    for (let i = 0; i < 6; i++) if ((await use(7)).kind === 'allowed') allowed += 7
    await switchTo(id, tierId)
  }
  for (let i = 0; i < 100; i++) if ((await use(1)).kind === 'allowed') allowed += 1
  expect(allowed).toBe(100)
})

describe('cancelling', () => {
  test('at the end of the period leaves it until then, and nothing after', async () => {
    const { id, currentPeriodEnd } = await subscribe(small)
    expect(await cancel(id)).toEqual({ endsAt: currentPeriodEnd })
    await advanceTo(new Date(+currentPeriodEnd - 2_000))
    expect(await use(1)).toMatchObject({ kind: 'allowed' })
    await advanceTo(currentPeriodEnd)
    expect(await use(1)).toMatchObject({ kind: 'denied', reason: 'no_subscription' })
  })

  test('ends the period that is running, whatever was last written down', async () => {
    const { id, currentPeriodEnd } = await subscribe(small)
    await advanceTo(new Date(+currentPeriodEnd + 40 * dayMs))
    const { endsAt } = await cancel(id)
    expect(+endsAt).toBeGreaterThan(+(await market.now()))
    expect(await use(1)).toMatchObject({ kind: 'allowed' })
  })

  test('a paid one gets no grace', async () => {
    const pro = await market.addTier(agent, { price: 1_000, quotas: { messages: 1_000 } })
    const { id, currentPeriodEnd } = await openPaid(pro)
    await cancel(id)
    await advanceTo(currentPeriodEnd)
    expect(await use(1)).toMatchObject({ kind: 'denied', reason: 'no_subscription' })
  })

  test('at once ends it now, and is recorded once', async () => {
    const { id } = await subscribe(small)
    await cancel(id, { when: 'at_once' })
    await cancel(id, { when: 'at_once' })
    expect(await use(1)).toMatchObject({ kind: 'denied', reason: 'no_subscription' })
    const isCancel = and(eq(auditLogs.resourceId, id), eq(auditLogs.action, 'subscription.cancel'))
    expect(await market.db.$count(auditLogs, isCancel)).toBe(1)
  })

  test('can be taken back until the period ends', async () => {
    const { id, currentPeriodEnd } = await subscribe(small)
    await cancel(id)
    await resume(id)
    await advanceTo(currentPeriodEnd)
    expect(await use(1)).toMatchObject({ kind: 'allowed' })
    const { endsAt } = await cancel(id)
    await advanceTo(endsAt)
    await expect(resume(id)).rejects.toMatchObject(conflict)
  })

  test('keeps a smaller tier that was scheduled, for whoever resumes', async () => {
    const { id, currentPeriodEnd } = await subscribe(large)
    await switchTo(id, small)
    await cancel(id)
    await expect(switchTo(id, await market.addTier(agent, {}))).rejects.toMatchObject(conflict)
    await resume(id)
    await advanceTo(currentPeriodEnd)
    expect(await use(11)).toMatchObject({ kind: 'denied', meter: { limit: 10 } })
  })
})

test('nobody changes somebody else’s, and nobody learns that there is one', async () => {
  const { id } = await subscribe(small)
  userId = await market.addPerson()
  for (const attempt of [cancel, resume, (id: string) => switchTo(id, large)]) {
    await expect(attempt(id)).rejects.toMatchObject({ code: 'not_found' })
  }
  const operator = { kind: 'operator', userId } as const
  await cancel(id, { when: 'at_once', by: operator })
  const [last] = await market.db
    .select()
    .from(auditLogs)
    .where(eq(auditLogs.resourceId, id))
    .orderBy(desc(auditLogs.timestamp))
    .limit(1)
  expect(last).toMatchObject({ action: 'subscription.cancel', userId, metadata: { by: 'operator' } })
})

test('a subscription that is over is not changed any more', async () => {
  const { id } = await subscribe(small)
  await cancel(id, { when: 'at_once' })
  await expect(switchTo(id, large)).rejects.toMatchObject(conflict)
  await expect(resume(id)).rejects.toMatchObject(conflict)
})

test('another agent’s tier is not there, an archived one not on offer', async () => {
  const { id } = await subscribe(small)
  await expect(switchTo(id, await market.addTier(await market.addAgent(), {}))).rejects.toMatchObject({
    code: 'not_found',
  })
  const archived = await market.addTier(agent, { archivedAt: new Date() })
  await expect(switchTo(id, archived)).rejects.toMatchObject(conflict)
})
