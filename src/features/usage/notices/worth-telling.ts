export interface Notice {
  readonly id: string
  /** Percent of `limit`. */
  readonly threshold: number
  readonly limit: number
  readonly used: number
  /** Seconds since 1970. */
  readonly at: number
}

/** Of several notices of one counter: the highest threshold of the limit that was reached last. */
export function worthTelling(notices: readonly Notice[]): Notice | undefined {
  const [latest] = notices.toSorted((a, b) => b.at - a.at)
  const [highest] = notices.filter(({ limit }) => limit === latest?.limit).toSorted((a, b) => b.threshold - a.threshold)
  return highest
}
