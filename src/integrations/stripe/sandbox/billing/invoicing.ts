// Invoices up to the moment they ask for money: draft, number, what the customer's balance pays.
import { invalid } from '../errors.ts'
import type { Store } from '../store.ts'
import { listOf, newStripeId } from '../store.ts'
import type { Doc } from '../vocabulary.ts'
import type { LineDraft } from './proration.ts'

type Invoice = Doc<'invoice'>
type Subscription = Doc<'subscription'>

/** Stripe leaves the invoice of a renewal open to changes for an hour. */
export const draftSeconds = 3_600

export interface NewInvoice {
  readonly customer: string
  readonly currency: string
  readonly reason: Invoice['billing_reason']
  readonly lines: readonly LineDraft[]
  readonly subscription?: Subscription | undefined
  readonly description?: string | null
  readonly metadata?: Record<string, string>
  /** When it is finalized by itself; null: never. */
  readonly finalizesAt: number | null
}

export async function draftInvoice(store: Store, given: NewInvoice): Promise<Invoice> {
  const customer = await store.get('customer', given.customer, 'customer')
  const invoice = store.create('invoice', {
    ...invoiceFields({ ...given, customer, now: store.now }),
    auto_advance: given.finalizesAt !== null,
    automatically_finalizes_at: given.finalizesAt,
  })
  for (const line of given.lines) addLine(store, invoice, line, given.subscription)
  if (given.subscription) given.subscription.latest_invoice = invoice.id
  store.emit('invoice.created', invoice)
  return invoice
}

/** For invoices and previews alike, so that what is shown before is what is asked for later. */
export function invoiceFields({
  customer,
  subscription,
  lines,
  ...given
}: Omit<NewInvoice, 'customer'> & { customer: Doc<'customer'>; now: number }) {
  const total = lines.reduce((sum, line) => sum + line.amount, 0)
  const credit = Math.min(Math.max(0, total), Math.max(0, -customer.balance))
  const due = Math.max(0, total) - credit
  return {
    amount_due: due,
    amount_overpaid: 0,
    amount_paid: 0,
    amount_remaining: due,
    amount_shipping: 0,
    attempt_count: 0,
    attempted: false,
    automatic_tax: { enabled: subscription?.automatic_tax.enabled ?? false },
    billing_reason: given.reason,
    collection_method: 'charge_automatically' as const,
    currency: given.currency,
    customer: customer.id,
    customer_address: customer.address,
    customer_email: customer.email,
    customer_name: customer.name,
    customer_tax_exempt: customer.tax_exempt,
    default_tax_rates: [],
    description: given.description ?? null,
    discounts: [],
    issuer: { type: 'self' as const },
    lines: listOf('/v1/invoices/lines', [] as Doc<'line_item'>[]),
    metadata: given.metadata ?? {},
    parent: subscription
      ? {
          type: 'subscription_details' as const,
          subscription_details: { subscription: subscription.id, metadata: { ...subscription.metadata } },
        }
      : null,
    payment_settings: {},
    period_end: Math.max(given.now, ...lines.map(({ period }) => period.start)),
    period_start: Math.min(given.now, ...lines.map(({ period }) => period.start)),
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    starting_balance: customer.balance,
    status: 'draft' as const,
    status_transitions: {},
    subtotal: total,
    subtotal_excluding_tax: total,
    total,
    total_discount_amounts: [],
    total_excluding_tax: total,
    total_pretax_credit_amounts: [],
    total_taxes: [],
  }
}

export function lineOf(
  store: Store,
  draft: LineDraft,
  { invoice, currency, subscription }: { invoice: string; currency: string; subscription: string | null },
): Doc<'line_item'> {
  const { price, item, isProration: proration, invoiceItem } = draft
  return store.make('line_item', {
    amount: draft.amount,
    currency,
    description: draft.description,
    discountable: !proration,
    discounts: [],
    discount_amounts: [],
    invoice,
    metadata: draft.metadata ?? {},
    parent:
      item && subscription !== null
        ? {
            type: 'subscription_item_details',
            subscription_item_details: {
              invoice_item: invoiceItem ?? null,
              proration,
              subscription,
              subscription_item: item.id,
            },
          }
        : {
            type: 'invoice_item_details',
            invoice_item_details: { invoice_item: invoiceItem ?? '', proration, subscription },
          },
    period: draft.period,
    pretax_credit_amounts: [],
    pricing: price
      ? {
          type: 'price_details',
          price_details: { price: price.id, product: price.product },
          unit_amount_decimal: price.unit_amount_decimal,
        }
      : null,
    quantity: draft.quantity,
    quantity_decimal: String(draft.quantity),
    subtotal: draft.amount,
    taxes: [],
  })
}

