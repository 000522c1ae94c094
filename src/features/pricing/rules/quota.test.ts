import { expect, test } from 'vitest'
import { isLower, quotaOf } from './quota.ts'

test.each([
  ['unlimited', 5, true],
  [5, 4, true],
  [5, 'not_included', true],
  [5, 0, true],
  [5, 5, false],
  [4, 5, false],
  [Number.MAX_SAFE_INTEGER, 'unlimited', false],
  ['unlimited', 'unlimited', false],
  ['not_included', 0, false],
  [0, 'not_included', false],
] as const)('from %s to %s is lower: %s', (before, after, expected) => {
  expect(isLower(quotaOf(before), quotaOf(after))).toBe(expected)
})
