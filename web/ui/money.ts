// The server's src/lib/money.ts, for pages: a test holds both to the same words.

interface Money {
  /** Whole units of the minor unit that Stripe counts the currency in. */
  readonly amountMinor: number
  /** ISO 4217. */
  readonly currency: string
}

interface Price extends Money {
  readonly interval: 'month' | 'year'
}

const intervals = { month: 'mo', year: 'yr' } as const

/** "€9.00/mo": money always names its currency. */
export const formatPrice = ({ interval, ...money }: Price, locale: string): string =>
  `${formatMoney(money, locale)}/${intervals[interval]}`

const withoutDecimals: ReadonlySet<string> = new Set(
  'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '),
)
const withThreeDecimals: ReadonlySet<string> = new Set('BHD JOD KWD OMR TND'.split(' '))

/** In the writing of the visitor's language (locale.ts); exact, since text is made from the digits and nothing is divided. */
export function formatMoney({ amountMinor, currency }: Money, locale: string): string {
  const digits = decimalsOf(currency)
  const sign = amountMinor < 0 ? '-' : ''
  const text = String(Math.abs(amountMinor)).padStart(digits + 1, '0')
  const [whole, fraction] = [text.slice(0, text.length - digits), text.slice(text.length - digits)]
  const style = { style: 'currency', currency, numberingSystem: 'latn' } as const
  const usual = new Intl.NumberFormat(locale, style).resolvedOptions().maximumFractionDigits ?? digits
  // Nobody writes hundredths of a króna that aren't there.
  const shown = /^0*$/.test(fraction) ? Math.min(usual, digits) : digits
  return new Intl.NumberFormat(locale, { ...style, minimumFractionDigits: shown, maximumFractionDigits: shown }).format(
    // Digits with a point between them are a number.
    `${sign}${whole}.${fraction}0` as Intl.StringNumericLiteral,
  )
}

const decimalsOf = (currency: string): number =>
  withoutDecimals.has(currency) ? 0 : withThreeDecimals.has(currency) ? 3 : 2

/** "9.00": a figure for programs, with as many digits as the currency is counted in. */
export function decimalOf({ amountMinor, currency }: Money): string {
  const digits = decimalsOf(currency)
  const text = String(amountMinor).padStart(digits + 1, '0')
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
}
