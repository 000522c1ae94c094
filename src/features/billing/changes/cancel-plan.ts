import { recordAudit } from '#src/db/audit.ts'
import { recordInteraction } from '#src/features/engagement/index.ts'
import { cancelSubscription } from '#src/features/subscriptions/index.ts'
import type { ReconcileDeps } from '../context.ts'
import { settleIntent, writeIntent } from '../intents/intents.ts'
import { withLease } from '../reconcile/lease.ts'
import { reconcileSubscription } from '../reconcile/reconcile-subscription.ts'
import { stripeCall } from '../stripe-failures.ts'
import { readAtStripe } from './at-stripe.ts'
import type { AtStripe } from './at-stripe.ts'
import { leaseOf } from './lease-of.ts'
import { clearTheWay } from './open-changes.ts'
import { getPlan } from './own-plan.ts'
import type { Plan } from './own-plan.ts'
import { planEnd } from './planned.ts'

export interface CancelPlan {
  readonly subscriptionId: string
  readonly userId: string
}

/** `at_once`: it was not paid, and what was open is not asked for any more. */
export interface CanceledPlan {
  readonly kind: 'at_period_end' | 'at_once'
  readonly endsAt: Date
}

const openSeconds = 3_600
const openInvoicesMax = 100

/**
 * Ends a subscription: with the period that is paid for, and then nothing more is charged; at once where its payment is late, or
 * where the paid period is over and the next one is not charged yet. Cancelling again changes nothing. Throws `not_found`, and `unavailable`: to be tried again.
 */
export async function cancelPlan(deps: ReconcileDeps, { subscriptionId, userId }: CancelPlan): Promise<CanceledPlan> {
  return withLease(deps, leaseOf(subscriptionId), async () => {
    const plan = await getPlan(deps, { subscriptionId, userId })
    if (plan.row.stripeSubscriptionId === null || plan.tier.isFree) {
      const by = { kind: 'person', userId } as const
      return { kind: 'at_period_end', ...(await cancelSubscription(deps, { subscriptionId, when: 'period_end', by })) }
    }
    return cancelPaid(deps, plan)
  })
}

async function cancelPaid(deps: ReconcileDeps, before: Plan): Promise<CanceledPlan> {
  const { row, agent } = before
  const intent = await writeIntent(deps.db, {
    id: deps.newId(),
    kind: 'cancel',
    userId: row.userId,
    agentId: agent.id,
    subscriptionId: row.id,
    openSeconds,
  })
  const { plan, at } = await readCharged(deps, before)
  const { id, status } = at.subscription
  const isRunning = (status === 'active' || status === 'trialing') && !isUncharged({ plan, at })
  if (isRunning) {
    await clearTheWay(deps, { plan, tierId: undefined })
    await planEnd(deps, await readAtStripe(deps, plan))
  } else await endAtOnce(deps, at)
  await reconcileSubscription(deps, { stripeSubscriptionId: id })
  const { row: after, now } = await getPlan(deps, { subscriptionId: row.id, userId: row.userId })
  const canceled: CanceledPlan = isRunning
    ? { kind: 'at_period_end', endsAt: after.canceledAt ?? after.currentPeriodEnd }
    : { kind: 'at_once', endsAt: after.canceledAt ?? now }
  await deps.db.transaction(async (tx) => {
    await settleIntent(tx, { id: intent.id, state: 'done' })
    await recordAudit(tx, {
      userId: row.userId,
      action: 'billing.cancel',
      resource: 'subscription',
      resourceId: row.id,
      metadata: { when: canceled.kind, endsAt: canceled.endsAt.toISOString() },
    })
    const endsAt = canceled.endsAt.toISOString()
    if (!row.isTest) {
      await recordInteraction(tx, { type: 'canceled', userId: row.userId, agentId: agent.id, metadata: { endsAt } })
    }
  })
  return canceled
}

interface Read {
  readonly plan: Plan
  readonly at: AtStripe
}

/** Stripe has begun a period that nobody has paid: what is stored is still the one before. */
const isUncharged = ({ plan, at }: Read): boolean => at.main.current_period_start * 1000 >= +plan.row.currentPeriodEnd

/** In the hour before a renewal is charged that is stopped first, so that it is charged before or not at all. */
async function readCharged(deps: ReconcileDeps, before: Plan): Promise<Read> {
  const present = async (): Promise<Read> => {
    await reconcileSubscription(deps, { stripeSubscriptionId: before.row.stripeSubscriptionId ?? '' })
    const plan = await getPlan(deps, { subscriptionId: before.row.id, userId: before.row.userId })
    // It may have ended by this look.
    if (plan.row.stripeSubscriptionId === null) return { plan: before, at: await readAtStripe(deps, before) }
    return { plan, at: await readAtStripe(deps, plan) }
  }
  const read = await present()
  if (read.at.subscription.status !== 'active' || !isUncharged(read)) return read
  const { invoices } = deps.payments.stripe
  const { id } = read.at.subscription
  const { data } = await stripeCall(() => invoices.list({ subscription: id, status: 'draft', limit: openInvoicesMax }))
  for (const draft of data) await stripeCall(() => invoices.update(draft.id, { auto_advance: false }))
  return present()
}

/** First the end, then the invoices: voiding the last one would make the subscription active again. */
async function endAtOnce({ payments: { stripe } }: ReconcileDeps, { subscription }: AtStripe): Promise<void> {
  const { id } = subscription
  if (subscription.ended_at === null) await stripeCall(() => stripe.subscriptions.cancel(id))
  const { data } = await stripeCall(() =>
    stripe.invoices.list({ subscription: id, status: 'open', limit: openInvoicesMax }),
  )
  for (const invoice of data) await stripeCall(() => stripe.invoices.voidInvoice(invoice.id))
}
