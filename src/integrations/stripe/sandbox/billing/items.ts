import { invalid } from '../errors.ts'
import type { Store } from '../store.ts'
import type { Doc, Given } from '../vocabulary.ts'
import { recurrenceOf, rhythmOf } from './proration.ts'

type Item = Doc<'subscription_item'>

export interface ItemInput {
  readonly id?: string
  readonly price?: string
  readonly quantity?: number
  readonly deleted?: boolean
  readonly metadata?: '' | Readonly<Record<string, string | number | null>> | null
}

interface Period {
  readonly start: number
  readonly end: number
}

export function makeItem(
  store: Store,
  {
    subscription,
    price,
    quantity,
    period,
  }: { subscription: string; price: Doc<'price'>; quantity: number; period: Period },
): Item {
  return store.make('subscription_item', {
    current_period_end: period.end,
    current_period_start: period.start,
    discounts: [],
    metadata: {},
    plan: planOf(store, price),
    price,
    quantity,
    subscription,
    tax_rates: [],
  })
}

/** Stripe still sends the older form of a price beside it. */
function planOf(store: Store, price: Doc<'price'>): Given<Doc<'plan'>> {
  return store.make('plan', {
    id: price.id,
    active: price.active,
    amount: price.unit_amount,
    amount_decimal: price.unit_amount_decimal,
    billing_scheme: 'per_unit',
    currency: price.currency,
    interval: recurrenceOf(price).interval as Doc<'plan'>['interval'],
    interval_count: recurrenceOf(price).interval_count,
    metadata: {},
    product: price.product,
    usage_type: 'licensed',
  })
}

export async function priceFor(store: Store, id: string | undefined, position: number): Promise<Doc<'price'>> {
  const param = `items[${position}][price]`
  if (id === undefined) throw invalid(`Missing required param: ${param}.`, { param, code: 'parameter_missing' })
  const price = await store.get('price', id, param)
  recurrenceOf(price)
  if (!price.active) throw invalid('The price specified is inactive. This field only accepts active prices.', { param })
  return price
}

/** The items as they would be: changed by id, added without one (which is how a second price gets in), or taken out. */
export async function changedItems(
  store: Store,
  subscription: Doc<'subscription'>,
  changes: readonly ItemInput[],
): Promise<Item[]> {
  const items = [...subscription.items.data]
  for (const [position, change] of changes.entries()) {
    const index = items.findIndex(({ id }) => id === change.id)
    const present = items[index]
    if (change.id !== undefined && !present) {
      throw invalid(`No such subscription item: '${change.id}'`, {
        param: `items[${position}][id]`,
        code: 'resource_missing',
      })
    }
    if (!present) {
      const price = await priceFor(store, change.price, position)
      if (items.some((item) => item.price.id === price.id)) {
        throw invalid(`Cannot add multiple subscription items with the same plan: ${price.id}`, { param: 'items' })
      }
      const { current_period_start: start, current_period_end: end } = subscription.items.data[0] ?? {
        current_period_start: store.now,
        current_period_end: store.now,
      }
      items.push(
        makeItem(store, {
          subscription: subscription.id,
          price,
          quantity: change.quantity ?? 1,
          period: { start, end },
        }),
      )
    } else if (change.deleted === true) items.splice(index, 1)
    else {
      const price = change.price === undefined ? present.price : await priceFor(store, change.price, position)
      items[index] = {
        ...present,
        price,
        plan: planOf(store, price) as Item['plan'],
        quantity: change.quantity ?? present.quantity ?? 1,
      }
    }
  }
  if (items.length === 0) throw invalid('A subscription must have at least one active plan.', { param: 'items' })
  assertOneRhythm(items)
  return items
}

export function assertOneRhythm(items: readonly Pick<Item, 'price'>[]): void {
  const rhythms = new Set(items.map((item) => rhythmOf([item])))
  if (rhythms.size > 1)
    throw invalid(
      'All prices on a subscription must have the same `recurring.interval` and `recurring.interval_count`.',
      { param: 'items' },
    )
  const currencies = new Set(items.map(({ price }) => price.currency))
  if (currencies.size > 1)
    throw invalid('All prices on a subscription must have the same currency.', { param: 'items' })
}
