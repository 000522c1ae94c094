/** Units of one ledger entry: what it took, and what was given back of it already. */
export interface Refundable {
  readonly taken: number
  readonly refunded: number
}

/**
 * How many units a refund gives back: as many as asked for, or all that is left of the entry. Undefined where that is more
 * than is left, or nothing: an entry never gives back more than it took, however often it is asked.
 */
export function refundUnits({ taken, refunded }: Refundable, asked?: number): number | undefined {
  const left = taken - refunded
  const units = asked ?? left
  return units > 0 && units <= left ? units : undefined
}
