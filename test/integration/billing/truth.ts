// What must be true of payments, worked out from the sandbox's own tables and from nothing that billing decided: who has what, until
// when it is paid for, and where each cent went.
import { expect } from 'vitest'
import type { Stripe } from 'stripe'
import type { UsageAnswer } from '#src/metering/index.ts'
import type { Billing } from './harness.ts'

/** As the harness configures it. */
const graceMs = 7 * 86_400_000

export interface Books {
  readonly subscriptions: readonly Stripe.Subscription[]
  readonly invoices: readonly Stripe.Invoice[]
  /** Of each paid invoice, by its id. */
  readonly movements: ReadonlyMap<string, Movements>
}

/** Minor units. */
interface Movements {
  readonly charge: number
  readonly refunds: readonly number[]
  readonly disputes: readonly { readonly amount: number; readonly isWon: boolean }[]
}

interface Payment {
  readonly invoice: string
  readonly payment: { readonly payment_intent?: string }
}

export async function readBooks({ database: { pool } }: Billing): Promise<Books> {
  const { rows } = await pool.query<{ kind: string; doc: unknown }>(
    `SELECT kind, doc FROM stripe_sandbox.objects
      WHERE kind IN ('subscription', 'invoice', 'invoice_payment', 'refund', 'dispute') ORDER BY seq`,
  )
  // The column says which object it is.
  const all = <T>(kind: string): T[] => rows.filter((row) => row.kind === kind).map(({ doc }) => doc as T)
  const invoices = all<Stripe.Invoice>('invoice')
  const payments = all<Payment>('invoice_payment')
  const refunds = all<Stripe.Refund>('refund')
  const disputes = all<Stripe.Dispute>('dispute')
  const movementsOf = ({ id, amount_paid: charge }: Stripe.Invoice): Movements => {
    const intents = payments.filter(({ invoice }) => invoice === id).map(({ payment }) => payment.payment_intent)
    const isOf = ({ payment_intent: intent }: { readonly payment_intent: unknown }) =>
      intents.some((one) => one === intent)
    return {
      charge,
      refunds: refunds.filter(isOf).map(({ amount }) => amount),
      disputes: disputes.filter(isOf).map(({ amount, status }) => ({ amount, isWon: status === 'won' })),
    }
  }
  const paid = invoices.filter(({ status, amount_paid: amount }) => status === 'paid' && amount > 0)
  return {
    subscriptions: all('subscription'),
    invoices,
    movements: new Map(paid.map((invoice) => [invoice.id, movementsOf(invoice)])),
  }
}

const isLive = ({ status }: Stripe.Subscription): boolean => status !== 'canceled' && status !== 'incomplete_expired'
const invoicesOf = ({ invoices }: Books, { id }: { readonly id: string }): Stripe.Invoice[] =>
  invoices.filter(({ parent }) => parent?.subscription_details?.subscription === id)

/** A bank has taken money back, and not lost the argument. */
const isDisputed = (books: Books, subscription: Stripe.Subscription): boolean =>
  invoicesOf(books, subscription).some(({ id }) => books.movements.get(id)?.disputes.some(({ isWon }) => !isWon))

/** Nobody has two that are live, here or there, and each that is live there is somebody's here. */
export async function checkOneEach({ database: { pool } }: Billing, books: Books): Promise<void> {
  const { rows } = await pool.query<{ whose: string; status: string; id: string | null }>(
    `SELECT user_id || ' ' || agent_id AS whose, status, stripe_subscription_id AS id FROM user_agent_subscriptions
      WHERE status NOT IN ('canceled', 'incomplete_expired')`,
  )
  expectUnique(
    'open subscriptions',
    rows.map(({ whose }) => whose),
  )
  const live = books.subscriptions.filter(isLive)
  expectUnique(
    'live subscriptions at Stripe',
    live.map(({ customer, metadata }) => `${String(customer)} ${metadata['rialto_agent']}`),
  )
  const here = rows.flatMap(({ id, status }) => (id === null ? [] : [`${id} ${status}`]))
  const there = live.map((one) => `${one.id} ${isDisputed(books, one) ? 'paused' : one.status}`)
  expect(here.toSorted(), 'live subscriptions here and at Stripe').toEqual(there.toSorted())
}

const expectUnique = (what: string, keys: readonly string[]): void => expect(new Set(keys).size, what).toBe(keys.length)

