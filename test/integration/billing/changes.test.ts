// Changing what is paid for: what is invoiced is what was previewed, a refused card changes nothing, and whatever breaks on the way,
// doing it again has one effect.
import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditLogs, billingIntents } from '#src/db/schema/index.ts'
import {
  cancelPlan,
  commitChange,
  previewChange,
  reconcileSubscription,
  resumePlan,
} from '#src/features/billing/index.ts'
import { finishChanges } from '#src/features/billing/changes/open-changes.ts'
import { subscribeToFreeTier } from '#src/features/subscriptions/index.ts'
import { atEveryBreak, startBilling } from './harness.ts'
import type { Billing, Subscribed, TestAgent } from './harness.ts'

let billing: Billing
let agent: TestAgent
beforeAll(async () => {
  billing = await startBilling()
  agent = await billing.addAgent()
})
afterAll(() => billing.stop())

type TierName = keyof TestAgent['tiers']

const subscribed = (tier: TierName = 'monthly', more: { card?: string; withTrial?: boolean } = {}) =>
  billing.subscribe({ agent, tierId: agent.tiers[tier], ...more })
const wish = ({ subscriptionId, userId }: Subscribed, tier: TierName) => ({
  subscriptionId,
  userId,
  tierId: agent.tiers[tier],
})
const preview = (who: Subscribed, tier: TierName) => previewChange(billing.deps, wish(who, tier))
const commit = (who: Subscribed, tier: TierName, more: object = {}) =>
  commitChange(billing.deps, { ...wish(who, tier), ...more })
const row = ({ subscriptionId }: Subscribed) => billing.subscription(subscriptionId)
const atStripe = ({ stripeSubscriptionId }: Subscribed) =>
  billing.stripe.subscriptions.retrieve(stripeSubscriptionId, { expand: ['latest_invoice', 'schedule'] })
const latestInvoice = async (who: Subscribed) => {
  const { latest_invoice: invoice } = await atStripe(who)
  if (invoice === null || typeof invoice === 'string') throw new Error('It was expanded')
  return invoice
}
const invoiceCount = async ({ stripeSubscriptionId }: Subscribed) =>
  (await billing.stripe.invoices.list({ subscription: stripeSubscriptionId, limit: 100 })).data.length
const intentsOf = ({ subscriptionId }: Subscribed, kind: 'change' | 'cancel' | 'resume' = 'change') =>
  billing.database.db
    .select()
    .from(billingIntents)
    .where(and(eq(billingIntents.subscriptionId, subscriptionId), eq(billingIntents.kind, kind)))

