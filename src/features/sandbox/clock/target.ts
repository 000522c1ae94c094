import { UTCDate } from '@date-fns/utc'
import { addDays, addHours, addMonths, addWeeks, addYears } from 'date-fns'

export const clockSteps = ['hour', 'day', 'week', 'month'] as const
export type ClockStep = (typeof clockSteps)[number]

/** Where the business clock is to go: forward only. */
export type ClockTarget =
  | { readonly kind: 'step'; readonly step: ClockStep }
  /** Until time itself changes something. */
  | { readonly kind: 'next_due' }
  | { readonly kind: 'moment'; readonly at: Date }

export const yearsMax = 5

/** In UTC; months are those of the calendar, so from 31 January to 28 February. */
export function afterStep(now: Date, step: ClockStep): Date {
  const add = { hour: addHours, day: addDays, week: addWeeks, month: addMonths }[step]
  return new Date(add(new UTCDate(now), 1).getTime())
}

/** The furthest that one go may lead. */
export const furthestFrom = (now: Date): Date => new Date(addYears(new UTCDate(now), yearsMax).getTime())
