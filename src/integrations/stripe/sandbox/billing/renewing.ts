// What time does to subscriptions: trials end, periods follow each other, what was to end ends.
import { periodEndOf } from '../due.ts'
import type { Store } from '../store.ts'
import { periodEndAfter } from '../time.ts'
import type { Doc } from '../vocabulary.ts'
import { dropChange } from './collecting.ts'
import { endSubscription, invoicesOf } from './ending.ts'
import { describer, draftInvoice, draftSeconds, takePending, voidInvoice } from './invoicing.ts'
import { periodLines, recurrenceOf } from './proration.ts'

type Subscription = Doc<'subscription'>

/** Does the one thing that is due at `store.now`; whatever is due at the same moment comes with the next call. */
export async function passTime(store: Store, subscription: Subscription): Promise<void> {
  if (subscription.status === 'incomplete') {
    for (const invoice of await invoicesOf(store, subscription))
      if (invoice.status === 'open') voidInvoice(store, invoice)
    return endSubscription(store, subscription, 'incomplete_expired')
  }
  if (subscription.pending_update && subscription.pending_update.expires_at <= store.now)
    return dropChange(store, subscription)
  if (subscription.cancel_at !== null && subscription.cancel_at <= store.now)
    return endSubscription(store, subscription)
  if (periodEndOf(subscription) <= store.now && subscription.status !== 'paused') {
    if (subscription.status === 'trialing' && !(await hasPaymentMethod(store, subscription)))
      return endTrialUnpaid(store, subscription)
    return renew(store, subscription)
  }
  store.hidden(subscription).isTrialEndTold = true
  store.emit('customer.subscription.trial_will_end', subscription)
}

async function hasPaymentMethod(store: Store, subscription: Subscription): Promise<boolean> {
  const customer = await store.get('customer', subscription.customer)
  return (subscription.default_payment_method ?? customer.invoice_settings.default_payment_method) !== null
}

async function endTrialUnpaid(store: Store, subscription: Subscription): Promise<void> {
  const behavior = subscription.trial_settings?.end_behavior.missing_payment_method ?? 'create_invoice'
  if (behavior === 'create_invoice') return renew(store, subscription)
  if (behavior === 'cancel') return endSubscription(store, subscription)
  subscription.status = 'paused'
  store.emit('customer.subscription.paused', subscription)
  store.emit('customer.subscription.updated', subscription)
}

/** Begins the next period, counted from the anchor, and drafts its invoice. */
async function renew(store: Store, subscription: Subscription): Promise<void> {
  const start = periodEndOf(subscription)
  if (subscription.status === 'trialing') subscription.status = 'active'
  await beginPeriod(store, subscription, { start, anchor: subscription.billing_cycle_anchor })
  store.emit('customer.subscription.updated', subscription)
}

export async function beginPeriod(
  store: Store,
  subscription: Subscription,
  { start, anchor }: { start: number; anchor: number },
): Promise<Doc<'invoice'>> {
  subscription.billing_cycle_anchor = anchor
  for (const item of subscription.items.data) {
    item.current_period_start = start
    item.current_period_end = periodEndAfter(anchor, recurrenceOf(item.price), start)
  }
  const describe = await describer(
    store,
    subscription.items.data.map(({ price }) => price),
  )
  const pending = await takePending(store, subscription.customer, { subscription })
  const invoice = await draftInvoice(store, {
    customer: subscription.customer,
    currency: subscription.currency,
    reason: 'subscription_cycle',
    lines: [...pending.lines, ...periodLines(subscription.items.data, describe)],
    subscription,
    // Nobody collects from those who didn't pay in the end: their invoices stay drafts.
    finalizesAt: subscription.status === 'unpaid' ? null : store.now + draftSeconds,
  })
  pending.mark(invoice)
  return invoice
}
