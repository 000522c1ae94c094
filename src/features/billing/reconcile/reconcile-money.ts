// What moves money without moving a subscription: invoices of add-ons, refunds, disputes. Each is fetched, and written down once.
import { and, eq, isNotNull, isNull, ne, sql } from 'drizzle-orm'
import type { Stripe } from 'stripe'
import { recordAudit } from '#src/db/audit.ts'
import type { Transaction } from '#src/db/client.ts'
import { subscriptionAddons, userAgentSubscriptions } from '#src/db/schema/index.ts'
import type { Reconciled, ReconcileDeps } from '../context.ts'
import { intentIdOf } from '../intents/metadata.ts'
import { readIntent } from '../intents/intents.ts'
import { stripeCall } from '../stripe-failures.ts'
import { settleAddonInvoice } from './addon-invoice.ts'
import { withLease } from './lease.ts'
import { invoiceOfPayment } from './payments-of.ts'
import { endOf, idOf } from './read-stripe.ts'
import { reconcileSubscription } from './reconcile-subscription.ts'
import { findCharge, leftOf, recordBack } from './record-money.ts'
import type { Entry } from './record-money.ts'

const foreign: Reconciled = { outcome: 'foreign' }

/** An invoice of a subscription, or of an add-on that was bought once. Throws as reconcileSubscription. */
export async function reconcileInvoice(
  deps: ReconcileDeps,
  { stripeInvoiceId }: { readonly stripeInvoiceId: string },
): Promise<Reconciled> {
  const { stripe } = deps.payments
  const invoice = await stripeCall(() => stripe.invoices.retrieve(stripeInvoiceId))
  const subscription = invoice.parent?.subscription_details?.subscription
  if (subscription) return reconcileSubscription(deps, { stripeSubscriptionId: idOf(subscription), invoice })
  const intentId = intentIdOf(invoice.metadata)
  const intent = intentId === undefined ? undefined : await readIntent(deps.db, intentId)
  if (intent?.kind !== 'addon') return foreign
  return withLease(deps, intent.id, (lease) =>
    settleAddonInvoice(deps, { lease, intentId: intent.id, stripeInvoiceId }),
  )
}

/** Throws as reconcileSubscription. */
export async function reconcileRefund(
  deps: ReconcileDeps,
  { stripeRefundId }: { readonly stripeRefundId: string },
): Promise<Reconciled> {
  const refund = await stripeCall(() => deps.payments.stripe.refunds.retrieve(stripeRefundId))
  const charge = await chargeOf(deps, refund.payment_intent)
  if (charge === undefined) return foreign
  await deps.db.transaction((tx) => writeRefund(tx, { refund, charge }))
  return reconciled(charge)
}

/** Records a refund that went through, and one that went back on its way; an add-on that was given back whole ends. */
export async function writeRefund(
  tx: Transaction,
  { refund, charge }: { refund: Stripe.Refund; charge: Entry },
): Promise<void> {
  const at = new Date(refund.created * 1000)
  const { id, amount, status } = refund
  // Stripe has taken it from the balance as soon as it is pending. Written in any case, so that whoever heard of that earlier and
  // comes to write it later finds it there.
  const written = await recordBack(tx, { kind: 'refund', charge, amount: -amount, stripeObjectId: id, at })
  if (status === 'failed' || status === 'canceled') {
    await recordBack(tx, { kind: 'adjustment', charge, amount, stripeObjectId: `${id}:back`, at })
    await restoreBought(tx, { charge, why: 'refunded' })
    return
  }
  if (written !== undefined && (await leftOf(tx, charge)) <= 0) await revokeBought(tx, { charge, why: 'refunded' })
}

