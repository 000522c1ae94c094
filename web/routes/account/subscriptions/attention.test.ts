import { describe, expect, it } from 'vitest'
import { attentionOf, byUrgency, fullestMeter } from './attention.ts'
import type { Attended } from './attention.ts'

const end = '2026-12-22T09:00:00.000Z'
const meter = {
  metric: 'messages',
  displayName: 'Messages',
  unit: 'messages',
  kind: 'counter',
  used: 5,
  limit: 200,
  remaining: 195,
  unlimited: false,
  periodStart: '2026-11-22T09:00:00.000Z',
  periodEnd: end,
  resetsAt: end,
  breakdown: [],
  held: 0,
} as const
const full = { ...meter, used: 200, remaining: 0 }
const active: Attended = {
  id: 'x',
  agent: { id: 'a', slug: 'lector', name: 'Lector', isPublished: true, isSuspended: false, isLaunchable: true },
  tier: { id: 't', name: 'Reader', isFree: false },
  status: 'active',
  price: { amountMinor: 900, currency: 'EUR', interval: 'month' },
  period: { start: '2026-11-22T09:00:00.000Z', end },
  trialEndsAt: null,
  cancelAtPeriodEnd: false,
  isTrialOnly: false,
  endedAt: null,
  pastDueAt: null,
  graceEndsAt: null,
  disputedAt: null,
  next: null,
  nextCharge: { at: end, amountMinor: 900, currency: 'EUR' },
  addons: [],
  createdAt: '2026-11-22T09:00:00.000Z',
  meters: [meter],
  needsCard: false,
  isGraceOver: false,
}
const suspended = { agent: { ...active.agent, isPublished: false, isSuspended: true } }
const trial = { status: 'trialing', trialEndsAt: end } as const

const lastDay = { now: '2026-12-21T12:00:00.000Z', locale: 'en' }

const titles = (values: Partial<Attended>, now = '2026-12-01T12:00:00.000Z') =>
  attentionOf({ ...active, ...values }, { now, locale: 'en' }).map(({ title }) => title)

describe('what somebody should know of a subscription', () => {
  it('is nothing where all is as it should be', () => {
    expect(titles({})).toEqual([])
    expect(titles(trial)).toEqual([])
  })

  it.each([
    [{ status: 'past_due', graceEndsAt: end }, ['Payment failed']],
    [
      { status: 'past_due', latePayment: { amountMinor: 900, currency: 'EUR', refusal: null } },
      ['Payment failed: €9.00 is due'],
    ],
    [{ status: 'unpaid' }, ['Not paid']],
    [{ status: 'paused', disputedAt: end }, ['On hold']],
    [{ ...trial, needsCard: true }, ['Without a card it ends on 22 Dec 2026']],
    [{ cancelAtPeriodEnd: true, nextCharge: null }, ['Cancelled: ends on 22 Dec 2026']],
    [{ meters: [full] }, ['Messages: limit reached']],
    [suspended, ['Lector is suspended']],
  ] as const)('%j', (values, expected) => {
    expect(titles(values)).toEqual(expected)
  })

  it('says on the last three days of a trial that it ends, by the calendar', () => {
    expect(titles(trial, '2026-12-18T23:59:00.000Z')).toEqual([])
    expect(titles(trial, '2026-12-19T00:00:00.000Z')).toEqual(['Your trial ends in 3 days, on 22 Dec 2026'])
    expect(titles(trial, '2026-12-21T00:01:00.000Z')).toEqual(['Your trial ends tomorrow'])
    expect(titles(trial, '2026-12-22T08:00:00.000Z')).toEqual(['Your trial ends today'])
  })

  it('promises no way back where there is none, and no use where it stands still', () => {
    const [ends] = attentionOf(
      { ...active, ...trial, cancelAtPeriodEnd: true, isTrialOnly: true, nextCharge: null },
      lastDay,
    )
    expect(ends).toMatchObject({ kind: 'trial-ends', title: 'Your trial ends tomorrow' })
    expect(ends?.text).toContain('Nothing is charged then.')
    const disputed = { status: 'paused', disputedAt: end, cancelAtPeriodEnd: true, nextCharge: null } as const
    const onHold = attentionOf({ ...active, ...disputed }, lastDay)
    expect(onHold.map(({ kind }) => kind)).toEqual(['on-hold'])
    expect(onHold[0]?.text).toContain('It ends on 22 Dec 2026.')
    const stopped = attentionOf({ ...active, ...suspended, cancelAtPeriodEnd: true, nextCharge: null }, lastDay)
    expect(stopped.map(({ text }) => text).join(' ')).not.toContain('works as before')
  })

  it('passes on what the bank says', () => {
    const latePayment = { amountMinor: 900, currency: 'EUR', refusal: 'Your card was declined.' }
    const [first] = attentionOf({ ...active, status: 'past_due', latePayment }, { now: end, locale: 'en' })
    expect(first?.text).toContain('The bank says: “Your card was declined.”')
  })

  it('says what a suspended agent still costs', () => {
    const textOf = (values: Partial<Attended>) =>
      attentionOf({ ...active, ...suspended, ...values }, { now: end, locale: 'en' })[0]?.text
    expect(textOf({})).toContain('Unless you cancel, €9.00 is charged on 22 Dec 2026.')
    expect(textOf({ nextCharge: null })).toContain('Nothing is charged for it.')
  })

  it('speaks of no limit where more room would help nobody', () => {
    expect(titles({ ...suspended, meters: [full] })).toEqual(['Lector is suspended'])
    expect(titles({ status: 'past_due', meters: [full] })).toEqual(['Payment failed'])
    expect(titles({ meters: [{ ...meter, used: 0, limit: 0, remaining: 0 }] })).toEqual([])
  })

  it('begins with what costs the most to overlook', () => {
    const all = [
      ...attentionOf({ ...active, cancelAtPeriodEnd: true }, { now: end, locale: 'en' }),
      ...attentionOf({ ...active, meters: [full] }, { now: end, locale: 'en' }),
      ...attentionOf({ ...active, status: 'unpaid' }, { now: end, locale: 'en' }),
    ]
    expect(all.toSorted(byUrgency).map(({ kind }) => kind)).toEqual(['payment', 'limit', 'ends'])
  })
})

it('the fullest meter is that with the largest part used; what has no limit or is not included comes last', () => {
  const unlimited = { used: 9_000, limit: null, remaining: null }
  const denied = { used: 0, limit: 0, remaining: 0 }
  const [half, most] = [
    { used: 50, limit: 100, remaining: 50 },
    { used: 9, limit: 10, remaining: 1 },
  ]
  expect(fullestMeter([unlimited, half, most, denied])).toBe(most)
  expect(fullestMeter([unlimited, denied])).toBe(unlimited)
  expect(fullestMeter([])).toBeUndefined()
})
