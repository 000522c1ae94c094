// Setup and payment intents, charges, refunds, disputes.
import { collect } from '../billing/collecting.ts'
import { confirm, createIntent, refundCharge } from '../billing/charging.ts'
import { StripeFailure, invalid } from '../errors.ts'
import { newStripeId } from '../store.ts'
import type { Store } from '../store.ts'
import type { Doc } from '../vocabulary.ts'
import { list } from './lists.ts'
import { attach, declined } from './payment-methods.ts'
import { mergedMetadata } from './routes.ts'
import type { Parameters, Routes } from './routes.ts'

type Intent = Doc<'payment_intent'>

async function confirmIntent(
  store: Store,
  intent: Intent,
  params: Parameters<'POST /v1/payment_intents/:id/confirm'>,
): Promise<Intent> {
  if (params.payment_method !== undefined)
    intent.payment_method = await usable(store, intent.customer, params.payment_method)
  if (intent.payment_method === null) {
    throw invalid('You cannot confirm this PaymentIntent because it’s missing a payment method.', {
      code: 'payment_intent_unexpected_state',
    })
  }
  if (!['requires_payment_method', 'requires_confirmation', 'requires_action'].includes(intent.status)) {
    throw invalid(`This PaymentIntent's status is ${intent.status}, so it can't be confirmed.`, {
      code: 'payment_intent_unexpected_state',
    })
  }
  const isOffSession = params.off_session === true || typeof params.off_session === 'string'
  const [payment] = await store.select('invoice_payment', { payment: { payment_intent: intent.id } })
  const invoice = payment && (await store.get('invoice', payment.invoice))
  const outcome =
    invoice?.status === 'open'
      ? await collect(store, invoice, { isOffSession, paymentMethod: intent.payment_method })
      : await confirm(store, intent, { isOffSession })
  if (outcome.kind === 'declined') throw declined(outcome, { keepsChanges: true, payment_intent: { ...intent } })
  if (outcome.kind === 'needs_authentication' && isOffSession) {
    throw new StripeFailure({
      status: 402,
      type: 'card_error',
      code: 'authentication_required',
      decline_code: 'authentication_required',
      message: 'Your card was declined. This transaction requires authentication.',
      keepsChanges: true,
      payment_intent: { ...intent },
    })
  }
  return intent
}

/** The ids of Stripe's test mode stand for a new card each. */
const usable = async (store: Store, customer: string | null, id: string): Promise<string> =>
  id.startsWith('pm_card_') && customer !== null
    ? (await attach(store, id, customer)).id
    : (await store.get('payment_method', id, 'payment_method')).id

async function confirmSetup(
  store: Store,
  setup: Doc<'setup_intent'>,
  id: string | undefined,
): Promise<Doc<'setup_intent'>> {
  const method = id ?? setup.payment_method
  if (method === null) throw invalid('You cannot confirm this SetupIntent because it’s missing a payment method.')
  if (setup.customer !== null) setup.payment_method = (await attach(store, method, setup.customer)).id
  else setup.payment_method = method
  setup.status = 'succeeded'
  store.hidden(await store.get('payment_method', setup.payment_method)).isSetUp = true
  store.emit('setup_intent.succeeded', setup)
  return setup
}

