// What becomes of a paid subscription as time passes, told by Stripe's state alone: nothing here hears a webhook.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { eq } from 'drizzle-orm'
import { billingEntries, subscriptionAddons, subscriptionUsage } from '#src/db/schema/index.ts'
import {
  reconcileDispute,
  reconcileInvoice,
  reconcileRefund,
  reconcileSubscription,
  settleCheckout,
  startCheckout,
} from '#src/features/billing/index.ts'
import { sweep } from '#src/features/billing/reconcile/sweep.ts'
import { startBilling } from './harness.ts'
import type { Billing, TestAgent } from './harness.ts'

let billing: Billing
let agent: TestAgent
let userId: string

beforeAll(async () => {
  billing = await startBilling({ retryDays: [2, 3], afterRetries: 'canceled' })
})
beforeEach(async () => {
  agent = await billing.addAgent()
  userId = await billing.addPerson()
})
afterAll(() => billing.stop())

interface Bought {
  readonly id: string
  readonly stripeId: string
}

async function buy(tier: keyof TestAgent['tiers'] = 'monthly', number = '4242424242424242'): Promise<Bought> {
  const { deps, sandbox } = billing
  const which = { userId, agentSlug: agent.slug, tierId: agent.tiers[tier], withTrial: tier === 'trial' }
  const { intentId, url } = await startCheckout(deps, which)
  await sandbox.completeCheckout(url.split('/').at(-1) ?? '', { card: { number, expMonth: 12, expYear: 2040 } })
  const state = await settleCheckout(deps, { intentId, userId })
  if (state.kind !== 'done') throw new Error(`It is ${state.kind}`)
  const row = await billing.subscription(state.subscriptionId)
  return { id: row.id, stripeId: row.stripeSubscriptionId ?? '' }
}

const reconcile = ({ stripeId }: Bought) => reconcileSubscription(billing.deps, { stripeSubscriptionId: stripeId })
const rowOf = ({ id }: Bought) => billing.subscription(id)
const entries = () =>
  billing.database.db
    .select()
    .from(billingEntries)
    .where(eq(billingEntries.agentRef, agent.agentId))
    .orderBy(billingEntries.seq)
const allows = async (metric = 'messages') => {
  const { usage } = billing.deps
  const answer = await usage.check({ userId, agentId: agent.agentId, metric, delta: 1 })
  return answer.kind === 'denied' ? answer.reason : answer.kind
}
const failNextPayment = async (bought: Bought): Promise<string> => {
  const { stripeCustomerId } = await rowOf(bought)
  const card = await billing.addCard(stripeCustomerId ?? '', 'pm_card_chargeCustomerFail')
  await billing.stripe.subscriptions.update(bought.stripeId, { default_payment_method: card })
  return card
}
const mails = (template: string) => billing.mails.filter((mail) => mail.template === template).length

describe('a renewal', () => {
  it('begins the next period when it is paid, and not when Stripe begins to ask', async () => {
    const bought = await buy()
    const before = await rowOf(bought)
    await billing.pass({ seconds: (Number(before.currentPeriodEnd) - Number(await billing.now())) / 1000 + 60 })
    // Its invoice is a draft for an hour.
    await reconcile(bought)
    expect(await rowOf(bought)).toMatchObject({ status: 'active', currentPeriodEnd: before.currentPeriodEnd })
    expect(await allows()).toBe('allowed')
    await billing.pass({ seconds: 3_700 })
    await reconcile(bought)
    const after = await rowOf(bought)
    expect(after.currentPeriodStart).toEqual(before.currentPeriodEnd)
    expect(after).toMatchObject({ status: 'active', periodAnchor: before.periodAnchor })
    expect((await entries()).map(({ kind, amount }) => [kind, amount])).toEqual([
      ['charge', 1_000],
      ['charge', 1_000],
    ])
    await reconcile(bought)
    expect(await entries()).toHaveLength(2)
  })

  it('goes through a year, month ends included, though nobody looked', async () => {
    const bought = await buy()
    await billing.pass({ days: 366 })
    await reconcile(bought)
    const row = await rowOf(bought)
    expect(row.status).toBe('active')
    expect(Number(row.currentPeriodEnd)).toBeGreaterThan(Number(await billing.now()))
    expect((await entries()).length).toBe(13)
  })
})

