import fc from 'fast-check'
import { expect, it } from 'vitest'
import { currencies } from '#src/lib/currencies.ts'
import { formatMoney as formatOnServer } from '#src/lib/money.ts'
import { formatMoney } from '#web/ui/money.ts'

it('money on pages is written as the server writes it, in every currency and language', () => {
  const amountMinor = fc.integer({ min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER })
  const hundreds = fc.integer({ min: -1_000, max: 1_000 }).map((hundred) => hundred * 100)
  fc.assert(
    fc.property(
      fc.oneof(amountMinor, hundreds, fc.constantFrom(0, 1, -1, Number.MAX_SAFE_INTEGER)),
      fc.constantFrom(...currencies),
      fc.constantFrom('en', 'de', 'ar-EG', 'hi', 'fr-CH'),
      (amount, currency, locale) => {
        const money = { amountMinor: amount, currency }
        expect(formatMoney(money, locale)).toBe(formatOnServer(money, locale))
      },
    ),
    { numRuns: 500 },
  )
})
