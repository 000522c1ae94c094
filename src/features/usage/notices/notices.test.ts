import { describe, expect, it } from 'vitest'
import { afterLimit } from './after-limit.ts'
import { worthTelling } from './worth-telling.ts'

const notice = (threshold: number, limit: number, at: number) => ({ id: `${threshold}`, threshold, limit, used: 1, at })

describe('which notice is worth a mail', () => {
  it('is the highest of those that came together', () => {
    expect(worthTelling([notice(80, 100, 5), notice(100, 100, 5), notice(50, 100, 5)])?.threshold).toBe(100)
  })
  it('is the highest also when a lower one was written later', () => {
    expect(worthTelling([notice(100, 100, 5), notice(80, 100, 6)])?.threshold).toBe(100)
  })
  it('is about the present limit, once it was raised', () => {
    expect(worthTelling([notice(100, 100, 5), notice(80, 150, 6)])).toMatchObject({ threshold: 80, limit: 150 })
  })
  it('is none of none', () => {
    expect(worthTelling([])).toBeUndefined()
  })
})

describe('what comes after the limit', () => {
  const march = new Date('2026-03-01T00:00:00Z')
  const april = new Date('2026-04-01T00:00:00Z')
  const may = new Date('2026-05-01T00:00:00Z')
  const time = {
    is_gauge: false,
    is_free: false,
    cancel_at_period_end: false,
    current_period_end: april,
    period_start: march,
    period_end: april,
  }
  it.each([
    ['a period starts again', {}, { kind: 'starts_again', at: april }],
    ['a level has none', { is_gauge: true }, { kind: 'level' }],
    ['a canceled subscription ends', { cancel_at_period_end: true }, { kind: 'ends', at: april }],
    [
      'but not with a month of the year that was paid',
      { cancel_at_period_end: true, current_period_end: may },
      { kind: 'starts_again', at: april },
    ],
    ['a renewal is waited for', { period_start: april, period_end: may }, { kind: 'renewal' }],
    [
      'a free tier needs none, however long nobody wrote its period down',
      { is_free: true, period_start: april, period_end: may },
      { kind: 'starts_again', at: may },
    ],
  ])('%s', (_, values, expected) => {
    expect(afterLimit({ ...time, ...values })).toEqual(expected)
  })
})
