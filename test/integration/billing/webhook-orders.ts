// Real lifecycles are lived once against the sandbox while nothing is heard of them here; then all of their webhooks come, in any
// order, to copies of the database as it was before.
import { randomUUID } from 'node:crypto'
import { Client } from 'pg'
import { Stripe } from 'stripe'
import { inject } from 'vitest'
import { createDatabase, createPool } from '#src/db/client.ts'
import { ensureOfferPrice, ensureTierPrice, reconcileSubscription, startCheckout } from '#src/features/billing/index.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { startBilling } from './harness.ts'
import type { Billing, TestAgent } from './harness.ts'
import { checkMoney, checkOneEach, readBooks } from './truth.ts'
import { createWebhooks, disordered, randomFrom } from './webhooks.ts'

const retrying = { retryDays: [2, 3], afterRetries: 'canceled' } as const

export interface Recording {
  readonly bodies: readonly string[]
  /** A database of its own, as it was before any webhook came. */
  copy(): Promise<TestDatabase>
  stop(): Promise<void>
}

interface Lives {
  readonly seed: number
  readonly months: number
  readonly buyersPerMonth: number
}

export async function recordLives({ seed, months, buyersPerMonth }: Lives): Promise<Recording> {
  const database = await createTestDatabase()
  const name = new URL(database.url).pathname.slice(1)
  const billing = await startBilling({ ...retrying, database })
  const market = await openMarket(billing, randomFrom(seed))
  for (let month = 0; month < months; month += 1) {
    for (let count = 0; count < buyersPerMonth; count += 1) await arrive(market, cards)
    for (let count = 0; count < buyersPerMonth; count += 1) await happen(market)
    await billing.pass({ days: 25 + market.random() * 8 })
  }
  // Stripe lists what happened for thirty days: what only an event tells of, and no later look, is of these.
  for (let count = 0; count < buyersPerMonth / 4; count += 1) {
    await arrive(market, ['4000000000000259'])
    await giveBack(market)
  }
  await billing.pass({ days: 1 })
  const bodies = await createWebhooks(billing.deps).pending()
  await database.pool.end()
  return {
    bodies,
    copy: () => copyOf(name),
    stop: () => onServer((admin) => admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
  }
}

interface Market {
  readonly billing: Billing
  readonly random: () => number
  readonly agent: TestAgent
  readonly prices: ReadonlyMap<TierName, string>
  /** The price of a permanent add-on. */
  readonly addon: string
  readonly buyers: { readonly id: string; readonly isOfMarket: boolean }[]
}

const cards = [
  '4242424242424242',
  '4242424242424242',
  '5555555555554444',
  '4000056655665556',
  '4000000000000341',
] as const
const tiers = ['monthly', 'monthly', 'pro', 'yearly', 'trial'] as const
type TierName = (typeof tiers)[number]

async function openMarket(billing: Billing, random: () => number): Promise<Market> {
  const agent = await billing.addAgent()
  const again = { scope: 'permanent', billingInterval: 'month', amount: 100, price: 450 } as const
  const { priceId } = await ensureOfferPrice(billing.deps, await billing.addOffer(agent, again))
  const prices = new Map<TierName, string>()
  for (const tier of tiers) prices.set(tier, (await ensureTierPrice(billing.deps, agent.tiers[tier])).priceId)
  return { billing, random, agent, prices, addon: priceId, buyers: [] }
}

const oneOf = <T>({ random }: Pick<Market, 'random'>, values: readonly T[]): T => {
  const value = values[Math.floor(random() * values.length)]
  if (value === undefined) throw new Error('There is none to choose from')
  return value
}

/** Somebody buys, and never comes back from Stripe's page. */
async function arrive(market: Market, numbers: readonly string[]): Promise<void> {
  const { billing, buyers, random } = market
  const userId = await billing.addPerson()
  const tier = oneOf(market, tiers)
  const withTrial = tier === 'trial'
  // A card has one trial of an agent: of two people with the same one it would be who is heard of first.
  const agent = withTrial ? await billing.addAgent() : market.agent
  const which = { userId, agentSlug: agent.slug, tierId: agent.tiers[tier], withTrial }
  const { url } = await startCheckout(billing.deps, which)
  const sessionId = url.split('/').at(-1) ?? ''
  if (random() < 0.1) return
  await billing.sandbox.completeCheckout(sessionId, {
    card: { number: oneOf(market, numbers), expMonth: 12, expYear: 2060 },
    authentication: 'succeeded',
  })
  const { subscription } = await billing.stripe.checkout.sessions.retrieve(sessionId)
  if (typeof subscription === 'string') buyers.push({ id: subscription, isOfMarket: !withTrial })
}

/** Somebody's subscription is changed at Stripe, in one of the ways in which ours are. */
async function happen(market: Market): Promise<void> {
  const { billing, prices, addon, random } = market
  const { subscriptions, subscriptionSchedules } = billing.stripe
  const { id, isOfMarket } = oneOf(market, market.buyers)
  const present = await subscriptions.retrieve(id)
  if (present.ended_at !== null) return
  const item = present.items.data[0]?.id ?? ''
  const price = prices.get(oneOf(market, ['monthly', 'pro', 'yearly'])) ?? ''
  const held = { proration_behavior: 'always_invoice', payment_behavior: 'pending_if_incomplete' } as const
  const chosen = random()
  try {
    if (chosen < 0.3 && isOfMarket) await subscriptions.update(id, { ...held, items: [{ id: item, price }] })
    else if (chosen < 0.45 && isOfMarket) await subscriptions.update(id, { ...held, items: [{ price: addon }] })
    else if (chosen < 0.6) await subscriptions.update(id, { cancel_at_period_end: random() < 0.7 })
    else if (chosen < 0.7) await subscriptions.cancel(id)
    else if (chosen < 0.85) await decline(billing, present)
    else if (isOfMarket) {
      const { id: schedule } = await subscriptionSchedules.create({ from_subscription: id })
      const { current_period_start: start_date, current_period_end: end_date } = present.items.data[0] ?? {}
      const now = present.items.data.map((one) => ({ price: one.price.id }))
      await subscriptionSchedules.update(schedule, {
        end_behavior: 'release',
        phases: [
          { items: now, start_date: start_date ?? 0, end_date: end_date ?? 0 },
          { items: [{ price: prices.get('monthly') ?? '' }], proration_behavior: 'none' },
        ],
      })
    }
  } catch (error) {
    // Stripe doesn't allow everything at every time.
    if (!(error instanceof Stripe.errors.StripeError)) throw error
  }
}

async function decline(billing: Billing, { id, customer }: Stripe.Subscription): Promise<void> {
  const card = await billing.addCard(String(customer), 'pm_card_chargeCustomerFail')
  await billing.stripe.subscriptions.update(id, { default_payment_method: card })
}

async function giveBack(market: Market): Promise<void> {
  const { data } = await market.billing.stripe.charges.list({ limit: 100 })
  const charge = oneOf(
    market,
    data.filter(({ paid, disputed, refunded }) => paid && !disputed && !refunded),
  )
  const amount = market.random() < 0.5 ? charge.amount - charge.amount_refunded : 100
  await market.billing.stripe.refunds.create({ charge: charge.id, amount })
}

export interface Order {
  readonly seed: number
  /** Shares. */
  readonly duplicated: number
  readonly dropped: number
}

export interface Outcome {
  /** Everything that is stored of payments, but for ids that are made up here and moments of looking. */
  readonly state: readonly string[]
  readonly delivered: number
}

/** All webhooks come in an order of their own, and if some don't, the sweep comes after them. Then nothing is left to be found. */
export async function process(recording: Recording, { seed, duplicated, dropped }: Order): Promise<Outcome> {
  const billing = await startBilling({ ...retrying, database: await recording.copy() })
  try {
    const webhooks = createWebhooks(billing.deps)
    const random = randomFrom(seed)
    const bodies = disordered(recording.bodies, { random, duplicated, dropped, isShuffled: true })
    await webhooks.deliver(bodies, atOnce)
    if (dropped > 0) await webhooks.sweep()
    if (webhooks.failures.length > 0) throw new Error(`Something could not be done: ${webhooks.failures[0]}`)
    const books = await readBooks(billing)
    await checkOneEach(billing, books)
    await checkMoney(billing, books)
    const state = await stateOf(billing)
    if (dropped > 0) {
      for (const { id } of books.subscriptions) await reconcileSubscription(billing.deps, { stripeSubscriptionId: id })
      const drift = (await stateOf(billing)).filter((line) => !state.includes(line))
      if (drift.length > 0) throw new Error(`A fresh look found ${drift.length} differences: ${drift[0]}`)
    }
    return { state, delivered: bodies.length }
  } finally {
    await billing.stop()
  }
}

/** As many as a process works on. */
const atOnce = 8

async function stateOf({ database: { pool }, mails }: Billing): Promise<string[]> {
  const { rows } = await pool.query<{ line: string }>(`
    SELECT 'subscription ' || (to_jsonb(s) - ARRAY['id', 'created_at', 'updated_at', 'reconciled_at', 'usage_epoch']
        || jsonb_build_object('disputed_at', s.disputed_at IS NOT NULL, 'past_due_at', s.past_due_at IS NOT NULL))::text AS line
      FROM user_agent_subscriptions s
    UNION ALL SELECT 'entry ' || (to_jsonb(e) - ARRAY['id', 'seq', 'subscription_ref', 'created_at'])::text || coalesce(s.user_id, '')
      FROM billing_entries e LEFT JOIN user_agent_subscriptions s ON s.id = e.subscription_ref
    UNION ALL SELECT 'add-on ' || (to_jsonb(a) - ARRAY['id', 'subscription_id', 'granted_at', 'revoked_at', 'created_at', 'updated_at'])::text
        || (a.revoked_at IS NULL) || s.user_id
      FROM subscription_addons a JOIN user_agent_subscriptions s ON s.id = a.subscription_id
    UNION ALL SELECT 'intent ' || (to_jsonb(i) - ARRAY['subscription_id', 'created_at', 'updated_at', 'settled_at'])::text || (i.subscription_id IS NULL)
      FROM billing_intents i
    UNION ALL SELECT 'trial ' || (to_jsonb(t) - 'used_at')::text FROM trial_uses t`)
  const told = mails.map(({ template, to, subject }) => `mail ${template} ${to} ${subject}`)
  return [...rows.map(({ line }) => line), ...told].toSorted()
}

async function copyOf(name: string): Promise<TestDatabase> {
  const copy = `test_${randomUUID().replaceAll('-', '')}`
  await onServer((admin) => admin.query(`CREATE DATABASE ${copy} TEMPLATE ${name} STRATEGY FILE_COPY`))
  const url = new URL(inject('databaseServerUrl'))
  url.pathname = `/${copy}`
  const pool = createPool({ url: url.href, max: 12, onError: () => {} })
  return {
    url: url.href,
    pool,
    db: createDatabase(pool),
    drop: async () => {
      await pool.end()
      await onServer((admin) => admin.query(`DROP DATABASE ${copy} WITH (FORCE)`))
    },
  }
}

async function onServer(work: (admin: Client) => Promise<unknown>): Promise<void> {
  const admin = new Client({ connectionString: inject('databaseServerUrl') })
  await admin.connect()
  try {
    await work(admin)
  } finally {
    await admin.end()
  }
}
