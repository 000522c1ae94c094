// An add-on that is bought once has an invoice of its own: paid, it is granted; otherwise nothing happens.
import { eq } from 'drizzle-orm'
import type { Stripe } from 'stripe'
import { agentAddonOffers, agentMetricDefinitions, userAgentSubscriptions } from '#src/db/schema/index.ts'
import { grantAddon } from '#src/features/pricing/index.ts'
import { AppError } from '#src/lib/errors.ts'
import type { Reconciled, ReconcileDeps } from '../context.ts'
import { readIntent, settleIntent } from '../intents/intents.ts'
import type { Intent } from '../intents/intents.ts'
import { stripeCall } from '../stripe-failures.ts'
import { giveBack } from './give-back.ts'
import type { Lease } from './lease.ts'
import { findCharge, recordBack, recordCharge } from './record-money.ts'
import { tellPaid } from './tell-people.ts'

interface Settling {
  readonly lease: Lease
  readonly intentId: string
  readonly stripeInvoiceId: string
}

/** Under the lease of the intent. */
export async function settleAddonInvoice(
  deps: ReconcileDeps,
  { lease, intentId, stripeInvoiceId }: Settling,
): Promise<Reconciled> {
  const invoice = await stripeCall(() => deps.payments.stripe.invoices.retrieve(stripeInvoiceId))
  const intent = await readIntent(deps.db, intentId)
  if (intent === undefined || intent.subscriptionId === null) return { outcome: 'foreign' }
  const { subscriptionId } = intent
  if (invoice.status === 'void' || invoice.status === 'uncollectible') {
    await settleIntent(deps.db, { id: intent.id, state: 'refused', reason: 'not_paid' })
    return { outcome: 'refused', subscriptionId }
  }
  if (invoice.status !== 'paid') return { outcome: 'pending', subscriptionId }
  await record(deps, { lease, intent, invoice })
  // Given back and recorded before: it is not granted again.
  if (intent.state === 'undone' || intent.reason !== null) return takeBack(deps, { lease, intent, invoice })
  try {
    await grant(deps, { intent, invoice })
  } catch (error) {
    // The subscription ended while it was being paid.
    if (error instanceof AppError && ['conflict', 'not_found'].includes(error.code)) {
      return takeBack(deps, { lease, intent, invoice })
    }
    throw error
  }
  await settleIntent(deps.db, { id: intent.id, state: 'done', stripeObjectId: invoice.id })
  return { outcome: 'reconciled', subscriptionId }
}

interface Paid {
  readonly intent: Intent
  readonly invoice: Stripe.Invoice
}

async function record(deps: ReconcileDeps, { lease, intent, invoice }: Paid & { lease: Lease }): Promise<void> {
  await deps.db.transaction(async (tx) => {
    await lease.hold(tx)
    const { userId, agentId, offerId } = intent
    const [row] = await tx
      .select()
      .from(userAgentSubscriptions)
      .where(eq(userAgentSubscriptions.id, intent.subscriptionId ?? ''))
    const subject = { userId, agentId, subscriptionId: row?.id, isTest: row?.isTest ?? false }
    const charge = await recordCharge(tx, deps, { invoice, subject, ...(offerId !== null && { offerId }) })
    if (charge !== undefined) {
      await tellPaid(tx, deps, { about: { userId, agentId, tierId: row?.tierId ?? null }, charge, nextAt: undefined })
    }
  })
}

async function grant(deps: ReconcileDeps, { intent, invoice }: Paid): Promise<void> {
  if (intent.offerId === null) throw new AppError('not_found')
  const [offer] = await deps.db
    .select({ amount: agentAddonOffers.amount, scope: agentAddonOffers.scope, metric: agentMetricDefinitions.slug })
    .from(agentAddonOffers)
    .innerJoin(agentMetricDefinitions, eq(agentMetricDefinitions.id, agentAddonOffers.metricId))
    .where(eq(agentAddonOffers.id, intent.offerId))
  if (offer === undefined || intent.subscriptionId === null) throw new AppError('not_found')
  await grantAddon(deps, {
    subscriptionId: intent.subscriptionId,
    metric: offer.metric,
    amount: offer.amount,
    scope: offer.scope,
    source: { kind: 'purchased', stripeObjectId: invoice.id, offerId: intent.offerId },
    id: intent.id,
    isPreview: false,
  })
}

async function takeBack(deps: ReconcileDeps, { lease, intent, invoice }: Paid & { lease: Lease }): Promise<Reconciled> {
  const refunds = await giveBack(deps, { invoice, intent })
  await deps.db.transaction(async (tx) => {
    await lease.hold(tx)
    const charge = await findCharge(tx, invoice.id)
    if (charge === undefined) throw new Error('What is given back was recorded before')
    for (const { id, amount, created } of refunds) {
      await recordBack(tx, {
        kind: 'refund',
        charge,
        amount: -amount,
        stripeObjectId: id,
        at: new Date(created * 1000),
      })
    }
    await settleIntent(tx, { id: intent.id, state: 'undone', reason: 'subscription_over' })
  })
  return { outcome: 'undone', ...(intent.subscriptionId !== null && { subscriptionId: intent.subscriptionId }) }
}
