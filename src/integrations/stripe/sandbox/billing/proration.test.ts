import fc from 'fast-check'
import { expect, it } from 'vitest'
import { shareOf } from './proration.ts'

const amount = fc.integer({ min: 0, max: 99_999_999 })
const year = 366 * 86_400

it('a share is the nearest whole amount, halves away from zero', () => {
  expect(shareOf(1, 1, 2)).toBe(1)
  expect(shareOf(3, 1, 2)).toBe(2)
  expect(shareOf(1_900, 1, 3)).toBe(633)
  expect(shareOf(99_999_999, year - 1, year)).toBe(99_999_996)
})

it('nothing used gives everything back, all of it used nothing, and never more than was paid', () => {
  fc.assert(
    fc.property(amount, fc.integer({ min: 1, max: year }), fc.integer({ min: 0, max: year }), (whole, length, gone) => {
      const left = Math.max(0, length - gone)
      expect(shareOf(whole, length, length)).toBe(whole)
      expect(shareOf(whole, 0, length)).toBe(0)
      expect(shareOf(whole, left, length)).toBeLessThanOrEqual(whole)
      expect(
        Math.abs(shareOf(whole, left, length) + shareOf(whole, length - left, length) - whole),
      ).toBeLessThanOrEqual(1)
    }),
    { seed: 5, numRuns: 500 },
  )
})
