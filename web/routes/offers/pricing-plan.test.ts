import { describe, expect, it } from 'vitest'
import type { OfferedMetric, OfferedTier } from '#src/features/offers/index.ts'
import { cellWords, leadTier, planPricing } from './pricing-plan.ts'

const texts = { metric: 'texts', displayName: 'Texts read', unit: 'texts', quota: 200, isGauge: false } as const

const tierOf = (terms: Partial<OfferedTier>): OfferedTier => ({
  id: terms.name ?? 'tier',
  name: 'Reader',
  description: '',
  priceMinor: 900,
  currency: 'EUR',
  billingInterval: 'month',
  usageInterval: 'month',
  trialDays: 0,
  trialWithoutCard: false,
  trialEndsWith: 'charge',
  trialWouldEndAt: null,
  includes: [texts],
  isRecommended: false,
  isTheirs: false,
  ...terms,
})

const free = tierOf({ name: 'Free', priceMinor: 0 })
const monthly = tierOf({})
const yearly = tierOf({ name: 'Reader, by the year', billingInterval: 'year', priceMinor: 9_000 })
const studio = tierOf({ name: 'Studio', priceMinor: 2_900 })
const namesOf = (tiers: readonly OfferedTier[], asked: string | null = null) =>
  planPricing(tiers, asked).tiers.map(({ tier: { name } }) => name)

describe('the interval', () => {
  const tiers = [free, monthly, yearly, studio]

  it('is the month, and leaves out the twin that is billed by the year', () => {
    expect(planPricing(tiers, null).interval).toBe('month')
    expect(namesOf(tiers)).toEqual(['Free', 'Reader', 'Studio'])
  })

  it('is what was asked for, and keeps what can be had in one way only', () => {
    expect(planPricing(tiers, 'year').interval).toBe('year')
    expect(namesOf(tiers, 'year')).toEqual(['Free', 'Reader, by the year', 'Studio'])
  })

  it.each(['', 'week', 'YEAR'])('is the month for %j', (asked) => {
    expect(planPricing(tiers, asked).interval).toBe('month')
  })

  it('is that of the tier that somebody has', () => {
    expect(planPricing([monthly, { ...yearly, isTheirs: true }], null).interval).toBe('year')
  })

  it('is no choice where nothing can be had both ways', () => {
    const others = [monthly, tierOf({ name: 'Archive', billingInterval: 'year' })]
    expect(planPricing(others, 'year')).toEqual({ interval: undefined, tiers: others.map((tier) => ({ tier })) })
  })

  it.each(['Reader yearly', 'Reader (annual)', 'Reader – yearly', 'reader per year', 'Reader', 'Reader annually'])(
    'pairs %s with Reader',
    (name) => {
      expect(namesOf([monthly, { ...yearly, name }], 'month')).toEqual(['Reader'])
    },
  )

  it.each(['Readers yearly', 'Year of the Reader', 'Studio yearly'])('does not pair %s with Reader', (name) => {
    expect(planPricing([monthly, { ...yearly, name }], null).interval).toBeUndefined()
  })

  it('does not pair prices in two currencies', () => {
    expect(planPricing([monthly, { ...yearly, currency: 'USD' }], null).interval).toBeUndefined()
  })
})

describe('the saving', () => {
  const savingOf = (terms: Partial<OfferedTier>) =>
    planPricing([monthly, { ...yearly, ...terms }], 'year').tiers[0]?.saving?.amountMinor

  it('is what twelve months would cost, less the year', () => {
    expect(savingOf({})).toBe(1_800)
  })

  it.each([10_800, 12_000])('is not claimed at %d', (priceMinor) => {
    expect(savingOf({ priceMinor })).toBeUndefined()
  })

  it('is not claimed between tiers that include different things', () => {
    expect(savingOf({ includes: [{ ...texts, quota: 199 }] })).toBeUndefined()
    expect(savingOf({ includes: [] })).toBeUndefined()
    expect(savingOf({ usageInterval: 'year' })).toBeUndefined()
  })

  it('is not claimed of the month', () => {
    expect(planPricing([monthly, yearly], 'month').tiers[0]?.saving).toBeUndefined()
  })
})

describe('the tier that leads', () => {
  it('is the recommended one, then one with a trial, then one that costs, then the first', () => {
    const trial = tierOf({ name: 'Trial', trialDays: 7 })
    const recommended = tierOf({ name: 'Recommended', isRecommended: true })
    expect(leadTier([free, studio, trial, recommended])).toBe(recommended)
    expect(leadTier([free, studio, trial])).toBe(trial)
    expect(leadTier([free, studio])).toBe(studio)
    expect(leadTier([free])).toBe(free)
    expect(leadTier([])).toBeUndefined()
  })
})

describe('a cell', () => {
  const metric: OfferedMetric = { slug: 'texts', displayName: 'Texts read', unit: 'texts', isGauge: false }
  const wordsOf = (of: OfferedMetric, terms: Partial<OfferedTier>) => {
    const { figure, unit } = cellWords(of, tierOf(terms), 'en')
    return `${figure} ${unit}`.trim()
  }

  it('says how much for how long, and never a unit twice', () => {
    expect(wordsOf(metric, { includes: [{ ...texts, quota: 1_000 }] })).toBe('1,000 per month')
    expect(wordsOf({ ...metric, displayName: 'Storage', unit: 'GB' }, {})).toBe('200 GB per month')
    expect(wordsOf({ ...metric, displayName: 'Storage', unit: 'GB', isGauge: true }, {})).toBe('200 GB')
    expect(wordsOf(metric, { usageInterval: 'year' })).toBe('200 per year')
  })

  it('keeps unlimited, nothing and a figure apart', () => {
    expect(wordsOf(metric, { includes: [{ ...texts, quota: null }] })).toBe('Unlimited')
    expect(wordsOf(metric, { includes: [] })).toBe('Not included')
  })

  it('writes figures as the visitor does', () => {
    expect(cellWords(metric, tierOf({ includes: [{ ...texts, quota: 1_000 }] }), 'de').figure).toBe('1.000')
  })
})