/** Each movement of money at Stripe is one entry, and there are no others. */
export async function checkMoney({ database: { pool } }: Billing, { movements }: Books): Promise<void> {
  const { rows } = await pool.query<{ invoice: string; kind: string; amount: number }>(
    `SELECT coalesce(metadata->>'charge', stripe_object_id) AS invoice, kind, amount::float8 AS amount FROM billing_entries`,
  )
  const written = rows.map(({ invoice, kind, amount }) => `${invoice} ${kind} ${amount}`)
  const moved = [...movements].flatMap(([id, { charge, refunds, disputes }]) => [
    `${id} charge ${charge}`,
    ...refunds.map((amount) => `${id} refund ${-amount}`),
    ...disputes.flatMap(({ amount, isWon }) => [
      `${id} dispute ${-amount}`,
      ...(isWon ? [`${id} dispute_reversal ${amount}`] : []),
    ]),
  ])
  expect(written.toSorted(), 'movements of money').toEqual(moved.toSorted())
}

/** Nothing is taken by itself for a subscription that has ended; `paidByHand` are the invoices that somebody paid afterwards. */
export function checkNoChargeAfterEnd(books: Books, paidByHand: ReadonlySet<string>): void {
  for (const subscription of books.subscriptions) {
    const endedAt = subscription.ended_at ?? Number.POSITIVE_INFINITY
    for (const { id, status_transitions: when } of invoicesOf(books, subscription)) {
      if (!books.movements.has(id) || paidByHand.has(id)) continue
      expect(when.paid_at, `${id} of ${subscription.id}, which ended`).toBeLessThanOrEqual(endedAt)
    }
  }
}

/** Counters are the sum of their entries. */
export async function checkCounters({ database: { pool } }: Billing): Promise<void> {
  const { rows } = await pool.query(
    `SELECT counter.id, counter.used, coalesce(sum(entry.delta), 0) AS entries FROM subscription_usage AS counter
       LEFT JOIN usage_ledger AS entry ON entry.subscription_id = counter.subscription_id
        AND entry.metric_id = counter.metric_id AND entry.period_start = counter.period_start
      GROUP BY counter.id HAVING counter.used <> coalesce(sum(entry.delta), 0)`,
  )
  expect(rows, 'counters that are not the sum of their entries').toEqual([])
}

/** Each add-on that was granted for money is paid for and was not given back, and the other way round. */
export async function checkAddons({ database: { pool } }: Billing, books: Books): Promise<void> {
  const { rows } = await pool.query<{ id: string }>(
    `SELECT stripe_object_id AS id FROM subscription_addons WHERE source = 'purchased' AND revoked_at IS NULL`,
  )
  const { rows: offers } = await pool.query<{ price: string }>(
    `SELECT stripe_price_id AS price FROM agent_addon_offers WHERE scope = 'permanent' AND stripe_price_id IS NOT NULL`,
  )
  const items = books.subscriptions
    .filter(isLive)
    .flatMap((one) => one.items.data.filter(({ price }) => offers.some((offer) => offer.price === price.id)))
  const isKept = ({ charge, refunds, disputes }: Movements): boolean =>
    charge > refunds.reduce((sum, amount) => sum + amount, 0) && disputes.length === 0
  const once = [...books.movements].filter(([id, movements]) => {
    const invoice = books.invoices.find((one) => one.id === id)
    return invoice?.metadata?.['rialto'] === 'addon' && isKept(movements)
  })
  const paid = [...items.map(({ id }) => id), ...once.map(([id]) => id)]
  expect(rows.map(({ id }) => id).toSorted(), 'add-ons that count').toEqual(paid.toSorted())
}

export interface Whose {
  readonly userId: string
  readonly agentId: string
}

interface Have {
  readonly stripe_subscription_id: string | null
  readonly addon_units: number
}

