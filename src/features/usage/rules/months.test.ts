import fc from 'fast-check'
import { expect, test } from 'vitest'
import { holdsFor, interval, moment } from '#test/support/usage-inputs.ts'
import { lengthMs, stepAround, stepFrom } from './months.ts'

const day = (text: string) => new Date(`${text}T00:00:00Z`)

test('months are counted from the anchor: 31 January leads to 28 February and back to 31 March', () => {
  const months = [1, 2, 3, 13].map((steps) => stepFrom({ anchor: day('2026-01-31'), interval: 'month', steps }))
  expect(months).toEqual([day('2026-02-28'), day('2026-03-31'), day('2026-04-30'), day('2027-02-28')])
})

test('a leap day comes back in the next leap year', () => {
  const years = [1, 2, 3, 4].map((steps) => stepFrom({ anchor: day('2028-02-29'), interval: 'year', steps }))
  expect(years).toEqual([day('2029-02-28'), day('2030-02-28'), day('2031-02-28'), day('2032-02-29')])
  expect(stepFrom({ anchor: day('2028-01-31'), interval: 'month', steps: 1 })).toEqual(day('2028-02-29'))
})

test('the time of day stays, whatever the summer time of anybody', () => {
  const anchor = new Date('2026-03-28T23:30:00.123Z')
  expect(stepFrom({ anchor, interval: 'month', steps: 7 })).toEqual(new Date('2026-10-28T23:30:00.123Z'))
})

test('every moment is in exactly one step, also before the anchor', () => {
  holdsFor([moment, interval, moment], (anchor, interval, at) => {
    const { start, end } = stepAround({ anchor, interval, at })
    expect(+start).toBeLessThanOrEqual(+at)
    expect(+end).toBeGreaterThan(+at)
    expect(stepAround({ anchor, interval, at: start })).toEqual({ start, end })
    expect(stepAround({ anchor, interval, at: new Date(+end - 1) })).toEqual({ start, end })
    expect(stepAround({ anchor, interval, at: end }).start).toEqual(end)
  })
})

test('the anchor itself begins a step', () => {
  holdsFor([moment, interval], (anchor, interval) => {
    expect(stepAround({ anchor, interval, at: anchor }).start).toEqual(anchor)
  })
})

test('a step keeps the day of the anchor, or takes the last one its month has', () => {
  holdsFor([moment, interval, fc.integer({ min: -60, max: 60 })], (anchor, interval, steps) => {
    const at = stepFrom({ anchor, interval, steps })
    const lastDay = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate()
    expect(at.getUTCDate()).toBe(Math.min(anchor.getUTCDate(), lastDay))
    const monthsApart = (at.getUTCFullYear() - anchor.getUTCFullYear()) * 12 + at.getUTCMonth() - anchor.getUTCMonth()
    expect(monthsApart === (interval === 'year' ? steps * 12 : steps)).toBe(true)
    expect(at.toISOString().slice(-14)).toBe(anchor.toISOString().slice(-14))
  })
})

test('an interval is as long as the calendar says', () => {
  expect(lengthMs(day('2026-02-01'), 'month')).toBe(28 * 86_400_000)
  expect(lengthMs(day('2028-01-01'), 'year')).toBe(366 * 86_400_000)
})
