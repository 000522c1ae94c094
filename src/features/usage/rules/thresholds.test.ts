import fc from 'fast-check'
import { expect, test } from 'vitest'
import { holdsFor, units } from '#test/support/usage-inputs.ts'
import { crossedThresholds } from './thresholds.ts'

const thresholds = [100, 80]

test('a threshold is crossed when it is reached, and by no step after that', () => {
  expect(crossedThresholds({ usedBefore: 79, usedAfter: 80, limit: 100, thresholds })).toEqual([80])
  expect(crossedThresholds({ usedBefore: 80, usedAfter: 99, limit: 100, thresholds })).toEqual([])
  expect(crossedThresholds({ usedBefore: 0, usedAfter: 100, limit: 100, thresholds })).toEqual([80, 100])
})

test('a part of a unit doesn’t count: 80 % of 3 is reached at 3', () => {
  expect(crossedThresholds({ usedBefore: 0, usedAfter: 2, limit: 3, thresholds })).toEqual([])
  expect(crossedThresholds({ usedBefore: 2, usedAfter: 3, limit: 3, thresholds })).toEqual([80, 100])
})

test('a step down crosses nothing', () => {
  expect(crossedThresholds({ usedBefore: 100, usedAfter: 10, limit: 100, thresholds })).toEqual([])
})

test('however the way to a limit is cut into steps, each threshold is crossed once', () => {
  const cuts = fc.array(fc.nat({ max: 1_000 }), { maxLength: 10 })
  const limits = units.filter((limit) => limit > 0)
  const percents = fc.uniqueArray(fc.integer({ min: 1, max: 100 }), { maxLength: 5 })
  holdsFor([limits, cuts, percents], (limit, cuts, thresholds) => {
    const stops = [0, ...cuts.map((cut) => Math.floor((limit / 1_000) * cut)), limit].toSorted((a, b) => a - b)
    const crossed = stops
      .slice(1)
      .flatMap((usedAfter, i) => crossedThresholds({ usedBefore: stops[i] ?? 0, usedAfter, limit, thresholds }))
    expect(crossed).toEqual(thresholds.toSorted((a, b) => a - b))
  })
})
