// A cap on what somebody is charged in a month, against real PostgreSQL and the sandbox: what stops, and what gives room.
import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { billingEntries } from '#src/db/schema/index.ts'
import { giveUpCheckout } from '#src/features/billing/checkout/give-up-checkout.ts'
import {
  buyAddon,
  cancelPlan,
  commitChange,
  refundInvoice,
  removeAddon,
  resumePlan,
  settleCheckout,
  startCheckout,
} from '#src/features/billing/index.ts'
import { sweep } from '#src/features/billing/reconcile/sweep.ts'
import { readSpending, removeCap, setCap } from '#src/features/spending/index.ts'
import { startBilling } from '../billing/harness.ts'
import type { Billing, Subscribed, TestAgent } from '../billing/harness.ts'

let billing: Billing
let agent: TestAgent
let other: TestAgent
let once: string
let monthly: string
beforeAll(async () => {
  billing = await startBilling()
  agent = await billing.addAgent()
  other = await billing.addAgent()
  once = await billing.addOffer(agent)
  monthly = await billing.addOffer(agent, {
    displayName: '100 more messages a month',
    amount: 100,
    scope: 'permanent',
    billingInterval: 'month',
    price: 450,
  })
  await toDay(5)
})
afterAll(() => billing.stop())
// A test that comes near the end of a month takes what it counts into the next one.
beforeEach(async () => {
  if ((await billing.now()).getUTCDate() > 12) await toDay(5)
})

/** Moves the clocks to noon of this day of a month, in this month or the next. */
async function toDay(day: number): Promise<void> {
  const now = await billing.now()
  const month = now.getUTCMonth() + (now.getUTCDate() >= day ? 1 : 0)
  const then = Date.UTC(now.getUTCFullYear(), month, day, 12)
  await billing.pass({ seconds: (then - +now) / 1000 })
}

const spending = (userId: string) => readSpending(billing.deps, { userId })
const cap = (userId: string, amountMinor: number, agentId?: string) =>
  setCap(billing.deps, { userId, agentId, amountMinor, currency: 'EUR' })
const capped = async (amountMinor: number) => {
  const userId = await billing.addPerson()
  await cap(userId, amountMinor)
  return userId
}
const start = (userId: string, at: TestAgent, tier: keyof TestAgent['tiers'] = 'monthly') =>
  startCheckout(billing.deps, {
    userId,
    agentSlug: at.slug,
    tierId: at.tiers[tier],
    withTrial: tier === 'trial',
  })
const subscribe = (userId: string, at: TestAgent, tier: keyof TestAgent['tiers'] = 'monthly') =>
  billing.subscribe({ userId, agent: at, tierId: at.tiers[tier], withTrial: tier === 'trial' })
const buy = ({ subscriptionId, userId }: Subscribed, offerId: string) =>
  buyAddon(billing.deps, { subscriptionId, userId, offerId })
const change = ({ subscriptionId, userId }: Subscribed, tier: keyof TestAgent['tiers']) =>
  commitChange(billing.deps, { subscriptionId, userId, tierId: agent.tiers[tier] })
const stopped = { code: 'spend_cap_reached' }
const chargesOf = async (userId: string) => {
  const subjectHash = billing.deps.subjectHash(`person:${userId}`)
  const isCharge = and(eq(billingEntries.subjectHash, subjectHash), eq(billingEntries.kind, 'charge'))
  const rows = await billing.database.db.select().from(billingEntries).where(isCharge).orderBy(billingEntries.seq)
  return rows.map(({ amount }) => amount)
}