describe('an upgrade', () => {
  test.each([
    ['in the middle of a period', 'pro', 11.3],
    ['to a year', 'yearly', 3.7],
    ['in the first second', 'pro', 0],
  ] as const)('%s is invoiced as it was previewed, to the cent', async (_, tier, days) => {
    const who = await subscribed()
    await billing.pass({ days })
    const seen = await preview(who, tier)
    if (seen.kind !== 'now') throw new Error(seen.kind)
    await billing.pass({ seconds: 600 })
    expect(await commit(who, tier, { prorationDate: seen.prorationDate })).toEqual({ kind: 'done' })
    const invoice = await latestInvoice(who)
    expect(invoice).toMatchObject({ status: 'paid', amount_paid: seen.dueNow.amountMinor })
    expect(invoice.lines.data.map(({ amount }) => amount)).toEqual(seen.lines.map(({ amount }) => amount.amountMinor))
    expect(seen.dueNow.amountMinor).toBe(seen.lines.reduce((sum, { amount }) => sum + amount.amountMinor, 0))
    const after = await row(who)
    expect(after).toMatchObject({ tierId: agent.tiers[tier], status: 'active', nextTierId: null })
    expect(after.amount).toBe(seen.after.amountMinor)
    expect(after.currentPeriodEnd).toEqual(seen.nextChargeAt)
    expect(await intentsOf(who)).toMatchObject([{ state: 'done' }])
  })

  test('keeps an add-on that is billed beside it, and ends one that can’t be', async () => {
    const who = await subscribed()
    const price = await billing.stripe.prices.create({
      currency: 'eur',
      unit_amount: 450,
      recurring: { interval: 'month' },
      product_data: { name: 'More' },
    })
    await billing.addOffer(agent, {
      displayName: '10 seats',
      scope: 'permanent',
      billingInterval: 'month',
      price: 450,
      stripePriceId: price.id,
      stripeProductId: String(price.product),
    })
    await billing.stripe.subscriptions.update(who.stripeSubscriptionId, { items: [{ price: price.id }] })
    await billing.pass({ days: 9 })
    const pro = await preview(who, 'pro')
    expect(pro).toMatchObject({ kind: 'now', after: { amountMinor: 3_450 }, endingAddons: [] })
    if (pro.kind !== 'now') return
    await commit(who, 'pro', { prorationDate: pro.prorationDate })
    expect((await latestInvoice(who)).amount_paid).toBe(pro.dueNow.amountMinor)
    expect((await atStripe(who)).items.data.map((item) => item.price.unit_amount)).toEqual([3_000, 450])

    const yearly = await billing.addTier(agent, {
      tierName: 'Pro yearly',
      price: 30_000,
      billingInterval: 'year',
      quotas: { messages: 1_000 },
    })
    await billing.pass({ days: 2 })
    const year = await previewChange(billing.deps, { ...wish(who, 'pro'), tierId: yearly })
    expect(year).toMatchObject({
      kind: 'now',
      after: { amountMinor: 30_000, interval: 'year' },
      endingAddons: ['10 seats'],
    })
    if (year.kind !== 'now') return
    await commitChange(billing.deps, { ...wish(who, 'pro'), tierId: yearly, prorationDate: year.prorationDate })
    expect((await latestInvoice(who)).amount_paid).toBe(year.dueNow.amountMinor)
    expect((await atStripe(who)).items.data).toHaveLength(1)
  })

  test('is refused by a preview that is old, from the future, from before the period, or about another amount', async () => {
    const who = await subscribed()
    await billing.pass({ days: 5 })
    const now = Math.floor(+(await billing.now()) / 1000)
    for (const prorationDate of [now - 901, now + 60, now - 6 * 86_400, now + 0.5]) {
      await expect(commit(who, 'pro', { prorationDate })).rejects.toMatchObject({ code: 'conflict' })
    }
    await expect(commit(who, 'pro', { prorationDate: now, expectedMinor: 1 })).rejects.toMatchObject({
      code: 'conflict',
    })
    expect(await row(who)).toMatchObject({ tierId: agent.tiers.monthly })
    expect(await invoiceCount(who)).toBe(1)
    const seen = await preview(who, 'pro')
    if (seen.kind !== 'now') throw new Error(seen.kind)
    const { prorationDate, dueNow } = seen
    expect(await commit(who, 'pro', { prorationDate, expectedMinor: dueNow.amountMinor })).toEqual({ kind: 'done' })
  })

  test('whose card is declined changes nothing, and nothing is owed', async () => {
    const who = await subscribed()
    await commit(who, 'free')
    const before = await row(who)
    await useCard(who, 'pm_card_chargeCustomerFail')
    const intentId = crypto.randomUUID()
    await expect(commit(who, 'pro', { intentId })).rejects.toMatchObject({ code: 'payment_declined' })
    await expect(commit(who, 'pro', { intentId })).rejects.toMatchObject({ code: 'payment_declined' })
    const { reconciledAt: _, updatedAt: __, ...after } = await row(who)
    expect(before).toMatchObject(after)
    expect(await atStripe(who)).toMatchObject({ status: 'active', pending_update: null })
    expect((await billing.stripe.invoices.list({ customer: who.customerId, status: 'open' })).data).toEqual([])
    await useCard(who, 'pm_card_visa')
    expect(await commit(who, 'pro')).toEqual({ kind: 'done' })
    expect(await row(who)).toMatchObject({ tierId: agent.tiers.pro, nextTierId: null })
  })

  test('whose bank asks its owner waits on the invoice’s page, and is there once it is paid', async () => {
    const who = await subscribed()
    await useCard(who, 'pm_card_authenticationRequired')
    const waiting = await commit(who, 'pro')
    expect(waiting).toMatchObject({ kind: 'needs_payment', url: expect.stringContaining('https://') })
    expect(await row(who)).toMatchObject({ tierId: agent.tiers.monthly })
    // Asked for again, it is the same one.
    expect(await commit(who, 'pro')).toEqual(waiting)
    const { data } = await billing.stripe.paymentIntents.list({ customer: who.customerId, limit: 1 })
    await billing.sandbox.authenticate(data[0]?.id ?? '', 'succeeded')
    await reconcileSubscription(billing.deps, who)
    expect(await row(who)).toMatchObject({ tierId: agent.tiers.pro })
    await makeOld()
    await finishChanges(billing.deps)
    expect(await intentsOf(who)).toMatchObject([{ state: 'done' }])
  })

  test('that waits gives way to another wish, and can’t be paid any more', async () => {
    const who = await subscribed()
    await useCard(who, 'pm_card_authenticationRequired')
    await commit(who, 'pro')
    const held = await latestInvoice(who)
    await useCard(who, 'pm_card_visa')
    expect(await commit(who, 'yearly')).toEqual({ kind: 'done' })
    expect(await billing.stripe.invoices.retrieve(held.id)).toMatchObject({ status: 'void' })
    expect(await row(who)).toMatchObject({ tierId: agent.tiers.yearly })
    expect((await intentsOf(who)).map(({ state, reason }) => [state, reason])).toEqual(
      expect.arrayContaining([
        ['refused', 'replaced'],
        ['done', null],
      ]),
    )
  })

  test('that waits comes to nothing when the subscription goes on as a free tier', async () => {
    const who = await subscribed()
    await commit(who, 'free')
    await useCard(who, 'pm_card_authenticationRequired')
    const intentId = crypto.randomUUID()
    expect(await commit(who, 'pro', { intentId })).toMatchObject({ kind: 'needs_payment' })
    await passToAfter((await row(who)).currentPeriodEnd)
    await reconcileSubscription(billing.deps, who)
    expect(await row(who)).toMatchObject({ tierId: agent.tiers.free, stripeSubscriptionId: null })
    await expect(commit(who, 'pro', { intentId })).rejects.toMatchObject({ code: 'conflict' })
    expect(await intentsOf(who)).toEqual(
      expect.arrayContaining([expect.objectContaining({ id: intentId, state: 'refused' })]),
    )
  })

  test('that was cut off is not made up for in another period', async () => {
    const who = await subscribed()
    const intentId = crypto.randomUUID()
    billing.breakNetwork({
      when: 'before',
      at: 0,
      isHit: (call) => call === `POST /v1/subscriptions/${who.stripeSubscriptionId}`,
    })
    await expect(commit(who, 'pro', { intentId })).rejects.toMatchObject({ code: 'unavailable' })
    billing.breakNetwork(undefined)
    await passToAfter((await row(who)).currentPeriodEnd)
    await expect(commit(who, 'pro', { intentId })).rejects.toMatchObject({ code: 'conflict' })
    expect(await row(who)).toMatchObject({ tierId: agent.tiers.monthly, status: 'active' })
    expect(await commit(who, 'pro')).toEqual({ kind: 'done' })
  })

  test('pressed twice, or by many at once, is paid once', async () => {
    const who = await subscribed()
    const prorationDate = Math.floor(+(await billing.now()) / 1000)
    const intentId = crypto.randomUUID()
    const presses = Array.from({ length: 3 }, () => commit(who, 'pro', { prorationDate, intentId }))
    expect(await Promise.all(presses)).toEqual([{ kind: 'done' }, { kind: 'done' }, { kind: 'done' }])
    expect(await commit(who, 'pro')).toEqual({ kind: 'kept' })
    expect(await invoiceCount(who)).toBe(2)
  })
})

