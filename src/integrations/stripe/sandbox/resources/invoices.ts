import { planChange } from '../billing/changing.ts'
import { collect, dropChange } from '../billing/collecting.ts'
import { endSubscription } from '../billing/ending.ts'
import {
  describer,
  draftInvoice,
  draftSeconds,
  finalizeInvoice,
  invoiceFields,
  lineOf,
  subscriptionOf,
  takePending,
  voidInvoice,
} from '../billing/invoicing.ts'
import { periodLines, recurrenceOf } from '../billing/proration.ts'
import type { LineDraft } from '../billing/proration.ts'
import { noMethod } from '../billing/starting.ts'
import { periodEndOf } from '../due.ts'
import { StripeFailure, invalid } from '../errors.ts'
import type { Store } from '../store.ts'
import { periodEndAfter } from '../time.ts'
import type { Doc } from '../vocabulary.ts'
import { list } from './lists.ts'
import { declined } from './payment-methods.ts'
import { mergedMetadata } from './routes.ts'
import type { Parameters, Routes } from './routes.ts'

type Preview = Parameters<'POST /v1/invoices/create_preview'>

/** The invoice a change would make now, or else the next one: https://docs.stripe.com/api/invoices/create_preview */
async function preview(store: Store, { subscription: id, subscription_details: details = {}, ...params }: Preview) {
  if (id === undefined) throw invalid('The sandbox previews changes of subscriptions.', { param: 'subscription' })
  const subscription = await store.get('subscription', id, 'subscription')
  if (params.customer !== undefined && params.customer !== subscription.customer) {
    throw invalid('The subscription belongs to another customer.', { param: 'customer' })
  }
  const { trial_end: trialEnd, ...rest } = details
  const plan = await planChange(
    store,
    subscription,
    trialEnd === 'now' || typeof trialEnd === 'number' ? { ...rest, trial_end: trialEnd } : rest,
  )
  const pending = await takePending(store, subscription.customer, { subscription })
  const renewal = plan.isInvoicedNow ? [] : await renewalLines(store, subscription, plan.items)
  const lines = [...pending.lines, ...plan.lines, ...renewal]
  const customer = await store.get('customer', subscription.customer)
  const fields = invoiceFields({
    customer,
    currency: subscription.currency,
    reason: 'upcoming',
    subscription,
    lines,
    finalizesAt: null,
    now: store.now,
  })
  const invoice = store.make('invoice', { ...fields, id: 'upcoming_in_preview' })
  invoice.lines.data = lines.map((line) =>
    lineOf(store, line, { invoice: invoice.id, currency: subscription.currency, subscription: id }),
  )
  return invoice
}

async function renewalLines(
  store: Store,
  subscription: Doc<'subscription'>,
  items: readonly Doc<'subscription_item'>[],
): Promise<LineDraft[]> {
  if (subscription.cancel_at !== null && subscription.cancel_at <= periodEndOf(subscription)) return []
  const start = periodEndOf(subscription)
  const next = items.map((item) => ({
    ...item,
    current_period_start: start,
    current_period_end: periodEndAfter(subscription.billing_cycle_anchor, recurrenceOf(item.price), start),
  }))
  return periodLines(
    next,
    await describer(
      store,
      items.map(({ price }) => price),
    ),
  )
}

async function pay(store: Store, params: Parameters<'POST /v1/invoices/:id/pay'>, id: string) {
  const invoice = await store.get('invoice', id)
  if (invoice.status === 'draft') await finalizeInvoice(store, invoice)
  if (invoice.status === 'paid') throw invalid('Invoice is already paid', { code: 'invoice_already_paid' })
  const outcome = await collect(store, invoice, {
    isOffSession: params.off_session ?? true,
    paymentMethod: params.payment_method,
  })
  if (outcome.kind === 'succeeded') return invoice
  if (outcome.kind === 'no_payment_method') throw noMethod()
  // A declined attempt is a fact: it stays, as it does at Stripe.
  if (outcome.kind === 'declined') throw declined(outcome, { keepsChanges: true })
  throw new StripeFailure({
    status: 402,
    type: 'card_error',
    code: 'invoice_payment_intent_requires_action',
    message: 'This payment requires additional user action before it can be completed successfully.',
    keepsChanges: true,
  })
}

