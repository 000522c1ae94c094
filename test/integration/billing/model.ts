// Random lives of a few people and agents, by the real verbs, the sandbox, PostgreSQL and the business clock: cards that decline,
// networks that break, webhooks that come twice, in any order or never. What must be true of them is in truth.ts.
import { eq, sql } from 'drizzle-orm'
import fc from 'fast-check'
import { Stripe } from 'stripe'
import { expect } from 'vitest'
import {
  agentPricingTiers,
  billingIntents,
  subscriptionAddons,
  user,
  userAgentSubscriptions,
} from '#src/db/schema/index.ts'
import {
  adoptChosenCard,
  buyAddon,
  cancelPlan,
  commitChange,
  previewChange,
  reconcileSubscription,
  refundInvoice,
  removeAddon,
  resumePlan,
  settleBeforeDeletion,
  settleCheckout,
  startCheckout,
} from '#src/features/billing/index.ts'
import { scheduleMoves } from '#src/features/pricing/versions/schedule-moves.ts'
import { rollForward } from '#src/features/subscriptions/roll-forward.ts'
import { subscribeToFreeTier } from '#src/features/subscriptions/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { startBilling } from './harness.ts'
import type { Billing, TestAgent } from './harness.ts'
import {
  checkAddons,
  checkCounters,
  checkEntitlement,
  checkMoney,
  checkNoChargeAfterEnd,
  checkOneEach,
  readBooks,
} from './truth.ts'
import { createWebhooks, randomFrom } from './webhooks.ts'
import type { Webhooks } from './webhooks.ts'

const tierNames = ['free', 'monthly', 'pro', 'yearly', 'trial', 'trialFalls', 'trialEnds', 'trialWithoutCard'] as const
type TierName = (typeof tierNames)[number]

/** Those that work, decline, ask, expire, and are disputed. */
const cards = [
  '4242424242424242',
  '4242424242424242',
  '5555555555554444',
  '4000056655665556',
  '4000000000000341',
  '4000002760003184',
  '4000000000000259',
] as const
const savedCards = [
  'pm_card_visa',
  'pm_card_visa',
  'pm_card_chargeCustomerFail',
  'pm_card_authenticationRequired',
  'pm_card_createDispute',
] as const

const peopleCount = 2
const agentCount = 2

const who = { person: fc.nat(peopleCount - 1), agent: fc.nat(agentCount - 1) }
const one = <const T>(...values: T[]) => fc.constantFrom(...values)
const weighted = <T>(weight: number, arbitrary: fc.Arbitrary<T>) => ({ weight, arbitrary })
const tier = one(...tierNames)
/** Most often none. */
const fault = fc.option(fc.record({ when: one('before', 'after'), at: fc.nat(7), readsToo: fc.boolean() }), {
  freq: 8,
  nil: undefined,
})

const action = fc.oneof(
  weighted(
    7,
    fc.record({
      kind: one('subscribe'),
      ...who,
      tier,
      card: one(...cards),
      ending: one('returns', 'returns', 'stays away', 'gives up'),
      fault,
    }),
  ),
  weighted(5, fc.record({ kind: one('change'), ...who, tier, isPreviewed: fc.boolean(), fault })),
  weighted(3, fc.record({ kind: one('card'), ...who, card: one(...savedCards) })),
  weighted(3, fc.record({ kind: one('pay'), ...who, authentication: one('succeeded', 'failed') })),
  weighted(3, fc.record({ kind: one('cancel'), ...who, fault })),
  weighted(2, fc.record({ kind: one('resume'), ...who, fault })),
  weighted(3, fc.record({ kind: one('buy'), ...who, offer: one('once', 'again'), fault })),
  weighted(1, fc.record({ kind: one('remove'), ...who, fault })),
  weighted(2, fc.record({ kind: one('refund'), ...who, share: one(1, 1, 0.4), fault })),
  weighted(2, fc.record({ kind: one('dispute'), ...who, isWon: fc.boolean() })),
  weighted(1, fc.record({ kind: one('version'), ...who, tier: one('monthly', 'pro') })),
  weighted(1, fc.record({ kind: one('stop'), ...who })),
  weighted(1, fc.record({ kind: one('leave'), ...who, fault })),
  weighted(6, fc.record({ kind: one('use'), ...who, units: fc.integer({ min: 1, max: 60 }) })),
  weighted(4, fc.record({ kind: one('renew'), ...who, minutes: one(-2, 1, 20, 61, 90) })),
  weighted(8, fc.record({ kind: one('pass'), ...who, days: one(0.02, 0.5, 2.7, 5, 9, 14.2, 27, 31, 62) })),
  weighted(5, fc.record({ kind: one('deliver'), ...who, disorder: one('none', 'some', 'lossy') })),
  weighted(4, fc.record({ kind: one('sweep'), ...who })),
)
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never

