// What is charged again without anybody doing anything, by calendar month. A month or a year from a day never skips a calendar
// month nor meets one twice (31 January leads to 28 February), so that months are all that counts here.
import { monthAfter, monthOf } from './months.ts'
import type { Month } from './months.ts'

export type Interval = 'month' | 'year'

/** What renews. Minor units. */
export interface Renewing {
  /** When it is charged next: after a trial, or at the end of what is paid. */
  readonly at: Date
  readonly amountMinor: number
  readonly every: Interval
  /** Billed with it as long as it is billed as often. */
  readonly addons?: readonly { readonly amountMinor: number; readonly every: Interval }[]
  /** What takes over by itself. */
  readonly next?: Coming | undefined
}

export interface Coming {
  readonly at: Date
  readonly amountMinor: number
  readonly every: Interval
  /** A newer version of the tier, which Stripe may be told of too late for its first period. */
  readonly isVersion: boolean
}

const stepOf = { month: 1, year: 12 } as const satisfies Record<Interval, number>

/**
 * As far as anything can still change by itself: a trial is two years long at most, a year may be paid ahead, and what takes over
 * then is seen through a whole year more.
 */
const monthsAhead = 60

/** What each month from `from` on is charged. */
export function renewalsOf({ at, amountMinor, every, addons = [], next }: Renewing, from: Month): Map<Month, number> {
  const charged = new Map<Month, number>()
  const last = monthAfter(from, monthsAhead)
  const changesIn = next && monthOf(next.at)
  let present: Pick<Renewing, 'amountMinor' | 'every'> = { amountMinor, every }
  for (let month = monthOf(at); month <= last; month = monthAfter(month, stepOf[present.every])) {
    const before = present.amountMinor
    if (next !== undefined && changesIn !== undefined && month >= changesIn) present = next
    // A free tier takes over.
    if (present.amountMinor === 0) break
    const isEither = next?.isVersion === true && month === changesIn
    const main = isEither ? Math.max(before, present.amountMinor) : present.amountMinor
    const beside = addons.filter((addon) => addon.every === present.every)
    if (month >= from)
      charged.set(
        month,
        beside.reduce((sum, addon) => sum + addon.amountMinor, main),
      )
  }
  return charged
}