export const invoiceRoutes = {
  'POST /v1/invoices': async (store, params) => {
    const behavior = params.pending_invoice_items_behavior ?? 'exclude'
    const customer = params.customer ?? ''
    const pending = behavior === 'include' ? await takePending(store, customer) : { lines: [], mark: () => {} }
    const invoice = await draftInvoice(store, {
      customer,
      currency: params.currency ?? 'usd',
      reason: 'manual',
      lines: pending.lines,
      description: params.description ?? null,
      metadata: mergedMetadata({}, params.metadata),
      finalizesAt: params.auto_advance === true ? store.now + draftSeconds : null,
    })
    pending.mark(invoice)
    return invoice
  },
  'POST /v1/invoices/create_preview': preview,
  'GET /v1/invoices': (store, { customer, subscription, status, ...page }) =>
    list(store, {
      kind: 'invoice',
      url: '/v1/invoices',
      page,
      where: {
        customer,
        status,
        ...(subscription === undefined ? {} : { parent: { subscription_details: { subscription } } }),
      },
    }),
  'GET /v1/invoices/:id': (store, _, { id }) => store.get('invoice', id),
  'POST /v1/invoices/:id': async (store, { description, metadata, auto_advance: isAutomatic }, { id }) => {
    const invoice = await store.get('invoice', id)
    if (description !== undefined) invoice.description = description
    invoice.metadata = mergedMetadata(invoice.metadata, metadata)
    if (isAutomatic !== undefined) {
      invoice.auto_advance = isAutomatic
      if (invoice.status === 'draft') invoice.automatically_finalizes_at = isAutomatic ? store.now + draftSeconds : null
    }
    store.emit('invoice.updated', invoice)
    return invoice
  },
  'DELETE /v1/invoices/:id': async (store, _, { id }) => {
    const invoice = await store.get('invoice', id)
    if (invoice.status !== 'draft' || invoice.parent !== null)
      throw invalid('You can only delete draft invoices that no subscription made.')
    store.emit('invoice.deleted', invoice)
    await store.flush()
    await store.remove(invoice)
    return { id, object: 'invoice', deleted: true }
  },
  'GET /v1/invoices/:id/lines': async (store, { limit = 10, starting_after: after }, { id }) => {
    const { data } = (await store.get('invoice', id)).lines
    const start = after === undefined ? 0 : data.findIndex((line) => line.id === after) + 1
    const url = `/v1/invoices/${id}/lines`
    return { object: 'list', data: data.slice(start, start + limit), has_more: data.length > start + limit, url }
  },
  'POST /v1/invoices/:id/finalize': async (store, _, { id }) => {
    const invoice = await store.get('invoice', id)
    await finalizeInvoice(store, invoice)
    if (invoice.amount_remaining === 0) await collect(store, invoice, { isOffSession: true })
    return invoice
  },
  'POST /v1/invoices/:id/pay': (store, params, { id }) => pay(store, params, id),
  'POST /v1/invoices/:id/void': async (store, _, { id }) => {
    const invoice = await store.get('invoice', id)
    if (invoice.status !== 'open') throw invalid(`You can only void open invoices; this one is ${invoice.status}.`)
    voidInvoice(store, invoice)
    const subscription = await subscriptionOf(store, invoice)
    // A change that waits for this payment will never be paid.
    if (subscription?.pending_update && store.hidden(subscription).pendingInvoice === id)
      await dropChange(store, subscription)
    if (subscription?.status === 'incomplete') await endSubscription(store, subscription, 'incomplete_expired')
    if (subscription?.status === 'past_due' && subscription.latest_invoice === id) {
      subscription.status = 'active'
      store.emit('customer.subscription.updated', subscription)
    }
    return invoice
  },
  'GET /v1/invoice_payments': (store, { invoice, payment, status, ...page }) =>
    list(store, { kind: 'invoice_payment', url: '/v1/invoice_payments', page, where: { invoice, payment, status } }),
  'GET /v1/invoice_payments/:id': (store, _, { id }) => store.get('invoice_payment', id),

  'POST /v1/invoiceitems': async (store, params) => {
    const customer = await store.get('customer', params.customer ?? '', 'customer')
    const price =
      params.pricing?.price === undefined ? undefined : await store.get('price', params.pricing.price, 'pricing[price]')
    const quantity = params.quantity ?? 1
    const amount = params.amount ?? (price?.unit_amount ?? 0) * quantity
    if (params.amount === undefined && !price) throw invalid('You must pass an amount or a price.', { param: 'amount' })
    const invoice = params.invoice === undefined ? undefined : await store.get('invoice', params.invoice, 'invoice')
    if (invoice && invoice.status !== 'draft')
      throw invalid('Invoice items can only be added to draft invoices.', { param: 'invoice' })
    const product = price && (await store.find('product', price.product))
    const item = store.create('invoiceitem', {
      amount,
      currency: params.currency ?? price?.currency ?? invoice?.currency ?? 'usd',
      customer: customer.id,
      date: store.now,
      description: params.description ?? product?.name ?? null,
      discountable: true,
      invoice: invoice?.id ?? null,
      metadata: mergedMetadata({}, params.metadata),
      parent:
        params.subscription === undefined
          ? null
          : { type: 'subscription_details', subscription_details: { subscription: params.subscription } },
      period: { start: store.now, end: store.now },
      pricing: price
        ? {
            type: 'price_details',
            price_details: { price: price.id, product: price.product },
            unit_amount_decimal: price.unit_amount_decimal,
          }
        : null,
      proration: false,
      quantity,
      quantity_decimal: String(quantity),
    })
    store.emit('invoiceitem.created', item)
    if (invoice) addToDraft(store, invoice, { item, price })
    return item
  },
  'GET /v1/invoiceitems': (store, { customer, invoice, pending, ...page }) =>
    list(store, {
      kind: 'invoiceitem',
      url: '/v1/invoiceitems',
      page,
      where: { customer, invoice },
      and: pending === undefined ? [] : [{ sql: (place) => `((doc->>'invoice') IS NULL) = ${place}`, value: pending }],
    }),
  'GET /v1/invoiceitems/:id': (store, _, { id }) => store.get('invoiceitem', id),
  'DELETE /v1/invoiceitems/:id': async (store, _, { id }) => {
    const item = await store.get('invoiceitem', id)
    if (item.invoice !== null) throw invalid('Only invoice items that are on no invoice can be deleted.')
    store.emit('invoiceitem.deleted', item)
    await store.flush()
    await store.remove(item)
    return { id, object: 'invoiceitem', deleted: true }
  },
} satisfies Partial<Routes>

function addToDraft(
  store: Store,
  invoice: Doc<'invoice'>,
  { item, price }: { item: Doc<'invoiceitem'>; price: Doc<'price'> | undefined },
): void {
  const draft: LineDraft = {
    amount: item.amount,
    description: item.description ?? '',
    period: item.period,
    ...(price ? { price } : {}),
    quantity: item.quantity,
    isProration: false,
    invoiceItem: item.id,
    metadata: item.metadata ?? {},
  }
  invoice.lines.data.push(lineOf(store, draft, { invoice: invoice.id, currency: invoice.currency, subscription: null }))
  for (const name of [
    'subtotal',
    'subtotal_excluding_tax',
    'total',
    'total_excluding_tax',
    'amount_due',
    'amount_remaining',
  ] as const) {
    invoice[name] = (invoice[name] ?? 0) + item.amount
  }
  store.emit('invoice.updated', invoice)
}
