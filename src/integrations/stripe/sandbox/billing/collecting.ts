// Takes the money of an invoice, and does to its subscription what follows from that.
import type { Outcome } from '../cards.ts'
import { incompleteSeconds, periodEndOf } from '../due.ts'
import { invalid } from '../errors.ts'
import type { Store } from '../store.ts'
import { daySeconds } from '../time.ts'
import type { Doc } from '../vocabulary.ts'
import { confirm, createIntent } from './charging.ts'
import { endSubscription, invoicesOf } from './ending.ts'
import { markPaid, subscriptionOf, voidInvoice } from './invoicing.ts'

type Invoice = Doc<'invoice'>
type Subscription = Doc<'subscription'>

export type Collected = Outcome | { kind: 'no_payment_method' }

interface How {
  readonly isOffSession: boolean
  readonly isAuthenticated?: boolean
  /** By the retry schedule, which other attempts after the first don't touch. */
  readonly isScheduled?: boolean
  /** Instead of the default one of subscription or customer. */
  readonly paymentMethod?: string | undefined
}

/** One attempt to collect a finalized invoice. */
export async function collect(store: Store, invoice: Invoice, how: How): Promise<Collected> {
  if (invoice.status !== 'open') throw invalid(`Invoice is already ${invoice.status}`, { code: 'invoice_not_editable' })
  const subscription = await subscriptionOf(store, invoice)
  const outcome = invoice.amount_remaining === 0 ? ({ kind: 'succeeded' } as const) : await charge(store, invoice, how)
  if (outcome.kind === 'succeeded') {
    markPaid(store, invoice)
    if (subscription) await paid(store, subscription, invoice)
    return outcome
  }
  if (invoice.attempted && how.isScheduled !== true) {
    tellFailure(store, invoice, outcome)
    return outcome
  }
  invoice.attempted = true
  invoice.attempt_count += 1
  const waitDays = store.settings.retryDays[invoice.attempt_count - 1]
  const mayRetry =
    invoice.billing_reason !== 'subscription_create' &&
    invoice.billing_reason !== 'manual' &&
    subscription?.pending_update == null
  invoice.next_payment_attempt = mayRetry && waitDays !== undefined ? store.now + waitDays * daySeconds : null
  tellFailure(store, invoice, outcome)
  if (subscription && mayRetry) await unpaid(store, subscription, { isLastAttempt: waitDays === undefined })
  return outcome
}

function tellFailure(store: Store, invoice: Invoice, outcome: Collected): void {
  if (outcome.kind === 'needs_authentication') store.emit('invoice.payment_action_required', invoice)
  store.emit('invoice.payment_failed', invoice)
}

async function charge(store: Store, invoice: Invoice, how: How): Promise<Collected> {
  const method = how.paymentMethod ?? (await paymentMethodOf(store, invoice))
  const payment = await paymentOf(store, invoice)
  if (method === undefined) return { kind: 'no_payment_method' }
  payment.intent.payment_method = method
  const outcome = await confirm(store, payment.intent, how)
  if (outcome.kind === 'succeeded') {
    Object.assign(payment.record, { status: 'paid', amount_paid: invoice.amount_remaining })
    payment.record.status_transitions.paid_at = store.now
    store.emit('invoice_payment.paid', payment.record)
    if (payment.intent.setup_future_usage !== null)
      store.hidden(await store.get('payment_method', method)).isSetUp = true
  }
  return outcome
}

export async function paymentMethodOf(store: Store, invoice: Invoice): Promise<string | undefined> {
  const subscription = await subscriptionOf(store, invoice)
  const customer = await store.get('customer', invoice.customer ?? '')
  return subscription?.default_payment_method ?? customer.invoice_settings.default_payment_method ?? undefined
}

/** An invoice has one payment intent, however often it is tried. */
export async function paymentOf(store: Store, invoice: Invoice) {
  const [known] = await store.select('invoice_payment', { invoice: invoice.id })
  if (known) {
    const intent = await store.get('payment_intent', known.payment.payment_intent ?? '')
    return { record: known, intent }
  }
  const intent = createIntent(store, {
    amount: invoice.amount_remaining,
    currency: invoice.currency,
    customer: invoice.customer,
    paymentMethod: null,
    description: invoice.billing_reason === 'manual' ? invoice.description : 'Subscription update',
    setupFutureUsage: invoice.billing_reason === 'subscription_create' ? 'off_session' : null,
  })
  const record = store.create('invoice_payment', {
    amount_requested: invoice.amount_remaining,
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: true,
    payment: { type: 'payment_intent', payment_intent: intent.id },
    status: 'open',
    status_transitions: {},
  })
  return { record, intent }
}

async function paid(store: Store, subscription: Subscription, invoice: Invoice): Promise<void> {
  if (subscription.pending_update && store.hidden(subscription).pendingInvoice === invoice.id) {
    subscription.items.data = subscription.pending_update.subscription_items ?? []
    subscription.billing_cycle_anchor =
      subscription.pending_update.billing_cycle_anchor ?? subscription.billing_cycle_anchor
    subscription.pending_update = null
    store.emit('customer.subscription.pending_update_applied', subscription)
  }
  const { status } = subscription
  const others = (await invoicesOf(store, subscription)).filter(({ status }) => status === 'open')
  if (
    status === 'incomplete' ||
    status === 'paused' ||
    ((status === 'past_due' || status === 'unpaid') && others.length === 0)
  ) {
    subscription.status = 'active'
  }
  store.emit('customer.subscription.updated', subscription)
}

async function unpaid(
  store: Store,
  subscription: Subscription,
  { isLastAttempt }: { isLastAttempt: boolean },
): Promise<void> {
  if (subscription.status !== 'active' && subscription.status !== 'past_due') return
  if (isLastAttempt && store.settings.afterRetries === 'canceled') {
    subscription.cancellation_details = {
      comment: null,
      feedback: null,
      feedback_option: null,
      reason: 'payment_failed',
    }
    return endSubscription(store, subscription)
  }
  subscription.status = isLastAttempt ? 'unpaid' : 'past_due'
  store.emit('customer.subscription.updated', subscription)
}

/** Sets the change aside until it is paid for, at most until the period ends. */
export function holdChange(
  store: Store,
  subscription: Subscription,
  held: { invoice: Invoice; items: Doc<'subscription_item'>[]; anchor: number | null },
): void {
  subscription.pending_update = {
    billing_cycle_anchor: held.anchor,
    cancel_at_period_end: null,
    discount: null,
    discounts: null,
    expires_at: Math.min(store.now + incompleteSeconds, periodEndOf(subscription)),
    metadata: null,
    subscription_items: held.items,
    trial_end: null,
    trial_from_plan: null,
  }
  store.hidden(subscription).pendingInvoice = held.invoice.id
  held.invoice.next_payment_attempt = null
}

export async function dropChange(store: Store, subscription: Subscription): Promise<void> {
  const invoice = await store.find('invoice', store.hidden(subscription).pendingInvoice ?? '')
  if (invoice?.status === 'open') voidInvoice(store, invoice)
  subscription.pending_update = null
  store.emit('customer.subscription.pending_update_expired', subscription)
}
