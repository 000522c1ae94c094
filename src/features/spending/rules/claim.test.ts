import { describe, expect, it } from 'vitest'
import { claimOf, firstPassed } from './claim.ts'
import type { Renewals } from './claim.ts'
import { dayIn, monthAfter, monthOf, mostOf, sumOf } from './months.ts'
import { renewalsOf } from './renewals.ts'

const day = (text: string): Date => new Date(`${text}T12:00:00Z`)
const firsts = (months: ReadonlyMap<string, number>, count: number) =>
  [...months].toSorted(([one], [other]) => one.localeCompare(other)).slice(0, count)

describe('what renews', () => {
  it('by the month is charged once in each calendar month, also from the last day of one', () => {
    const charged = renewalsOf({ at: day('2026-01-31'), amountMinor: 900, every: 'month' }, '2026-01')
    expect(firsts(charged, 3)).toEqual([
      ['2026-01', 900],
      ['2026-02', 900],
      ['2026-03', 900],
    ])
    expect(new Set(charged.values())).toEqual(new Set([900]))
  })

  it('by the year is charged in the same month of each', () => {
    const charged = renewalsOf({ at: day('2028-02-29'), amountMinor: 9_000, every: 'year' }, '2026-11')
    expect([...charged.keys()]).toEqual(['2028-02', '2029-02', '2030-02', '2031-02'])
  })

  it('counts what is late in the month it was due, and goes on from there', () => {
    const charged = renewalsOf({ at: day('2026-10-30'), amountMinor: 900, every: 'month' }, '2026-11')
    expect(firsts(charged, 1)).toEqual([['2026-11', 900]])
  })

  it('changes with what takes over, and add-ons stay that are billed as often', () => {
    const addons = [
      { amountMinor: 450, every: 'month' },
      { amountMinor: 4_000, every: 'year' },
    ] as const
    const next = { at: day('2027-01-20'), amountMinor: 9_000, every: 'year', isVersion: false } as const
    const charged = renewalsOf({ at: day('2026-12-20'), amountMinor: 900, every: 'month', addons, next }, '2026-11')
    expect(firsts(charged, 3)).toEqual([
      ['2026-12', 1_350],
      ['2027-01', 13_000],
      ['2028-01', 13_000],
    ])
  })

  it('ends where a free tier takes over', () => {
    const next = { at: day('2027-01-20'), amountMinor: 0, every: 'month', isVersion: false } as const
    const charged = renewalsOf({ at: day('2026-12-20'), amountMinor: 900, every: 'month', next }, '2026-11')
    expect([...charged]).toEqual([['2026-12', 900]])
  })

  it('by a cheaper version may be asked for at the old price once', () => {
    const next = { at: day('2026-12-20'), amountMinor: 500, every: 'month', isVersion: true } as const
    const charged = renewalsOf({ at: day('2026-12-20'), amountMinor: 900, every: 'month', next }, '2026-11')
    expect(firsts(charged, 2)).toEqual([
      ['2026-12', 900],
      ['2027-01', 500],
    ])
  })
})

describe('what a purchase may add', () => {
  const now = day('2026-11-10')
  const present = new Map([
    ['2026-12', 1_000],
    ['2027-01', 1_000],
  ])
  const claim = (dueMinor: number, renewals: Renewals, until = new Date(+now + 3_600_000)) =>
    firsts(claimOf({ currency: 'EUR', dueMinor, renewals }, { now, until, present }), 2)

  it('is what is due at once, in each month that it may be paid in', () => {
    expect(claim(500, { kind: 'same' })).toEqual([['2026-11', 500]])
    expect(claim(500, { kind: 'same' }, day('2026-12-01'))).toEqual([
      ['2026-11', 500],
      ['2026-12', 500],
    ])
    expect(claim(0, { kind: 'same' })).toEqual([])
  })

  it('is by how much more renews, and nothing where less does', () => {
    const renewing = (amountMinor: number) => ({ at: day('2026-12-05'), amountMinor, every: 'month' }) as const
    expect(claim(700, { kind: 'instead', either: [renewing(3_000)] })).toEqual([
      ['2026-11', 700],
      ['2026-12', 2_000],
    ])
    expect(claim(0, { kind: 'instead', either: [] })).toEqual([])
    expect(claim(0, { kind: 'more', renewing: renewing(450) })[0]).toEqual(['2026-12', 450])
  })

  it('is the most of what may come, where that depends on the day it is paid', () => {
    const either = [day('2026-11-30'), day('2026-12-01')].map((at) => ({
      at,
      amountMinor: 3_000,
      every: 'year' as const,
    }))
    expect(claim(0, { kind: 'instead', either })).toEqual([
      ['2026-11', 3_000],
      ['2026-12', 2_000],
    ])
  })
})

describe('a cap', () => {
  const taken = new Map([['2026-12', 1_000]])
  const passed = (claim: [string, number][], capMinor: number) => firstPassed(new Map(claim), { capMinor, taken })

  it('is passed by a unit more, in the first month of all', () => {
    expect(passed([['2026-12', 500]], 1_500)).toBeUndefined()
    expect(passed([['2026-12', 501]], 1_500)).toBe('2026-12')
    const later: [string, number][] = [
      ['2027-01', 9_000],
      ['2026-12', 9_000],
    ]
    expect(passed(later, 1_500)).toBe('2026-12')
  })

  it('stops nothing that raises nothing, though it is passed already', () => {
    expect(passed([], 0)).toBeUndefined()
    expect(passed([['2027-03', 0]], 0)).toBeUndefined()
  })
})

it('months are counted over years, and days fit into them', () => {
  expect(monthOf(new Date('2026-12-31T23:59:59.999Z'))).toBe('2026-12')
  expect(monthAfter('2026-12', 1)).toBe('2027-01')
  expect(monthAfter('2026-01', -1)).toBe('2025-12')
  expect(dayIn(day('2026-01-31'), '2026-02').toISOString()).toBe('2026-02-28T12:00:00.000Z')
  const [one, other] = [new Map([['2026-11', 1]]), new Map([['2026-11', 2]])]
  expect([...sumOf([one, other])]).toEqual([['2026-11', 3]])
  expect([...mostOf([one, other])]).toEqual([['2026-11', 2]])
})