describe('a payment that fails', () => {
  it('leaves credit for the grace, says so once, and stops when nobody pays', async () => {
    const bought = await buy()
    await failNextPayment(bought)
    const { currentPeriodEnd: paidUntil } = await rowOf(bought)
    const told = mails('payment-failed')
    await billing.pass({ seconds: (Number(paidUntil) - Number(await billing.now())) / 1000 + 4_000 })
    await reconcile(bought)
    const late = await rowOf(bought)
    expect(late).toMatchObject({ status: 'past_due', currentPeriodEnd: paidUntil })
    expect(late.pastDueAt).not.toBeNull()
    expect(await allows()).toBe('allowed')
    await reconcile(bought)
    expect(mails('payment-failed')).toBe(told + 1)
    expect((await rowOf(bought)).pastDueAt).toEqual(late.pastDueAt)
    await billing.pass({ days: 10 })
    await reconcile(bought)
    expect(await rowOf(bought)).toMatchObject({ status: 'canceled' })
    expect(await allows()).toBe('no_subscription')
    expect(mails('subscription-ended')).toBeGreaterThan(0)
    expect(await entries()).toHaveLength(1)
  })

  it('is made good by paying, and what was used on credit counts in the paid period', async () => {
    const bought = await buy()
    await failNextPayment(bought)
    const { currentPeriodEnd: paidUntil } = await rowOf(bought)
    await billing.pass({ seconds: (Number(paidUntil) - Number(await billing.now())) / 1000 + 4_000 })
    await reconcile(bought)
    const { usage } = billing.deps
    const use = {
      userId,
      agentId: agent.agentId,
      metric: 'messages',
      delta: 3,
      requestId: crypto.randomUUID(),
    }
    expect(await usage.consume(use)).toMatchObject({ kind: 'allowed' })
    const { stripeCustomerId } = await rowOf(bought)
    const card = await billing.addCard(stripeCustomerId ?? '', 'pm_card_visa')
    await billing.stripe.subscriptions.update(bought.stripeId, { default_payment_method: card })
    const [open] = (await billing.stripe.invoices.list({ subscription: bought.stripeId, status: 'open' })).data
    await billing.stripe.invoices.pay(open?.id ?? '', { payment_method: card })
    await reconcile(bought)
    expect(await rowOf(bought)).toMatchObject({ status: 'active', pastDueAt: null, currentPeriodStart: paidUntil })
    const counters = await billing.database.db
      .select()
      .from(subscriptionUsage)
      .where(eq(subscriptionUsage.subscriptionId, bought.id))
    expect(counters.filter(({ used }) => used > 0)).toMatchObject([{ used: 3, periodStart: paidUntil }])
  })

  it('of a trial’s first charge leaves credit, too, and nothing is charged for the trial', async () => {
    const bought = await buy('trial', '4000000000000341')
    expect(await rowOf(bought)).toMatchObject({ status: 'trialing' })
    await billing.pass({ days: 14, seconds: 4_000 })
    await reconcile(bought)
    expect(await rowOf(bought)).toMatchObject({ status: 'past_due' })
    expect(await entries()).toEqual([])
  })
})

describe('a trial that is about to end', () => {
  it('is told of once, with what is charged then', async () => {
    const bought = await buy('trial')
    const told = mails('trial-ending')
    await reconcile(bought)
    expect(mails('trial-ending')).toBe(told)
    await billing.pass({ days: 11, seconds: 3_600 })
    for (let time = 0; time < 2; time += 1) await reconcile(bought)
    expect(mails('trial-ending')).toBe(told + 1)
    expect(billing.mails.findLast(({ template }) => template === 'trial-ending')?.text).toContain('€30.00')
  })

  it('says that nothing is charged where nothing will be', async () => {
    const bought = await buy('trial')
    await billing.stripe.subscriptions.update(bought.stripeId, { cancel_at_period_end: true })
    await billing.pass({ days: 12 })
    await reconcile(bought)
    expect(billing.mails.findLast(({ template }) => template === 'trial-ending')?.text).not.toContain('€')
  })
})

describe('what was asked of Stripe by others', () => {
  it('is taken over: an end at the period’s end, its being taken back, and an end at once', async () => {
    const bought = await buy()
    await billing.stripe.subscriptions.update(bought.stripeId, { cancel_at_period_end: true })
    await reconcile(bought)
    expect(await rowOf(bought)).toMatchObject({ cancelAtPeriodEnd: true, status: 'active' })
    await billing.stripe.subscriptions.update(bought.stripeId, { cancel_at_period_end: false })
    await reconcile(bought)
    expect(await rowOf(bought)).toMatchObject({ cancelAtPeriodEnd: false })
    await billing.stripe.subscriptions.cancel(bought.stripeId)
    await reconcile(bought)
    expect(await rowOf(bought)).toMatchObject({ status: 'canceled' })
    expect(await reconcile(bought)).toEqual({ outcome: 'reconciled', subscriptionId: bought.id })
  })

  it('is foreign where nothing of it is ours', async () => {
    const customer = await billing.stripe.customers.create({ name: 'Somebody' })
    await billing.addCard(customer.id, 'pm_card_visa')
    const price = await billing.stripe.prices.create({
      currency: 'eur',
      unit_amount: 700,
      recurring: { interval: 'month' },
      product_data: { name: 'Else' },
    })
    const { id } = await billing.stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] })
    expect(await reconcileSubscription(billing.deps, { stripeSubscriptionId: id })).toEqual({ outcome: 'foreign' })
    const [invoice] = (await billing.stripe.invoices.list({ customer: customer.id })).data
    expect(await reconcileInvoice(billing.deps, { stripeInvoiceId: invoice?.id ?? '' })).toEqual({ outcome: 'foreign' })
    expect(await reconcileSubscription(billing.deps, { stripeSubscriptionId: 'sub_none' })).toEqual({
      outcome: 'foreign',
    })
  })
})