describe('a downgrade', () => {
  test('waits for the end of the period, and is charged from then on', async () => {
    const who = await subscribed('pro')
    await billing.pass({ days: 3 })
    const end = (await row(who)).currentPeriodEnd
    expect(await preview(who, 'monthly')).toEqual({
      kind: 'at_period_end',
      at: end,
      after: { amountMinor: 1_000, currency: 'EUR', interval: 'month' },
      endingAddons: [],
    })
    expect(await commit(who, 'monthly')).toEqual({ kind: 'scheduled', at: end })
    expect(await row(who)).toMatchObject({ tierId: agent.tiers.pro, nextTierId: agent.tiers.monthly, nextTierAt: end })
    expect(await invoiceCount(who)).toBe(1)
    await passToAfter(end)
    await reconcileSubscription(billing.deps, who)
    expect(await row(who)).toMatchObject({ tierId: agent.tiers.monthly, amount: 1_000, nextTierId: null })
    expect(await latestInvoice(who)).toMatchObject({ status: 'paid', amount_paid: 1_000 })
  })

  test('is replaced by another one, and forgotten by keeping the tier', async () => {
    const who = await subscribed('yearly')
    await commit(who, 'monthly')
    expect(await commit(who, 'free')).toMatchObject({ kind: 'scheduled' })
    expect(await row(who)).toMatchObject({ nextTierId: agent.tiers.free, cancelAtPeriodEnd: false })
    expect(await commit(who, 'monthly')).toMatchObject({ kind: 'scheduled' })
    expect(await row(who)).toMatchObject({ nextTierId: agent.tiers.monthly, cancelAtPeriodEnd: false })
    expect(await atStripe(who)).toMatchObject({ cancel_at_period_end: false })
    expect(await preview(who, 'yearly')).toEqual({ kind: 'keep' })
    expect(await commit(who, 'yearly')).toEqual({ kind: 'kept' })
    expect(await row(who)).toMatchObject({ tierId: agent.tiers.yearly, nextTierId: null, nextTierAt: null })
    expect(await atStripe(who)).toMatchObject({ schedule: null, cancel_at_period_end: false })
  })

  test('is taken back by an upgrade', async () => {
    const who = await subscribed()
    await commit(who, 'free')
    expect(await commit(who, 'pro')).toEqual({ kind: 'done' })
    expect(await row(who)).toMatchObject({ tierId: agent.tiers.pro, nextTierId: null })
    expect(await atStripe(who)).toMatchObject({ cancel_at_period_end: false })
  })

  test('to the free tier ends what is paid, and the subscription goes on', async () => {
    const who = await subscribed()
    const { currentPeriodEnd: end } = await row(who)
    expect(await commit(who, 'free')).toEqual({ kind: 'scheduled', at: end })
    await passToAfter(end)
    await reconcileSubscription(billing.deps, who)
    expect(await row(who)).toMatchObject({ status: 'active', tierId: agent.tiers.free, amount: 0 })
    expect((await atStripe(who)).status).toBe('canceled')
    expect(await invoiceCount(who)).toBe(1)
  })
})

