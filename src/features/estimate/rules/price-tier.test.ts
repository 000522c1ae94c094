import { describe, expect, test } from 'vitest'
import { priceTier } from './price-tier.ts'
import type { PricedAddon, PricedTier, UsedMetric } from './price-tier.ts'

const monthly = (priceMinor: number, quotas: PricedTier['quotas']): PricedTier => ({
  priceMinor,
  billingInterval: 'month',
  usageInterval: 'month',
  quotas,
})
const counter = (...byMonth: readonly number[]): UsedMetric => ({ metric: 'messages', isGauge: false, byMonth })
const once = (amount: number, priceMinor: number, id = `once-${amount}`): PricedAddon => ({
  id,
  metric: 'messages',
  amount,
  priceMinor,
  interval: null,
})
const again = (amount: number, priceMinor: number, interval: 'month' | 'year' = 'month'): PricedAddon => ({
  ...once(amount, priceMinor, `again-${amount}`),
  interval,
})
const price = (tier: PricedTier, used: readonly UsedMetric[], addons: readonly PricedAddon[] = []) =>
  priceTier({ tier, used, addons, months: used[0]?.byMonth.length ?? 0 })

describe('priceTier', () => {
  test('what fits costs the price of the months', () => {
    expect(price(monthly(900, { messages: 100 }), [counter(100, 3, 0)])).toEqual({
      tierMinor: 2700,
      addons: [],
      totalMinor: 2700,
      gaps: [],
    })
  })

  test('one unit too many is bought in the month in which it was missing', () => {
    expect(price(monthly(900, { messages: 100 }), [counter(101, 100)], [once(50, 200)])).toMatchObject({
      addons: [{ addonId: 'once-50', count: 1, amountMinor: 200 }],
      totalMinor: 2000,
      gaps: [],
    })
  })

  test('a gap that nothing on offer fills is told with its months and its most', () => {
    expect(price(monthly(0, { messages: 10 }), [counter(11, 10, 40)]).gaps).toEqual([
      { metric: 'messages', months: 2, units: 30 },
    ])
  })

  test('what is not included is all missing; what is unlimited never is', () => {
    expect(price(monthly(0, {}), [counter(1)]).gaps).toEqual([{ metric: 'messages', months: 1, units: 1 }])
    expect(price(monthly(0, { messages: null }), [counter(1e12)]).gaps).toEqual([])
  })

  test('two sizes are mixed where that is cheaper', () => {
    const { addons, totalMinor } = price(monthly(0, { messages: 0 }), [counter(1100)], [once(1000, 500), once(100, 80)])
    expect(addons).toEqual([
      { addonId: 'once-1000', count: 1, amountMinor: 500 },
      { addonId: 'once-100', count: 1, amountMinor: 80 },
    ])
    expect(totalMinor).toBe(580)
  })

  test('what comes again is taken when it is cheaper than once after once, and never with a free tier', () => {
    const addons = [once(100, 300), again(100, 200)]
    const used = [counter(150, 150, 150)]
    expect(price(monthly(1000, { messages: 50 }), used, addons)).toMatchObject({
      addons: [{ addonId: 'again-100', count: 3, amountMinor: 600 }],
      totalMinor: 3600,
    })
    expect(price(monthly(0, { messages: 50 }), used, addons)).toMatchObject({
      addons: [{ addonId: 'once-100', count: 3, amountMinor: 900 }],
    })
    // Missing once only: three months of what comes again would be more.
    expect(price(monthly(1000, { messages: 50 }), [counter(150, 0, 0)], addons).totalMinor).toBe(3300)
  })

  test('what is billed by another interval than the tier is not to be had with it', () => {
    expect(price(monthly(1000, { messages: 50 }), [counter(60)], [again(100, 10, 'year')]).gaps).toHaveLength(1)
  })

  test('a yearly tier counts by twelfths, rounded up, and its yearly units likewise', () => {
    const yearly: PricedTier = {
      priceMinor: 10_000,
      billingInterval: 'year',
      usageInterval: 'year',
      quotas: { messages: 1200 },
    }
    expect(price(yearly, [counter(199, 1)])).toMatchObject({ tierMinor: 1667, gaps: [] })
    // Short over both, and not in one of them.
    expect(price(yearly, [counter(200, 1)]).gaps).toEqual([{ metric: 'messages', months: 2, units: 1 }])
  })

  test('a level is held against the limit each month, by the year too', () => {
    const yearly: PricedTier = {
      priceMinor: 100,
      billingInterval: 'year',
      usageInterval: 'year',
      quotas: { projects: 5 },
    }
    const level = (...byMonth: readonly number[]): UsedMetric => ({ metric: 'projects', isGauge: true, byMonth })
    expect(price(yearly, [level(5, 5, 5)]).gaps).toEqual([])
    expect(price(yearly, [level(5, 6, 7)]).gaps).toEqual([{ metric: 'projects', months: 2, units: 2 }])
  })
})
