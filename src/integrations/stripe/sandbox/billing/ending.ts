import type { Store } from '../store.ts'
import type { Doc } from '../vocabulary.ts'

/** Ends it now, for good. What is still owed is not collected any more, but remains open. */
export async function endSubscription(
  store: Store,
  subscription: Doc<'subscription'>,
  status: 'canceled' | 'incomplete_expired' = 'canceled',
): Promise<void> {
  subscription.status = status
  subscription.ended_at = store.now
  subscription.canceled_at ??= store.now
  subscription.pending_update = null
  for (const invoice of await invoicesOf(store, subscription)) {
    if (invoice.status !== 'open' && invoice.status !== 'draft') continue
    invoice.auto_advance = false
    invoice.next_payment_attempt = null
    invoice.automatically_finalizes_at = null
  }
  const schedule = await store.find('subscription_schedule', subscription.schedule ?? '')
  if (schedule && schedule.status === 'active') {
    Object.assign(schedule, { status: 'canceled', canceled_at: store.now, current_phase: null })
    store.emit('subscription_schedule.canceled', schedule)
  }
  store.emit(status === 'canceled' ? 'customer.subscription.deleted' : 'customer.subscription.updated', subscription)
}

export const invoicesOf = (store: Store, subscription: { id: string }): Promise<Doc<'invoice'>[]> =>
  store.select('invoice', { parent: { subscription_details: { subscription: subscription.id } } })