describe('what would pass the cap is stopped before Stripe is asked', () => {
  test('a subscription, with the numbers and the way to change it', async () => {
    const userId = await capped(1_500)
    await subscribe(userId, agent)
    const asked = billing.calls.length
    await expect(start(userId, other)).rejects.toMatchObject({
      code: 'spend_cap_reached',
      details: {
        scope: 'all',
        currency: 'EUR',
        capMinor: 1_500,
        spentMinor: 1_000,
        reservedMinor: 0,
        dueMinor: 0,
        costMinor: 1_000,
        roomMinor: 500,
        url: 'https://market.example/account/spending',
        detail: 'Your cap is €15.00 a month: this month €10.00 is spent. This would add €10.00, and €5.00 is left.',
      },
    })
    expect(billing.calls.slice(asked).filter((call) => call.startsWith('POST'))).toEqual([])
    expect(await chargesOf(userId)).toEqual([1_000])
  })

  test('an add-on that is bought once, and one that comes again', async () => {
    const userId = await capped(1_600)
    const who = await subscribe(userId, agent)
    expect(await buy(who, once)).toEqual({ kind: 'done' })
    await expect(buy(who, once)).rejects.toMatchObject(stopped)
    await expect(buy(who, monthly)).rejects.toMatchObject(stopped)
    expect(await chargesOf(userId)).toEqual([1_000, 500])
  })

  test('an add-on whose part of this month fits and whose renewal wouldn’t', async () => {
    const userId = await capped(1_440)
    const who = await subscribe(userId, agent)
    // It costs a part of its price now, and all of it with the next bill.
    await billing.pass({ days: 5 })
    await expect(buy(who, monthly)).rejects.toMatchObject({ ...stopped, details: { costMinor: 450, spentMinor: 0 } })
    await cap(userId, 1_450)
    expect(await buy(who, monthly)).toEqual({ kind: 'done' })
  })

  test('an upgrade by what it costs now, and a change for later by what it renews', async () => {
    const userId = await capped(3_000)
    const who = await subscribe(userId, agent)
    await buy(who, once)
    // The difference is nearly 20: with 15 that are spent it is more than 30.
    await expect(change(who, 'pro')).rejects.toMatchObject({ ...stopped, details: { spentMinor: 1_500 } })
    await cap(userId, 3_600)
    expect(await change(who, 'pro')).toEqual({ kind: 'done' })
    // A year in one bill.
    await expect(change(who, 'yearly')).rejects.toMatchObject({ ...stopped, details: { costMinor: 7_000 } })
    expect(await change(who, 'monthly')).toMatchObject({ kind: 'scheduled' })
    await expect(cap(userId, 900)).rejects.toMatchObject({ code: 'spend_cap_too_low', details: { leastMinor: 1_000 } })
    // What renews for less from then on makes room for it, and keeping the tier needs it back.
    await cap(userId, 1_200)
    await expect(change(who, 'pro')).rejects.toMatchObject(stopped)
    await cap(userId, 3_000)
    expect(await change(who, 'pro')).toEqual({ kind: 'kept' })
  })

  test('a trial by the charge that follows it, also in the next month', async () => {
    const userId = await capped(2_999)
    await expect(start(userId, agent, 'trial')).rejects.toMatchObject({
      ...stopped,
      details: { costMinor: 3_000, spentMinor: 0 },
    })
    await cap(userId, 3_000)
    const who = await subscribe(userId, agent, 'trial')
    expect(await spending(userId)).toMatchObject({ all: { spentMinor: 0 } })
    await expect(start(userId, other)).rejects.toMatchObject(stopped)
    await billing.pass({ days: 14, seconds: 3 * 3_600 })
    await sweep(billing.deps, { settledSeconds: 0 })
    expect(await chargesOf(who.userId)).toEqual([3_000])
  })

  test('a trial that nothing is charged after never', async () => {
    const userId = await capped(0)
    const free = await billing.addTier(agent, { price: 9_000, trialDays: 14, trialEndsWith: 'end' })
    const tier = { userId, agentSlug: agent.slug, tierId: free }
    await expect(startCheckout(billing.deps, { ...tier, withTrial: false })).rejects.toMatchObject(stopped)
    expect(await startCheckout(billing.deps, { ...tier, withTrial: true })).toMatchObject({ url: expect.any(String) })
  })

  test('taking a cancellation back, and a tier that is billed by the year', async () => {
    const userId = await capped(10_500)
    const who = await subscribe(userId, agent, 'yearly')
    await cancelPlan(billing.deps, who)
    // Nothing of it renews any more: next year there is room.
    await toDay(5)
    await cap(userId, 9_000)
    await expect(resumePlan(billing.deps, who)).rejects.toMatchObject({ ...stopped, details: { costMinor: 10_000 } })
    await cap(userId, 10_000)
    await resumePlan(billing.deps, who)
    // A year ahead counts already.
    await expect(subscribe(userId, other)).rejects.toMatchObject(stopped)
  })

  test('at one agent, by what that one costs alone', async () => {
    const userId = await billing.addPerson()
    await cap(userId, 1_200, agent.agentId)
    const who = await subscribe(userId, agent)
    await subscribe(userId, other, 'pro')
    await expect(buy(who, once)).rejects.toMatchObject({ ...stopped, details: { scope: 'agent', capMinor: 1_200 } })
    // Ending it and beginning anew doesn't shed it.
    await cancelPlan(billing.deps, who)
    await removeCap(billing.deps, { userId, agentId: agent.agentId })
    expect(await buy(who, once)).toEqual({ kind: 'done' })
  })

  test('what is sold in another currency', async () => {
    const userId = await billing.addPerson()
    await setCap(billing.deps, { userId, agentId: undefined, amountMinor: 90_000, currency: 'USD' })
    await expect(start(userId, agent)).rejects.toMatchObject({
      ...stopped,
      details: { detail: expect.stringContaining('charged in EUR') },
    })
  })
})

