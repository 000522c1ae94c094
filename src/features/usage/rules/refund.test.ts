import fc from 'fast-check'
import { expect, test } from 'vitest'
import { holdsFor } from '#test/support/usage-inputs.ts'
import { refundUnits } from './refund.ts'

test('a refund without an amount gives back all that is left', () => {
  expect(refundUnits({ taken: 10, refunded: 0 })).toBe(10)
  expect(refundUnits({ taken: 10, refunded: 7 })).toBe(3)
})

test('more than is left, nothing and less than nothing are refused', () => {
  expect(refundUnits({ taken: 10, refunded: 7 }, 4)).toBeUndefined()
  expect(refundUnits({ taken: 10, refunded: 10 })).toBeUndefined()
  expect(refundUnits({ taken: 10, refunded: 0 }, 0)).toBeUndefined()
  expect(refundUnits({ taken: 10, refunded: 0 }, -1)).toBeUndefined()
})

test('no order of refunds gives back more than was taken', () => {
  const asked = fc.array(fc.option(fc.integer({ min: -2, max: 12 }), { nil: undefined }), { maxLength: 12 })
  holdsFor([fc.nat({ max: 20 }), asked], (taken, asks) => {
    let refunded = 0
    for (const ask of asks) refunded += refundUnits({ taken, refunded }, ask) ?? 0
    expect(refunded).toBeLessThanOrEqual(taken)
  })
})