async function refund(store: Store, params: Parameters<'POST /v1/refunds'>) {
  const intent =
    params.payment_intent === undefined
      ? undefined
      : await store.get('payment_intent', params.payment_intent, 'payment_intent')
  const charge = await store.get('charge', params.charge ?? intent?.latest_charge ?? '', 'charge')
  const left = charge.amount_captured - charge.amount_refunded
  if (left === 0) throw invalid(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' })
  const amount = params.amount ?? left
  if (amount < 1) throw invalid('Invalid positive integer', { param: 'amount', code: 'parameter_invalid_integer' })
  if (amount > left) {
    throw invalid(`Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`, {
      param: 'amount',
    })
  }
  if (charge.disputed)
    throw invalid(`Charge ${charge.id} has been charged back; cannot issue a refund.`, { code: 'charge_disputed' })
  return refundCharge(store, {
    charge,
    amount,
    reason: params.reason ?? null,
    metadata: mergedMetadata({}, params.metadata),
  })
}

async function closeDispute(store: Store, id: string, status: 'won' | 'lost'): Promise<Doc<'dispute'>> {
  const dispute = await store.get('dispute', id)
  if (dispute.status === 'won' || dispute.status === 'lost') throw invalid(`This dispute is already ${dispute.status}.`)
  dispute.status = status
  if (status === 'won') store.emit('charge.dispute.funds_reinstated', dispute)
  store.emit('charge.dispute.closed', dispute)
  return dispute
}

export const paymentRoutes = {
  'POST /v1/setup_intents': async (store, params) => {
    const id = newStripeId('seti')
    const setup = store.create('setup_intent', {
      id,
      client_secret: `${id}_secret_${newStripeId('').slice(1)}`,
      customer: params.customer ?? null,
      metadata: mergedMetadata({}, params.metadata),
      payment_method: params.payment_method ?? null,
      payment_method_types: ['card'],
      status: params.payment_method === undefined ? 'requires_payment_method' : 'requires_confirmation',
      usage: params.usage ?? 'off_session',
    })
    store.emit('setup_intent.created', setup)
    return params.confirm === true ? confirmSetup(store, setup, undefined) : setup
  },
  'GET /v1/setup_intents/:id': (store, _, { id }) => store.get('setup_intent', id),
  'POST /v1/setup_intents/:id/confirm': async (store, { payment_method: method }, { id }) =>
    confirmSetup(store, await store.get('setup_intent', id), method),

  'POST /v1/payment_intents': async (store, params) => {
    if (params.customer !== undefined) await store.get('customer', params.customer, 'customer')
    if (params.amount < 1)
      throw invalid('Invalid positive integer', { param: 'amount', code: 'parameter_invalid_integer' })
    const customer = params.customer ?? null
    const intent = createIntent(store, {
      amount: params.amount,
      currency: params.currency,
      customer,
      paymentMethod: params.payment_method === undefined ? null : await usable(store, customer, params.payment_method),
      description: params.description ?? null,
      metadata: mergedMetadata({}, params.metadata),
      setupFutureUsage: params.setup_future_usage ?? null,
      automaticMethods: params.automatic_payment_methods,
    })
    if (params.confirm !== true) return intent
    return confirmIntent(store, intent, params.off_session === undefined ? {} : { off_session: params.off_session })
  },
  'GET /v1/payment_intents': (store, { customer, ...page }) =>
    list(store, { kind: 'payment_intent', url: '/v1/payment_intents', page, where: { customer } }),
  'GET /v1/payment_intents/:id': (store, _, { id }) => store.get('payment_intent', id),
  'POST /v1/payment_intents/:id/confirm': async (store, params, { id }) =>
    confirmIntent(store, await store.get('payment_intent', id), params),
  'POST /v1/payment_intents/:id/cancel': async (store, { cancellation_reason: reason }, { id }) => {
    const intent = await store.get('payment_intent', id)
    if (intent.status === 'succeeded' || intent.status === 'canceled') {
      throw invalid(`You cannot cancel this PaymentIntent because it has a status of ${intent.status}.`, {
        code: 'payment_intent_unexpected_state',
      })
    }
    Object.assign(intent, { status: 'canceled', canceled_at: store.now, cancellation_reason: reason ?? null })
    store.emit('payment_intent.canceled', intent)
    return intent
  },

  'GET /v1/charges': (store, { customer, payment_intent, ...page }) =>
    list(store, { kind: 'charge', url: '/v1/charges', page, where: { customer, payment_intent } }),
  'GET /v1/charges/:id': (store, _, { id }) => store.get('charge', id),
  'POST /v1/refunds': refund,
  'GET /v1/refunds': (store, { charge, payment_intent, ...page }) =>
    list(store, { kind: 'refund', url: '/v1/refunds', page, where: { charge, payment_intent } }),
  'GET /v1/refunds/:id': (store, _, { id }) => store.get('refund', id),

  'GET /v1/disputes': (store, { charge, payment_intent, ...page }) =>
    list(store, { kind: 'dispute', url: '/v1/disputes', page, where: { charge, payment_intent } }),
  'GET /v1/disputes/:id': (store, _, { id }) => store.get('dispute', id),
  // Test mode decides by these words, and so does the sandbox: https://docs.stripe.com/testing#evidence
  'POST /v1/disputes/:id': async (store, { evidence, submit, metadata }, { id }) => {
    const dispute = await store.get('dispute', id)
    dispute.metadata = mergedMetadata(dispute.metadata, metadata)
    const text = evidence?.uncategorized_text
    if (text !== undefined) {
      dispute.evidence.uncategorized_text = text || null
      dispute.evidence_details.has_evidence = true
      store.emit('charge.dispute.updated', dispute)
    }
    if (submit === false || text === undefined) return dispute
    dispute.evidence_details.submission_count += 1
    if (text === 'winning_evidence' || text === 'losing_evidence') {
      return closeDispute(store, id, text === 'winning_evidence' ? 'won' : 'lost')
    }
    dispute.status = 'under_review'
    store.emit('charge.dispute.updated', dispute)
    return dispute
  },
  'POST /v1/disputes/:id/close': (store, _, { id }) => closeDispute(store, id, 'lost'),
} satisfies Partial<Routes>
