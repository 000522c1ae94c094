import { StripeFailure, invalid } from '../errors.ts'
import { declined } from '../resources/payment-methods.ts'
import type { Parameters } from '../resources/routes.ts'
import { mergedMetadata } from '../resources/routes.ts'
import { listOf, newStripeId } from '../store.ts'
import type { Store } from '../store.ts'
import { daySeconds, periodEndAfter } from '../time.ts'
import type { Doc } from '../vocabulary.ts'
import { collect, paymentOf } from './collecting.ts'
import type { Collected } from './collecting.ts'
import { describer, draftInvoice, finalizeInvoice, takePending } from './invoicing.ts'
import { assertOneRhythm, makeItem, priceFor } from './items.ts'
import { periodLines, recurrenceOf } from './proration.ts'

type Subscription = Doc<'subscription'>
const trialDaysMax = 730

export interface StartHow {
  /** The card's owner is there and has said yes to the bank. */
  readonly isAuthenticated?: boolean
}

/** https://docs.stripe.com/api/subscriptions/create */
export async function startSubscription(
  store: Store,
  params: Parameters<'POST /v1/subscriptions'>,
  { isAuthenticated = false }: StartHow = {},
): Promise<Subscription> {
  const customer = await store.get('customer', params.customer ?? '', 'customer')
  const method = params.default_payment_method
  if (method !== undefined) await ownMethod(store, method, customer.id)
  const inputs = params.items ?? []
  if (inputs.length === 0)
    throw invalid('Missing required param: items.', { param: 'items', code: 'parameter_missing' })
  const prices = await Promise.all(inputs.map(({ price }, position) => priceFor(store, price, position)))
  assertOneRhythm(prices.map((price) => ({ price })))
  const [first] = prices
  if (!first) throw new Error('there is at least one price')

  const trialEnd = trialEndOf(store.now, params)
  const anchor = trialEnd ?? store.now
  const id = newStripeId('sub')
  const period = { start: store.now, end: trialEnd ?? periodEndAfter(anchor, recurrenceOf(first), store.now) }
  const items = prices.map((price, position) =>
    makeItem(store, { subscription: id, price, quantity: inputs[position]?.quantity ?? 1, period }),
  )
  const subscription = store.create('subscription', {
    id,
    automatic_tax: { enabled: params.automatic_tax?.enabled ?? false },
    billing_cycle_anchor: anchor,
    billing_mode: { type: 'flexible' },
    billing_schedules: [],
    cancel_at: params.cancel_at_period_end === true ? period.end : null,
    cancel_at_period_end: params.cancel_at_period_end ?? false,
    cancellation_details: {},
    collection_method: 'charge_automatically',
    currency: first.currency,
    customer: customer.id,
    default_payment_method: method ?? null,
    description: params.description ?? null,
    discounts: [],
    invoice_settings: { issuer: { type: 'self' } },
    items: listOf(`/v1/subscription_items?subscription=${id}`, items),
    metadata: mergedMetadata({}, params.metadata),
    payment_settings: { save_default_payment_method: params.payment_settings?.save_default_payment_method ?? 'off' },
    start_date: store.now,
    status: trialEnd === null ? 'incomplete' : 'trialing',
    trial_end: trialEnd,
    trial_settings: {
      end_behavior: {
        missing_payment_method: params.trial_settings?.end_behavior.missing_payment_method ?? 'create_invoice',
      },
    },
    trial_start: trialEnd === null ? null : store.now,
  })

  const describe = await describer(store, prices)
  const lines = periodLines(items, describe).map((line) =>
    trialEnd === null
      ? line
      : { ...line, amount: 0, description: `Trial period for ${line.description.replace(/^\d+ × /, '')}` },
  )
  const pending = await takePending(store, customer.id, { subscription })
  const invoice = await draftInvoice(store, {
    customer: customer.id,
    currency: first.currency,
    reason: 'subscription_create',
    lines: [...pending.lines, ...lines],
    subscription,
    finalizesAt: null,
  })
  pending.mark(invoice)
  await finalizeInvoice(store, invoice)
  store.emit('customer.subscription.created', subscription)

  const behavior = params.payment_behavior ?? 'allow_incomplete'
  if (behavior === 'default_incomplete' && invoice.amount_remaining > 0) {
    await paymentOf(store, invoice)
    return subscription
  }
  const isOffSession = params.off_session ?? false
  const outcome = await collect(store, invoice, { isOffSession, isAuthenticated })
  if (outcome.kind === 'no_payment_method') throw noMethod()
  if (outcome.kind !== 'succeeded' && behavior === 'error_if_incomplete') throw refusedPayment(outcome)
  return subscription
}

export const noMethod = (): StripeFailure =>
  invalid(
    'This customer has no attached payment source or default payment method. Please consider adding a default payment method.',
    { code: 'resource_missing' },
  )

/** The whole call fails, and nothing of it remains. */
export function refusedPayment(outcome: Collected): StripeFailure {
  if (outcome.kind === 'declined') return declined(outcome)
  if (outcome.kind === 'no_payment_method') return noMethod()
  return new StripeFailure({
    status: 402,
    type: 'card_error',
    code: 'subscription_payment_intent_requires_action',
    message: 'Payment for this subscription requires additional user action before it can be completed successfully.',
  })
}

export async function ownMethod(store: Store, id: string, customer: string): Promise<void> {
  const method = await store.get('payment_method', id, 'default_payment_method')
  if (method.customer !== customer) {
    throw invalid(
      `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
      {
        param: 'default_payment_method',
        code: 'resource_missing',
      },
    )
  }
}

export function trialEndOf(
  now: number,
  { trial_end: end, trial_period_days: days }: { trial_end?: number | 'now'; trial_period_days?: number },
): number | null {
  if (end !== undefined && days !== undefined) {
    throw invalid('You may only specify one of these parameters: trial_end, trial_period_days.', { param: 'trial_end' })
  }
  if (days !== undefined) {
    if (days < 1 || days > trialDaysMax)
      throw invalid(`Trial period must be between 1 and ${trialDaysMax} days`, { param: 'trial_period_days' })
    return now + days * daySeconds
  }
  if (end === undefined || end === 'now') return null
  if (end <= now) throw invalid('The trial end date has to be in the future.', { param: 'trial_end' })
  return end
}
