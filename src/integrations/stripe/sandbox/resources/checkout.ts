// Hosted checkout: the session, and what its page does when somebody pays.
import { collect } from '../billing/collecting.ts'
import { confirm, createIntent } from '../billing/charging.ts'
import { describer, draftInvoice, finalizeInvoice } from '../billing/invoicing.ts'
import { priceFor } from '../billing/items.ts'
import { recurrenceOf } from '../billing/proration.ts'
import { refusedPayment, startSubscription, trialEndOf } from '../billing/starting.ts'
import { findCard } from '../cards.ts'
import type { CardInput } from '../cards.ts'
import { StripeFailure, invalid } from '../errors.ts'
import { newStripeId } from '../store.ts'
import type { Store } from '../store.ts'
import { daySeconds, hourSeconds } from '../time.ts'
import type { Doc } from '../vocabulary.ts'
import { list } from './lists.ts'
import { attach, createCard, declined } from './payment-methods.ts'
import { mergedMetadata } from './routes.ts'
import type { Parameters, Routes } from './routes.ts'

type Session = Doc<'checkout.session'>
type Params = Parameters<'POST /v1/checkout/sessions'>
interface Line {
  readonly price: Doc<'price'>
  readonly quantity: number
}

/** Stripe keeps a session open from half an hour to a day. */
const openSeconds = { min: hourSeconds / 2, max: daySeconds }

async function createSession(store: Store, params: Params): Promise<Session> {
  const mode = params.mode ?? 'payment'
  if (params.customer !== undefined) await store.get('customer', params.customer, 'customer')
  if (params.success_url === undefined)
    throw invalid('Missing required param: success_url.', { param: 'success_url', code: 'parameter_missing' })
  const expiresAt = params.expires_at ?? store.now + openSeconds.max
  if (expiresAt < store.now + openSeconds.min || expiresAt > store.now + openSeconds.max) {
    throw invalid(
      'The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.',
      { param: 'expires_at' },
    )
  }
  const lines = await linesOf(store, params)
  // Of an archived price no new session is made; one that is open stays readable.
  for (const [position, { price }] of lines.entries()) if (!price.active) await priceFor(store, price.id, position)
  if (mode !== 'setup' && lines.length === 0)
    throw invalid('Missing required param: line_items.', { param: 'line_items', code: 'parameter_missing' })
  if (mode === 'setup' && params.customer === undefined)
    throw invalid('The sandbox saves cards for customers only.', { param: 'customer' })
  if (mode === 'subscription') for (const { price } of lines) recurrenceOf(price)
  else if (lines.some(({ price }) => price.recurring !== null)) {
    throw invalid(
      'You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.',
      { param: 'mode' },
    )
  }
  if (mode !== 'subscription' && params.subscription_data) {
    throw invalid('You can not pass `subscription_data` in `payment` mode.', { param: 'subscription_data' })
  }
  const trialEnd = trialEndOf(store.now, params.subscription_data ?? {})
  const total =
    trialEnd === null ? lines.reduce((sum, { price, quantity }) => sum + (price.unit_amount ?? 0) * quantity, 0) : 0
  const id = newStripeId('cs_test')
  return store.create(
    'checkout.session',
    {
      id,
      amount_subtotal: mode === 'setup' ? null : total,
      amount_total: mode === 'setup' ? null : total,
      automatic_tax: { enabled: params.automatic_tax?.enabled ?? false },
      billing_address_collection: params.billing_address_collection ?? null,
      cancel_url: params.cancel_url ?? null,
      client_reference_id: params.client_reference_id ?? null,
      currency: lines[0]?.price.currency ?? params.currency ?? null,
      custom_fields: [],
      custom_text: {},
      customer: params.customer ?? null,
      customer_creation: params.customer_creation ?? (mode === 'payment' ? 'if_required' : null),
      customer_email: params.customer_email ?? null,
      expires_at: expiresAt,
      locale: params.locale ?? null,
      metadata: mergedMetadata({}, params.metadata),
      mode,
      payment_method_collection: params.payment_method_collection ?? 'always',
      allowed_payment_method_types: params.allowed_payment_method_types ?? null,
      payment_method_types: ['card'],
      payment_status: mode === 'setup' ? 'no_payment_required' : 'unpaid',
      shipping_options: [],
      status: 'open',
      success_url: params.success_url,
      ...(params.tax_id_collection
        ? { tax_id_collection: { enabled: params.tax_id_collection.enabled, required: 'never' as const } }
        : {}),
      total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
      ui_mode: 'hosted_page',
      url: store.settings.pages.checkout(id),
    },
    { checkout: params },
  )
}

