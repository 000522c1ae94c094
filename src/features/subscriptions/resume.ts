import { eq } from 'drizzle-orm'
import { userAgentSubscriptions } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import type { Actor } from './actor.ts'
import { auditChange } from './audit.ts'
import { businessNow } from './clock.ts'
import { lockSubscription, requireOpen } from './subscription.ts'
import { inTransaction } from './transaction.ts'

export interface ResumeSubscription {
  readonly subscriptionId: string
  readonly by: Actor
}

/**
 * Takes back a cancellation before its period's end; a scheduled change of tier stays. Resuming what isn't cancelled changes
 * nothing. Throws `not_found`, and `conflict` for a subscription that is over.
 */
export async function resumeSubscription(
  { db }: Pick<Deps, 'db'>,
  { subscriptionId, by }: ResumeSubscription,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const now = await businessNow(tx)
    const subscription = await lockSubscription(tx, { subscriptionId, by, now })
    requireOpen(subscription, now)
    if (!subscription.row.cancelAtPeriodEnd) return
    await tx
      .update(userAgentSubscriptions)
      .set({ cancelAtPeriodEnd: false })
      .where(eq(userAgentSubscriptions.id, subscriptionId))
    await auditChange(tx, { subscriptionId, by, did: 'resume' })
  })
}
