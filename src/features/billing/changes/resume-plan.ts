import { recordAudit } from '#src/db/audit.ts'
import { resumeSubscription } from '#src/features/subscriptions/index.ts'
import type { ReconcileDeps } from '../context.ts'
import { settleIntent, writeIntent } from '../intents/intents.ts'
import { withLease } from '../reconcile/lease.ts'
import { reconcileSubscription } from '../reconcile/reconcile-subscription.ts'
import { stripeCall } from '../stripe-failures.ts'
import { leaseOf } from './lease-of.ts'
import { getOpenPlan, requireSettled } from './own-plan.ts'
import type { Plan } from './own-plan.ts'

export interface ResumePlan {
  readonly subscriptionId: string
  readonly userId: string
}

const openSeconds = 3_600

/**
 * Takes a cancellation back before the period's end: it renews as it did. Resuming what isn't cancelled changes nothing. Throws
 * `not_found`, `conflict` for one that is over or disputed, `payment_required`, and `unavailable`: to be tried again.
 */
export async function resumePlan(deps: ReconcileDeps, { subscriptionId, userId }: ResumePlan): Promise<void> {
  await withLease(deps, leaseOf(subscriptionId), async () => {
    const plan = await getOpenPlan(deps, { subscriptionId, userId })
    if (plan.row.stripeSubscriptionId === null || plan.tier.isFree) {
      return resumeSubscription(deps, { subscriptionId, by: { kind: 'person', userId } })
    }
    requireSettled(plan)
    return resumePaid(deps, plan)
  })
}

async function resumePaid(deps: ReconcileDeps, { row, agent }: Plan): Promise<void> {
  if (!row.cancelAtPeriodEnd) return
  const id = row.stripeSubscriptionId ?? ''
  const intent = await writeIntent(deps.db, {
    id: deps.newId(),
    kind: 'resume',
    userId: row.userId,
    agentId: agent.id,
    subscriptionId: row.id,
    openSeconds,
  })
  await stripeCall(() =>
    deps.payments.stripe.subscriptions.update(id, { cancel_at_period_end: false, metadata: { rialto_next_tier: '' } }),
  )
  await reconcileSubscription(deps, { stripeSubscriptionId: id })
  await deps.db.transaction(async (tx) => {
    await settleIntent(tx, { id: intent.id, state: 'done' })
    await recordAudit(tx, {
      userId: row.userId,
      action: 'billing.resume',
      resource: 'subscription',
      resourceId: row.id,
      metadata: {},
    })
  })
}