describe('between free tiers', () => {
  test('Stripe is not asked, and to a paid one it begins with a checkout', async () => {
    const userId = await billing.addPerson()
    const { id } = await subscribeToFreeTier(billing.deps, { userId, agentSlug: agent.slug, tierId: agent.tiers.free })
    const bigger = await billing.addTier(agent, { tierName: 'Free too', quotas: { messages: 20 } })
    const asked = billing.calls.length
    const change = { subscriptionId: id, userId }
    expect(await previewChange(billing.deps, { ...change, tierId: bigger })).toMatchObject({
      kind: 'now',
      dueNow: { amountMinor: 0 },
      nextChargeAt: null,
    })
    expect(await commitChange(billing.deps, { ...change, tierId: bigger })).toEqual({ kind: 'done' })
    expect(await previewChange(billing.deps, { ...change, tierId: agent.tiers.free })).toMatchObject({
      kind: 'at_period_end',
    })
    expect(await commitChange(billing.deps, { ...change, tierId: agent.tiers.free })).toMatchObject({
      kind: 'scheduled',
    })
    expect(await commitChange(billing.deps, { ...change, tierId: agent.tiers.pro })).toEqual({ kind: 'checkout' })
    expect(await cancelPlan(billing.deps, change)).toMatchObject({ kind: 'at_period_end' })
    await resumePlan(billing.deps, change)
    expect(await billing.subscription(id)).toMatchObject({ cancelAtPeriodEnd: false })
    expect(billing.calls).toHaveLength(asked)
  })
})

