import { UTCDate } from '@date-fns/utc'
// By their own paths, as in integrations/stripe/sandbox/time.ts: the whole package costs a start a second.
import { addDays } from 'date-fns/addDays'
import { addHours } from 'date-fns/addHours'
import { addMonths } from 'date-fns/addMonths'
import { addWeeks } from 'date-fns/addWeeks'
import { addYears } from 'date-fns/addYears'

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
