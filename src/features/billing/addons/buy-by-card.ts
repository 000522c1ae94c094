import { Stripe } from 'stripe'
import { AppError } from '#src/lib/errors.ts'
import { settleInvoice } from '../changes/held-update.ts'
import type { Held } from '../changes/held-update.ts'
import type { ReconcileDeps } from '../context.ts'
import { ensureCustomer } from '../customers/ensure-customer.ts'
import { noteOnIntent, readIntent } from '../intents/intents.ts'
import { metadataOf } from '../intents/metadata.ts'
import { ensureOfferPrice } from '../prices/ensure-offer-price.ts'
import { reconcileInvoice } from '../reconcile/reconcile-money.ts'
import { stripeCall } from '../stripe-failures.ts'
import type { Purchase } from './purchase.ts'

/** An invoice of its own, paid with the saved card. */
export async function buyByCard(deps: ReconcileDeps, purchase: Purchase & { readonly card: string }): Promise<Held> {
  const { invoices } = deps.payments.stripe
  const { id } = await ensureFinal(deps, purchase)
  const open = await stripeCall(() => invoices.retrieve(id))
  if (open.status === 'open' && !open.attempted) await pay(deps, { invoiceId: id, card: purchase.card })
  const held = await settleInvoice(deps, await stripeCall(() => invoices.retrieve(id)))
  if (held.kind !== 'applied') return held
  await reconcileInvoice(deps, { stripeInvoiceId: id })
  const settled = await readIntent(deps.db, purchase.intent.id)
  if (settled?.state === 'undone') {
    throw new AppError('conflict', { detail: 'The subscription is over. What was paid is given back.' })
  }
  return held
}

/** The invoice, as far as it can be made without taking money. */
async function ensureFinal(deps: ReconcileDeps, { intent, offer }: Purchase): Promise<Stripe.Invoice> {
  const { invoices, invoiceItems } = deps.payments.stripe
  const present = intent.stripeObjectId
  if (present !== null) {
    const invoice = await stripeCall(() => invoices.retrieve(present))
    if (invoice.status !== 'draft') return invoice
  }
  const customer = await ensureCustomer(deps, { userId: intent.userId })
  const { priceId } = await ensureOfferPrice(deps, offer.id)
  const metadata = metadataOf({ kind: 'addon', intentId: intent.id, agentId: offer.agentId })
  const step = (name: string) => ({ idempotencyKey: `${intent.id}:${name}` })
  const { id } = await stripeCall(() =>
    invoices.create(
      {
        customer,
        currency: offer.currency.toLowerCase(),
        // Nobody collects it but us, while its buyer is there.
        auto_advance: false,
        pending_invoice_items_behavior: 'exclude',
        metadata,
      },
      step('invoice'),
    ),
  )
  await noteOnIntent(deps.db, intent.id, { stripeObjectId: id })
  await stripeCall(() =>
    invoiceItems.create({ customer, invoice: id, pricing: { price: priceId }, metadata }, step('item')),
  )
  return stripeCall(() => invoices.finalizeInvoice(id, { auto_advance: false }, step('finalize')))
}

interface Paying {
  readonly invoiceId: string
  readonly card: string
}

/** What came of it is read from the invoice. */
async function pay({ payments }: ReconcileDeps, { invoiceId, card }: Paying): Promise<void> {
  try {
    await stripeCall(() => payments.stripe.invoices.pay(invoiceId, { payment_method: card, off_session: false }))
  } catch (error) {
    const isRefused = error instanceof AppError && error.code === 'payment_declined'
    const isPaid = error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'invoice_already_paid'
    if (!isRefused && !isPaid) throw error
  }
}
