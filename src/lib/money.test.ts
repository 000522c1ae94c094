import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chargeStepOf, currencies, minorDigitsOf } from './currencies.ts'
import { decimalOf, formatMoney, isChargeable, parseAmount } from './money.ts'

const currency = fc.constantFrom(...currencies)
const amountMinor = fc.oneof(
  fc.integer({ min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }),
  fc.constantFrom(0, 1, -1, 5, 10, 99, 100, 999, 1000, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER),
)
const locale = fc.constantFrom('en', 'de', 'de-CH', 'fr', 'hi', 'ar-EG', 'ja', 'pt-BR', 'sv')

/** What stands in a text, as the digits it is made of. */
const digitsOf = (text: string): string => text.replaceAll(/[^\d]/g, '')

describe('currencies', () => {
  it('are known to Intl, every one', () => {
    const known = new Set(Intl.supportedValuesOf('currency'))
    expect([...currencies].filter((code) => !known.has(code))).toEqual([])
    expect(currencies.size).toBeGreaterThan(130)
  })
})

describe('formatMoney', () => {
  it.each([
    [{ amountMinor: 1_234_50, currency: 'EUR' }, 'en', '€1,234.50'],
    [{ amountMinor: 1_234_50, currency: 'EUR' }, 'de', '1.234,50 €'],
    [{ amountMinor: -5, currency: 'USD' }, 'en', '-$0.05'],
    [{ amountMinor: 500, currency: 'JPY' }, 'en', '¥500'],
    [{ amountMinor: 500, currency: 'MGA' }, 'en', 'MGA 500'],
    [{ amountMinor: 50_000, currency: 'ISK' }, 'en', 'ISK 500'],
    [{ amountMinor: 50_000, currency: 'UGX' }, 'en', 'UGX 500'],
    [{ amountMinor: 100_000, currency: 'HUF' }, 'en', 'HUF 1,000'],
    [{ amountMinor: 100_050, currency: 'HUF' }, 'en', 'HUF 1,000.50'],
    [{ amountMinor: 5_120, currency: 'KWD' }, 'en', 'KWD 5.120'],
    [{ amountMinor: 1_900, currency: 'USD' }, 'ar-EG', '19.00 US$'],
    [{ amountMinor: Number.MAX_SAFE_INTEGER, currency: 'USD' }, 'en', '$90,071,992,547,409.91'],
  ])('%o in %s is %s', (money, language, text) => {
    const plain = (formatted: string) => formatted.replaceAll(/[\u00A0\u202F]/g, ' ').replaceAll(/[\u200E\u200F]/g, '')
    expect(plain(formatMoney(money, language))).toBe(text)
  })

  it('shows every digit of every amount, in every currency and language', () => {
    fc.assert(
      fc.property(amountMinor, currency, locale, (amount, code, language) => {
        const shown = digitsOf(formatMoney({ amountMinor: amount, currency: code }, language))
        const exact = digitsOf(decimalOf({ amountMinor: amount, currency: code }))
        const wholeOnly = exact.slice(0, exact.length - minorDigitsOf(code))
        expect([exact, ...(amount % 10 ** minorDigitsOf(code) === 0 ? [wholeOnly] : [])]).toContain(shown)
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('decimalOf', () => {
  it('is the amount moved by the currency’s decimals, exactly', () => {
    fc.assert(
      fc.property(amountMinor, currency, (amount, code) => {
        const [whole = '', fraction = ''] = decimalOf({ amountMinor: amount, currency: code }).split('.')
        expect(fraction).toHaveLength(minorDigitsOf(code))
        expect(BigInt(whole.replace('-', '') + fraction)).toBe(BigInt(Math.abs(amount)))
        expect(whole.startsWith('-')).toBe(amount < 0)
      }),
    )
  })

  it.each([0.5, Number.NaN, Number.MAX_SAFE_INTEGER + 1])('refuses %s, which is not exact', (amount) => {
    expect(() => decimalOf({ amountMinor: amount, currency: 'EUR' })).toThrow('no whole number')
  })
})

describe('parseAmount', () => {
  it.each([
    ['19', 'EUR', 1_900],
    [' 19.5 ', 'EUR', 1_950],
    ['19,50', 'EUR', 1_950],
    ['0', 'EUR', 0],
    ['500', 'JPY', 500],
    ['500', 'ISK', 50_000],
    ['500.00', 'ISK', 50_000],
    ['5.12', 'KWD', 5_120],
    ['90071992547409.91', 'USD', Number.MAX_SAFE_INTEGER],
  ])('%j in %s is %i', (text, code, expected) => {
    expect(parseAmount(text, code)).toBe(expected)
  })

  it.each([
    ['1,234', 'USD'],
    ['1 234', 'USD'],
    ['1,234.50', 'USD'],
    ['-1', 'USD'],
    ['1e3', 'USD'],
    ['', 'USD'],
    ['.5', 'USD'],
    ['19.999', 'USD'],
    ['500.5', 'JPY'],
    ['500.50', 'ISK'],
    ['5.123', 'KWD'],
    ['90071992547409.92', 'USD'],
    ['9'.repeat(40), 'USD'],
  ])('%j in %s is no amount', (text, code) => {
    expect(parseAmount(text, code)).toBeUndefined()
  })

  it('gives back what can be charged, however it was written', () => {
    fc.assert(
      fc.property(fc.nat(99_999_999), currency, fc.constantFrom('.', ','), (amount, code, separator) => {
        const money = { amountMinor: amount - (amount % chargeStepOf(code)), currency: code }
        expect(parseAmount(decimalOf(money).replace('.', separator), code)).toBe(money.amountMinor)
      }),
    )
  })
})

it.each([
  [{ amountMinor: 1, currency: 'USD' }, true],
  [{ amountMinor: 1, currency: 'JPY' }, true],
  [{ amountMinor: 100, currency: 'ISK' }, true],
  [{ amountMinor: 150, currency: 'ISK' }, false],
  [{ amountMinor: 1, currency: 'UGX' }, false],
  [{ amountMinor: 5_120, currency: 'KWD' }, true],
  [{ amountMinor: 5_124, currency: 'KWD' }, false],
  [{ amountMinor: -100, currency: 'USD' }, false],
  [{ amountMinor: 0.5, currency: 'USD' }, false],
])('%o can be charged: %s', (money, expected) => {
  expect(isChargeable(money)).toBe(expected)
})