describe('money that goes back', () => {
  const paymentOf = async ({ stripeId }: Bought): Promise<string> => {
    const [invoice] = (await billing.stripe.invoices.list({ subscription: stripeId, status: 'paid' })).data
    const [payment] = (await billing.stripe.invoicePayments.list({ invoice: invoice?.id ?? '' })).data
    return String(payment?.payment.payment_intent)
  }

  it('is one entry for each refund, however often it is heard of', async () => {
    const bought = await buy()
    const payment_intent = await paymentOf(bought)
    const refund = await billing.stripe.refunds.create({ payment_intent, amount: 400 })
    for (let time = 0; time < 2; time += 1) {
      expect(await reconcileRefund(billing.deps, { stripeRefundId: refund.id })).toMatchObject({
        outcome: 'reconciled',
      })
    }
    expect((await entries()).map(({ kind, amount }) => [kind, amount])).toEqual([
      ['charge', 1_000],
      ['refund', -400],
    ])
  })

  it('by a dispute stops the subscription, and winning it brings it back', async () => {
    const bought = await buy('monthly', '4000000000000259')
    const { data } = await billing.stripe.disputes.list({ payment_intent: await paymentOf(bought) })
    const stripeDisputeId = data[0]?.id ?? ''
    await reconcileDispute(billing.deps, { stripeDisputeId })
    expect(await rowOf(bought)).toMatchObject({ status: 'paused', cancelAtPeriodEnd: true })
    expect(await allows()).toBe('payment_required')
    await reconcile(bought)
    expect(await rowOf(bought)).toMatchObject({ status: 'paused' })
    await billing.stripe.disputes.update(stripeDisputeId, { evidence: { uncategorized_text: 'winning_evidence' } })
    for (let time = 0; time < 2; time += 1) await reconcileDispute(billing.deps, { stripeDisputeId })
    expect(await rowOf(bought)).toMatchObject({ status: 'active', disputedAt: null })
    expect((await entries()).map(({ kind, amount }) => [kind, amount])).toEqual([
      ['charge', 1_000],
      ['dispute', -1_000],
      ['dispute_reversal', 1_000],
    ])
  })
})

describe('the sweep', () => {
  it('finds what nobody told of: a purchase that was paid, a renewal, and an end', async () => {
    const { deps, sandbox, database } = billing
    const renewed = await buy()
    const other = await billing.addPerson()
    const which = { userId: other, agentSlug: agent.slug, tierId: agent.tiers.pro, withTrial: false }
    const { intentId, url } = await startCheckout(deps, which)
    await sandbox.completeCheckout(url.split('/').at(-1) ?? '', {
      card: { number: '4242424242424242', expMonth: 12, expYear: 2040 },
    })
    await database.pool.query(`UPDATE billing_intents SET created_at = created_at - interval '1 hour' WHERE id = $1`, [
      intentId,
    ])
    await billing.pass({ days: 32 })
    await sweep(deps, { settledSeconds: 0 })
    expect((await rowOf(renewed)).currentPeriodEnd > (await billing.now())).toBe(true)
    expect(await settleCheckout(deps, { intentId, userId: other })).toMatchObject({ kind: 'done' })
    await billing.stripe.subscriptions.cancel(renewed.stripeId)
    expect(await sweep(deps, { settledSeconds: 0 })).toMatchObject({ failures: 0 })
    expect(await rowOf(renewed)).toMatchObject({ status: 'canceled' })
  })

  it('goes on after one that can’t be looked at', async () => {
    const [one, two] = [await buy(), undefined]
    await billing.stripe.subscriptions.cancel(one.stripeId)
    billing.breakNetwork({ when: 'before', at: 0, isHit: (call) => call.startsWith('GET /v1/subscriptions/') })
    const first = await sweep(billing.deps, { settledSeconds: 0 })
    billing.breakNetwork(two)
    expect(first.failures).toBe(1)
    expect((await sweep(billing.deps, { settledSeconds: 0 })).failures).toBe(0)
    expect(await rowOf(one)).toMatchObject({ status: 'canceled' })
  })
})

describe('at the same moment', () => {
  it('several find the same, and write it once', async () => {
    const bought = await buy()
    await billing.pass({ days: 32 })
    await Promise.all(Array.from({ length: 5 }, () => reconcile(bought)))
    expect(await entries()).toHaveLength(2)
    expect(await billing.database.db.$count(subscriptionAddons, eq(subscriptionAddons.subscriptionId, bought.id))).toBe(
      0,
    )
  })
})
