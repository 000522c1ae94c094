// A change that costs is held by Stripe until it is paid (`pending_if_incomplete`), so that a declined card changes nothing.
// https://docs.stripe.com/billing/subscriptions/pending-updates
import type { Stripe } from 'stripe'
import { refusalOf } from '../invoices/refusal-of.ts'
import { idOf } from '../reconcile/read-stripe.ts'
import { stripeCall } from '../stripe-failures.ts'
import type { StripeDeps } from './at-stripe.ts'

export type Held =
  | { readonly kind: 'applied' }
  /** Its owner has to answer the bank, or to give a card. */
  | { readonly kind: 'needs_payment'; readonly url: string; readonly stripeInvoiceId: string }
  /** Taken back, with what the bank says. */
  | { readonly kind: 'declined'; readonly detail: string }

/** What came of a change that was asked for. A declined one is dropped here. Throws `unavailable`. */
export async function settleHeld(
  deps: StripeDeps,
  { pending_update: pending, latest_invoice: latest }: Stripe.Subscription,
): Promise<Held> {
  if (pending === null || latest === null) return { kind: 'applied' }
  const invoice = await stripeCall(() => deps.payments.stripe.invoices.retrieve(idOf(latest)))
  return settleInvoice(deps, invoice)
}

/** What became of an invoice that was tried to be paid. One that was declined is voided, so that nothing is owed. */
export async function settleInvoice(
  { payments: { stripe } }: StripeDeps,
  { id, status, hosted_invoice_url: url }: Stripe.Invoice,
): Promise<Held> {
  if (status === 'paid') return { kind: 'applied' }
  if (status !== 'open') return { kind: 'declined', detail: declined }
  const refusal = await refusalOf(stripe, id)
  if (refusal === undefined && typeof url === 'string') return { kind: 'needs_payment', url, stripeInvoiceId: id }
  await stripeCall(() => stripe.invoices.voidInvoice(id))
  return { kind: 'declined', detail: refusal ?? declined }
}

const declined = 'Your card was declined.'