/** Throws as reconcileSubscription. */
export async function reconcileDispute(
  deps: ReconcileDeps,
  { stripeDisputeId }: { readonly stripeDisputeId: string },
): Promise<Reconciled> {
  const dispute = await stripeCall(() => deps.payments.stripe.disputes.retrieve(stripeDisputeId))
  // A bank's question: nothing was taken.
  if (dispute.status.startsWith('warning')) return { outcome: 'reconciled' }
  const charge = await chargeOf(deps, dispute.payment_intent)
  if (charge === undefined) return foreign
  await deps.db.transaction((tx) => writeDispute(tx, { dispute, charge }))
  // It belonged to none, or not any more.
  if (charge.subscriptionRef === null) return reconciled(charge)
  const [row] = await deps.db
    .select()
    .from(userAgentSubscriptions)
    .where(eq(userAgentSubscriptions.id, charge.subscriptionRef))
  if (row?.stripeSubscriptionId) {
    if (row.disputedAt !== null) await stopRenewing(deps, { stripeSubscriptionId: row.stripeSubscriptionId, dispute })
    await reconcileSubscription(deps, { stripeSubscriptionId: row.stripeSubscriptionId })
  }
  return reconciled(charge)
}

interface Disputed {
  readonly dispute: Stripe.Dispute
  readonly charge: Entry
}

async function writeDispute(tx: Transaction, { dispute, charge }: Disputed): Promise<void> {
  const { id, amount, created, status } = dispute
  const at = new Date(created * 1000)
  const taken = await recordBack(tx, { kind: 'dispute', charge, amount: -amount, stripeObjectId: id, at })
  if (taken !== undefined) {
    await recordAudit(tx, {
      action: 'subscription.dispute',
      resource: 'subscription',
      ...(charge.subscriptionRef !== null && { resourceId: charge.subscriptionRef }),
      metadata: {
        dispute: id,
        invoice: charge.stripeObjectId,
        amount,
        currency: charge.currency,
        reason: dispute.reason,
      },
    })
  }
  if (status === 'won') {
    await recordBack(tx, { kind: 'dispute_reversal', charge, amount, stripeObjectId: `${id}:won`, at })
  }
  // First, so that the entries are read as whoever had it before has left them.
  const addons = await tx.select().from(subscriptionAddons).where(isBoughtBy(charge)).for('no key update')
  if (addons.length === 0) {
    if (charge.subscriptionRef !== null) await markDisputed(tx, charge.subscriptionRef)
  } else if (await isHeldByBank(tx, charge)) await revokeBought(tx, { charge, why: 'disputed' })
  else await restoreBought(tx, { charge, why: 'disputed' })
}

/**
 * Disputed is what has a dispute that was not won: a lost one stays, until an operator decides what becomes of it. Told by the
 * entries, which never go back: an answer of Stripe's may be older than what is written already.
 */
async function markDisputed(tx: Transaction, subscriptionId: string): Promise<void> {
  const isThis = and(eq(userAgentSubscriptions.id, subscriptionId), ne(userAgentSubscriptions.status, 'canceled'))
  // First, so that the entries are read as whoever had it before has left them.
  await tx.select({ id: userAgentSubscriptions.id }).from(userAgentSubscriptions).where(isThis).for('no key update')
  const { rowCount } = await tx.execute(sql`
    SELECT FROM billing_entries AS dispute WHERE subscription_ref = ${subscriptionId} AND kind = 'dispute'
      AND NOT metadata ? 'offerId' AND NOT EXISTS (
        SELECT FROM billing_entries WHERE stripe_object_id = dispute.stripe_object_id || ':won')
    LIMIT 1`)
  const since = sql`coalesce(${userAgentSubscriptions.disputedAt}, rialto_now())`
  await tx
    .update(userAgentSubscriptions)
    .set({ disputedAt: rowCount === 0 ? null : since })
    .where(isThis)
}

const isBoughtBy = ({ stripeObjectId }: Entry) => eq(subscriptionAddons.stripeObjectId, stripeObjectId ?? '')

