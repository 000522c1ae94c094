import { UTCDate } from '@date-fns/utc'
// By their own paths: Node parses a package's `exports` again for each of its modules, and of this one, 300 modules with 140 kB
// of them, that was a second of each start.
import { addDays } from 'date-fns/addDays'
import { addMonths } from 'date-fns/addMonths'
import { addWeeks } from 'date-fns/addWeeks'
import { addYears } from 'date-fns/addYears'

export const hourSeconds = 3_600
export const daySeconds = 86_400

export interface Recurrence {
  readonly interval: string
  readonly interval_count: number
}

/** `times` periods after the anchor, which keeps its day: from 31 January to 28 February to 31 March. In seconds. */
export function addPeriods(anchor: number, { interval, interval_count: count }: Recurrence, times: number): number {
  const start = new UTCDate(anchor * 1000)
  const add = { day: addDays, week: addWeeks, month: addMonths, year: addYears }[interval]
  if (add === undefined) throw new Error(`no such interval: ${interval}`)
  return add(start, count * times).getTime() / 1000
}

/** The first end of a period that lies after `at`. */
export function periodEndAfter(anchor: number, recurrence: Recurrence, at: number): number {
  if (anchor > at) return anchor
  // No period is longer than this, so the count starts at or before the right one.
  const longestDays = { day: 1, week: 7, month: 31, year: 366 }[recurrence.interval] ?? 1
  let times = Math.floor((at - anchor) / (longestDays * recurrence.interval_count * daySeconds))
  while (addPeriods(anchor, recurrence, times) <= at) times += 1
  return addPeriods(anchor, recurrence, times)
}

/** Such as 22 Nov 2026, as Stripe writes days into the lines of invoices. */
export const dayOf = (seconds: number): string =>
  new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }).format(
    seconds * 1000,
  )