const linesOf = (store: Store, { line_items: items = [] }: Params): Promise<Line[]> =>
  Promise.all(
    items.map(async ({ price: id = '', quantity = 1 }, position) => {
      const price = await store.get('price', id, `line_items[${position}][price]`)
      return { price, quantity }
    }),
  )

export async function lineItems(store: Store, session: Session): Promise<Doc<'item'>[]> {
  const lines = await linesOf(store, paramsOf(store, session))
  const describe = await describer(
    store,
    lines.map(({ price }) => price),
  )
  return lines.map(({ price, quantity }, position) =>
    store.make('item', {
      id: `li_${session.id.slice('cs_test_'.length)}${position}`,
      amount_discount: 0,
      amount_subtotal: (price.unit_amount ?? 0) * quantity,
      amount_tax: 0,
      amount_total: (price.unit_amount ?? 0) * quantity,
      currency: price.currency,
      description: describe(price),
      metadata: {},
      price,
      quantity,
    }),
  )
}

/** What the page says before somebody pays. */
export function termsOf(store: Store, session: Session) {
  const { subscription_data: data = {} } = paramsOf(store, session)
  return {
    trialEnd: trialEndOf(store.now, data),
    withoutCard: data.trial_settings?.end_behavior.missing_payment_method ?? 'create_invoice',
    needsCard: needsCard(session),
    successUrl: successUrlOf(session),
  }
}

const needsCard = (session: Session): boolean =>
  session.payment_method_collection === 'always' || session.amount_total !== 0

const successUrlOf = ({ success_url: url, id }: Session): string => (url ?? '').replaceAll('{CHECKOUT_SESSION_ID}', id)

// Written by `createSession`, which alone makes sessions.
const paramsOf = (store: Store, session: Session): Params => store.hidden(session).checkout as Params

export interface CheckoutInput {
  /** Not needed where nothing is due and `payment_method_collection` is `if_required`. */
  readonly card?: CardInput
  /** What the bank's question came to; undefined: not asked yet. */
  readonly authentication?: 'succeeded' | 'failed'
  readonly name?: string
  readonly email?: string
}

export type CheckoutOutcome =
  | { kind: 'complete'; redirectTo: string; session: Session }
  /** Completed or expired before, such as by a second press of the button. */
  | { kind: 'closed'; session: Session }
  | { kind: 'needs_authentication' }
  | { kind: 'needs_card' }
  | { kind: 'declined'; message: string }

/** Somebody presses "Pay". A refused card leaves nothing behind but the open session; the caller rolls back. */
export async function completeSession(store: Store, id: string, input: CheckoutInput): Promise<CheckoutOutcome> {
  const session = await store.get('checkout.session', id)
  if (session.status !== 'open') return { kind: 'closed', session }
  const params = paramsOf(store, session)
  if (!input.card) {
    if (needsCard(session)) return { kind: 'needs_card' }
  } else {
    const asks = findCard(input.card.number)?.behaviour.startsWith('authenticates') ?? false
    if (asks && input.authentication === undefined) return { kind: 'needs_authentication' }
    if (asks && input.authentication === 'failed') {
      return { kind: 'declined', message: 'We are unable to authenticate your payment method.' }
    }
  }
  const customer = await customerFor(store, session, input)
  const method = input.card ? await attach(store, createCard(store, input.card).id, customer.id) : undefined
  if (method && input.authentication === 'succeeded')
    store.hidden(method).isSetUp = findCard(input.card?.number ?? '')?.behaviour === 'authenticates_once'

  const isAuthenticated = input.authentication === 'succeeded'
  if (session.mode === 'subscription') await subscribe(store, session, { params, customer, method, isAuthenticated })
  else if (session.mode === 'payment') await payOnce(store, session, { params, customer, method, isAuthenticated })
  else await saveCard(store, session, method)

  session.customer = customer.id
  session.customer_details = {
    address: customer.address ?? null,
    business_name: null,
    email: customer.email,
    individual_name: null,
    name: input.name ?? customer.name ?? null,
    phone: null,
    tax_exempt: 'none',
    tax_ids: [],
  }
  session.status = 'complete'
  session.url = null
  store.emit('checkout.session.completed', session)
  return { kind: 'complete', session, redirectTo: successUrlOf(session) }
}

async function customerFor(store: Store, session: Session, { name, email }: CheckoutInput): Promise<Doc<'customer'>> {
  if (session.customer !== null) return store.get('customer', session.customer)
  const customer = store.create('customer', {
    balance: 0,
    email: email ?? session.customer_email,
    invoice_prefix: newStripeId('').slice(1, 9).toUpperCase(),
    invoice_settings: {},
    metadata: {},
    name: name ?? null,
    next_invoice_sequence: 1,
    preferred_locales: [],
    tax_exempt: 'none',
  })
  store.emit('customer.created', customer)
  return customer
}