describe('in a trial', () => {
  test('every paid tier is had at once, nothing is charged, and its end stays', async () => {
    const who = await subscribed('trial', { withTrial: true })
    const { trialEndsAt } = await row(who)
    await billing.pass({ days: 2 })
    for (const [tier, price] of [
      ['monthly', 1_000],
      ['yearly', 10_000],
      ['pro', 3_000],
    ] as const) {
      expect(await preview(who, tier)).toMatchObject({ kind: 'trial', trialEndsAt, after: { amountMinor: price } })
      expect(await commit(who, tier)).toEqual({ kind: 'done' })
      expect(await row(who)).toMatchObject({ tierId: agent.tiers[tier], status: 'trialing', trialEndsAt })
    }
    expect((await billing.stripe.invoices.list({ customer: who.customerId })).data.map(({ total }) => total)).toEqual([
      0,
    ])
  })
})

describe('in a trial that nothing is charged after', () => {
  /** Of an agent of its own: a card has one trial of each. */
  const trialOf = async (trialEndsWith: 'free_tier' | 'end' | 'charge') => {
    const own = await billing.addAgent()
    const terms = { price: 3_000, trialDays: 14, quotas: { messages: 1_000 } }
    const ids = {
      free_tier: await billing.addTier(own, { ...terms, tierName: 'Then free', trialEndsWith: 'free_tier' }),
      end: await billing.addTier(own, { ...terms, tierName: 'Then over', trialEndsWith: 'end' }),
      charge: own.tiers.trial,
    }
    const who = await billing.subscribe({ agent: own, tierId: ids[trialEndsWith], withTrial: true })
    return { own, ids, who, tierId: ids[trialEndsWith] }
  }

  test('keeping the tier promises nothing else, and resuming brings the fall to the free tier back', async () => {
    const { who, tierId, own } = await trialOf('free_tier')
    const falls = { status: 'trialing', tierId, nextTierId: own.tiers.free, cancelAtPeriodEnd: false }
    expect(await row(who)).toMatchObject(falls)
    expect(await commitChange(billing.deps, { ...who, tierId })).toEqual({ kind: 'kept' })
    expect(await row(who)).toMatchObject(falls)
    await cancelPlan(billing.deps, who)
    expect(await row(who)).toMatchObject({ nextTierId: null, cancelAtPeriodEnd: true })
    await resumePlan(billing.deps, who)
    expect(await row(who)).toMatchObject(falls)
  })

  test.each(['free_tier', 'end'] as const)('which ends with %s, another tier says what follows it', async (before) => {
    const { who, own } = await trialOf(before)
    const change = { ...who, tierId: own.tiers.monthly }
    expect(await previewChange(billing.deps, change)).toMatchObject({ kind: 'trial', endsWith: 'charge' })
    expect(await commitChange(billing.deps, change)).toEqual({ kind: 'done' })
    expect(await row(who)).toMatchObject({ status: 'trialing', nextTierId: null, cancelAtPeriodEnd: false })
    expect(await atStripe(who)).toMatchObject({ cancel_at_period_end: false })
  })

  test('a trial that ends by itself can’t be resumed', async () => {
    const { who, ids } = await trialOf('charge')
    expect(await commitChange(billing.deps, { ...who, tierId: ids.end })).toEqual({ kind: 'done' })
    expect(await row(who)).toMatchObject({ status: 'trialing', tierId: ids.end, cancelAtPeriodEnd: true })
    await expect(resumePlan(billing.deps, who)).rejects.toMatchObject({ code: 'conflict' })
  })
})

