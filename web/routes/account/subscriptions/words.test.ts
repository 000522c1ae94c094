import { describe, expect, it } from 'vitest'
import type { OwnSubscription } from '#src/features/billing/index.ts'
import { nextWords, owes, statusWords } from './words.ts'

const end = '2026-12-22T00:00:00.000Z'
const active: OwnSubscription = {
  id: 'x',
  agent: { id: 'a', slug: 'lector', name: 'Lector', isPublished: true, isSuspended: false, isLaunchable: true },
  tier: { id: 't', name: 'Reader', isFree: false },
  status: 'active',
  price: { amountMinor: 900, currency: 'EUR', interval: 'month' },
  period: { start: '2026-11-22T00:00:00.000Z', end },
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
  createdAt: '2026-11-22T00:00:00.000Z',
}

describe('a subscription in words', () => {
  it.each([
    [{}, 'Active'],
    [{ cancelAtPeriodEnd: true }, 'Ends 22 Dec 2026'],
    [{ status: 'trialing', trialEndsAt: '2026-12-06T00:00:00.000Z' }, 'Trial until 6 Dec 2026'],
    [{ status: 'past_due' }, 'Payment failed'],
    [{ status: 'unpaid' }, 'Not paid'],
    [{ status: 'paused', disputedAt: end }, 'On hold'],
    [{ status: 'incomplete' }, 'Waiting for payment'],
    [{ status: 'incomplete_expired', period: null }, 'Never began'],
    [{ status: 'canceled', endedAt: end, period: null }, 'Ended 22 Dec 2026'],
  ] as const)('%j is %s', (values, label) => {
    expect(statusWords({ ...active, ...values }).label).toBe(label)
  })

  it('says what to do wherever something stands in the way, and nothing where nothing does', () => {
    expect(statusWords(active).text).toBeUndefined()
    for (const status of ['past_due', 'unpaid', 'paused', 'incomplete'] as const)
      expect(statusWords({ ...active, status }).text).toMatch(/\.$/)
    expect(statusWords({ ...active, status: 'paused', disputedAt: end }).text).toContain('disputed at your bank')
  })

  it('owes what can be paid, and a dispute is not that', () => {
    const owing = ['past_due', 'unpaid', 'incomplete'] as const
    for (const status of owing) expect(owes({ ...active, status })).toBe(true)
    for (const status of ['active', 'trialing', 'paused', 'canceled'] as const)
      expect(owes({ ...active, status })).toBe(false)
  })

  it('says what is charged next, in the visitor’s writing, or why nothing is', () => {
    expect(nextWords(active, 'en')).toBe('€9.00 on 22 Dec 2026')
    expect(nextWords(active, 'de')).toMatch(/^9,00\s€ on 22 Dec 2026$/)
    const none = { ...active, nextCharge: null }
    expect(nextWords({ ...none, status: 'past_due' }, 'en')).toBe('Due now')
    expect(nextWords({ ...none, cancelAtPeriodEnd: true }, 'en')).toBe('Nothing more; it ends on 22 Dec 2026')
    const free = { tier: { id: 'f', name: 'Free', isFree: true }, at: end }
    expect(nextWords({ ...none, next: free }, 'en')).toBe('Nothing more; Free is free from 22 Dec 2026')
    expect(nextWords({ ...active, isBeingCharged: true }, 'en')).toBe('€9.00, being charged now')
    expect(nextWords({ ...active, needsCard: true }, 'en')).toBe('Nothing without a card; it ends on 22 Dec 2026')
  })
})
