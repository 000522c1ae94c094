import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addPeriods, periodEndAfter } from './time.ts'

const seconds = (date: string): number => Date.parse(date) / 1000
const moment = fc.integer({ min: seconds('2020-01-01'), max: seconds('2040-01-01') })
const recurrence = fc.record({
  interval: fc.constantFrom('day', 'week', 'month', 'year'),
  interval_count: fc.integer({ min: 1, max: 12 }),
})

describe('the periods of a subscription', () => {
  it('end on the anchor’s day, or on the last of a shorter month', () => {
    const monthly = { interval: 'month', interval_count: 1 }
    const ends = [1, 2, 3, 4, 13].map((times) => addPeriods(seconds('2027-01-31T10:00:00Z'), monthly, times))
    expect(ends.map((end) => new Date(end * 1000).toISOString())).toEqual([
      '2027-02-28T10:00:00.000Z',
      '2027-03-31T10:00:00.000Z',
      '2027-04-30T10:00:00.000Z',
      '2027-05-31T10:00:00.000Z',
      '2028-02-29T10:00:00.000Z',
    ])
  })

  it('follow each other without gaps and overlaps, wherever one looks', () => {
    fc.assert(
      fc.property(moment, recurrence, fc.integer({ min: 0, max: 400_000_000 }), (anchor, every, later) => {
        const at = anchor + later
        const end = periodEndAfter(anchor, every, at)
        expect(end).toBeGreaterThan(at)
        // The period that ends there has begun: nothing was left out.
        const times = Array.from({ length: 4_700 }, (_, index) => index)
        const index = times.find((count) => addPeriods(anchor, every, count) === end)
        if (index === undefined) throw new Error('not the end of a period')
        expect(addPeriods(anchor, every, index - 1)).toBeLessThanOrEqual(at)
      }),
      { seed: 5, numRuns: 200 },
    )
  })

  it('end at the anchor while it lies ahead, as a trial does', () => {
    expect(periodEndAfter(2_000, { interval: 'month', interval_count: 1 }, 1_000)).toBe(2_000)
  })
})
