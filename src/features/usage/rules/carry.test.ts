import fc from 'fast-check'
import { expect, test } from 'vitest'
import { holdsFor, interval, moment } from '#test/support/usage-inputs.ts'
import { carriesIn, newHome } from './carry.ts'
import { contains, stepAround } from './months.ts'
import type { Interval } from './months.ts'

const day = (text: string) => new Date(`${text}T00:00:00Z`)
const january = { start: day('2026-01-01'), end: day('2026-02-01') }
const now = day('2026-01-20')

test('use of a running period carries into a new subscription, use of an ended one does not', () => {
  const counter = { kind: 'counter', period: january } as const
  expect(carriesIn(counter, { now, bothPaidInFull: false })).toBe(true)
  expect(carriesIn(counter, { now: january.end, bothPaidInFull: false })).toBe(false)
})

test('two subscriptions that were both paid in full have a quota each', () => {
  expect(carriesIn({ kind: 'counter', period: january }, { now, bothPaidInFull: true })).toBe(false)
})

test('a level always carries', () => {
  expect(carriesIn({ kind: 'gauge' }, { now, bothPaidInFull: true })).toBe(true)
})

test('use on credit carries after its grace too, as long as its period would have lasted', () => {
  const credit = {
    kind: 'provisional',
    period: { start: day('2026-01-01'), end: day('2026-01-08') },
    wholeEnd: january.end,
  } as const
  expect(carriesIn(credit, { now, bothPaidInFull: true })).toBe(true)
  expect(carriesIn(credit, { now: january.end, bothPaidInFull: false })).toBe(false)
})

const monthsFrom = (anchor: Date, interval: Interval = 'month') => ({
  bounds: stepAround({ anchor, interval, at: anchor }),
  periodAt: (at: Date) => stepAround({ anchor, interval, at }),
})

test('a period cut short by an upgrade hands its use to the new one', () => {
  const upgraded = monthsFrom(day('2026-01-15'))
  expect(newHome(january, { ...upgraded, paidUntil: january.end, now })).toEqual(upgraded.bounds)
})

test('a period that ended before the new one began keeps its use', () => {
  const renewed = monthsFrom(day('2026-02-01'))
  expect(newHome(january, { ...renewed, paidUntil: january.end, now: day('2026-02-03') })).toBeUndefined()
})

test('use on credit moves into the paid period whatever its start', () => {
  const credit = { start: day('2026-02-01'), end: day('2026-02-08') }
  for (const start of ['2026-01-30', '2026-02-01', '2026-02-05', '2026-02-20']) {
    const renewed = monthsFrom(day(start))
    expect(newHome(credit, { ...renewed, paidUntil: january.end, now: day('2026-02-21') })).toEqual(renewed.bounds)
  }
})

test('use on credit stays where it is until something later is paid for', () => {
  const credit = { start: day('2026-02-01'), end: day('2026-02-08') }
  const same = { bounds: january, periodAt: () => january, paidUntil: january.end, now: day('2026-02-03') }
  expect(newHome(credit, same)).toBeUndefined()
})

test('a paid period told twice moves nothing, although months of it have passed', () => {
  const year = { start: day('2026-01-01'), end: day('2027-01-01') }
  const same = { bounds: year, periodAt: monthsFrom(year.start).periodAt, paidUntil: year.end, now: day('2026-09-09') }
  for (const month of ['2026-01-05', '2026-04-30', '2026-09-01']) {
    const counter = stepAround({ anchor: year.start, interval: 'month', at: day(month) })
    expect(newHome(counter, same)).toEqual(counter)
  }
})

test('use never moves to a period that could not have contained it', () => {
  const offset = fc.integer({ min: -400, max: 400 }).map((days) => days * 86_400_000)
  holdsFor([moment, interval, interval, offset, offset], (anchor, before, after, moved, elapsed) => {
    const counter = stepAround({ anchor, interval: before, at: anchor })
    const { bounds, periodAt } = monthsFrom(new Date(+anchor + moved), after)
    const home = newHome(counter, { bounds, periodAt, paidUntil: undefined, now: new Date(+anchor + elapsed) })
    expect(home === undefined).toBe(counter.end <= bounds.start)
    fc.pre(home !== undefined)
    expect(contains(bounds, home.start)).toBe(true)
  })
})
