import type { Stripe } from 'stripe'
import { idOf } from '../reconcile/read-stripe.ts'
import { stripeCall } from '../stripe-failures.ts'

/** What the bank said to the last try to pay an invoice. Undefined: none has said no yet. Throws `unavailable`. */
export async function refusalOf(stripe: Stripe, invoice: string): Promise<string | undefined> {
  const { data } = await stripeCall(() => stripe.invoicePayments.list({ invoice, limit: 1 }))
  const intent = data[0]?.payment.payment_intent
  if (intent === undefined) return undefined
  const { status, last_payment_error: error } = await stripeCall(() => stripe.paymentIntents.retrieve(idOf(intent)))
  return status === 'requires_payment_method' ? error?.message : undefined
}
