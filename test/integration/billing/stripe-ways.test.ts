// What Stripe itself, its portal and its dashboard do to what is paid here, other than our own pages would.
import { Stripe } from 'stripe'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { and, eq, isNull, sql } from 'drizzle-orm'
import { subscriptionAddons } from '#src/db/schema/index.ts'
import {
  adoptChosenCard,
  buyAddon,
  cancelPlan,
  ensureCustomer,
  listInvoices,
  reconcileDispute,
  reconcileRefund,
  reconcileSubscription,
  refundInvoice,
  removeAddon,
  resumePlan,
  startCheckout,
} from '#src/features/billing/index.ts'
import { eventHandlers } from '#src/features/billing/events/handlers.ts'
import { findOwnSubscription } from '#src/features/billing/buyers/own-subscriptions.ts'
import { endOf } from '#src/features/billing/reconcile/read-stripe.ts'
import { subscribeToFreeTier } from '#src/features/subscriptions/index.ts'
import { startBilling } from './harness.ts'
import type { Billing, Subscribed, TestAgent } from './harness.ts'

let billing: Billing
let agent: TestAgent

beforeAll(async () => {
  billing = await startBilling()
  agent = await billing.addAgent()
})
afterAll(() => billing.stop())

const periodEndOf = async ({ stripeSubscriptionId }: Subscribed): Promise<number> =>
  (await billing.stripe.subscriptions.retrieve(stripeSubscriptionId)).items.data[0]?.current_period_end ?? 0

describe('an end that was asked for elsewhere', () => {
  it('is taken back on our page, also when it was planned as a moment, as Stripe’s portal does', async () => {
    const bought = await billing.subscribe({ agent, tierId: agent.tiers.monthly })
    const { stripeSubscriptionId, subscriptionId } = bought
    await billing.stripe.subscriptions.update(stripeSubscriptionId, { cancel_at: await periodEndOf(bought) })
    await reconcileSubscription(billing.deps, { stripeSubscriptionId })
    expect(await billing.subscription(subscriptionId)).toMatchObject({ cancelAtPeriodEnd: true })
    await resumePlan(billing.deps, bought)
    expect(await billing.subscription(subscriptionId)).toMatchObject({ cancelAtPeriodEnd: false })
    const { cancel_at: at } = await billing.stripe.subscriptions.retrieve(stripeSubscriptionId)
    expect(at).toBeNull()
  })

  it('is known, whichever of its two ways Stripe says it in', async () => {
    const bought = await billing.subscribe({ agent, tierId: agent.tiers.monthly })
    const found = await billing.stripe.subscriptions.retrieve(bought.stripeSubscriptionId)
    const end = await periodEndOf(bought)
    expect(endOf(found)).toBeNull()
    expect(endOf({ ...found, cancel_at: end, cancel_at_period_end: false })).toBe(end)
    expect(endOf({ ...found, cancel_at: null, cancel_at_period_end: true })).toBe(end)
  })
})

describe('a year with more invoices than are read at once', () => {
  it('can be cancelled and resumed', async () => {
    const bought = await billing.subscribe({ agent, tierId: agent.tiers.yearly })
    const { subscriptionId, userId } = bought
    const offerId = await billing.addOffer(agent, { scope: 'permanent', billingInterval: 'year' })
    for (let time = 0; time < 21; time += 1) {
      await buyAddon(billing.deps, { ...bought, offerId })
      const [addon] = await liveAddonsOf(subscriptionId)
      await removeAddon(billing.deps, { subscriptionId, addonId: addon?.id ?? '', by: { kind: 'person', userId } })
      await billing.pass({ days: 1 })
    }
    await cancelPlan(billing.deps, bought)
    expect(await billing.subscription(subscriptionId)).toMatchObject({ cancelAtPeriodEnd: true })
    await resumePlan(billing.deps, bought)
    expect(await billing.subscription(subscriptionId)).toMatchObject({ cancelAtPeriodEnd: false })
  })
})