describe('a change is refused', () => {
  test('for somebody else’s, another agent’s tier, one that is gone, and another currency', async () => {
    const who = await subscribed()
    const stranger = await billing.addPerson()
    for (const verb of [previewChange, commitChange]) {
      await expect(verb(billing.deps, { ...wish(who, 'pro'), userId: stranger })).rejects.toMatchObject({
        code: 'not_found',
      })
      const other = await billing.addTier(await billing.addAgent(), { price: 2_000 })
      await expect(verb(billing.deps, { ...wish(who, 'pro'), tierId: other })).rejects.toMatchObject({
        code: 'not_found',
      })
      const gone = await billing.addTier(agent, { price: 2_000, archivedAt: new Date() })
      await expect(verb(billing.deps, { ...wish(who, 'pro'), tierId: gone })).rejects.toMatchObject({
        code: 'tier_not_on_offer',
      })
      const dollars = await billing.addTier(agent, { price: 2_000, currency: 'USD' })
      await expect(verb(billing.deps, { ...wish(who, 'pro'), tierId: dollars })).rejects.toMatchObject({
        code: 'wrong_currency',
      })
    }
    expect(await intentsOf(who)).toEqual([])
  })

  test('with an id that was used for something else, and tells strangers nothing of it', async () => {
    const [one, other] = [await subscribed(), await subscribed()]
    const intentId = crypto.randomUUID()
    await commit(one, 'pro', { intentId })
    await expect(commit(one, 'yearly', { intentId })).rejects.toMatchObject({ code: 'conflict' })
    await expect(commit(other, 'pro', { intentId })).rejects.toMatchObject({ code: 'not_found' })
  })

  test('while it is about to end, and after', async () => {
    const who = await subscribed()
    await cancelPlan(billing.deps, who)
    await expect(commit(who, 'pro')).rejects.toMatchObject({ code: 'conflict' })
    await billing.pass({ days: 32 })
    await reconcileSubscription(billing.deps, who)
    await expect(commit(who, 'pro')).rejects.toMatchObject({ code: 'conflict' })
    await expect(resumePlan(billing.deps, who)).rejects.toMatchObject({ code: 'conflict' })
  })
})

describe('where a payment is late', () => {
  test('nothing can be changed, and cancelling ends it at once and asks for nothing more', async () => {
    const who = await subscribed()
    await useCard(who, 'pm_card_chargeCustomerFail')
    await passToAfter((await row(who)).currentPeriodEnd)
    await reconcileSubscription(billing.deps, who)
    expect(await row(who)).toMatchObject({ status: 'past_due' })
    await expect(commit(who, 'pro')).rejects.toMatchObject({ code: 'payment_required' })
    await expect(preview(who, 'free')).rejects.toMatchObject({ code: 'payment_required' })
    expect(await cancelPlan(billing.deps, who)).toMatchObject({ kind: 'at_once' })
    expect(await row(who)).toMatchObject({ status: 'canceled' })
    const { data } = await billing.stripe.invoices.list({ customer: who.customerId })
    expect(data.map(({ status }) => status).toSorted()).toEqual(['paid', 'void'])
    expect(await cancelPlan(billing.deps, who)).toMatchObject({ kind: 'at_once' })
  })
})

