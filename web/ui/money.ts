interface Price {
  readonly amountMinor: number
  readonly currency: string
  readonly interval: 'month' | 'year'
}

const intervals = { month: 'mo', year: 'yr' } as const

/** "€9.00/mo": money always names its currency. */
export const formatPrice = ({ amountMinor, currency, interval }: Price): string =>
  `${formatMoney({ amountMinor, currency })}/${intervals[interval]}`

/** Minor units to text, with as many decimals as the currency has (ISO 4217). */
export function formatMoney({ amountMinor, currency }: Omit<Price, 'interval'>): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency })
  return format.format(amountMinor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2))
}
