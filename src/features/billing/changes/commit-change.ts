import type { Json } from '#src/db/schema/business.ts'
import type { Costs } from '#src/features/spending/index.ts'
import { switchTier } from '#src/features/subscriptions/index.ts'
import { AppError } from '#src/lib/errors.ts'
import type { ReconcileDeps } from '../context.ts'
import { readIntent } from '../intents/intents.ts'
import type { Intent } from '../intents/intents.ts'
import { writePurchase } from '../intents/write-purchase.ts'
import { withLease } from '../reconcile/lease.ts'
import { reconcileSubscription } from '../reconcile/reconcile-subscription.ts'
import { readAtStripe } from './at-stripe.ts'
import { chooseWay } from './choose-way.ts'
import type { ChangeInput, ChosenWay } from './choose-way.ts'
import { carryOut } from './carry-out.ts'
import type { Committed } from './carry-out.ts'
import { costsOfChange } from './costs.ts'
import { keepTier } from './keep-tier.ts'
import { leaseOf } from './lease-of.ts'
import { clearTheWay } from './open-changes.ts'
import { previewNow } from './preview-change.ts'
import { freshProrationDate, outOfDate } from './proration-date.ts'

export interface CommitChange extends ChangeInput {
  /** As the preview gave it. Left out: now. */
  readonly prorationDate?: number
  /** What the preview said is due, in minor units: anything else is refused. */
  readonly expectedMinor?: number
  /** A UUID that the form carries: pressed twice, it is changed once. */
  readonly intentId?: string
}

export type CommittedChange =
  | Committed
  /** The person stays on the present tier. */
  | { readonly kind: 'kept' }
  /** It begins with a checkout, which this doesn't start. */
  | { readonly kind: 'checkout' }

/** As long as Stripe holds a change that is not paid yet. */
const openSeconds = 23 * 3_600

/**
 * Changes the tier of a subscription, by the rules that the preview shows. Throws as chooseWay does; `conflict` for a preview that
 * is out of date or doesn't fit; `spend_cap_reached`; `payment_declined`, and then nothing has changed; `unavailable`: to be tried again with the same
 * intent.
 */
export async function commitChange(deps: ReconcileDeps, input: CommitChange): Promise<CommittedChange> {
  const { subscriptionId, userId, tierId, intentId = deps.newId() } = input
  return withLease(deps, leaseOf(subscriptionId), async () => {
    const known = await readIntent(deps.db, intentId)
    if (known !== undefined) return carryOut(deps, requireSame(known, input))
    const chosen = await chooseWay(deps, input)
    if (chosen.way === 'checkout') return { kind: 'checkout' }
    if (chosen.way === 'free') return switchFree(deps, input)
    const isAtStripe = chosen.plan.row.stripeSubscriptionId !== null
    const waiting = isAtStripe ? await clearTheWay(deps, { plan: chosen.plan, tierId }) : undefined
    if (waiting !== undefined) return waiting
    if (chosen.way === 'keep') return keepTier(deps, chosen.plan)
    const intent = await writePurchase(deps, {
      id: intentId,
      kind: 'change',
      userId,
      agentId: chosen.plan.agent.id,
      subscriptionId,
      tierId,
      ...(await freshTerms(deps, { chosen: { ...chosen, way: chosen.way }, input })),
      openSeconds,
    })
    return carryOut(deps, intent)
  })
}

function requireSame(intent: Intent, { subscriptionId, userId, tierId }: CommitChange): Intent {
  if (intent.userId !== userId) throw new AppError('not_found')
  if (intent.kind === 'change' && intent.subscriptionId === subscriptionId && intent.tierId === tierId) return intent
  throw new AppError('conflict', { detail: 'This id was used for something else.' })
}

async function switchFree(
  deps: ReconcileDeps,
  { subscriptionId, tierId, userId }: CommitChange,
): Promise<CommittedChange> {
  const switched = await switchTier(deps, { subscriptionId, tierId, by: { kind: 'person', userId } })
  return switched.kind === 'switched' ? { kind: 'done' } : switched
}

interface Terms {
  readonly chosen: ChosenWay & { readonly way: 'now' | 'trial' | 'at_period_end' }
  readonly input: CommitChange
}

/** What is written down before Stripe is asked, so that the same can be asked again, and what it may cost. */
async function freshTerms(
  deps: ReconcileDeps,
  { chosen, input: { expectedMinor, ...input } }: Terms,
): Promise<{ readonly input: Json; readonly costs: Costs }> {
  const { way, plan, target } = chosen
  const at = await readAtStripe(deps, plan)
  // No webhook has told yet: by what is stored a trial would go on that has ended, and the change would cost nothing.
  if (at.subscription.status !== plan.row.status) {
    await reconcileSubscription(deps, { stripeSubscriptionId: at.subscription.id })
    throw outOfDate()
  }
  if (way !== 'now') {
    const costs = await costsOfChange(deps, { way, target, at, prorationDate: undefined, openSeconds })
    return { input: { way, ...(way === 'at_period_end' && { at: at.main.current_period_end }) }, costs }
  }
  const periodStart = at.main.current_period_start
  const prorationDate = freshProrationDate({ prorationDate: input.prorationDate, now: plan.now, periodStart })
  if (expectedMinor !== undefined) {
    const { dueNow } = await previewNow(deps, { target, at, prorationDate })
    if (dueNow.amountMinor !== expectedMinor) throw outOfDate()
  }
  const costs = await costsOfChange(deps, { way, target, at, prorationDate, openSeconds })
  return { input: { way, prorationDate }, costs }
}