describe('cancelling and resuming', () => {
  test('ends with what is paid for, and can be taken back until then', async () => {
    const who = await subscribed('pro')
    await commit(who, 'monthly')
    const { currentPeriodEnd: endsAt } = await row(who)
    expect(await cancelPlan(billing.deps, who)).toEqual({ kind: 'at_period_end', endsAt })
    expect(await cancelPlan(billing.deps, who)).toEqual({ kind: 'at_period_end', endsAt })
    expect(await row(who)).toMatchObject({ status: 'active', cancelAtPeriodEnd: true, nextTierId: null })
    await resumePlan(billing.deps, who)
    await resumePlan(billing.deps, who)
    expect(await row(who)).toMatchObject({ status: 'active', cancelAtPeriodEnd: false, nextTierId: null })
    expect(await atStripe(who)).toMatchObject({ cancel_at_period_end: false, schedule: null })
    expect(await intentsOf(who, 'cancel')).toMatchObject([{ state: 'done' }, { state: 'done' }])
    const trail = await billing.database.db.select().from(auditLogs).where(eq(auditLogs.resourceId, who.subscriptionId))
    expect(trail.map(({ action }) => action)).toEqual(expect.arrayContaining(['billing.cancel', 'billing.resume']))
  })

  test('in the hour before a renewal is charged ends it at once, and it is never charged', async () => {
    const who = await subscribed()
    const { currentPeriodEnd } = await row(who)
    await billing.pass({ seconds: (+currentPeriodEnd - +(await billing.now())) / 1000 + 60 })
    expect(await cancelPlan(billing.deps, who)).toMatchObject({ kind: 'at_once' })
    expect(await row(who)).toMatchObject({ status: 'canceled' })
    await billing.pass({ days: 40 })
    await reconcileSubscription(billing.deps, who)
    const { data } = await billing.stripe.invoices.list({ customer: who.customerId })
    expect(data.map(({ amount_paid: paid }) => paid).filter((paid) => paid > 0)).toEqual([1_000])
  })

  test('of a renewal that has just been charged keeps what was paid for', async () => {
    const who = await subscribed()
    const { currentPeriodEnd } = await row(who)
    await passToAfter(currentPeriodEnd)
    const canceled = await cancelPlan(billing.deps, who)
    expect(canceled.kind).toBe('at_period_end')
    expect(+canceled.endsAt).toBeGreaterThan(+(await billing.now()))
  })

  test('of what is over at Stripe, though nobody was told, is a conflict, and is known from then on', async () => {
    const verbs = [
      (who: Subscribed) => resumePlan(billing.deps, who),
      (who: Subscribed) => commit(who, 'pro'),
      (who: Subscribed) => commit(who, 'monthly'),
    ]
    for (const [place, verb] of verbs.entries()) {
      const who = await subscribed()
      if (place === 0) await cancelPlan(billing.deps, who)
      await billing.stripe.subscriptions.cancel(who.stripeSubscriptionId)
      await expect(verb(who)).rejects.toMatchObject({ code: 'conflict' })
      expect(await row(who)).toMatchObject({ status: 'canceled' })
    }
  })

  test('is for its owner', async () => {
    const who = { ...(await subscribed()), userId: await billing.addPerson() }
    await expect(cancelPlan(billing.deps, who)).rejects.toMatchObject({ code: 'not_found' })
    await expect(resumePlan(billing.deps, who)).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('wherever Stripe fails', () => {
  const cases = [
    [
      'an upgrade',
      'monthly',
      (who: Subscribed, more: object) => commit(who, 'pro', more),
      { tier: 'pro', invoices: 2 },
    ],
    [
      'a downgrade',
      'pro',
      (who: Subscribed, more: object) => commit(who, 'monthly', more),
      { next: 'monthly', invoices: 1 },
    ],
    [
      'a fall to free',
      'pro',
      (who: Subscribed, more: object) => commit(who, 'free', more),
      { next: 'free', invoices: 1 },
    ],
    ['cancelling', 'pro', (who: Subscribed) => cancelPlan(billing.deps, who), { ends: true, invoices: 1 }],
  ] as const

  test.each(cases)('%s that is tried again has one effect', async (_, tier, verb, expected) => {
    const failures = await atEveryBreak(billing, {
      begin: async () => {
        const who = await subscribed(tier)
        if ('tier' in expected) await commit(who, 'free')
        const prorationDate = Math.floor(+(await billing.now()) / 1000)
        return { who, more: { intentId: crypto.randomUUID(), prorationDate } }
      },
      verb: ({ who, more }) => verb(who, more),
      check: async ({ who }) => {
        const after = await row(who)
        expect(after.tierId).toBe(agent.tiers['tier' in expected ? expected.tier : tier])
        expect(after.nextTierId).toBe('next' in expected ? agent.tiers[expected.next] : null)
        expect(after.cancelAtPeriodEnd).toBe('ends' in expected)
        expect(await invoiceCount(who)).toBe(expected.invoices)
      },
    })
    expect(failures).toBeGreaterThan(1)
  })
})

async function useCard(who: Subscribed, card: string): Promise<void> {
  const id = await billing.addCard(who.customerId, card)
  await billing.stripe.subscriptions.update(who.stripeSubscriptionId, { default_payment_method: id })
}

/** The draft of a renewal is collected an hour later. */
async function passToAfter(end: Date): Promise<void> {
  await billing.pass({ seconds: (+end - +(await billing.now())) / 1000 + 2 * 3_600 })
}

const makeOld = () =>
  billing.database.pool.query(`UPDATE billing_intents SET created_at = created_at - interval '1 hour'`)
