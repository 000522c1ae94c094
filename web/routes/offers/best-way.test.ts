import { expect, it } from 'vitest'
import type { OwnOffer } from '#src/features/billing/index.ts'
import type { OfferedTier } from '#src/features/offers/index.ts'
import { bestWay } from './best-way.ts'

const addon = (id: string, amount: number, amountMinor: number): OwnOffer => ({
  id,
  name: id,
  metric: 'texts',
  unit: 'texts',
  amount,
  scope: 'one_cycle',
  interval: null,
  price: { amountMinor, currency: 'EUR' },
})
const tier = (id: string, quota: number | null, priceMinor: number): OfferedTier => ({
  id,
  name: id,
  description: '',
  priceMinor,
  currency: 'EUR',
  billingInterval: 'month',
  usageInterval: 'month',
  trialDays: 0,
  trialWithoutCard: false,
  trialEndsWith: 'charge',
  isRecommended: false,
  trialWouldEndAt: null,
  includes: [{ metric: 'texts', displayName: 'Texts', unit: 'texts', quota, isGauge: false }],
  isTheirs: id === 'theirs',
})
const stopped = {
  agent: { slug: 'reader', name: 'Reader', isPublished: true, isLaunchable: true },
  metric: { slug: 'texts', displayName: 'Texts', unit: 'texts' },
  meter: {
    metric: 'texts',
    used: 5,
    limit: 5,
    remaining: 0,
    resetsAt: null,
    reserved: 0,
    breakdown: [{ part: 'included', limit: 5, used: 5 }],
  },
  reason: 'quota_exceeded',
  subscription: { id: 'subscription', isFree: true },
  tiers: [tier('theirs', 5, 0), tier('studio', null, 2_900), tier('reader', 200, 900), tier('tiny', 5, 100)],
} as unknown as Parameters<typeof bestWay>[0]['lift']
const lift = (values: object) => ({ ...stopped, ...values })
const idOf = (choices: Partial<Parameters<typeof bestWay>[0]>) => {
  const way = bestWay({ lift: stopped, addons: [], chosen: null, ...choices })
  return way?.kind === 'addon' ? way.addon.id : way?.tier.id
}

it('offers the cheapest add-on after which there is room', () => {
  const addons = [addon('large', 100, 400), addon('small', 10, 100), addon('two', 2, 50)]
  expect(idOf({ addons })).toBe('two')
  const over = lift({ meter: { ...stopped.meter, used: 8 } })
  expect(idOf({ addons, lift: over })).toBe('small')
})

it('binds nobody to pay again and again who could pay once', () => {
  const monthly = { ...addon('monthly', 50, 200), interval: 'month' as const }
  expect(idOf({ addons: [monthly, addon('once', 100, 400)] })).toBe('once')
  expect(idOf({ addons: [monthly] })).toBe('monthly')
})

it('offers the one that was asked for instead', () => {
  const addons = [addon('large', 100, 400), addon('small', 10, 100)]
  expect(idOf({ addons, chosen: 'large' })).toBe('large')
  expect(idOf({ addons, chosen: 'nonsense' })).toBe('small')
  expect(idOf({ addons, chosen: 'large', lift: lift({ reason: undefined }) })).toBe('large')
})

it('offers the cheapest tier that includes more where no add-on helps', () => {
  expect(idOf({})).toBe('reader')
  expect(idOf({ lift: lift({ meter: { ...stopped.meter, used: 200 } }) })).toBe('studio')
})

it('offers nothing where nothing is missing that could be bought', () => {
  const addons = [addon('small', 10, 100)]
  for (const reason of [undefined, 'payment_required', 'suspended']) {
    expect(idOf({ addons, lift: lift({ reason }) })).toBeUndefined()
  }
  expect(idOf({ lift: lift({ tiers: [tier('theirs', 5, 0)] }) })).toBeUndefined()
})