export const histories = fc.record({
  seed: fc.nat(),
  actions: fc.array(action, { minLength: 12, maxLength: 40 }),
})
type History = typeof histories extends fc.Arbitrary<infer H> ? H : never

interface World {
  readonly billing: Billing
  readonly webhooks: Webhooks
  readonly random: () => number
  readonly operatorId: string
  readonly people: string[]
  readonly agents: readonly (TestAgent & { readonly names: Record<TierName, string>; readonly offers: Offers })[]
  /** Since the sweep last ran. */
  silentDays: number
  /** Invoices that somebody paid on Stripe's page. */
  readonly paidByHand: Set<string>
}

interface Offers {
  readonly once: string
  readonly again: string
}

async function startWorld(seed: number): Promise<World> {
  const billing = await startBilling({ retryDays: [2, 3], afterRetries: 'canceled' })
  const people = []
  for (let count = 0; count < peopleCount; count += 1) people.push(await billing.addPerson())
  const agents = []
  for (let count = 0; count < agentCount; count += 1) {
    const agent = await billing.addAgent()
    const trial = { price: 3_000, trialDays: 14, quotas: { messages: 1_000 } }
    const names = {
      ...agent.tiers,
      trialFalls: await billing.addTier(agent, { ...trial, tierName: 'Falls', trialEndsWith: 'free_tier' }),
      trialEnds: await billing.addTier(agent, { ...trial, tierName: 'Ends', trialEndsWith: 'end' }),
      trialWithoutCard: await billing.addTier(agent, { ...trial, tierName: 'No card', trialWithoutCard: true }),
    }
    const again = { scope: 'permanent', billingInterval: 'month', amount: 100, price: 450 } as const
    const offers = { once: await billing.addOffer(agent), again: await billing.addOffer(agent, again) }
    agents.push({ ...agent, names, offers })
  }
  await billing.sandbox.advance()
  return {
    billing,
    webhooks: createWebhooks(billing.deps),
    random: randomFrom(seed),
    silentDays: 0,
    operatorId: await billing.addPerson(),
    people,
    agents,
    paidByHand: new Set(),
  }
}

/** What a page would tell the person, and no fault. */
const refusals = new Set<string>([
  'already_subscribed',
  'trial_used',
  'tier_not_on_offer',
  'wrong_currency',
  'payment_required',
  'payment_declined',
  'conflict',
  'not_found',
])

const { StripeConnectionError: ConnectionError } = Stripe.errors

async function act(world: World, step: Action): Promise<unknown> {
  const { billing, webhooks, random } = world
  const fault = 'fault' in step ? step.fault : undefined
  if (fault === undefined) return take(world, step)
  const { when, at, readsToo } = fault
  billing.breakNetwork({ when, at, ...(readsToo && { isHit: () => true }) })
  try {
    return await take(world, step)
  } catch (error) {
    const isBroken = error instanceof AppError ? error.code === 'unavailable' : error instanceof ConnectionError
    if (isBroken) return undefined
    throw error
  } finally {
    billing.breakNetwork(undefined)
    // The page is looked at again, or not.
    if (random() < 0.5) await webhooks.deliverPending()
  }
}