describe('room comes back', () => {
  test('from a purchase that is open, given up or not finished in time', async () => {
    const userId = await capped(1_000)
    const { intentId } = await start(userId, agent)
    expect(await spending(userId)).toMatchObject({
      all: { reservedMinor: 1_000, roomMinor: 0 },
      reserved: [{ amountMinor: 1_000, href: `/checkout/${intentId}` }],
    })
    await expect(start(userId, other)).rejects.toMatchObject({ ...stopped, details: { reservedMinor: 1_000 } })
    await giveUpCheckout(billing.deps, { intentId, userId })
    const second = await start(userId, other)
    await billing.pass({ seconds: 2 * 3_600 + 60 })
    // Nobody has settled it: it was looked at again because of the room.
    expect(await start(userId, agent)).toMatchObject({ url: expect.any(String) })
    expect(await settleCheckout(billing.deps, { intentId: second.intentId, userId })).toMatchObject({ kind: 'expired' })
  })

  test('from what is given back, in the month that it was charged in', async () => {
    const userId = await capped(1_500)
    const who = await subscribe(userId, agent)
    await buy(who, once)
    await expect(buy(who, once)).rejects.toMatchObject(stopped)
    const { charged } = await spending(userId)
    expect(charged.map(({ amountMinor }) => amountMinor)).toEqual([1_000, 500])
    const { data } = await billing.stripe.invoices.list({ customer: who.customerId, limit: 1 })
    await refundInvoice(billing.deps, {
      operatorId: await billing.addPerson(),
      subscriptionId: who.subscriptionId,
      stripeInvoiceId: data[0]?.id ?? '',
      reason: 'Bought by mistake',
      isPreview: false,
    })
    expect(await spending(userId)).toMatchObject({ all: { spentMinor: 1_000, roomMinor: 500 } })
    expect(await buy(who, once)).toEqual({ kind: 'done' })
  })

  test('with the next month, as far as nothing renews in it', async () => {
    const userId = await capped(1_500)
    const who = await subscribe(userId, agent)
    await buy(who, once)
    await billing.pass({ days: 31, seconds: 3 * 3_600 })
    await sweep(billing.deps, { settledSeconds: 0 })
    expect(await chargesOf(userId)).toEqual([1_000, 500, 1_000])
    expect(await spending(userId)).toMatchObject({ all: { spentMinor: 1_000, roomMinor: 500 } })
    expect(await buy(who, once)).toEqual({ kind: 'done' })
  })

  test('from an add-on that is taken off', async () => {
    const userId = await capped(1_500)
    const who = await subscribe(userId, agent)
    await buy(who, monthly)
    await expect(cap(userId, 1_449)).rejects.toMatchObject({ details: { leastMinor: 1_450 } })
    const { rows } = await billing.database.pool.query<{ id: string }>(
      'SELECT id FROM subscription_addons WHERE subscription_id = $1',
      [who.subscriptionId],
    )
    await removeAddon(billing.deps, {
      subscriptionId: who.subscriptionId,
      addonId: rows[0]?.id ?? '',
      by: { kind: 'person', userId },
    })
    expect(await cap(userId, 1_000)).toMatchObject({ amount: 1_000 })
  })
})

describe('setting a cap', () => {
  test('of 0 stops all that costs, and nothing that is free', async () => {
    const userId = await capped(0)
    await expect(start(userId, agent)).rejects.toMatchObject({ ...stopped, details: { roomMinor: 0 } })
    await removeCap(billing.deps, { userId, agentId: undefined })
    await removeCap(billing.deps, { userId, agentId: undefined })
    expect(await start(userId, agent)).toMatchObject({ url: expect.any(String) })
  })

  test('is refused below what renews or is open, and says what to end; more is always taken', async () => {
    const userId = await billing.addPerson()
    const who = await subscribe(userId, agent)
    await start(userId, other)
    await expect(cap(userId, 1_999)).rejects.toMatchObject({
      code: 'spend_cap_too_low',
      details: { leastMinor: 2_000, standsInTheWay: ['Reader', 'Reader'] },
    })
    await cap(userId, 2_000)
    await cap(userId, 2_500)
    await cancelPlan(billing.deps, who)
    await expect(cap(userId, 1_000)).rejects.toMatchObject({ details: { leastMinor: 2_000 } })
    // In the currency of what renews alone can it be held.
    await expect(
      setCap(billing.deps, { userId, agentId: undefined, amountMinor: 9_000, currency: 'USD' }),
    ).rejects.toMatchObject({ code: 'spend_cap_too_low', details: { currency: 'EUR' } })
  })

  test('below what is spent already stops what comes, when nothing renews', async () => {
    const userId = await billing.addPerson()
    const who = await subscribe(userId, agent)
    await buy(who, once)
    await cancelPlan(billing.deps, who)
    await cap(userId, 200)
    expect(await spending(userId)).toMatchObject({
      all: { capMinor: 200, spentMinor: 1_500, roomMinor: 0, leastMinor: 0 },
    })
    await expect(buy(who, once)).rejects.toMatchObject(stopped)
  })

  test('is not possible for an agent that isn’t there, in no currency, or for no whole amount', async () => {
    const userId = await billing.addPerson()
    await expect(cap(userId, 1, crypto.randomUUID())).rejects.toMatchObject({ code: 'not_found' })
    await expect(cap(userId, -1)).rejects.toMatchObject({ code: 'invalid_request' })
    await expect(cap(userId, 0.5)).rejects.toMatchObject({ code: 'invalid_request' })
    const unknown = { userId, agentId: undefined, amountMinor: 1, currency: 'EURO' }
    await expect(setCap(billing.deps, unknown)).rejects.toMatchObject({ code: 'invalid_request' })
  })
})
