import { recordAudit } from '#src/db/audit.ts'
import { resumeSubscription } from '#src/features/subscriptions/index.ts'
import { AppError } from '#src/lib/errors.ts'
import type { ReconcileDeps } from '../context.ts'
import { settleIntent } from '../intents/intents.ts'
import { writePurchase } from '../intents/write-purchase.ts'
import { withLease } from '../reconcile/lease.ts'
import { reconcileSubscription } from '../reconcile/reconcile-subscription.ts'
import { readAtStripe } from './at-stripe.ts'
import { costsOfGoingOn } from './costs.ts'
import { leaseOf } from './lease-of.ts'
import { clearTheWay } from './open-changes.ts'
import { getOpenPlan, requireSettled } from './own-plan.ts'
import type { Plan } from './own-plan.ts'
import { planTrialEnd } from './plan-trial-end.ts'
import { forgetPlanned } from './planned.ts'

export interface ResumePlan {
  readonly subscriptionId: string
  readonly userId: string
}

const openSeconds = 3_600

/**
 * Takes a cancellation back before the period's end: it renews as it did. Resuming what isn't cancelled changes nothing. Throws
 * `not_found`, `conflict` for one that is over or disputed, `payment_required`, `spend_cap_reached`, and `unavailable`: to be
 * tried again.
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

async function resumePaid(deps: ReconcileDeps, plan: Plan): Promise<void> {
  const { row, agent, tier } = plan
  if (!row.cancelAtPeriodEnd) return
  if (row.status === 'trialing' && tier.trialEndsWith === 'end') {
    throw new AppError('conflict', { detail: 'This trial ends by itself. Take the tier when it is over.' })
  }
  const id = row.stripeSubscriptionId ?? ''
  const intent = await writePurchase(deps, {
    id: deps.newId(),
    kind: 'resume',
    userId: row.userId,
    agentId: agent.id,
    subscriptionId: row.id,
    openSeconds,
    costs: await costsOfGoingOn(deps, plan),
  })
  await clearTheWay(deps, { plan, tierId: undefined })
  const at = await readAtStripe(deps, plan)
  if (row.status === 'trialing') await planTrialEnd(deps, at, tier)
  else await forgetPlanned(deps, at)
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
