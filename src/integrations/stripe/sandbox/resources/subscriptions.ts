import { changeItems } from '../billing/changing.ts'
import { collect } from '../billing/collecting.ts'
import { endSubscription } from '../billing/ending.ts'
import { finalizeInvoice } from '../billing/invoicing.ts'
import { prorationLines } from '../billing/proration.ts'
import { describer, draftInvoice } from '../billing/invoicing.ts'
import { beginPeriod } from '../billing/renewing.ts'
import { release, scheduleFrom, setPhases } from '../billing/schedules.ts'
import { ownMethod, startSubscription } from '../billing/starting.ts'
import { periodEndOf } from '../due.ts'
import { invalid } from '../errors.ts'
import type { Store } from '../store.ts'
import type { Doc } from '../vocabulary.ts'
import { list } from './lists.ts'
import { mergedMetadata } from './routes.ts'
import type { Parameters, Routes } from './routes.ts'

type Subscription = Doc<'subscription'>
type Update = Parameters<'POST /v1/subscriptions/:id'>

const isOver = ({ status }: Subscription): boolean => status === 'canceled' || status === 'incomplete_expired'

/** What Stripe lets stand beside `payment_behavior=pending_if_incomplete`. */
const pendingTogether = new Set(['items', 'proration_behavior', 'proration_date', 'payment_behavior', 'off_session'])

async function updateSubscription(store: Store, params: Update, id: string): Promise<Subscription> {
  const subscription = await store.get('subscription', id)
  const names = Object.keys(params)
  if (isOver(subscription) && names.some((name) => name !== 'metadata' && name !== 'cancellation_details')) {
    throw invalid('A canceled subscription can only update its cancellation_details and metadata.')
  }
  const refused = names.find((name) => !pendingTogether.has(name))
  if (params.payment_behavior === 'pending_if_incomplete' && refused !== undefined) {
    throw invalid(`You may not pass ${refused} along with payment_behavior=pending_if_incomplete.`, { param: refused })
  }
  if (params.payment_behavior === 'default_incomplete') {
    throw invalid('The sandbox knows payment_behavior=default_incomplete for new subscriptions only.', {
      param: 'payment_behavior',
    })
  }
  await setPlainFields(store, subscription, params)
  setCancellation(store, subscription, params)
  if (typeof params.trial_end === 'number') extendTrial(store, subscription, params.trial_end)
  if (params.items !== undefined || params.trial_end === 'now') {
    if (subscription.pending_update)
      throw invalid('The subscription has a pending update; wait until it is paid or has expired.')
    await changeItems(store, subscription, params)
  }
  store.emit('customer.subscription.updated', subscription)
  return subscription
}

async function setPlainFields(store: Store, subscription: Subscription, params: Update): Promise<void> {
  subscription.metadata = mergedMetadata(subscription.metadata, params.metadata)
  if (params.description !== undefined) subscription.description = params.description || null
  if (params.default_payment_method !== undefined) {
    await ownMethod(store, params.default_payment_method, subscription.customer)
    subscription.default_payment_method = params.default_payment_method
  }
  if (params.automatic_tax) subscription.automatic_tax.enabled = params.automatic_tax.enabled
  if (params.trial_settings) Object.assign(subscription, { trial_settings: params.trial_settings })
  if (params.payment_settings) Object.assign(subscription.payment_settings ?? {}, params.payment_settings)
  if (params.cancellation_details) Object.assign(subscription.cancellation_details ?? {}, params.cancellation_details)
}

function setCancellation(store: Store, subscription: Subscription, params: Update): void {
  const { cancel_at: at, cancel_at_period_end: atEnd } = params
  if (at === undefined && atEnd === undefined) return
  if (subscription.schedule !== null) {
    throw invalid(
      `The subscription is managed by the subscription schedule \`${subscription.schedule}\`, and updating any cancelation behavior directly is not allowed. Please update the schedule instead.`,
    )
  }
  if (at !== undefined && at !== '' && atEnd === true) {
    throw invalid('You may only specify one of these parameters: cancel_at, cancel_at_period_end.', {
      param: 'cancel_at',
    })
  }
  if (typeof at === 'string' && at !== '')
    throw invalid('The sandbox knows moments for cancel_at only.', { param: 'cancel_at' })
  const moment = atEnd === true ? periodEndOf(subscription) : typeof at === 'number' ? at : null
  if (moment !== null && moment <= store.now)
    throw invalid('The cancel_at date must be in the future.', { param: 'cancel_at' })
  subscription.cancel_at_period_end = atEnd ?? false
  subscription.cancel_at = moment
  subscription.canceled_at = moment === null ? null : store.now
  Object.assign(subscription.cancellation_details ?? {}, { reason: moment === null ? null : 'cancellation_requested' })
}

function extendTrial(store: Store, subscription: Subscription, trialEnd: number): void {
  if (subscription.status !== 'trialing')
    throw invalid('The sandbox moves the end of a running trial only.', { param: 'trial_end' })
  if (trialEnd <= store.now) throw invalid('The trial end date has to be in the future.', { param: 'trial_end' })
  subscription.trial_end = trialEnd
  subscription.billing_cycle_anchor = trialEnd
  for (const item of subscription.items.data) item.current_period_end = trialEnd
  if (subscription.cancel_at_period_end) subscription.cancel_at = trialEnd
}

