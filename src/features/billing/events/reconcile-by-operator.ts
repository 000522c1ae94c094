import { eq } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import { userAgentSubscriptions } from '#src/db/schema/index.ts'
import type { Reconciled, ReconcileDeps } from '../context.ts'
import { AppError } from '#src/lib/errors.ts'
import { reconcileSubscription } from '../reconcile/reconcile-subscription.ts'
import { changesBetween, readSubscriptionTraces } from './traces.ts'
import type { TracedChange } from './traces.ts'

interface Reconciling {
  readonly subscriptionId: string
  readonly operatorId: string
}

/**
 * Makes a subscription agree with Stripe because an operator asks for it. Throws `not_found`, `conflict` for a free one, of which
 * Stripe knows nothing, and as reconcileSubscription.
 */
export async function reconcileByOperator(
  deps: ReconcileDeps,
  { subscriptionId, operatorId }: Reconciling,
): Promise<{ readonly outcome: Reconciled['outcome']; readonly changes: readonly TracedChange[] }> {
  const { db } = deps
  const [row] = await db.select().from(userAgentSubscriptions).where(eq(userAgentSubscriptions.id, subscriptionId))
  if (row === undefined) throw new AppError('not_found')
  const { stripeSubscriptionId } = row
  if (stripeSubscriptionId === null)
    throw new AppError('conflict', { detail: 'Stripe knows nothing of a free subscription.' })
  await db.transaction((tx) =>
    recordAudit(tx, {
      userId: operatorId,
      action: 'subscription.reconcile',
      resource: 'subscription',
      resourceId: subscriptionId,
    }),
  )
  const before = await readSubscriptionTraces(deps, subscriptionId)
  const { outcome } = await reconcileSubscription(deps, { stripeSubscriptionId })
  return { outcome, changes: changesBetween(before, await readSubscriptionTraces(deps, subscriptionId)) }
}
