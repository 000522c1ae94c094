export interface Money {
  /** Whole units of the currency's minor unit. */
  readonly amountMinor: number
  /** ISO 4217. */
  readonly currency: string
}

/** For people, such as €19.00 or ¥500. */
export function formatMoney({ amountMinor, currency }: Money): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency })
  return format.format(amountMinor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2))
}