function addLine(store: Store, invoice: Invoice, draft: LineDraft, subscription: Subscription | undefined): void {
  const { id, currency } = invoice
  invoice.lines.data.push(lineOf(store, draft, { invoice: id, currency, subscription: subscription?.id ?? null }))
}

/** Gives it a number and asks the customer's balance first; a negative total becomes credit. */
export async function finalizeInvoice(store: Store, invoice: Invoice): Promise<void> {
  if (invoice.status !== 'draft')
    throw invalid(`This invoice is already finalized, you can't re-finalize a non-draft invoice.`)
  const customer = await store.get('customer', invoice.customer ?? '', 'customer')
  const total = invoice.total
  const credit = Math.min(Math.max(0, total), Math.max(0, -customer.balance))
  invoice.starting_balance = customer.balance
  customer.balance += total < 0 ? total : credit
  invoice.ending_balance = customer.balance
  invoice.amount_due = Math.max(0, total) - credit
  invoice.amount_remaining = invoice.amount_due
  const sequence = customer.next_invoice_sequence ?? 1
  customer.next_invoice_sequence = sequence + 1
  invoice.number = `${customer.invoice_prefix}-${String(sequence).padStart(4, '0')}`
  invoice.status = 'open'
  invoice.auto_advance = true
  invoice.automatically_finalizes_at = null
  invoice.effective_at = store.now
  invoice.status_transitions.finalized_at = store.now
  // Its id alone, which others may be told, opens nothing.
  invoice.hosted_invoice_url = store.settings.pages.invoice(newStripeId(invoice.id))
  invoice.invoice_pdf = `${invoice.hosted_invoice_url}/pdf`
  store.emit('invoice.finalized', invoice)
  if (customer.balance !== invoice.starting_balance) store.emit('customer.updated', customer)
}

export function markPaid(store: Store, invoice: Invoice): void {
  invoice.status = 'paid'
  invoice.attempted = true
  invoice.amount_paid = invoice.amount_due
  invoice.amount_remaining = 0
  invoice.next_payment_attempt = null
  invoice.status_transitions.paid_at = store.now
  store.emit('invoice.paid', invoice)
  store.emit('invoice.payment_succeeded', invoice)
}

export function voidInvoice(store: Store, invoice: Invoice): void {
  invoice.status = 'void'
  invoice.next_payment_attempt = null
  invoice.status_transitions.voided_at = store.now
  store.emit('invoice.voided', invoice)
}

/** What waits for the customer's next invoice: add-ons, and prorations that weren't asked for at once. */
export async function takePending(
  store: Store,
  customer: string,
  invoiceOf: { subscription?: Subscription } = {},
): Promise<{ lines: LineDraft[]; mark(invoice: Invoice): void }> {
  const pending = (await store.select('invoiceitem', { customer, invoice: null })).filter((item) => {
    const subscription = item.parent?.subscription_details?.subscription
    return subscription === undefined || subscription === null || subscription === invoiceOf.subscription?.id
  })
  const lines = pending.map((item): LineDraft => ({
    amount: item.amount,
    description: item.description ?? '',
    period: item.period,
    quantity: item.quantity,
    isProration: item.proration,
    invoiceItem: item.id,
    metadata: item.metadata ?? {},
  }))
  return { lines, mark: (invoice) => pending.forEach((item) => Object.assign(item, { invoice: invoice.id })) }
}

/** What lines call these prices: the names of their products. */
export async function describer(
  store: Store,
  prices: readonly Doc<'price'>[],
): Promise<(price: Doc<'price'>) => string> {
  const names = new Map<string, string>()
  for (const { product } of prices) names.set(product, (await store.find('product', product))?.name ?? product)
  return ({ product }) => names.get(product) ?? product
}

export const subscriptionOf = async (store: Store, invoice: Invoice): Promise<Subscription | undefined> => {
  const id = invoice.parent?.subscription_details?.subscription
  return id === undefined ? undefined : store.find('subscription', id)
}