async function take(world: World, step: Action): Promise<unknown> {
  const { billing, webhooks, random } = world
  const { deps, stripe } = billing
  const userId = world.people[step.person] ?? ''
  const agent = world.agents[step.agent]
  if (agent === undefined) throw new Error('There is no such agent')
  const whose = { userId, agentId: agent.agentId }
  const row = await findOpen(billing, whose)
  const customer = await customerOf(billing, userId)
  switch (step.kind) {
    case 'pass':
      return pass(world, step.days)
    case 'renew': {
      const end = await nextPeriodEnd(billing)
      return end && pass(world, Math.max(0, (+end - +(await billing.now())) / 86_400_000 + step.minutes / 1_440))
    }
    case 'sweep':
      return settle(world)
    case 'deliver': {
      const some = { random, duplicated: 0.3, isShuffled: true }
      if (step.disorder === 'none') return webhooks.deliverPending()
      return webhooks.deliverPending(step.disorder === 'some' ? some : { ...some, dropped: 0.3 })
    }
    case 'subscribe':
      return subscribe(world, { ...step, userId, agent })
    case 'use':
      return deps.usage.consume({ ...whose, metric: 'messages', delta: step.units, requestId: crypto.randomUUID() })
    case 'version': {
      const current = await newestVersion(billing, agent.names[step.tier])
      const price = current.price + 100
      const { familyId, tierName } = current
      const quotas = { messages: step.tier === 'pro' ? 1_000 : 100 }
      const version = { tierName, price, familyId, version: current.version + 1, quotas }
      agent.names[step.tier] = await billing.addTier(agent, version)
      return scheduleMoves(deps)
    }
    case 'leave': {
      if (random() < 0.5) return undefined
      await settleBeforeDeletion(deps, userId)
      await deps.db.delete(user).where(eq(user.id, userId))
      world.people[step.person] = await billing.addPerson()
      return undefined
    }
  }
  if (customer === undefined) return undefined
  switch (step.kind) {
    case 'card':
      await billing.addCard(customer, step.card)
      return adoptChosenCard(deps, customer)
    case 'pay':
      return pay(world, { customer, authentication: step.authentication })
    case 'refund':
      return refund(world, { customer, share: step.share })
    case 'dispute': {
      const { data } = await stripe.disputes.list({ limit: 100 })
      const open = data.find(({ status }) => status === 'needs_response')
      const evidence = { uncategorized_text: step.isWon ? 'winning_evidence' : 'losing_evidence' }
      return open && stripe.disputes.update(open.id, { evidence })
    }
  }
  if (row === undefined) return undefined
  const which = { subscriptionId: row.id, userId }
  switch (step.kind) {
    case 'change':
      return change(world, { ...which, tierId: agent.names[step.tier], isPreviewed: step.isPreviewed, whose })
    case 'cancel':
      return cancelPlan(deps, which)
    case 'resume':
      return resumePlan(deps, which)
    case 'buy':
      return buy(world, { ...which, offerId: agent.offers[step.offer] })
    case 'remove': {
      const [addon] = await deps.db
        .select()
        .from(subscriptionAddons)
        .where(eq(subscriptionAddons.subscriptionId, row.id))
      const by = { kind: 'person', userId } as const
      return addon && removeAddon(deps, { subscriptionId: row.id, addonId: addon.id, by })
    }
    case 'stop':
      // By an operator, in Stripe's own dashboard.
      return row.stripeSubscriptionId === null ? undefined : stripe.subscriptions.cancel(row.stripeSubscriptionId)
  }
}

/** Of whichever subscription at Stripe it comes first. */
async function nextPeriodEnd({ database: { pool } }: Billing): Promise<Date | undefined> {
  const { rows } = await pool.query<{ at: Date | null }>(
    `SELECT to_timestamp(min((doc->'items'->'data'->0->>'current_period_end')::bigint)) AS at
       FROM stripe_sandbox.objects WHERE kind = 'subscription' AND doc->>'status' NOT IN ('canceled', 'incomplete_expired')`,
  )
  return rows[0]?.at ?? undefined
}

/** Stripe lists what happened for thirty days: whoever hears nothing for longer has lost it. */
const silentDaysMax = 25

async function pass(world: World, days: number): Promise<void> {
  for (let left = days; left > 0;) {
    const step = Math.min(left, silentDaysMax - world.silentDays)
    await world.billing.pass({ days: step })
    world.silentDays += step
    left -= step
    if (world.silentDays >= silentDaysMax) await sweep(world)
  }
}

async function sweep(world: World): Promise<void> {
  await world.webhooks.sweep()
  world.silentDays = 0
}

interface Subscribing {
  readonly userId: string
  readonly agent: World['agents'][number]
  readonly tier: TierName
  readonly card: string
  readonly ending: 'returns' | 'stays away' | 'gives up'
}

async function subscribe({ billing }: World, { userId, agent, tier, card, ending }: Subscribing): Promise<void> {
  const { deps, sandbox } = billing
  const which = { userId, agentSlug: agent.slug, tierId: agent.names[tier] }
  if (tier === 'free') return void (await subscribeToFreeTier(deps, which))
  const { url, intentId } = await startCheckout(deps, { ...which, withTrial: tier.startsWith('trial') })
  if (ending === 'gives up') return
  const isWithoutCard = tier === 'trialWithoutCard' && card === cards[2]
  await sandbox.completeCheckout(url.split('/').at(-1) ?? '', {
    ...(!isWithoutCard && { card: { number: card, expMonth: 12, expYear: 2060 } }),
    authentication: 'succeeded',
  })
  if (ending === 'returns') await settleCheckout(deps, { intentId, userId })
}

