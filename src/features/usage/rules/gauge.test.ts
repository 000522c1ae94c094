import fc from 'fast-check'
import { expect, test } from 'vitest'
import { holdsFor } from '#test/support/usage-inputs.ts'
import { changeGauge } from './gauge.ts'
import type { Limit } from './limit.ts'

const parts = {
  included: 5,
  one_cycle_granted: 0,
  one_cycle_purchased: 0,
  permanent_granted: 0,
  permanent_purchased: 0,
}
const five: Limit = { kind: 'capped', units: 5, parts }
const limits = fc.constantFrom<Limit>(five, { kind: 'not_included' }, { kind: 'unlimited' })

test('a level rises up to its limit', () => {
  expect(changeGauge({ level: 4, delta: 1, limit: five })).toEqual({ kind: 'allowed', level: 5 })
  expect(changeGauge({ level: 4, delta: 2, limit: five })).toEqual({ kind: 'denied', reason: 'quota_exceeded' })
  expect(changeGauge({ level: 0, delta: 1, limit: { kind: 'not_included' } })).toEqual({
    kind: 'denied',
    reason: 'not_included',
  })
})

test('lowering is allowed above the limit and without one, but not below 0', () => {
  expect(changeGauge({ level: 9, delta: -1, limit: five })).toEqual({ kind: 'allowed', level: 8 })
  expect(changeGauge({ level: 9, delta: -1, limit: { kind: 'not_included' } })).toEqual({ kind: 'allowed', level: 8 })
  expect(changeGauge({ level: 1, delta: -2, limit: { kind: 'unlimited' } })).toEqual({ kind: 'below_zero' })
})

test('no order of changes takes a level below 0, or a rise above its limit', () => {
  holdsFor([limits, fc.array(fc.integer({ min: -6, max: 6 }), { maxLength: 20 })], (limit, deltas) => {
    const units = { unlimited: Number.POSITIVE_INFINITY, capped: 5, not_included: 0 }[limit.kind]
    let level = 0
    for (const delta of deltas) {
      const change = changeGauge({ level, delta, limit })
      if (change.kind !== 'allowed') continue
      expect(change.level).toBe(level + delta)
      level = change.level
      expect(level).toBeGreaterThanOrEqual(0)
      expect(level <= units || delta < 0).toBe(true)
    }
  })
})
