import { recordAudit } from '#src/db/audit.ts'
import { switchTier } from '#src/features/subscriptions/index.ts'
import type { ReconcileDeps } from '../context.ts'
import { settleIntent } from '../intents/intents.ts'
import { writePurchase } from '../intents/write-purchase.ts'
import { reconcileSubscription } from '../reconcile/reconcile-subscription.ts'
import { readAtStripe } from './at-stripe.ts'
import { costsOfGoingOn } from './costs.ts'
import { isVersionMove } from './is-version-move.ts'
import type { Plan } from './own-plan.ts'
import { forgetPlanned } from './planned.ts'

const openSeconds = 3_600

/**
 * Forgets the change that was planned for the end of the period. A newer version of the same tier is the publisher's, after
 * notice, and stays. Throws `spend_cap_reached` and `unavailable`.
 */
export async function keepTier(deps: ReconcileDeps, plan: Plan): Promise<{ readonly kind: 'kept' }> {
  const { row, tier } = plan
  if (row.nextTierId === null || (await isVersionMove(deps, plan))) return { kind: 'kept' }
  // What follows a trial is said by the tier: its person was promised that nothing is charged.
  if (row.status === 'trialing' && tier.trialEndsWith !== 'charge') return { kind: 'kept' }
  if (row.stripeSubscriptionId === null || tier.isFree) {
    await switchTier(deps, { subscriptionId: row.id, tierId: tier.id, by: { kind: 'person', userId: row.userId } })
    return { kind: 'kept' }
  }
  // It may renew for more than what was planned.
  const intent = await writePurchase(deps, {
    id: deps.newId(),
    kind: 'resume',
    userId: row.userId,
    agentId: row.agentId,
    subscriptionId: row.id,
    openSeconds,
    costs: await costsOfGoingOn(deps, plan),
  })
  await forgetPlanned(deps, await readAtStripe(deps, plan))
  await reconcileSubscription(deps, { stripeSubscriptionId: row.stripeSubscriptionId })
  await deps.db.transaction(async (tx) => {
    await settleIntent(tx, { id: intent.id, state: 'done' })
    await recordAudit(tx, {
      userId: row.userId,
      action: 'billing.keep_tier',
      resource: 'subscription',
      resourceId: row.id,
      metadata: { insteadOf: row.nextTierId },
    })
  })
  return { kind: 'kept' }
}
