// What moves along when a subscription, or its period, takes over from an earlier one: otherwise cancelling and coming back,
// or switching there and back, would give a quota twice.
import { contains } from './months.ts'
import type { Period } from './months.ts'

/** What a counter or level was kept for. */
export type Kept =
  | { readonly kind: 'gauge' }
  | { readonly kind: 'counter'; readonly period: Period }
  /** Used on credit after a paid period had ended; `wholeEnd` is when that period would have ended, had it been paid. */
  | { readonly kind: 'provisional'; readonly period: Period; readonly wholeEnd: Date }

/**
 * Whether a new subscription of the same person and agent opens with this use of an earlier one. A gauge is a level and
 * always carries. Use on credit carries as long as its period would have lasted, because nobody ever paid for it.
 */
export function carriesIn(kept: Kept, { now, bothPaidInFull }: { now: Date; bothPaidInFull: boolean }): boolean {
  switch (kept.kind) {
    case 'gauge':
      return true
    case 'provisional':
      return now < kept.wholeEnd
    case 'counter':
      return !bothPaidInFull && contains(kept.period, now)
  }
}

interface Rescheduling {
  /** The paid period's end before the change. Undefined: it was free, so none of its use was on credit. */
  readonly paidUntil: Date | undefined
  /** The bounds of the periods that the new schedule has. */
  readonly bounds: Period
  readonly now: Date
  /** The usage period that the new schedule has at a moment within its bounds. */
  readonly periodAt: (at: Date) => Period
}

/**
 * Where a counter's use belongs once a subscription's periods have changed: in the new usage period that was running when
 * the counter was last used, at the earliest in the first one. Undefined: it stays, since it ended before the new ones
 * began, or is on credit still.
 */
export function newHome(counter: Period, { paidUntil, bounds, now, periodAt }: Rescheduling): Period | undefined {
  const isOnCredit = paidUntil !== undefined && counter.start >= paidUntil
  // Nothing later has been paid for yet.
  if (isOnCredit && bounds.end <= paidUntil) return undefined
  if (counter.end <= bounds.start && !isOnCredit) return undefined
  const lastUse = Math.min(+now, +counter.end - 1)
  return periodAt(new Date(Math.max(+bounds.start, Math.min(lastUse, +bounds.end - 1))))
}
