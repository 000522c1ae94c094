import fc from 'fast-check'
import { expect, test } from 'vitest'
import { holdsFor, interval, moment, quota } from '#test/support/usage-inputs.ts'
import { contains, stepFrom } from './months.ts'
import { shareOf, usagePeriod } from './period.ts'
import type { PeriodSubscription, PeriodTier } from './period.ts'

const dayMs = 86_400_000
const graceMs = 7 * dayMs
const day = (text: string) => new Date(`${text}T00:00:00Z`)
const free: PeriodTier = { isFree: true, billingInterval: 'month', usageInterval: 'month' }
const monthly: PeriodTier = { isFree: false, billingInterval: 'month', usageInterval: 'month' }
const yearly: PeriodTier = { isFree: false, billingInterval: 'year', usageInterval: 'year' }
const yearlyByMonth: PeriodTier = { isFree: false, billingInterval: 'year', usageInterval: 'month' }
const subscription: PeriodSubscription = {
  status: 'active',
  current: { start: day('2026-01-31'), end: day('2026-02-28') },
  anchor: day('2026-01-31'),
  cancelAtPeriodEnd: false,
  pastDueAt: null,
}
const year = { current: { start: day('2026-01-31'), end: day('2027-01-31') } }
const at = (now: Date) => ({ now, graceMs })
const regular = (start: string, end: string) => ({ kind: 'regular', period: { start: day(start), end: day(end) } })

test('a free tier rolls by itself from its anchor, whatever was last written down', () => {
  expect(usagePeriod(subscription, free, at(day('2026-02-27')))).toEqual(regular('2026-01-31', '2026-02-28'))
  expect(usagePeriod(subscription, free, at(day('2026-02-28')))).toEqual(regular('2026-02-28', '2026-03-31'))
  expect(usagePeriod(subscription, free, at(day('2031-05-30')))).toEqual(regular('2031-04-30', '2031-05-31'))
})

test('a paid period is a usage period as it stands', () => {
  expect(usagePeriod(subscription, monthly, at(day('2026-02-27')))).toEqual(regular('2026-01-31', '2026-02-28'))
})

test('a yearly tier may grant its quota monthly, within the year that is paid', () => {
  const paid = { ...subscription, ...year }
  expect(usagePeriod(paid, yearly, at(day('2026-07-01')))).toEqual(regular('2026-01-31', '2027-01-31'))
  expect(usagePeriod(paid, yearlyByMonth, at(day('2026-07-01')))).toEqual(regular('2026-06-30', '2026-07-31'))
  const endsMidMonth = { ...paid, current: { start: day('2026-01-31'), end: day('2026-07-10') } }
  expect(usagePeriod(endsMidMonth, yearlyByMonth, at(day('2026-07-01')))).toEqual(regular('2026-06-30', '2026-07-10'))
})

test('a paid period whose renewal has not arrived goes on for the grace, with that share of its quota', () => {
  const provisional = {
    kind: 'provisional',
    period: { start: day('2026-02-28'), end: day('2026-03-07') },
    share: { graceMs, ofMs: 28 * dayMs },
  }
  expect(usagePeriod(subscription, monthly, at(day('2026-02-28')))).toEqual(provisional)
  expect(usagePeriod(subscription, monthly, at(new Date(+day('2026-03-07') - 1)))).toEqual(provisional)
  expect(usagePeriod(subscription, monthly, at(day('2026-03-07')))).toEqual({ kind: 'payment_required' })
})

test('a subscription that was cancelled for the period’s end is over then, free or paid, with no grace', () => {
  const ending = { ...subscription, cancelAtPeriodEnd: true }
  for (const tier of [free, monthly, yearlyByMonth]) {
    expect(usagePeriod(ending, tier, at(day('2026-02-27'))).kind).toBe('regular')
    expect(usagePeriod(ending, tier, at(day('2026-02-28')))).toEqual({ kind: 'no_subscription' })
  }
})

