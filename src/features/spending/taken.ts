// What a person's months are taken by: purchases that are open, what renews, and what was charged.
import { and, eq, gt, inArray, isNotNull, isNull, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Database, Transaction } from '#src/db/client.ts'
import {
  agentAddonOffers,
  agentPricingTiers,
  agents,
  billingEntries,
  billingIntents,
  openStatuses,
  purchaseKinds,
  subscriptionAddons,
  user,
  userAgentSubscriptions,
} from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { AppError } from '#src/lib/errors.ts'
import { boundsOf, monthOf, sumOf } from './rules/months.ts'
import type { Month } from './rules/months.ts'
import { renewalsOf } from './rules/renewals.ts'
import type { Renewing } from './rules/renewals.ts'

type Reader = Pick<Database | Transaction, 'select' | 'execute'>
export type SpendingDeps = Pick<Deps, 'subjectHash'>

interface About {
  readonly agentId: string
  readonly agent: string
  readonly currency: string
}

/** A purchase that is not settled yet. */
export interface Reserved extends About {
  readonly intentId: string
  readonly kind: (typeof purchaseKinds)[number]
  readonly months: ReadonlyMap<Month, number>
  readonly expiresAt: Date
  /** Where it is finished or given up. Null: it is being worked on. */
  readonly href: string | null
}

/** What renews of one subscription. */
export interface Due extends About {
  readonly subscriptionId: string
  readonly renewing: Renewing
  readonly months: ReadonlyMap<Month, number>
}

/** A charge of the present month, and what was given back of it. */
export interface Charged extends About {
  readonly invoiceId: string
  readonly number: string | null
  readonly at: Date
  readonly amountMinor: number
  readonly givenBackMinor: number
}

export interface Taken {
  /** By the business clock. */
  readonly now: Date
  readonly month: Month
  readonly reserved: readonly Reserved[]
  readonly due: readonly Due[]
  readonly charged: readonly Charged[]
}

/** More than anybody has; with more nothing can be said, and so nothing is bought. */
const most = 2_000

/** Nobody else decides about this person's money until the transaction is over. */
export async function lockSpending(tx: Transaction, userId: string): Promise<void> {
  // Not the caps: there may be none yet, and one that is set meanwhile must see what is being bought.
  await tx.select({ id: user.id }).from(user).where(eq(user.id, userId)).for('no key update')
}

/**
 * What is taken of somebody's months. Read in this order, so that what is settled meanwhile is seen twice rather than not at all:
 * a purchase becomes what renews and what was charged, and what renews becomes what was charged, each in one transaction.
 */
export async function readTaken(db: Reader, deps: SpendingDeps, userId: string): Promise<Taken> {
  const { rows } = await db.execute<{ now: string }>(sql`SELECT to_json(rialto_now()) #>> '{}' AS now`)
  const now = new Date(rows[0]?.now ?? Number.NaN)
  const month = monthOf(now)
  const reserved = await readReserved(db, userId)
  const due = await readDue(db, { userId, month })
  const charged = await readCharged(db, { subject: deps.subjectHash(`person:${userId}`), month })
  if (Math.max(reserved.length, due.length, charged.length) >= most) throw new AppError('conflict')
  return { now, month, reserved, due, charged }
}

async function readReserved(db: Reader, userId: string): Promise<Reserved[]> {
  const intent = billingIntents
  const rows = await db
    .select({ intent, agent: agents.name })
    .from(intent)
    .innerJoin(agents, eq(agents.id, intent.agentId))
    .where(
      and(
        eq(intent.userId, userId),
        eq(intent.state, 'open'),
        isNotNull(intent.claim),
        // Its charge stands there already, and the intent is settled in a moment.
        sql`NOT EXISTS (SELECT FROM ${billingEntries} WHERE ${billingEntries.stripeObjectId} = ${intent.stripeObjectId})`,
      ),
    )
    .orderBy(intent.createdAt)
    .limit(most)
  return rows.flatMap(({ intent: { id, kind, claim, agentId, expiresAt, input, url }, agent }) => {
    if (claim === null || !isPurchase(kind)) return []
    const months = new Map(Object.entries(claim.months))
    const href = kind === 'checkout' || input['by'] === 'checkout' ? `/checkout/${id}` : url
    return { intentId: id, kind, agentId, agent, currency: claim.currency, months, expiresAt, href }
  })
}

