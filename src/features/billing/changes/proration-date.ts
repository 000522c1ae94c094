import { AppError } from '#src/lib/errors.ts'

const previewSecondsMax = 15 * 60

interface Dated {
  /** Seconds, as a preview gave it. Undefined: now. */
  readonly prorationDate: number | undefined
  /** By the business clock. */
  readonly now: Date
  /** Seconds. */
  readonly periodStart: number
}

/** The moment that a change is counted from. Throws `conflict` for one that no preview gave within the last 15 minutes. */
export function freshProrationDate({ prorationDate, now, periodStart }: Dated): number {
  const present = Math.floor(+now / 1000)
  const date = prorationDate ?? present
  const isFresh =
    Number.isSafeInteger(date) && date <= present && date >= present - previewSecondsMax && date >= periodStart
  if (!isFresh) throw outOfDate()
  return date
}

export const outOfDate = (): AppError =>
  new AppError('conflict', { detail: 'What this costs has changed since you looked. Look at it again.' })