describe('a renewal that fails while nobody is told', () => {
  it('goes on for as long as its page says, and no longer', async () => {
    const bought = await billing.subscribe({ agent, tierId: agent.tiers.monthly })
    await billing.addCard(bought.customerId, 'pm_card_chargeCustomerFail')
    await adoptChosenCard(billing.deps, bought.customerId)
    const { currentPeriodEnd } = await billing.subscription(bought.subscriptionId)
    await billing.pass({ days: 34 })
    await reconcileSubscription(billing.deps, bought)
    const page = await findOwnSubscription(billing.deps, bought)
    expect(page?.status).toBe('past_due')
    expect(page?.graceEndsAt).toBe(new Date(+currentPeriodEnd + 7 * dayMs).toISOString())
    expect(await refusalAt(bought, -1_000)).toBeNull()
    expect(await refusalAt(bought, +1_000)).toBe('payment_required')

    async function refusalAt({ userId }: Subscribed, afterMs: number): Promise<string | null | undefined> {
      const moment = new Date(Date.parse(page?.graceEndsAt ?? '') + afterMs).toISOString()
      const { rows } = await billing.database.pool.query<{ refusal: string | null }>(
        `SELECT refusal FROM usage_entitlements($1, interval '7 days', ARRAY[$2], ARRAY[$3::uuid], ARRAY['messages'])`,
        [moment, userId, agent.agentId],
      )
      return rows[0]?.refusal
    }
  })
})

describe('a customer who was deleted in the dashboard', () => {
  it('buys again as another one, once Stripe has told', async () => {
    const { customerId, stripeSubscriptionId, userId, subscriptionId } = await billing.subscribe({
      agent,
      tierId: agent.tiers.monthly,
    })
    await billing.stripe.customers.del(customerId)
    const handlers = eventHandlers(billing.deps)
    expect(await handlers.subscription(stripeSubscriptionId)).toBe('reconciled')
    expect(await billing.subscription(subscriptionId)).toMatchObject({ status: 'canceled' })
    expect(await handlers.deletedCustomer(customerId)).toBe('reconciled')
    expect(await handlers.deletedCustomer(customerId)).toBe('ignored')
    const again = await billing.subscribe({ agent, tierId: agent.tiers.monthly, userId })
    expect(again.customerId).not.toBe(customerId)
  })

  it('stays who they are as long as Stripe has them', async () => {
    const { customerId, userId } = await billing.subscribe({ agent, tierId: agent.tiers.monthly })
    expect(await eventHandlers(billing.deps).deletedCustomer(customerId)).toBe('ignored')
    expect(await ensureCustomer(billing.deps, { userId })).toBe(customerId)
  })
})

describe('whatever the dashboard allows', () => {
  it('a checkout takes cards only, and the sandbox nothing else', async () => {
    const asked: string[] = []
    const httpClient = Stripe.createFetchHttpClient(async (input: string | URL | Request, init?: RequestInit) => {
      const request = new Request(input, init)
      if (request.url.endsWith('/checkout/sessions')) asked.push(decodeURIComponent(await request.clone().text()))
      return billing.sandbox.fetch(request)
    })
    const stripe = new Stripe('sk_test_sandbox', { maxNetworkRetries: 0, telemetry: false, httpClient })
    const deps = { ...billing.deps, payments: { ...billing.deps.payments, stripe } }
    const userId = await billing.addPerson()
    const tier = { agentSlug: agent.slug, tierId: agent.tiers.trial, withTrial: true }
    await startCheckout(deps, { userId, ...tier })
    const free = await subscribeToFreeTier(deps, { userId, agentSlug: agent.slug, tierId: agent.tiers.free })
    await buyAddon(deps, { subscriptionId: free.id, userId, offerId: await billing.addOffer(agent) })
    expect(asked).toHaveLength(2)
    for (const body of asked) expect(body).toContain('allowed_payment_method_types[0]=card')
    await expect(
      stripe.checkout.sessions.create({
        mode: 'setup',
        success_url: 'https://market.example',
        allowed_payment_method_types: ['link'],
      }),
    ).rejects.toMatchObject({ param: expect.stringContaining('allowed_payment_method_types') })
  })
})