/** Ends it now; `prorate` gives back what wasn't used, as credit on the customer's balance. */
async function cancel(
  store: Store,
  params: Parameters<'DELETE /v1/subscriptions/:id'>,
  id: string,
): Promise<Subscription> {
  const subscription = await store.get('subscription', id)
  if (isOver(subscription)) throw invalid(`No such subscription: '${id}'`, { code: 'resource_missing', param: 'id' })
  if (params.prorate === true && params.invoice_now !== true) {
    throw invalid('The sandbox prorates an ending with invoice_now only.', { param: 'prorate' })
  }
  Object.assign(subscription.cancellation_details ?? {}, {
    reason: 'cancellation_requested',
    ...params.cancellation_details,
  })
  await endSubscription(store, subscription)
  if (params.prorate === true && params.invoice_now === true) {
    const lines = prorationLines({
      before: subscription.items.data,
      after: [],
      at: store.now,
      describe: await describer(
        store,
        subscription.items.data.map(({ price }) => price),
      ),
    })
    const invoice = await draftInvoice(store, {
      customer: subscription.customer,
      currency: subscription.currency,
      reason: 'subscription_update',
      lines,
      subscription,
      finalizesAt: null,
    })
    await finalizeInvoice(store, invoice)
    await collect(store, invoice, { isOffSession: true })
  }
  return subscription
}

export const subscriptionRoutes = {
  'POST /v1/subscriptions': (store, params) => startSubscription(store, params),
  'GET /v1/subscriptions': (store, { customer, status, price, ...page }) =>
    list(store, {
      kind: 'subscription',
      url: '/v1/subscriptions',
      page,
      where: {
        customer,
        status: status === 'all' || status === 'ended' ? undefined : status,
        items: price === undefined ? undefined : { data: [{ price: { id: price } }] },
      },
      and:
        status === undefined || status === 'ended'
          ? [
              {
                sql: (place) => `(doc->>'status' = ANY(${place})) = ${status === 'ended'}`,
                value: status === 'ended' ? ['canceled', 'incomplete_expired'] : ['canceled'],
              },
            ]
          : [],
    }),
  'GET /v1/subscriptions/:id': (store, _, { id }) => store.get('subscription', id),
  'POST /v1/subscriptions/:id': (store, params, { id }) => updateSubscription(store, params, id),
  'DELETE /v1/subscriptions/:id': (store, params, { id }) => cancel(store, params, id),
  'POST /v1/subscriptions/:id/resume': async (store, _, { id }) => {
    const subscription = await store.get('subscription', id)
    if (subscription.status !== 'paused') throw invalid('Cannot resume a subscription that isn’t paused.')
    const invoice = await beginPeriod(store, subscription, { start: store.now, anchor: store.now })
    await finalizeInvoice(store, invoice)
    const outcome = await collect(store, invoice, { isOffSession: false })
    if (outcome.kind === 'succeeded') store.emit('customer.subscription.resumed', subscription)
    return subscription
  },

  'POST /v1/subscription_schedules': async (store, { from_subscription: from }) => {
    if (from === undefined)
      throw invalid('The sandbox makes schedules from subscriptions only.', { param: 'from_subscription' })
    return scheduleFrom(store, await store.get('subscription', from, 'from_subscription'))
  },
  'GET /v1/subscription_schedules': (store, { customer, ...page }) =>
    list(store, { kind: 'subscription_schedule', url: '/v1/subscription_schedules', page, where: { customer } }),
  'GET /v1/subscription_schedules/:id': (store, _, { id }) => store.get('subscription_schedule', id),
  'POST /v1/subscription_schedules/:id': async (store, params, { id }) => {
    const schedule = await activeSchedule(store, id)
    if (params.end_behavior === 'release' || params.end_behavior === 'cancel')
      schedule.end_behavior = params.end_behavior
    schedule.metadata = mergedMetadata(schedule.metadata, params.metadata)
    if (params.phases) await setPhases(store, schedule, params.phases)
    store.emit('subscription_schedule.updated', schedule)
    return schedule
  },
  'POST /v1/subscription_schedules/:id/release': async (store, _, { id }) => {
    const schedule = await activeSchedule(store, id)
    const subscription = await store.get('subscription', schedule.subscription ?? '')
    release(store, schedule, subscription)
    store.emit('customer.subscription.updated', subscription)
    return schedule
  },
  'POST /v1/subscription_schedules/:id/cancel': async (store, _, { id }) => {
    const schedule = await activeSchedule(store, id)
    await endSubscription(store, await store.get('subscription', schedule.subscription ?? ''))
    return schedule
  },
} satisfies Partial<Routes>

async function activeSchedule(store: Store, id: string): Promise<Doc<'subscription_schedule'>> {
  const schedule = await store.get('subscription_schedule', id)
  if (schedule.status !== 'active')
    throw invalid(`The subscription schedule is ${schedule.status} and can't be changed.`)
  return schedule
}
