import { and, eq, isNull } from 'drizzle-orm'
import type { Stripe } from 'stripe'
import { agentAddonOffers, agentMetricDefinitions, subscriptionAddons } from '#src/db/schema/index.ts'
import { AppError } from '#src/lib/errors.ts'
import type { ReconcileDeps } from '../context.ts'
import { refundsOf } from '../reconcile/payments-of.ts'
import { reconcileInvoice } from '../reconcile/reconcile-money.ts'
import { findCharge } from '../reconcile/record-money.ts'
import { isMissing, stripeCall } from '../stripe-failures.ts'

/** What an invoice was paid with, and what is left of it. */
export interface Paid {
  readonly invoice: Stripe.Invoice
  readonly paymentIntent: string
  readonly currency: string
  readonly leftMinor: number
  /** By this very intent, before. */
  readonly made: Stripe.Refund | undefined
}

interface Reading {
  readonly subscriptionId: string
  readonly stripeInvoiceId: string
  readonly intentId: string
}

/** Throws `not_found` for what isn't a paid invoice of this subscription, and `unavailable`. */
export async function readPaid(
  deps: ReconcileDeps,
  { subscriptionId, stripeInvoiceId, intentId }: Reading,
): Promise<Paid> {
  const { stripe } = deps.payments
  const invoice = await stripeCall(() => stripe.invoices.retrieve(stripeInvoiceId)).catch((error: unknown) => {
    throw isMissing(error) ? new AppError('not_found') : error
  })
  // A charge that no webhook has told of yet.
  if (invoice.status === 'paid') await reconcileInvoice(deps, { stripeInvoiceId: invoice.id })
  const charge = await findCharge(deps.db, invoice.id)
  if (charge?.subscriptionRef !== subscriptionId) throw new AppError('not_found')
  const { paymentIntents, refunds } = await refundsOf(stripe, invoice.id)
  const [paymentIntent] = paymentIntents
  if (paymentIntent === undefined) throw new AppError('not_found')
  const isGiven = ({ status }: Stripe.Refund): boolean => status !== 'failed' && status !== 'canceled'
  const given = refunds.filter(isGiven).reduce((sum, { amount }) => sum + amount, 0)
  return {
    invoice,
    paymentIntent,
    currency: charge.currency,
    leftMinor: invoice.amount_paid - given,
    made: refunds.find(({ metadata }) => metadata?.['rialto_intent'] === intentId),
  }
}

/** The add-on that was bought once by this invoice, and still counts. */
export async function findBoughtAddon(
  { db }: Pick<ReconcileDeps, 'db'>,
  stripeInvoiceId: string,
): Promise<{ readonly addonId: string; readonly name: string } | null> {
  const [addon] = await db
    .select({
      addonId: subscriptionAddons.id,
      offer: agentAddonOffers.displayName,
      amount: subscriptionAddons.amount,
      unit: agentMetricDefinitions.unit,
    })
    .from(subscriptionAddons)
    .innerJoin(agentMetricDefinitions, eq(agentMetricDefinitions.id, subscriptionAddons.metricId))
    .leftJoin(agentAddonOffers, eq(agentAddonOffers.id, subscriptionAddons.offerId))
    .where(and(eq(subscriptionAddons.stripeObjectId, stripeInvoiceId), isNull(subscriptionAddons.revokedAt)))
  return addon === undefined ? null : { addonId: addon.addonId, name: addon.offer ?? `${addon.amount} ${addon.unit}` }
}