interface Changing {
  readonly subscriptionId: string
  readonly userId: string
  readonly tierId: string
  readonly isPreviewed: boolean
  readonly whose: { readonly userId: string; readonly agentId: string }
}

async function change({ billing }: World, { isPreviewed, whose, ...wish }: Changing): Promise<void> {
  const { deps } = billing
  const before = await usedBy(billing, whose)
  const seen = isPreviewed ? await previewChange(deps, wish) : undefined
  const terms =
    seen?.kind === 'now' ? { prorationDate: seen.prorationDate, expectedMinor: seen.dueNow.amountMinor } : {}
  const committed = await commitChange(deps, { ...wish, ...terms })
  if (committed.kind === 'done') {
    expect(await usedBy(billing, whose), 'used after a change of tier').toBeGreaterThanOrEqual(before)
  }
}

async function usedBy({ deps }: Billing, whose: { userId: string; agentId: string }): Promise<number> {
  const answer = await deps.usage.check({ ...whose, metric: 'messages', delta: 1 })
  return answer.kind === 'fault' ? 0 : (answer.meter?.used ?? 0)
}

interface Buying {
  readonly subscriptionId: string
  readonly userId: string
  readonly offerId: string
}

async function buy({ billing, random }: World, input: Buying): Promise<void> {
  const { deps, sandbox } = billing
  const intentId = crypto.randomUUID()
  const bought = await buyAddon(deps, { ...input, intentId })
  if (bought.kind !== 'checkout') return
  await sandbox.completeCheckout(bought.url.split('/').at(-1) ?? '', {
    card: { number: '4242424242424242', expMonth: 12, expYear: 2060 },
  })
  if (random() < 0.7) await settleCheckout(deps, { intentId, userId: input.userId })
}

/** On Stripe's page for an open invoice, or in the bank's window. */
async function pay({ billing, paidByHand }: World, { customer, authentication }: Paying): Promise<void> {
  const { stripe, sandbox } = billing
  const { data: waiting } = await stripe.paymentIntents.list({ customer, limit: 100 })
  const asked = waiting.find(({ status }) => status === 'requires_action')
  const [open] = (await stripe.invoices.list({ customer, status: 'open', limit: 1 })).data
  if (open !== undefined) paidByHand.add(open.id)
  if (asked !== undefined) {
    const { data: payments } = await stripe.invoicePayments.list({
      payment: { type: 'payment_intent', payment_intent: asked.id },
    })
    for (const { invoice } of payments) paidByHand.add(typeof invoice === 'string' ? invoice : invoice.id)
    await sandbox.authenticate(asked.id, authentication)
    return
  }
  if (open === undefined) return
  const { id } = await stripe.paymentMethods.attach('pm_card_visa', { customer })
  await stripe.invoices.pay(open.id, { payment_method: id })
}

interface Paying {
  readonly customer: string
  readonly authentication: 'succeeded' | 'failed'
}

/** By an operator, here or in Stripe's own dashboard. */
async function refund(
  { billing, random, operatorId }: World,
  { customer, share }: { customer: string; share: number },
): Promise<void> {
  const { data } = await billing.stripe.charges.list({ customer, limit: 100 })
  const left = data.filter(({ paid, disputed, refunded }) => paid && !disputed && !refunded)
  const charge = left[Math.floor(random() * left.length)]
  if (charge === undefined) return
  const amount = Math.max(1, Math.floor((charge.amount - charge.amount_refunded) * share))
  const { rows } = await billing.database.pool.query<{ ref: string | null; invoice: string }>(
    `SELECT entry.subscription_ref AS ref, entry.stripe_object_id AS invoice FROM billing_entries AS entry
       JOIN stripe_sandbox.objects AS payment ON payment.kind = 'invoice_payment' AND payment.doc->>'invoice' = entry.stripe_object_id
      WHERE payment.doc->'payment'->>'payment_intent' = $1`,
    [charge.payment_intent],
  )
  const [entry] = rows
  if (entry?.ref == null) return void (await billing.stripe.refunds.create({ charge: charge.id, amount }))
  const { ref: subscriptionId, invoice: stripeInvoiceId } = entry
  const which = { operatorId, subscriptionId, stripeInvoiceId, reason: 'Asked for', isPreview: false }
  await refundInvoice(billing.deps, share === 1 ? which : { ...which, amountMinor: amount })
}

