import { expect, test } from 'vitest'
import { includedUnits, quotaOf } from './quota.ts'

test('null is unlimited, 0 is denied, no row is not included', () => {
  expect(quotaOf({ quotaLimit: null })).toEqual({ kind: 'unlimited' })
  expect(quotaOf({ quotaLimit: 0 })).toEqual({ kind: 'denied' })
  expect(quotaOf({ quotaLimit: 5 })).toEqual({ kind: 'capped', units: 5 })
  expect(quotaOf(undefined)).toEqual({ kind: 'none' })
})

test('only a cap and no limit at all include any units', () => {
  expect(
    [undefined, { quotaLimit: 0 }, { quotaLimit: 5 }, { quotaLimit: null }].map(quotaOf).map(includedUnits),
  ).toEqual([0, 0, 5, Number.POSITIVE_INFINITY])
})
