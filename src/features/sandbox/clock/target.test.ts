import { expect, test } from 'vitest'
import { afterStep, furthestFrom } from './target.ts'
import type { ClockStep } from './target.ts'

const after = (now: string, step: ClockStep): string => afterStep(new Date(now), step).toISOString()

test('a step is an hour, a day or a week of UTC, whatever happens to local clocks', () => {
  expect(after('2027-03-28T00:30:00.000Z', 'hour')).toBe('2027-03-28T01:30:00.000Z')
  expect(after('2027-03-27T12:00:00.123Z', 'day')).toBe('2027-03-28T12:00:00.123Z')
  expect(after('2026-12-29T23:59:59.999Z', 'week')).toBe('2027-01-05T23:59:59.999Z')
})

test('a month keeps the day where there is one, and takes the last one where there is none', () => {
  expect(after('2026-11-22T08:00:00.000Z', 'month')).toBe('2026-12-22T08:00:00.000Z')
  expect(after('2027-01-31T08:00:00.000Z', 'month')).toBe('2027-02-28T08:00:00.000Z')
  expect(after('2028-01-31T23:30:00.000Z', 'month')).toBe('2028-02-29T23:30:00.000Z')
  expect(after('2026-12-31T00:00:00.000Z', 'month')).toBe('2027-01-31T00:00:00.000Z')
})

test('one go leads at most five years on, also from a leap day', () => {
  expect(furthestFrom(new Date('2028-02-29T10:00:00.000Z')).toISOString()).toBe('2033-02-28T10:00:00.000Z')
})
