import { invalid } from '../errors.ts'
import { dayOf } from '../time.ts'
import type { Recurrence } from '../time.ts'
import type { Doc } from '../vocabulary.ts'

type Item = Doc<'subscription_item'>
type Price = Doc<'price'>

/** A line before it stands on an invoice. */
export interface LineDraft {
  readonly amount: number
  readonly description: string
  readonly period: { start: number; end: number }
  readonly price?: Price
  readonly quantity: number
  readonly item?: Item
  readonly isProration: boolean
  /** The pending invoice item that becomes this line. */
  readonly invoiceItem?: string
  readonly metadata?: Record<string, string>
}

export const recurrenceOf = (price: Price): Recurrence => {
  if (!price.recurring)
    throw invalid(
      'The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.',
      { param: 'items[0][price]' },
    )
  return price.recurring
}

/** Equal for items whose periods are equally long. */
export const rhythmOf = ([item]: readonly Pick<Item, 'price'>[]): string => {
  const { interval, interval_count: count } = item ? recurrenceOf(item.price) : { interval: '', interval_count: 0 }
  return `${count} ${interval}`
}

export const amountOf = (item: Pick<Item, 'price' | 'quantity'>): number =>
  (item.price.unit_amount ?? 0) * (item.quantity ?? 1)

/** `part / whole` of an amount, half a unit rounded away from zero; in whole numbers, because money is. */
export function shareOf(amount: number, part: number, whole: number): number {
  const [a, p, w] = [BigInt(amount), BigInt(part), BigInt(whole)]
  return Number((2n * a * p + w) / (2n * w))
}

interface Change {
  readonly before: readonly Item[]
  readonly after: readonly Item[]
  readonly at: number
  readonly describe: (price: Price) => string
}

/** Credit for what isn't used any more, charge for what is used from now on; to the second, as Stripe counts. */
export function prorationLines({ before, after, at, describe }: Change): LineDraft[] {
  const isSame = (one: Item, other: Item): boolean =>
    one.id === other.id && one.price.id === other.price.id && one.quantity === other.quantity
  const gone = before.filter((item) => !after.some((other) => isSame(item, other)))
  const come = after.filter((item) => !before.some((other) => isSame(item, other)))
  const line = (item: Item, sign: 1 | -1): LineDraft => {
    const { current_period_start: start, current_period_end: end } = item
    const share = shareOf(amountOf(item), end - at, end - start)
    const what = sign === 1 ? 'Remaining' : 'Unused'
    const count = (item.quantity ?? 1) === 1 ? '' : `${item.quantity} × `
    return {
      amount: share === 0 ? 0 : sign * share,
      description: `${what} time on ${count}${describe(item.price)} after ${dayOf(at)}`,
      period: { start: at, end },
      price: item.price,
      quantity: item.quantity ?? 1,
      item,
      isProration: true,
    }
  }
  return [...gone.map((item) => line(item, -1)), ...come.map((item) => line(item, 1))]
}

export const periodLines = (items: readonly Item[], describe: (price: Price) => string): LineDraft[] =>
  items.map((item) => ({
    amount: amountOf(item),
    description: `${item.quantity ?? 1} × ${describe(item.price)}`,
    period: { start: item.current_period_start, end: item.current_period_end },
    price: item.price,
    quantity: item.quantity ?? 1,
    item,
    isProration: false,
  }))
