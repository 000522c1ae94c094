import type { Deps } from '#src/deps.ts'
import { AppError } from '#src/lib/errors.ts'
import type { Actor } from './actor.ts'
import { auditChange } from './audit.ts'
import { businessNow, graceMsOf } from './clock.ts'
import { anchorOf, paymentColumns } from './payment.ts'
import type { Payment } from './payment.ts'
import { reschedule } from './reschedule.ts'
import { isOpen, lockSubscription } from './subscription.ts'
import type { SubscriptionRow } from './subscription.ts'
import { getTier } from './tier.ts'
import { inTransaction } from './transaction.ts'

export interface ApplyPeriod {
  readonly subscriptionId: string
  /** What was bought, when it changed: also from a free tier to a paid one. Undefined: the tier that is effective now. */
  readonly tierId?: string
  readonly payment: Payment
  readonly cancelAtPeriodEnd?: boolean
  readonly stripe?: { readonly customerId: string; readonly subscriptionId: string }
  readonly by: Actor
}

/**
 * Writes down what is paid for, as billing found it: a renewal, a first payment after a trial or a free tier, a period that was
 * cut short. What was used on credit since the last one moves into it, whatever its start; so does the use of a period that it
 * cuts short. Applying the same again changes nothing.
 *
 * Throws `not_found`, and `conflict` for a subscription that has ended.
 */
export async function applyPeriod(
  { db, config, newId }: Pick<Deps, 'db' | 'config' | 'newId'>,
  { subscriptionId, tierId, payment, cancelAtPeriodEnd, stripe, by }: ApplyPeriod,
): Promise<SubscriptionRow> {
  return inTransaction(db, async (tx) => {
    const now = await businessNow(tx)
    const before = await lockSubscription(tx, { subscriptionId, by, now })
    const { row } = before
    if (!isOpen(row)) throw new AppError('conflict', { detail: 'This subscription is over.' })
    const tier = tierId === undefined ? before.tier : await getTier(tx, { tierId, agentId: row.agentId })
    if (tier.isFree) throw new Error('A free tier has no paid period')
    const isSwapped = tier.id !== row.tierId
    const { row: changed } = await reschedule(tx, {
      before,
      tier,
      columns: {
        ...paymentColumns(payment),
        periodAnchor: anchorOf(payment, tier, row.periodAnchor),
        ...(isSwapped && { nextTierId: null, nextTierAt: null }),
        ...(cancelAtPeriodEnd !== undefined && { cancelAtPeriodEnd }),
        ...(stripe && { stripeCustomerId: stripe.customerId, stripeSubscriptionId: stripe.subscriptionId }),
      },
      now,
      graceMs: graceMsOf(config),
      newId,
    })
    const { period, status, amount, currency } = payment
    const metadata = { from: row.tierId, to: tier.id, ...period, status, amount, currency }
    await auditChange(tx, { subscriptionId, by, did: 'apply_period', metadata })
    return changed
  })
}
