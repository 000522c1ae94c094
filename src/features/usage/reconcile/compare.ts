/** A counter, or where there is none, its place. */
export interface CounterKey {
  readonly subscriptionId: string
  readonly metricId: string
  /** As PostgreSQL writes it; for a gauge the beginning of 1970. */
  readonly periodStart: string
}

export interface CounterFigures extends CounterKey {
  readonly used: bigint
  readonly held: bigint
  /** Sum of the reservations that hold units of it. */
  readonly reserved: bigint
}

export interface LedgerSum extends CounterKey {
  readonly sum: bigint
}

/** Units. Text, because a sum that is wrong may be larger than what a number counts to. */
export interface Drift extends CounterKey {
  readonly used: string
  readonly ledger: string
  readonly held: string
  readonly reserved: string
}

/** Every counter that is not the sum of its entries, or doesn't hold what its reservations do. */
export function compare(counters: readonly CounterFigures[], sums: readonly LedgerSum[]): readonly Drift[] {
  const ledger = new Map<string, LedgerSum>()
  for (const entry of sums) {
    const before = ledger.get(keyOf(entry))
    ledger.set(keyOf(entry), { ...entry, sum: entry.sum + (before?.sum ?? 0n) })
  }
  const known = new Set(counters.map(keyOf))
  // Entries without a counter are a drift, too, unless they come to nothing.
  const missing = [...ledger.values()]
    .filter((entry) => !known.has(keyOf(entry)))
    .map((entry) => ({ ...entry, used: 0n, held: 0n, reserved: 0n }))
  return [...counters, ...missing]
    .map((counter) => ({ ...counter, ledger: ledger.get(keyOf(counter))?.sum ?? 0n }))
    .filter(({ used, ledger: sum, held, reserved }) => used !== sum || held !== reserved)
    .map(({ used, ledger: sum, held, reserved, subscriptionId, metricId, periodStart }) => ({
      subscriptionId,
      metricId,
      periodStart,
      used: String(used),
      ledger: String(sum),
      held: String(held),
      reserved: String(reserved),
    }))
}

export const keyOf = ({ subscriptionId, metricId, periodStart }: CounterKey): string =>
  `${subscriptionId} ${metricId} ${periodStart}`