const isPurchase = (kind: string): kind is Reserved['kind'] => purchaseKinds.some((known) => known === kind)

interface Whose {
  readonly userId: string
  readonly month: Month
}

async function readDue(db: Reader, { userId, month }: Whose): Promise<Due[]> {
  const rows = await selectPaid(db, eq(userAgentSubscriptions.userId, userId))
  const addons = await selectBilledAddons(
    db,
    rows.map(({ row }) => row.id),
  )
  return rows.flatMap((found) => {
    const { row, agent } = found
    if (row.cancelAtPeriodEnd || row.currency === null) return []
    const renewing = renewingOf(found, addons.get(row.id) ?? [])
    const months = renewalsOf(renewing, month)
    const about = { agentId: row.agentId, agent, currency: row.currency, subscriptionId: row.id }
    return { ...about, renewing, months }
  })
}

const next = alias(agentPricingTiers, 'next')
const billed = alias(agentPricingTiers, 'billed')

const selectPaid = (db: Reader, which: ReturnType<typeof eq>) =>
  db
    .select({ row: userAgentSubscriptions, agent: agents.name, tier: agentPricingTiers, next, billed })
    .from(userAgentSubscriptions)
    .innerJoin(agents, eq(agents.id, userAgentSubscriptions.agentId))
    .innerJoin(agentPricingTiers, eq(agentPricingTiers.id, userAgentSubscriptions.tierId))
    .leftJoin(next, eq(next.id, userAgentSubscriptions.nextTierId))
    .leftJoin(billed, eq(billed.stripePriceId, userAgentSubscriptions.priceId))
    .where(
      and(
        which,
        inArray(userAgentSubscriptions.status, [...openStatuses]),
        isNotNull(userAgentSubscriptions.stripeSubscriptionId),
        gt(userAgentSubscriptions.amount, 0),
      ),
    )
    .limit(most)

/** What a subscription would renew as if nothing were to end it: as it is planned, or without what was planned. */
export async function readRenewalsAgain(db: Reader, subscriptionId: string): Promise<readonly Renewing[]> {
  const [found] = await selectPaid(db, eq(userAgentSubscriptions.id, subscriptionId))
  if (found === undefined) return []
  const addons = await selectBilledAddons(db, [subscriptionId])
  const planned = renewingOf(found, addons.get(subscriptionId) ?? [])
  return [planned, { ...planned, next: undefined }]
}

type Paid = Awaited<ReturnType<typeof selectPaid>>[number]
type BilledAddon = NonNullable<Renewing['addons']>[number]

/** What is late counts in the month of its invoice, which is the end of what was paid. */
function renewingOf({ row, tier, billed: old, next: coming }: Paid, addons: readonly BilledAddon[]): Renewing {
  const every = (old ?? tier).billingInterval
  // A newer version took over by time, and Stripe may ask for its price before anybody has looked.
  const amountMinor = tier.billingInterval === every ? Math.max(row.amount, tier.price) : row.amount
  return {
    at: row.status === 'trialing' ? (row.trialEndsAt ?? row.currentPeriodEnd) : row.currentPeriodEnd,
    amountMinor,
    every,
    addons,
    ...(coming !== null &&
      row.nextTierAt !== null && {
        next: {
          at: row.nextTierAt,
          amountMinor: coming.price,
          every: coming.billingInterval,
          isVersion: coming.familyId === tier.familyId,
        },
      }),
  }
}

