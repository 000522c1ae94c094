import { refundCharge } from '../billing/charging.ts'
import { collect, paymentOf } from '../billing/collecting.ts'
import { invalid } from '../errors.ts'
import { listOf, newStripeId } from '../store.ts'
import type { Store } from '../store.ts'
import type { Doc } from '../vocabulary.ts'
import { list } from './lists.ts'
import { mergedMetadata } from './routes.ts'
import type { Parameters, Routes } from './routes.ts'

type Params = Parameters<'POST /v1/credit_notes'>

/** Lowers what an open invoice asks for, or gives back what a paid one took: https://docs.stripe.com/api/credit_notes */
async function createCreditNote(store: Store, params: Params): Promise<Doc<'credit_note'>> {
  const invoice = await store.get('invoice', params.invoice, 'invoice')
  if (invoice.status !== 'open' && invoice.status !== 'paid')
    throw invalid('Credit notes can only be created for open or paid invoices.', { param: 'invoice' })
  const { refund_amount: refunded = 0, credit_amount: credited = 0, out_of_band_amount: outside = 0 } = params
  const isPaid = invoice.status === 'paid'
  const amount = params.amount ?? refunded + credited + outside
  if (amount < 1)
    throw invalid('You must specify at least one of `amount`, `lines`, or `shipping_cost`.', { param: 'amount' })
  const left = isPaid
    ? invoice.total - invoice.post_payment_credit_notes_amount - invoice.pre_payment_credit_notes_amount
    : invoice.amount_remaining
  if (amount > left)
    throw invalid(`The credit note total (${amount}) exceeds what is left of the invoice (${left}).`, {
      param: 'amount',
    })
  if (isPaid && refunded + credited + outside !== amount) {
    throw invalid('The sum of credit amount, refund amount and out of band amount must equal the credit note amount.')
  }
  const customer = await store.get('customer', invoice.customer ?? '')
  const refunds: Doc<'credit_note'>['refunds'] = []
  if (refunded > 0) {
    const { intent } = await paymentOf(store, invoice)
    const refund = await refundCharge(store, {
      charge: await store.get('charge', intent.latest_charge ?? ''),
      amount: refunded,
      reason: null,
    })
    refunds.push({ amount_refunded: refunded, payment_record_refund: null, refund: refund.id, type: 'refund' })
  }
  customer.balance -= credited
  const number = `${invoice.number}-CN-${String((await store.select('credit_note', { invoice: invoice.id })).length + 1).padStart(2, '0')}`
  const id = newStripeId('cn')
  const note = store.create('credit_note', {
    id,
    amount,
    amount_shipping: 0,
    currency: invoice.currency,
    customer: customer.id,
    discount_amount: 0,
    discount_amounts: [],
    invoice: invoice.id,
    lines: listOf(`/v1/credit_notes/${id}/lines`, [
      store.make('credit_note_line_item', {
        amount,
        description: params.memo ?? 'Credit',
        discount_amount: 0,
        discount_amounts: [],
        metadata: {},
        pretax_credit_amounts: [],
        quantity: 1,
        tax_rates: [],
        taxes: [],
        type: 'custom_line_item',
      }),
    ]),
    memo: params.memo ?? null,
    metadata: mergedMetadata({}, params.metadata),
    number,
    out_of_band_amount: outside === 0 ? null : outside,
    pdf: `${store.settings.pages.invoice(invoice.id)}/credit-notes/${id}/pdf`,
    post_payment_amount: isPaid ? amount : 0,
    pre_payment_amount: isPaid ? 0 : amount,
    pretax_credit_amounts: [],
    reason: params.reason ?? null,
    refunds,
    status: 'issued',
    subtotal: amount,
    subtotal_excluding_tax: amount,
    total: amount,
    total_excluding_tax: amount,
    total_taxes: [],
    type: isPaid ? 'post_payment' : 'pre_payment',
  })
  store.emit('credit_note.created', note)
  if (isPaid) invoice.post_payment_credit_notes_amount += amount
  else {
    invoice.pre_payment_credit_notes_amount += amount
    invoice.amount_due -= amount
    invoice.amount_remaining -= amount
    if (invoice.amount_remaining === 0) await collect(store, invoice, { isOffSession: true })
  }
  return note
}

export const creditNoteRoutes = {
  'POST /v1/credit_notes': createCreditNote,
  'GET /v1/credit_notes': (store, { invoice, customer, ...page }) =>
    list(store, { kind: 'credit_note', url: '/v1/credit_notes', page, where: { invoice, customer } }),
  'GET /v1/credit_notes/:id': (store, _, { id }) => store.get('credit_note', id),
} satisfies Partial<Routes>
