import { describe, expect, it } from 'vitest'
import { formatMoney, formatPrice } from './money.ts'
import { formatDay, relativeTime } from './time.tsx'

const now = Date.parse('2026-11-22T12:00:00Z')

describe('money', () => {
  it('names its currency and has as many decimals as the currency', () => {
    expect(formatMoney({ amountMinor: 1_234_50, currency: 'EUR' }, 'en')).toBe('€1,234.50')
    expect(formatMoney({ amountMinor: 500, currency: 'JPY' }, 'en')).toBe('¥500')
    expect(formatPrice({ amountMinor: 900, currency: 'EUR', interval: 'month' }, 'en')).toBe('€9.00/mo')
  })
})

describe('time', () => {
  it.each([
    ['2026-11-22T11:59:30Z', 'just now'],
    ['2026-11-22T11:15:00Z', '45 minutes ago'],
    ['2026-11-21T12:00:00Z', 'yesterday'],
    ['2026-11-12T12:00:00Z', '10 days ago'],
    ['2026-10-10T00:00:00Z', '1 month ago'],
    ['2026-07-24T00:00:00Z', '3 months ago'],
    ['2025-03-01T00:00:00Z', '1 year ago'],
    ['2026-12-03T12:00:00Z', 'in 11 days'],
  ])('%s is %s', (iso, words) => {
    expect(relativeTime(iso, now)).toBe(words)
  })

  it('writes a day the same in every time zone', () => {
    expect(formatDay('2026-12-03')).toBe('3 Dec 2026')
  })
})
