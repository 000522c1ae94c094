import { eq } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { outboxEvents, userAgentSubscriptions } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { AppError } from '#src/lib/errors.ts'
import { auditChange } from './audit.ts'
import { businessNow, graceMsOf } from './clock.ts'
import { anchorOf, paymentColumns } from './payment.ts'
import type { Payment } from './payment.ts'
import { reschedule } from './reschedule.ts'
import { settledColumns } from './settle.ts'
import type { Columns } from './settle.ts'
import { isOpen, lockSubscription } from './subscription.ts'
import type { Subscription, SubscriptionRow } from './subscription.ts'
import { getTier } from './tier.ts'

type WriteDeps = Pick<Deps, 'config' | 'newId'>

/** All that billing decides about a subscription that is paid for: one of Stripe's, as it is there now. */
export interface Billed extends Payment {
  readonly subscriptionId: string
  readonly tierId: string
  readonly next: { readonly tierId: string; readonly at: Date } | null
  readonly cancelAtPeriodEnd: boolean
  readonly disputedAt: Date | null
  readonly stripe: { readonly customerId: string; readonly subscriptionId: string }
}

export interface Written {
  readonly row: SubscriptionRow
  readonly before: SubscriptionRow
  /** It said something else before. */
  readonly isChanged: boolean
}

const by = { kind: 'system' } as const

/**
 * Writes down a subscription as billing found it, and moves what was used into the periods that it has now. The same again changes
 * nothing. In the caller's transaction. Throws `not_found`, and `conflict` for one that has ended.
 */
export async function applyBilled(tx: Transaction, deps: WriteDeps, billed: Billed): Promise<Written> {
  const { subscriptionId } = billed
  const now = await businessNow(tx)
  const before = await lockSubscription(tx, { subscriptionId, by, now })
  if (!isOpen(before.row)) throw new AppError('conflict', { detail: 'This subscription is over.' })
  const tier = await getTier(tx, { tierId: billed.tierId, agentId: before.row.agentId })
  if (tier.isFree) throw new Error('A free tier has no paid period')
  const columns: Columns = {
    ...paymentColumns(billed),
    periodAnchor: anchorOf(billed, tier, before.row.periodAnchor),
    nextTierId: billed.next?.tierId ?? null,
    nextTierAt: billed.next?.at ?? null,
    cancelAtPeriodEnd: billed.cancelAtPeriodEnd,
    disputedAt: billed.disputedAt,
    stripeCustomerId: billed.stripe.customerId,
    stripeSubscriptionId: billed.stripe.subscriptionId,
  }
  const isChanged = differs(before.row, { ...columns, tierId: tier.id })
  if (!isChanged) return { row: before.row, before: before.row, isChanged }
  const { row } = await reschedule(tx, {
    before,
    tier,
    columns,
    now,
    graceMs: graceMsOf(deps.config),
    newId: deps.newId,
  })
  await tell(tx, { before: before.row, row })
  return { row, before: before.row, isChanged }
}

interface Ended {
  readonly subscriptionId: string
  readonly status: 'canceled' | 'incomplete_expired'
  readonly at: Date
}

/**
 * Writes down that nothing more is paid for. Where a free tier has taken over by now, it goes on with that. Ending it again changes
 * nothing. Throws `not_found`.
 */
export async function endBilled(
  tx: Transaction,
  { subscriptionId, status, at }: Ended,
): Promise<Written & { readonly isFree: boolean }> {
  const now = await businessNow(tx)
  const subscription = await lockSubscription(tx, { subscriptionId, by, now })
  const { row: before, tier } = subscription
  if (!isOpen(before)) return { row: before, before, isChanged: false, isFree: false }
  const columns = tier.isFree
    ? freeColumns(subscription, now)
    : { status, canceledAt: at, nextTierId: null, nextTierAt: null }
  const [row] = await tx
    .update(userAgentSubscriptions)
    .set({ ...columns, pastDueAt: null })
    .where(eq(userAgentSubscriptions.id, subscriptionId))
    .returning()
  if (row === undefined) throw new Error('The locked subscription is missing')
  await tell(tx, { before, row })
  return { row, before, isChanged: true, isFree: tier.isFree }
}

const freeColumns = (subscription: Subscription, now: Date): Columns => ({
  status: 'active',
  cancelAtPeriodEnd: false,
  stripeSubscriptionId: null,
  ...settledColumns(subscription, now),
})

const told = ['status', 'tierId', 'nextTierId', 'nextTierAt', 'currentPeriodStart', 'currentPeriodEnd'] as const

/** For the trail, and for the world outside. */
async function tell(tx: Transaction, { before, row }: Pick<Written, 'before' | 'row'>): Promise<void> {
  const { id: subscriptionId, agentId, status, tierId, cancelAtPeriodEnd } = row
  const changed = told.filter((name) => String(before[name]) !== String(row[name]))
  await auditChange(tx, {
    subscriptionId,
    by,
    did: 'reconcile',
    metadata: { changed, from: before.tierId, to: tierId, status, cancelAtPeriodEnd },
  })
  await tx.insert(outboxEvents).values({
    type: 'subscription.changed',
    subject: subscriptionId,
    payload: {
      subscriptionId,
      agentId,
      tierId,
      status,
      cancelAtPeriodEnd,
      currentPeriodEnd: row.currentPeriodEnd.toISOString(),
    },
  })
}

function differs(row: SubscriptionRow, columns: Columns): boolean {
  return Object.entries(columns).some(([name, value]) => {
    const present = row[name as keyof SubscriptionRow]
    return present instanceof Date && value instanceof Date ? +present !== +value : present !== value
  })
}
