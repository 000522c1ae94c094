import { Stripe } from 'stripe'
import type { ReconcileDeps } from '../context.ts'
import type { Intent } from '../intents/intents.ts'
import { metadataOf } from '../intents/metadata.ts'
import { stripeCall } from '../stripe-failures.ts'
import { refundsOf } from './payments-of.ts'

/** All that was paid by an invoice and not given back yet. What a bank has taken back is not given a second time. */
export async function giveBack(
  { payments: { stripe } }: Pick<ReconcileDeps, 'payments'>,
  { invoice, intent }: { invoice: Stripe.Invoice; intent: Intent },
): Promise<readonly Stripe.Refund[]> {
  const given = await refundsOf(stripe, invoice.id)
  const left =
    invoice.amount_paid -
    given.refunds.reduce(
      (sum, { amount, status }) => sum + (status === 'failed' || status === 'canceled' ? 0 : amount),
      0,
    )
  const [payment] = given.paymentIntents
  if (left <= 0 || payment === undefined) return given.refunds
  const refund = await stripeCall(() =>
    stripe.refunds.create(
      {
        payment_intent: payment,
        amount: left,
        reason: 'duplicate',
        metadata: metadataOf({ kind: 'refund', intentId: intent.id, agentId: intent.agentId }),
      },
      { idempotencyKey: `${intent.id}:undo-refund:${invoice.id}` },
    ),
  ).catch(unlessDisputed)
  return refund === undefined ? given.refunds : [...given.refunds, refund]
}

function unlessDisputed(error: unknown): undefined {
  const isDisputed = error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'charge_disputed'
  if (!isDisputed) throw error
}
