// Steps of whole months or years from an anchor, in UTC. They are always counted from the anchor and never from the step
// before, so that 31 January leads to 28 February and then back to 31 March.
import { UTCDateMini } from '@date-fns/utc'
import { addMonths } from 'date-fns/addMonths'
import { differenceInCalendarMonths } from 'date-fns/differenceInCalendarMonths'

/** Half-open `[start, end)`. */
export interface Period {
  readonly start: Date
  readonly end: Date
}

export type Interval = 'month' | 'year'

const monthsOf: Readonly<Record<Interval, number>> = { month: 1, year: 12 }

/** The moment `steps` intervals after `anchor`; a day that its month lacks becomes the month's last. */
export function stepFrom({ anchor, interval, steps }: { anchor: Date; interval: Interval; steps: number }): Date {
  return new Date(+addMonths(new UTCDateMini(+anchor), steps * monthsOf[interval]))
}

/** The step from `anchor` that contains `at`, which may lie before the anchor. */
export function stepAround({ anchor, interval, at }: { anchor: Date; interval: Interval; at: Date }): Period {
  const months = differenceInCalendarMonths(new UTCDateMini(+at), new UTCDateMini(+anchor))
  const guess = Math.floor(months / monthsOf[interval])
  // Within the same calendar month the anchor's day may still be to come; more than one step the guess is never off.
  const steps = stepFrom({ anchor, interval, steps: guess }) <= at ? guess : guess - 1
  return {
    start: stepFrom({ anchor, interval, steps }),
    end: stepFrom({ anchor, interval, steps: steps + 1 }),
  }
}

/** How long one interval from `start` is, in milliseconds. */
export const lengthMs = (start: Date, interval: Interval): number =>
  +stepFrom({ anchor: start, interval, steps: 1 }) - +start

export const contains = ({ start, end }: Period, at: Date): boolean => start <= at && at < end
