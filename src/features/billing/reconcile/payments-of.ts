import type { Stripe } from 'stripe'
import { stripeCall } from '../stripe-failures.ts'
import { idOf } from './read-stripe.ts'

interface Refunds {
  /** Ids; nearly always one. */
  readonly paymentIntents: readonly string[]
  readonly refunds: readonly Stripe.Refund[]
}

const most = 100

/** What paid an invoice, and what was given back of it. Throws `unavailable`. */
export async function refundsOf(stripe: Stripe, stripeInvoiceId: string): Promise<Refunds> {
  const payments = await stripeCall(() =>
    stripe.invoicePayments.list({ invoice: stripeInvoiceId, status: 'paid', limit: most }),
  )
  const paymentIntents = payments.data.flatMap(({ payment }) =>
    payment.payment_intent === undefined ? [] : [idOf(payment.payment_intent)],
  )
  const refunds: Stripe.Refund[] = []
  for (const payment_intent of paymentIntents) {
    refunds.push(...(await stripeCall(() => stripe.refunds.list({ payment_intent, limit: most }))).data)
  }
  return { paymentIntents, refunds }
}

/** The invoice that a payment was for. Undefined: none. Throws `unavailable`. */
export async function invoiceOfPayment(stripe: Stripe, paymentIntentId: string): Promise<string | undefined> {
  const payments = await stripeCall(() =>
    stripe.invoicePayments.list({ payment: { type: 'payment_intent', payment_intent: paymentIntentId }, limit: 1 }),
  )
  const [payment] = payments.data
  return payment === undefined ? undefined : idOf(payment.invoice)
}