test('a failed payment has the grace since it failed, or since its period began where that is not known', () => {
  const failed = { ...subscription, status: 'past_due' as const }
  expect(usagePeriod(failed, monthly, at(new Date(+day('2026-02-07') - 1))).kind).toBe('regular')
  expect(usagePeriod(failed, monthly, at(day('2026-02-07')))).toEqual({ kind: 'payment_required' })
  const later = { ...failed, pastDueAt: day('2026-02-10') }
  expect(usagePeriod(later, monthly, at(day('2026-02-16'))).kind).toBe('regular')
  expect(usagePeriod(later, monthly, at(day('2026-02-17')))).toEqual({ kind: 'payment_required' })
})

test('an ended subscription is none, one that waits for money asks for it', () => {
  const kindOf = (status: PeriodSubscription['status']) =>
    usagePeriod({ ...subscription, status }, monthly, at(day('2026-02-01'))).kind
  expect((['canceled', 'incomplete_expired'] as const).map(kindOf)).toEqual(['no_subscription', 'no_subscription'])
  for (const status of ['unpaid', 'paused', 'incomplete'] as const) expect(kindOf(status)).toBe('payment_required')
})

test('a usage period contains the moment it was asked for, and is the same at all its moments', () => {
  const tiers = fc.constantFrom(free, monthly, yearly, yearlyByMonth)
  const elapsed = fc.double({ min: 0, max: 0.999_999, noNaN: true })
  holdsFor([tiers, moment, interval, moment, elapsed], (tier, anchor, interval, now, elapsed) => {
    const current = { start: anchor, end: stepFrom({ anchor, interval, steps: 1 }) }
    const found = usagePeriod({ ...subscription, current, anchor }, tier, at(now))
    expect(found.kind === 'payment_required').toBe(!tier.isFree && +now >= +current.end + graceMs)
    fc.pre('period' in found && now >= anchor)
    expect(contains(found.period, now)).toBe(true)
    const { start, end } = found.period
    const other = new Date(Math.floor(+start + (+end - +start) * elapsed))
    expect(usagePeriod({ ...subscription, current, anchor }, tier, at(other))).toEqual(found)
  })
})

test('a share is rounded down, and a whole period or more gives the whole quota', () => {
  const capped = { kind: 'capped', units: 100 } as const
  expect(shareOf(capped, { graceMs, ofMs: 31 * dayMs })).toEqual({ kind: 'capped', units: 22 })
  expect(shareOf(capped, { graceMs: 40 * dayMs, ofMs: 31 * dayMs })).toEqual(capped)
  expect(shareOf({ kind: 'capped', units: 4 }, { graceMs, ofMs: 31 * dayMs })).toEqual({ kind: 'denied' })
  expect(shareOf({ kind: 'unlimited' }, { graceMs, ofMs: 31 * dayMs })).toEqual({ kind: 'unlimited' })
})

test('a share is never more than its quota, and exact also for quotas near 2^53', () => {
  holdsFor([quota, fc.integer({ min: 1, max: 60 }), fc.integer({ min: 28, max: 366 })], (quota, days, ofDays) => {
    const share = shareOf(quota, { graceMs: days * dayMs, ofMs: ofDays * dayMs })
    fc.pre(quota.kind === 'capped')
    const units = share.kind === 'capped' ? BigInt(share.units) : 0n
    const of = BigInt(Math.min(days, ofDays))
    expect(units * BigInt(ofDays) <= BigInt(quota.units) * of).toBe(true)
    expect((units + 1n) * BigInt(ofDays) > BigInt(quota.units) * of).toBe(true)
  })
})

test('a failed payment is asked for whatever the tier, and before the end of what was cancelled is seen', () => {
  const failed = { ...subscription, status: 'past_due' as const, cancelAtPeriodEnd: true }
  for (const tier of [free, monthly]) {
    expect(usagePeriod(failed, tier, at(day('2026-04-01')))).toEqual({ kind: 'payment_required' })
  }
})