interface Payment {
  readonly params: Params
  readonly customer: Doc<'customer'>
  readonly method: Doc<'payment_method'> | undefined
  readonly isAuthenticated: boolean
}

async function subscribe(
  store: Store,
  session: Session,
  { params, customer, method, isAuthenticated }: Payment,
): Promise<void> {
  const data = params.subscription_data ?? {}
  const subscription = await startSubscription(
    store,
    {
      ...data,
      customer: customer.id,
      items: (params.line_items ?? []).map(({ price = '', quantity = 1 }) => ({ price, quantity })),
      payment_behavior: 'error_if_incomplete',
      ...(params.automatic_tax ? { automatic_tax: params.automatic_tax } : {}),
      ...(method ? { default_payment_method: method.id } : {}),
    },
    { isAuthenticated },
  )
  session.subscription = subscription.id
  session.invoice = subscription.latest_invoice
  session.payment_status =
    subscription.status === 'trialing' || session.amount_total === 0 ? 'no_payment_required' : 'paid'
}

async function payOnce(
  store: Store,
  session: Session,
  { params, customer, method, isAuthenticated }: Payment,
): Promise<void> {
  const { payment_intent_data: data = {}, invoice_creation: invoicing } = params
  session.payment_status = 'paid'
  if (invoicing?.enabled === true) {
    const lines = await linesOf(store, params)
    const describe = await describer(
      store,
      lines.map(({ price }) => price),
    )
    const invoice = await draftInvoice(store, {
      customer: customer.id,
      currency: session.currency ?? 'usd',
      reason: 'manual',
      description: invoicing.invoice_data?.description ?? null,
      metadata: mergedMetadata({}, invoicing.invoice_data?.metadata),
      finalizesAt: null,
      lines: lines.map(({ price, quantity }) => ({
        amount: (price.unit_amount ?? 0) * quantity,
        description: describe(price),
        period: { start: store.now, end: store.now },
        price,
        quantity,
        isProration: false,
      })),
    })
    await finalizeInvoice(store, invoice)
    const outcome = await collect(store, invoice, { isOffSession: false, isAuthenticated, paymentMethod: method?.id })
    if (outcome.kind !== 'succeeded') throw refusedPayment(outcome)
    const [payment] = await store.select('invoice_payment', { invoice: invoice.id })
    session.invoice = invoice.id
    session.payment_intent = payment?.payment.payment_intent ?? null
    return
  }
  const intent = createIntent(store, {
    amount: session.amount_total ?? 0,
    currency: session.currency ?? 'usd',
    customer: customer.id,
    paymentMethod: method?.id ?? null,
    description: data.description ?? null,
    metadata: mergedMetadata({}, data.metadata),
    setupFutureUsage: data.setup_future_usage ?? null,
  })
  const outcome = await confirm(store, intent, { isOffSession: false, isAuthenticated })
  if (outcome.kind === 'declined') throw declined(outcome)
  session.payment_intent = intent.id
}

async function saveCard(store: Store, session: Session, method: Doc<'payment_method'> | undefined): Promise<void> {
  const setup = store.create('setup_intent', {
    customer: session.customer,
    metadata: {},
    payment_method: method?.id ?? null,
    payment_method_types: ['card'],
    status: 'succeeded',
    usage: 'off_session',
  })
  session.setup_intent = setup.id
  store.emit('setup_intent.succeeded', setup)
}

export function expireSession(store: Store, session: Session): Session {
  if (session.status !== 'open') {
    throw new StripeFailure({
      status: 400,
      type: 'invalid_request_error',
      message:
        'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ' +
        session.status +
        '.',
    })
  }
  session.status = 'expired'
  session.url = null
  store.emit('checkout.session.expired', session)
  return session
}

export const checkoutRoutes = {
  'POST /v1/checkout/sessions': createSession,
  'GET /v1/checkout/sessions': (store, { customer, subscription, payment_intent, status, ...page }) =>
    list(store, {
      kind: 'checkout.session',
      url: '/v1/checkout/sessions',
      page,
      where: { customer, subscription, payment_intent, status },
    }),
  'GET /v1/checkout/sessions/:id': (store, _, { id }) => store.get('checkout.session', id),
  'GET /v1/checkout/sessions/:id/line_items': async (store, _, { id }) => {
    const data = await lineItems(store, await store.get('checkout.session', id))
    return { object: 'list', data, has_more: false, url: `/v1/checkout/sessions/${id}/line_items` }
  },
  'POST /v1/checkout/sessions/:id/expire': async (store, _, { id }) =>
    expireSession(store, await store.get('checkout.session', id)),
} satisfies Partial<Routes>
