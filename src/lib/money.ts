// Money is whole minor units of its currency, and stays so: text is made from their digits, never by dividing.
import { chargeStepOf, minorDigitsOf } from './currencies.ts'

export interface Money {
  /** Whole units of the minor unit that Stripe counts the currency in (currencies.ts). */
  readonly amountMinor: number
  /** ISO 4217. */
  readonly currency: string
}

/** For people, in the writing of their language, such as €19.00, 19,00 € or ¥500. Mails are in English. */
export function formatMoney({ amountMinor, currency }: Money, locale = 'en'): string {
  const digits = minorDigitsOf(currency)
  const amount = decimalOf({ amountMinor, currency })
  const style = { style: 'currency', currency, numberingSystem: 'latn' } as const
  const usual = new Intl.NumberFormat(locale, style).resolvedOptions().maximumFractionDigits ?? digits
  // Nobody writes hundredths of a króna that aren't there.
  const shown = /^-?\d+(\.0+)?$/.test(amount) ? Math.min(usual, digits) : digits
  return new Intl.NumberFormat(locale, { ...style, minimumFractionDigits: shown, maximumFractionDigits: shown }).format(
    amount,
  )
}

/** For machines, such as a spreadsheet: 19.00, -0.05, 500. Throws where the amount is not exact. */
export function decimalOf({ amountMinor, currency }: Money): Intl.StringNumericLiteral {
  if (!Number.isSafeInteger(amountMinor)) throw new Error(`${amountMinor} is no whole number of minor units`)
  const digits = minorDigitsOf(currency)
  const sign = amountMinor < 0 ? '-' : ''
  const text = String(Math.abs(amountMinor)).padStart(digits + 1, '0')
  const whole = text.slice(0, text.length - digits)
  // Digits, and what is between them, make a number.
  return `${sign}${whole}${digits === 0 ? '' : `.${text.slice(-digits)}`}` as Intl.StringNumericLiteral
}

/** Whether Stripe can charge exactly this much of the currency: it has no half yen, and wants whole krónur. */
export const isChargeable = ({ amountMinor, currency }: Money): boolean =>
  Number.isSafeInteger(amountMinor) && amountMinor >= 0 && amountMinor % chargeStepOf(currency) === 0

const typedMax = 24

/**
 * What a person typed, such as 19, 19.00 or 19,5: with either decimal separator and nothing between thousands, which could be
 * one. Undefined: it is no amount that can be charged in this currency.
 */
export function parseAmount(text: string, currency: string): number | undefined {
  const match = text.length > typedMax ? null : /^\s*(\d+)(?:[.,](\d+))?\s*$/.exec(text)
  if (match === null) return undefined
  const [, whole = '', fraction = ''] = match
  const digits = minorDigitsOf(currency)
  if (fraction.length > digits) return undefined
  const amountMinor = Number(`${whole}${fraction.padEnd(digits, '0')}`)
  return isChargeable({ amountMinor, currency }) ? amountMinor : undefined
}
