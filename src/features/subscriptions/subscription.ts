import { and, eq } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { userAgentSubscriptions } from '#src/db/schema/index.ts'
import { effectiveTier } from '#src/features/usage/index.ts'
import type { Period } from '#src/features/usage/index.ts'
import { AppError } from '#src/lib/errors.ts'
import type { Actor } from './actor.ts'
import type { Tier } from './tier.ts'
import { getTier } from './tier.ts'

export type SubscriptionRow = typeof userAgentSubscriptions.$inferSelect

/** A subscription as it is at a moment: with the tier that is effective then. */
export interface Subscription {
  readonly row: SubscriptionRow
  readonly tier: Tier
}

/**
 * The subscription, held until the transaction ends. Not FOR UPDATE: that would also stop everybody who counts, because
 * each entry of the ledger looks that its subscription is there. Throws `not_found`, also for somebody else's.
 */
export async function lockSubscription(
  tx: Transaction,
  { subscriptionId, by, now }: { subscriptionId: string; by: Actor; now: Date },
): Promise<Subscription> {
  const isTheirs = by.kind === 'person' ? eq(userAgentSubscriptions.userId, by.userId) : undefined
  const [row] = await tx
    .select()
    .from(userAgentSubscriptions)
    .where(and(eq(userAgentSubscriptions.id, subscriptionId), isTheirs))
    .for('no key update')
  if (row === undefined) throw new AppError('not_found')
  return { row, tier: await tierAt(tx, row, now) }
}

/** The tier that counts at `now`, whether or not a job has written a scheduled one down yet. */
export async function tierAt(tx: Transaction, row: SubscriptionRow, now: Date): Promise<Tier> {
  const { nextTierId, nextTierAt } = row
  const next = nextTierId === null || nextTierAt === null ? undefined : { tier: nextTierId, at: nextTierAt }
  return getTier(tx, { tierId: effectiveTier({ tier: row.tierId, next }, now), agentId: row.agentId })
}

export const isOpen = ({ status }: SubscriptionRow): boolean => status !== 'canceled' && status !== 'incomplete_expired'

/** The columns that the rules about periods read. */
export const periodFactsOf = (row: SubscriptionRow) => ({
  status: row.status,
  current: currentPeriodOf(row),
  anchor: row.periodAnchor,
  cancelAtPeriodEnd: row.cancelAtPeriodEnd,
  pastDueAt: row.pastDueAt,
})

export const currentPeriodOf = (row: SubscriptionRow): Period => ({
  start: row.currentPeriodStart,
  end: row.currentPeriodEnd,
})

/** Throws `conflict` for a subscription that is over. */
export function requireOpen(subscription: Subscription, now: Date): void {
  const { row } = subscription
  if (!isOpen(row) || isOver(row, now)) throw new AppError('conflict', { detail: 'This subscription is over.' })
}

/** Cancelled for the end of a period that has come, whether or not a job has written that down yet. */
export const isOver = (row: SubscriptionRow, now: Date): boolean => row.cancelAtPeriodEnd && now >= row.currentPeriodEnd
