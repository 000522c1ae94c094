import type { AfterLimit } from '#src/integrations/mail/index.ts'

/** The time that a limit is for, as the database has it. */
export interface LimitedTime {
  readonly is_gauge: boolean
  readonly is_free: boolean
  readonly cancel_at_period_end: boolean
  readonly current_period_end: Date
  /** Of the counter. */
  readonly period_start: Date
  readonly period_end: Date
}

export function afterLimit(time: LimitedTime): AfterLimit {
  if (time.is_gauge) return { kind: 'level' }
  // A paid period that was never paid: what runs is the time of grace after the last one.
  if (!time.is_free && time.period_start >= time.current_period_end) return { kind: 'renewal' }
  const isLast = time.cancel_at_period_end && time.period_end >= time.current_period_end
  return isLast ? { kind: 'ends', at: time.current_period_end } : { kind: 'starts_again', at: time.period_end }
}
