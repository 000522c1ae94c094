// Changes of a subscription: https://docs.stripe.com/billing/subscriptions/change
import { invalid } from '../errors.ts'
import type { Parameters } from '../resources/routes.ts'
import type { Store } from '../store.ts'
import { periodEndAfter } from '../time.ts'
import type { Doc } from '../vocabulary.ts'
import { collect, holdChange } from './collecting.ts'
import { describer, draftInvoice, finalizeInvoice, takePending } from './invoicing.ts'
import { changedItems } from './items.ts'
import type { ItemInput } from './items.ts'
import { periodLines, prorationLines, recurrenceOf, rhythmOf } from './proration.ts'
import type { LineDraft } from './proration.ts'
import { refusedPayment } from './starting.ts'

type Subscription = Doc<'subscription'>
type Item = Doc<'subscription_item'>

interface Wish {
  readonly items?: readonly ItemInput[]
  readonly proration_behavior?: 'always_invoice' | 'create_prorations' | 'none'
  readonly proration_date?: number
  readonly trial_end?: number | 'now'
}

export interface Plan {
  readonly items: Item[]
  readonly lines: readonly LineDraft[]
  /** Billed with this change; otherwise the lines wait for the next invoice. */
  readonly isInvoicedNow: boolean
  /** A period of its own begins, because its length changed or a trial ended. */
  readonly startsPeriod: boolean
}

/** What a change would cost and do. The preview and the change itself both ask here, so they can't differ. */
export async function planChange(store: Store, subscription: Subscription, wish: Wish): Promise<Plan> {
  const behavior = wish.proration_behavior ?? 'create_prorations'
  const before = subscription.items.data
  const after = await changedItems(store, subscription, wish.items ?? [])
  const [first] = before
  const [next] = after
  if (!first || !next) throw new Error('a subscription has items')
  const at = wish.proration_date ?? store.now
  if (at < first.current_period_start || at > first.current_period_end) {
    throw invalid('Cannot specify a proration date outside of the subscription’s current period.', {
      param: 'proration_date',
    })
  }
  const describe = await describer(
    store,
    [...before, ...after].map(({ price }) => price),
  )
  const endsTrial = wish.trial_end === 'now' && subscription.status === 'trialing'
  const isTrialing = subscription.status === 'trialing' && !endsTrial
  const startsPeriod = endsTrial || (!isTrialing && rhythmOf(before) !== rhythmOf(after))
  if (!startsPeriod) {
    const lines = isTrialing || behavior === 'none' ? [] : prorationLines({ before, after, at, describe })
    return { items: after, lines, isInvoicedNow: behavior === 'always_invoice' && lines.length > 0, startsPeriod }
  }
  const start = endsTrial ? store.now : at
  const end = periodEndAfter(start, recurrenceOf(next.price), start)
  const items = after.map((item) => ({ ...item, current_period_start: start, current_period_end: end }))
  const credit = endsTrial || behavior === 'none' ? [] : prorationLines({ before, after: [], at, describe })
  return { items, lines: [...credit, ...periodLines(items, describe)], isInvoicedNow: true, startsPeriod }
}

type Change = Pick<
  Parameters<'POST /v1/subscriptions/:id'>,
  'items' | 'payment_behavior' | 'proration_behavior' | 'proration_date' | 'trial_end' | 'off_session'
>

/** Puts the plan into effect, and takes the money for it where it is due now. */
export async function changeItems(store: Store, subscription: Subscription, change: Change): Promise<void> {
  const plan = await planChange(store, subscription, change)
  const before = {
    items: subscription.items.data,
    status: subscription.status,
    anchor: subscription.billing_cycle_anchor,
  }
  subscription.items.data = plan.items
  if (plan.startsPeriod) {
    subscription.billing_cycle_anchor = plan.items[0]?.current_period_start ?? store.now
    if (before.status === 'trialing') {
      subscription.status = 'active'
      subscription.trial_end = store.now
    }
  }
  if (!plan.isInvoicedNow) return keepForLater(store, subscription, plan.lines)

  const pending = await takePending(store, subscription.customer, { subscription })
  const invoice = await draftInvoice(store, {
    customer: subscription.customer,
    currency: subscription.currency,
    reason: 'subscription_update',
    lines: [...pending.lines, ...plan.lines],
    subscription,
    finalizesAt: null,
  })
  pending.mark(invoice)
  await finalizeInvoice(store, invoice)
  const isHeld = change.payment_behavior === 'pending_if_incomplete' && invoice.amount_remaining > 0
  if (isHeld) {
    // Held first and applied by the payment, so that success and a late payment go the same way.
    subscription.items.data = before.items
    subscription.billing_cycle_anchor = before.anchor
    subscription.status = before.status
    const anchor = plan.startsPeriod ? (plan.items[0]?.current_period_start ?? null) : null
    holdChange(store, subscription, { invoice, items: plan.items, anchor })
  }
  const outcome = await collect(store, invoice, { isOffSession: change.off_session ?? false })
  if (change.payment_behavior === 'error_if_incomplete' && outcome.kind !== 'succeeded') throw refusedPayment(outcome)
}

function keepForLater(store: Store, subscription: Subscription, lines: readonly LineDraft[]): void {
  for (const line of lines) {
    const item = store.create('invoiceitem', {
      amount: line.amount,
      currency: subscription.currency,
      customer: subscription.customer,
      date: store.now,
      description: line.description,
      discountable: false,
      metadata: {},
      parent: {
        type: 'subscription_details',
        subscription_details: { subscription: subscription.id, subscription_item: line.item?.id ?? '' },
      },
      period: line.period,
      pricing: line.price
        ? {
            type: 'price_details',
            price_details: { price: line.price.id, product: line.price.product },
            unit_amount_decimal: line.price.unit_amount_decimal,
          }
        : null,
      proration: true,
      quantity: line.quantity,
      quantity_decimal: String(line.quantity),
    })
    store.emit('invoiceitem.created', item)
  }
}
