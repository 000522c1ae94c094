import { expect, test } from 'vitest'
import { quantile, summarize } from './harness.ts'

test('quantiles are nearest rank, and an even median is the mean of the middle two', () => {
  expect(quantile([3, 1, 2], 0.5)).toBe(2)
  expect(quantile([4, 1, 2, 3], 0.5)).toBe(2.5)
  expect(
    quantile(
      Array.from({ length: 200 }, (_, index) => index + 1),
      0.99,
    ),
  ).toBe(198)
  expect(quantile([7], 0.99)).toBe(7)
  expect(() => quantile([], 0.5)).toThrow()
})

test('a summary gives the spread and the ratio to the floor', () => {
  expect(summarize({ name: 'a', values: [3, 1, 2], unit: 's', floor: 0.5 })).toEqual({
    case: 'a',
    median: 2,
    unit: 's',
    min: 1,
    max: 3,
    repeats: 3,
    floor: 0.5,
    ratio: 4,
  })
})
