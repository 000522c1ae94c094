/** A step of a counter against the limit it was held against. */
interface Step {
  readonly usedBefore: number
  readonly usedAfter: number
  /** Units, positive. An unlimited metric has no thresholds. */
  readonly limit: number
  /** Percent of the limit. */
  readonly thresholds: readonly number[]
}

/**
 * The thresholds that a step reaches, in ascending order. Whoever writes the notice lets its unique key decide who is
 * first; the key holds the limit, so another limit arms them again.
 */
export function crossedThresholds({ usedBefore, usedAfter, limit, thresholds }: Step): readonly number[] {
  return thresholds
    .filter((percent) => !isReached(usedBefore, percent, limit) && isReached(usedAfter, percent, limit))
    .toSorted((a, b) => a - b)
}

/** In whole numbers: 80 % of a limit of 3 is reached at 3, not at 2.4. */
const isReached = (used: number, percent: number, limit: number): boolean =>
  BigInt(used) * 100n >= BigInt(limit) * BigInt(percent)