/** What somebody may use is what is paid for: all of it while it is, a grace's share of it while it isn't, and nothing else. */
export async function checkEntitlement(billing: Billing, books: Books, whose: Whose): Promise<void> {
  const { pool } = billing.database
  const answer = await billing.deps.usage.check({ ...whose, metric: 'messages', delta: 1 })
  const period = answer.kind === 'fault' ? undefined : answer.meter?.period
  const { rows } = await pool.query<Have>(
    `SELECT stripe_subscription_id, (SELECT coalesce(sum(amount), 0)::int FROM subscription_addons AS addon
        WHERE subscription_id = subscription.id AND revoked_at IS NULL
          AND (scope = 'permanent' OR granted_at >= $3 AND granted_at < $4)) AS addon_units
       FROM user_agent_subscriptions AS subscription
      WHERE user_id = $1 AND agent_id = $2 AND status NOT IN ('canceled', 'incomplete_expired')`,
    [whose.userId, whose.agentId, period?.start ?? null, period?.end ?? null],
  )
  const [row] = rows
  const subscription = books.subscriptions.find(({ id }) => id === row?.stripe_subscription_id)
  const { rows: tiers } = await pool.query<Tier>(
    `SELECT tier.stripe_price_id AS price, tier.family_id AS family, tier.version, quota.quota_limit::int AS quota, tier.is_free
       FROM agent_pricing_tiers AS tier JOIN tier_metric_quotas AS quota ON quota.tier_id = tier.id
      WHERE tier.agent_id = $1`,
    [whose.agentId],
  )
  const now = +(await billing.now())
  const expected = expectedOf({ books, subscription, tiers, now, hasRow: row !== undefined })
  const where = `${JSON.stringify({ answer, expected, row, now: new Date(now), status: subscription?.status })}`
  const addons = row?.addon_units ?? 0
  if (expected.kind === 'denied') return expect(reasonOf(answer), where).toBe(expected.reason)
  // Credit may be over, and then it is said why.
  if (expected.isCredit && reasonOf(answer) === 'payment_required') return
  expect(['allowed', 'quota_exceeded', ...(expected.isCredit ? ['not_included'] : [])], where).toContain(
    reasonOf(answer),
  )
  const limit = answer.kind === 'fault' ? undefined : answer.meter?.limit
  if (expected.isCredit && limit === undefined) return
  expect(
    expected.quotas.map((quota) => quota + addons),
    where,
  ).toContain(limit)
}

interface Tier {
  readonly price: string | null
  readonly family: string
  readonly version: number
  readonly quota: number
  readonly is_free: boolean
}

type Expected =
  | { readonly kind: 'denied'; readonly reason: string }
  /** One of these: a newer version of a tier may have taken over by its notice. */
  | { readonly kind: 'allowed'; readonly quotas: readonly number[]; readonly isCredit: boolean }

interface Expecting {
  readonly books: Books
  readonly subscription: Stripe.Subscription | undefined
  readonly tiers: readonly Tier[]
  readonly now: number
  readonly hasRow: boolean
}

function expectedOf({ books, subscription, tiers, now, hasRow }: Expecting): Expected {
  if (!hasRow) return { kind: 'denied', reason: 'no_subscription' }
  if (subscription === undefined) {
    return { kind: 'allowed', isCredit: false, quotas: tiers.filter((tier) => tier.is_free).map(({ quota }) => quota) }
  }
  const { status, items } = subscription
  if (isDisputed(books, subscription) || status === 'unpaid' || status === 'paused' || status === 'incomplete') {
    return { kind: 'denied', reason: 'payment_required' }
  }
  const item = items.data.find(({ price }) => tiers.some((tier) => tier.price === price.id))
  const present = tiers.find((tier) => tier.price === item?.price.id)
  if (item === undefined || present === undefined) throw new Error(`${subscription.id} has no tier`)
  const quotas = tiers
    .filter(({ family, version }) => family === present.family && version >= present.version)
    .map(({ quota }) => quota)
  const covering = invoicesOf(books, subscription).filter(({ status: paid }) => paid === 'paid')
  const isPaid = covering.some(({ lines }) =>
    lines.data.some(
      (line) =>
        line.parent?.subscription_item_details?.proration === false &&
        line.parent.subscription_item_details.subscription_item === item.id &&
        line.period.start * 1000 <= now &&
        now < line.period.end * 1000,
    ),
  )
  if (status === 'trialing' || isPaid) return { kind: 'allowed', quotas, isCredit: false }
  const lengthMs = (item.current_period_end - item.current_period_start) * 1000
  // A year's tier gives its quota by the month.
  const months = item.price.recurring?.interval === 'year' ? 12 : 1
  const shares = [-0.02, 0, 0.02].flatMap((slack) =>
    quotas.map((quota) => Math.floor(Math.min(1, (graceMs * months) / lengthMs + slack) * quota)),
  )
  return { kind: 'allowed', isCredit: true, quotas: range(Math.min(...shares), Math.max(...shares)) }
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index)

const reasonOf = (answer: UsageAnswer): string => {
  if (answer.kind === 'denied') return answer.reason
  return answer.kind === 'fault' ? answer.fault : answer.kind
}