describe('a refund that the bank sends back', () => {
  it('is not shown as given back', async () => {
    const bought = await billing.subscribe({ agent, tierId: agent.tiers.monthly })
    const [invoice] = (await listInvoices(billing.deps, bought)).items
    const refunded = async () => (await listInvoices(billing.deps, bought)).items[0]?.refunded.amountMinor
    const made = { operatorId: bought.userId, stripeInvoiceId: invoice?.id ?? '', reason: 'Bought by mistake' }
    await refundInvoice(billing.deps, { ...bought, ...made, amountMinor: 400, isPreview: false })
    expect(await refunded()).toBe(400)
    const { rows } = await billing.database.pool.query<{ id: string }>(
      `UPDATE stripe_sandbox.objects SET doc = doc || '{"status": "failed"}'
       WHERE kind = 'refund' AND (doc->>'amount')::int = 400 RETURNING id`,
    )
    await reconcileRefund(billing.deps, { stripeRefundId: rows[0]?.id ?? '' })
    expect(await refunded()).toBe(0)
  })
})

describe('an add-on whose money comes back', () => {
  it('is there again when its dispute is won', async () => {
    const { subscriptionId, stripeDisputeId } = await disputed()
    await reconcileDispute(billing.deps, { stripeDisputeId })
    expect(await liveAddonsOf(subscriptionId)).toEqual([])
    await win(stripeDisputeId)
    await reconcileDispute(billing.deps, { stripeDisputeId })
    expect(await liveAddonsOf(subscriptionId)).toHaveLength(1)
  })

  it('stays when that its dispute was won is the first that is heard of it', async () => {
    const { subscriptionId, stripeDisputeId } = await disputed()
    await win(stripeDisputeId)
    for (let time = 0; time < 2; time += 1) await reconcileDispute(billing.deps, { stripeDisputeId })
    expect(await liveAddonsOf(subscriptionId)).toHaveLength(1)
  })

  const win = (id: string) =>
    billing.stripe.disputes.update(id, { evidence: { uncategorized_text: 'winning_evidence' } })
  async function disputed() {
    const bought = await buyOnce()
    const { data } = await billing.stripe.disputes.list({ payment_intent: bought.payment })
    return { ...bought, stripeDisputeId: data[0]?.id ?? '' }
  }

  it('is there again when the bank sends its refund back, and not when an operator had ended it', async () => {
    for (const isEnded of [false, true]) {
      const bought = await buyOnce('pm_card_visa')
      if (isEnded) {
        await billing.database.db
          .update(subscriptionAddons)
          .set({ revokedAt: sql`rialto_now()` })
          .where(eq(subscriptionAddons.subscriptionId, bought.subscriptionId))
      }
      const { id: stripeRefundId } = await billing.stripe.refunds.create({ payment_intent: bought.payment })
      await reconcileRefund(billing.deps, { stripeRefundId })
      expect(await liveAddonsOf(bought.subscriptionId)).toEqual([])
      await billing.database.pool.query(
        `UPDATE stripe_sandbox.objects SET doc = doc || '{"status": "failed"}' WHERE id = $1`,
        [stripeRefundId],
      )
      await reconcileRefund(billing.deps, { stripeRefundId })
      expect(await liveAddonsOf(bought.subscriptionId)).toHaveLength(isEnded ? 0 : 1)
    }
  })

  async function buyOnce(card = 'pm_card_createDispute'): Promise<Subscribed & { readonly payment: string }> {
    const bought = await billing.subscribe({ agent, tierId: agent.tiers.monthly })
    await billing.addCard(bought.customerId, card)
    const offerId = await billing.addOffer(agent)
    expect(await buyAddon(billing.deps, { ...bought, offerId })).toEqual({ kind: 'done' })
    const [charge] = (await billing.stripe.charges.list({ customer: bought.customerId })).data
    return { ...bought, payment: String(charge?.payment_intent) }
  }
})

const dayMs = 86_400_000

const liveAddonsOf = (subscriptionId: string) =>
  billing.database.db
    .select()
    .from(subscriptionAddons)
    .where(and(eq(subscriptionAddons.subscriptionId, subscriptionId), isNull(subscriptionAddons.revokedAt)))
