import fc from 'fast-check'
import { expect, test } from 'vitest'
import { holdsFor, interval, quota } from '#test/support/usage-inputs.ts'
import { classifyChange } from './tier-change.ts'
import type { ComparedTier } from './tier-change.ts'

const capped = (units: number) => ({ kind: 'capped', units }) as const
const tierWith = (change: Partial<ComparedTier>): ComparedTier => ({
  price: 1_000,
  currency: 'EUR',
  usageInterval: 'month',
  quotas: new Map([
    ['messages', capped(100)],
    ['pages', capped(10)],
  ]),
  ...change,
})
const small = tierWith({})
const tiers = fc.record({
  price: fc.nat({ max: 3 }),
  currency: fc.constantFrom('EUR', 'USD'),
  usageInterval: interval,
  quotas: fc
    .array(fc.tuple(fc.constantFrom('a', 'b', 'c'), quota), { maxLength: 3 })
    .map((entries) => new Map(entries)),
})

test('more of something and less of nothing, at no lower price, acts at once', () => {
  const more = new Map([...small.quotas, ['messages', capped(500)] as const])
  expect(classifyChange(small, tierWith({ price: 2_000, quotas: more }))).toBe('upgrade')
  expect(classifyChange(small, tierWith({ quotas: more }))).toBe('upgrade')
  expect(classifyChange(small, tierWith({ quotas: new Map([...small.quotas, ['seats', capped(1)]]) }))).toBe('upgrade')
})

test('a change that raises one metric and lowers another waits for the end of the period, also at a higher price', () => {
  const mixed = new Map([
    ['messages', capped(1_000)],
    ['pages', capped(9)],
  ])
  expect(classifyChange(small, tierWith({ price: 5_000, quotas: mixed }))).toBe('downgrade')
})

test('a metric that the new tier lacks counts as lowered', () => {
  expect(classifyChange(small, tierWith({ price: 5_000, quotas: new Map([['messages', capped(100)]]) }))).toBe(
    'downgrade',
  )
})

test('what was paid for lasts until the end of its period', () => {
  expect(classifyChange(small, tierWith({ price: 999 }))).toBe('downgrade')
  expect(classifyChange(small, tierWith({ price: 0 }))).toBe('downgrade')
  expect(classifyChange(tierWith({ price: 0 }), small)).toBe('upgrade')
})

test('prices in two currencies can’t be compared, so the change waits', () => {
  expect(classifyChange(small, tierWith({ price: 9_000, currency: 'USD' }))).toBe('downgrade')
})

test('a year’s quota, perhaps drawn already, is not followed at once by monthly ones', () => {
  const yearly = tierWith({ usageInterval: 'year' })
  expect(classifyChange(yearly, tierWith({ price: 9_000 }))).toBe('downgrade')
  expect(classifyChange(small, yearly)).toBe('upgrade')
})

test('a tier follows itself at once, and of two different tiers at most one direction is an upgrade that gives more', () => {
  holdsFor([tiers, tiers], (a, b) => {
    expect(classifyChange(a, a)).toBe('upgrade')
    fc.pre(classifyChange(a, b) === 'upgrade' && classifyChange(b, a) === 'upgrade')
    // Both at once: then neither gives more than the other, so going back and forth gains nothing.
    expect(a.price).toBe(b.price)
    expect(a.usageInterval).toBe(b.usageInterval)
    const unitsOf = (tier: ComparedTier, metric: string) => {
      const found = tier.quotas.get(metric)
      return found === undefined || found.kind === 'none' || found.kind === 'denied' ? 0 : found
    }
    for (const metric of ['a', 'b', 'c']) expect(unitsOf(a, metric)).toEqual(unitsOf(b, metric))
  })
})