async function findOpen({ database: { db } }: Billing, { userId, agentId }: { userId: string; agentId: string }) {
  const { status } = userAgentSubscriptions
  const [row] = await db
    .select()
    .from(userAgentSubscriptions)
    .where(
      sql`${userAgentSubscriptions.userId} = ${userId} AND ${userAgentSubscriptions.agentId} = ${agentId}
        AND ${status} NOT IN ('canceled', 'incomplete_expired')`,
    )
  return row
}

async function customerOf({ database: { pool } }: Billing, userId: string): Promise<string | undefined> {
  const { rows } = await pool.query<{ id: string | null }>(
    'SELECT stripe_customer_id AS id FROM billing_customers WHERE user_id = $1',
    [userId],
  )
  return rows[0]?.id ?? undefined
}

async function newestVersion({ database: { db } }: Billing, tierId: string) {
  const [row] = await db.select().from(agentPricingTiers).where(eq(agentPricingTiers.id, tierId))
  if (row === undefined) throw new Error('There is no such tier')
  return row
}

/** The clock's jobs find what nobody told of, and then everything is as it must be. */
async function settle(world: World): Promise<void> {
  const { billing, webhooks } = world
  await billing.pass({})
  await sweep(world)
  await rollForward(billing.deps)
  expect(webhooks.failures, 'what the sweep could not do').toEqual([])
  const books = await readBooks(billing)
  await checkOneEach(billing, books)
  await checkMoney(billing, books)
  await checkAddons(billing, books)
  checkNoChargeAfterEnd(books, world.paidByHand)
  for (const userId of world.people) {
    for (const { agentId } of world.agents) await checkEntitlement(billing, books, { userId, agentId })
  }
}

/** All that is stored about payments, but for when it was looked at. */
async function snapshot({ database: { pool } }: Billing): Promise<unknown> {
  const { rows } = await pool.query(
    `SELECT 'subscription' AS what, to_jsonb(s) - 'updated_at' - 'reconciled_at' AS row FROM user_agent_subscriptions s
     UNION ALL SELECT 'entry', to_jsonb(e) FROM billing_entries e
     UNION ALL SELECT 'add-on', to_jsonb(a) FROM subscription_addons a
     UNION ALL SELECT 'intent', to_jsonb(i) - 'updated_at' FROM billing_intents i
     UNION ALL SELECT 'trial', to_jsonb(t) FROM trial_uses t ORDER BY 1, 2`,
  )
  return rows
}

/** Whoever looks at everything again finds nothing to change. */
async function checkDrift({ billing }: World): Promise<void> {
  const before = await snapshot(billing)
  const { subscriptions } = await readBooks(billing)
  for (const { id } of subscriptions) await reconcileSubscription(billing.deps, { stripeSubscriptionId: id })
  expect(await snapshot(billing), 'what a fresh look changes').toEqual(before)
}

const isRefusal = (error: unknown): boolean =>
  error instanceof AppError
    ? refusals.has(error.code)
    : error instanceof Stripe.errors.StripeCardError || error instanceof Stripe.errors.StripeInvalidRequestError

/** Lives one life to its end, and checks it. Answers how many of its steps were not refused. */
export async function live({ seed, actions }: History): Promise<number> {
  const world = await startWorld(seed)
  let taken = 0
  try {
    for (const [index, step] of actions.entries()) {
      try {
        await act(world, step)
        taken += 1
      } catch (error) {
        if (!isRefusal(error)) throw new Error(`Step ${index}, ${step.kind}`, { cause: error })
      }
      await checkCounters(world.billing)
    }
    await settle(world)
    await checkDrift(world)
    const stale = await world.billing.database.db.$count(
      billingIntents,
      sql`${billingIntents.state} = 'open'
      AND ${billingIntents.expiresAt} < rialto_now()`,
    )
    expect(stale, 'intents that nobody ended').toBe(0)
  } finally {
    await world.billing.stop()
  }
  return taken
}

interface Lives {
  readonly seed: number
  readonly lives: number
  /** Of a life that failed, as fast-check said it: only that one is lived. */
  readonly path?: string | undefined
}

/** Lives that many random lives, each with a database and a sandbox of its own. Answers how many steps were taken. */
export async function liveRandomly({ seed, lives, path }: Lives): Promise<number> {
  let steps = 0
  const property = fc.asyncProperty(histories, async (history) => {
    steps += await live(history)
  })
  // A life that fails is long and slow to shorten; the seed brings it back.
  await fc.assert(property, { seed, numRuns: lives, endOnFailure: true, ...(path !== undefined && { path }) })
  return steps
}
