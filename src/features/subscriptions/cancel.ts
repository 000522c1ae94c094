import { eq } from 'drizzle-orm'
import { userAgentSubscriptions } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { AppError } from '#src/lib/errors.ts'
import type { Actor } from './actor.ts'
import { auditChange } from './audit.ts'
import { businessNow } from './clock.ts'
import { settledColumns } from './settle.ts'
import { isOpen, lockSubscription } from './subscription.ts'
import { inTransaction } from './transaction.ts'

export interface CancelSubscription {
  readonly subscriptionId: string
  /** `at_once` gives up the rest of the period. */
  readonly when: 'period_end' | 'at_once'
  readonly by: Actor
}

/**
 * Ends a subscription: at the end of its period it can be resumed until then, at once it can't. What billing has to do at
 * Stripe is done before. Answers when it ends. Cancelling again changes nothing. Throws `not_found`, and `conflict` for one
 * that ended otherwise.
 */
export async function cancelSubscription(
  { db }: Pick<Deps, 'db'>,
  { subscriptionId, when, by }: CancelSubscription,
): Promise<{ readonly endsAt: Date }> {
  return inTransaction(db, async (tx) => {
    const now = await businessNow(tx)
    const subscription = await lockSubscription(tx, { subscriptionId, by, now })
    const { row } = subscription
    if (row.status === 'canceled') return { endsAt: row.canceledAt ?? now }
    if (when === 'period_end' && row.cancelAtPeriodEnd) return { endsAt: row.currentPeriodEnd }
    if (!isOpen(row)) throw new AppError('conflict', { detail: 'This subscription is over.' })
    const settled = settledColumns(subscription, now)
    const ending =
      when === 'at_once'
        ? { status: 'canceled' as const, canceledAt: now, nextTierId: null, nextTierAt: null }
        : { cancelAtPeriodEnd: true }
    const [changed] = await tx
      .update(userAgentSubscriptions)
      .set({ ...settled, ...ending })
      .where(eq(userAgentSubscriptions.id, subscriptionId))
      .returning()
    const endsAt = when === 'at_once' ? now : (changed?.currentPeriodEnd ?? row.currentPeriodEnd)
    await auditChange(tx, { subscriptionId, by, did: 'cancel', metadata: { when, endsAt } })
    return { endsAt }
  })
}
