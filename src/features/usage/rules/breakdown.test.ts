import fc from 'fast-check'
import { expect, test } from 'vitest'
import { holdsFor } from '#test/support/usage-inputs.ts'
import { breakdownOf } from './breakdown.ts'

const small = fc.nat({ max: 50 })
const parts = fc.record({
  included: small,
  one_cycle_granted: small,
  one_cycle_purchased: small,
  permanent_granted: small,
  permanent_purchased: small,
})

test('included is drawn first, then one-cycle, then permanent, granted before purchased', () => {
  const limit = {
    included: 10,
    one_cycle_granted: 5,
    one_cycle_purchased: 5,
    permanent_granted: 5,
    permanent_purchased: 5,
  }
  expect(breakdownOf({ used: 17, parts: limit })).toEqual([
    { part: 'included', limit: 10, used: 10, remaining: 0 },
    { part: 'one_cycle_granted', limit: 5, used: 5, remaining: 0 },
    { part: 'one_cycle_purchased', limit: 5, used: 2, remaining: 3 },
    { part: 'permanent_granted', limit: 5, used: 0, remaining: 5 },
    { part: 'permanent_purchased', limit: 5, used: 0, remaining: 5 },
  ])
})

test('the parts hold all that was used, up to the limit, and what remains of each is never negative', () => {
  holdsFor([fc.nat({ max: 400 }), parts], (used, parts) => {
    const shown = breakdownOf({ used, parts })
    const limit = Object.values(parts).reduce((sum, units) => sum + units, 0)
    expect(shown.reduce((sum, part) => sum + part.used, 0)).toBe(Math.min(used, limit))
    for (const part of shown) expect(part.used + part.remaining).toBe(part.limit)
    for (const part of shown) expect(part.remaining).toBeGreaterThanOrEqual(0)
  })
})

test('a part is drawn only once all parts before it are empty', () => {
  holdsFor([fc.nat({ max: 400 }), parts], (used, parts) => {
    const shown = breakdownOf({ used, parts })
    const firstWithRest = shown.findIndex((part) => part.remaining > 0)
    fc.pre(firstWithRest >= 0)
    for (const part of shown.slice(firstWithRest + 1)) expect(part.used).toBe(0)
  })
})
