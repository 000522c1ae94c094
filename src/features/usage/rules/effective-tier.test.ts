import { expect, test } from 'vitest'
import { effectiveTier } from './effective-tier.ts'

const at = new Date('2026-03-01T00:00:00Z')

test('a scheduled tier counts from its moment on, not before', () => {
  const subscription = { tier: 'large', next: { tier: 'small', at } }
  expect(effectiveTier(subscription, new Date(+at - 1))).toBe('large')
  expect(effectiveTier(subscription, at)).toBe('small')
})

test('without a schedule the tier stays', () => {
  expect(effectiveTier({ tier: 'large', next: undefined }, at)).toBe('large')
})