/** A dispute of it was not won, or not yet. */
async function isHeldByBank(tx: Transaction, { stripeObjectId, subscriptionRef }: Entry): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    SELECT FROM billing_entries AS dispute WHERE subscription_ref IS NOT DISTINCT FROM ${subscriptionRef} AND kind = 'dispute'
      AND metadata->>'charge' = ${stripeObjectId} AND NOT EXISTS (
        SELECT FROM billing_entries WHERE stripe_object_id = dispute.stripe_object_id || ':won')
    LIMIT 1`)
  return (rowCount ?? 0) > 0
}

interface Bought {
  readonly charge: Entry
  readonly why: 'refunded' | 'disputed'
}

/** Nothing where it was no add-on's invoice. */
async function revokeBought(tx: Transaction, { charge, why }: Bought): Promise<void> {
  const [row] = await tx
    .update(subscriptionAddons)
    .set({ revokedAt: sql`rialto_now()` })
    .where(and(isBoughtBy(charge), isNull(subscriptionAddons.revokedAt)))
    .returning()
  if (row !== undefined) await auditAddon(tx, { row, action: 'addon.revoke', why })
}

/** The money is here again: so is what was bought, unless it ended for another reason. */
async function restoreBought(tx: Transaction, { charge, why }: Bought): Promise<void> {
  if ((await leftOf(tx, charge)) <= 0) return
  const endedSo = sql`EXISTS (
    SELECT FROM audit_logs WHERE action = 'addon.revoke' AND resource_id = ${subscriptionAddons.subscriptionId}::text
      AND metadata->>'addonId' = ${subscriptionAddons.id}::text AND metadata->>'reason' = ${why})`
  const [row] = await tx
    .update(subscriptionAddons)
    .set({ revokedAt: null })
    .where(and(isBoughtBy(charge), isNotNull(subscriptionAddons.revokedAt), endedSo))
    .returning()
  if (row !== undefined) await auditAddon(tx, { row, action: 'addon.restore', why })
}

interface Audited {
  readonly row: typeof subscriptionAddons.$inferSelect
  readonly action: 'addon.revoke' | 'addon.restore'
  readonly why: Bought['why']
}

const auditAddon = (tx: Transaction, { row, action, why }: Audited): Promise<void> =>
  recordAudit(tx, {
    action,
    resource: 'subscription',
    resourceId: row.subscriptionId,
    metadata: { addonId: row.id, amount: row.amount, reason: why, by: 'system' },
  })

/** Who disputes what they paid is not charged again. */
async function stopRenewing(
  { payments: { stripe } }: Pick<ReconcileDeps, 'payments'>,
  { stripeSubscriptionId, dispute }: { stripeSubscriptionId: string; dispute: Stripe.Dispute },
): Promise<void> {
  const present = await stripeCall(() => stripe.subscriptions.retrieve(stripeSubscriptionId))
  if (endOf(present) !== null || present.status === 'canceled') return
  if (present.schedule !== null) {
    const schedule = idOf(present.schedule)
    await stripeCall(() =>
      stripe.subscriptionSchedules.release(schedule, {}, { idempotencyKey: `${dispute.id}:release:${schedule}` }),
    )
  }
  await stripeCall(() =>
    stripe.subscriptions.update(
      stripeSubscriptionId,
      { cancel_at_period_end: true },
      { idempotencyKey: `${dispute.id}:stop` },
    ),
  )
}

/** The entry of what a payment paid; recorded now if nobody has yet. Undefined: it is not of ours. */
async function chargeOf(
  deps: ReconcileDeps,
  paymentIntent: string | Stripe.PaymentIntent | null,
): Promise<Entry | undefined> {
  if (paymentIntent === null) return undefined
  const stripeInvoiceId = await invoiceOfPayment(deps.payments.stripe, idOf(paymentIntent))
  if (stripeInvoiceId === undefined) return undefined
  const known = await findCharge(deps.db, stripeInvoiceId)
  if (known !== undefined) return known
  await reconcileInvoice(deps, { stripeInvoiceId })
  return findCharge(deps.db, stripeInvoiceId)
}

const reconciled = ({ subscriptionRef }: Entry): Reconciled => ({
  outcome: 'reconciled',
  ...(subscriptionRef !== null && { subscriptionId: subscriptionRef }),
})
