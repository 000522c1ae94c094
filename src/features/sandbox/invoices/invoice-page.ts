import type { Stripe } from 'stripe'
import { ifKnown, isStripeId } from '../refusals.ts'

/** What an invoice's page is called by: more than its id, which stands in publishers' statements. Undefined: it has none yet. */
export const pageIdOf = ({ hosted_invoice_url: url }: Stripe.Invoice): string | undefined => url?.split('/').at(-1)

/** The invoice of a page. Undefined: there is no such page. */
export async function findInvoice(stripe: Stripe, pageId: string): Promise<Stripe.Invoice | undefined> {
  const id = pageId.split('_', 2).join('_')
  const invoice = isStripeId(id) ? await ifKnown(stripe.invoices.retrieve(id)) : undefined
  return invoice !== undefined && pageIdOf(invoice) === pageId ? invoice : undefined
}