async function selectBilledAddons(db: Reader, subscriptionIds: string[]): Promise<Map<string, BilledAddon[]>> {
  const rows = await db
    .select({ addon: subscriptionAddons, offer: agentAddonOffers })
    .from(subscriptionAddons)
    .innerJoin(agentAddonOffers, eq(agentAddonOffers.id, subscriptionAddons.offerId))
    .where(
      and(
        inArray(subscriptionAddons.subscriptionId, subscriptionIds),
        isNull(subscriptionAddons.revokedAt),
        isNotNull(agentAddonOffers.billingInterval),
      ),
    )
    .limit(most)
  const grouped = Map.groupBy(rows, ({ addon }) => addon.subscriptionId)
  return new Map(
    [...grouped].map(([id, bought]) => [
      id,
      bought.flatMap(({ addon, offer: { price, amount, billingInterval } }) =>
        billingInterval === null ? [] : { amountMinor: price * (addon.amount / amount), every: billingInterval },
      ),
    ]),
  )
}

/**
 * A charge belongs to the month of its invoice: what is paid late was due then. What was given back frees that month, and never
 * another one. What a bank has taken back frees none: it may be decided otherwise.
 */
async function readCharged(db: Reader, { subject, month }: { subject: string; month: Month }): Promise<Charged[]> {
  const { start, end } = boundsOf(month)
  const entry = billingEntries
  const billedAt = sql<string>`coalesce((${entry.metadata}->>'billedAt')::timestamptz, ${entry.occurredAt})`
  const rows = await db
    .select({
      entry,
      agent: agents.name,
      billedAt: sql<string>`to_json(${billedAt}) #>> '{}'`,
      givenBack: sql<string>`coalesce((SELECT -sum(back.amount) FROM billing_entries AS back
        WHERE back.subject_hash = ${subject} AND back.kind IN ('refund', 'adjustment')
          AND back.metadata->>'charge' = ${entry}.stripe_object_id), 0)`,
    })
    .from(entry)
    .leftJoin(agents, eq(agents.id, entry.agentRef))
    .where(
      and(
        eq(entry.subjectHash, subject),
        eq(entry.kind, 'charge'),
        sql`${billedAt} >= ${start.toISOString()}::timestamptz AND ${billedAt} < ${end.toISOString()}::timestamptz`,
      ),
    )
    .orderBy(entry.seq)
    .limit(most)
  return rows.map(({ entry: { amount, currency, agentRef, stripeObjectId, metadata }, agent, ...found }) => ({
    invoiceId: stripeObjectId ?? '',
    number: typeof metadata['number'] === 'string' ? metadata['number'] : null,
    agentId: agentRef ?? '',
    agent: agent ?? 'An agent that is gone',
    currency,
    at: new Date(found.billedAt),
    amountMinor: amount,
    givenBackMinor: Number(found.givenBack),
  }))
}

/** What a cap is about. */
export interface Scope {
  /** Undefined: all agents together. */
  readonly agentId: string | undefined
  readonly currency: string
}

export interface Sums {
  /** Of the present month. */
  readonly spentMinor: number
  readonly reserved: ReadonlyMap<Month, number>
  readonly due: ReadonlyMap<Month, number>
  /** All of it. */
  readonly taken: ReadonlyMap<Month, number>
}

export function sumsOf(taken: Taken, { agentId, currency }: Scope): Sums {
  const isIn = (about: About): boolean =>
    about.currency === currency && (agentId === undefined || about.agentId === agentId)
  const spentMinor = taken.charged
    .filter(isIn)
    .reduce((sum, { amountMinor, givenBackMinor }) => sum + amountMinor - givenBackMinor, 0)
  const reserved = sumOf(taken.reserved.filter(isIn).map(({ months }) => months))
  const due = sumOf(taken.due.filter(isIn).map(({ months }) => months))
  const spent = new Map([[taken.month, spentMinor]])
  return { spentMinor, reserved, due, taken: sumOf([spent, reserved, due]) }
}

/**
 * The least that a cap can be: nothing that comes would pass it. What is spent already counts only in a month that something more
 * comes in.
 */
export function leastCap({ month: present }: Pick<Taken, 'month'>, { spentMinor, reserved, due }: Sums): number {
  return [...sumOf([reserved, due])].reduce(
    (most, [month, minor]) => (minor <= 0 ? most : Math.max(most, minor + (month === present ? spentMinor : 0))),
    0,
  )
}
