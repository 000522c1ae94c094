import { expect, it } from 'vitest'
import { nextChargeOf } from './next-charge.ts'

const end = new Date('2026-12-22T00:00:00Z')
const price = { amountMinor: 900, currency: 'EUR' }
const row = {
  status: 'active',
  cancelAtPeriodEnd: false,
  currentPeriodEnd: end,
  trialEndsAt: null,
  nextTierAt: null,
} as const
const facts = { row, next: null, price, addons: [] } as const

it('is the agreed price at the end of what is paid for, with what add-ons cost', () => {
  expect(nextChargeOf(facts)).toEqual({ at: end.toISOString(), ...price })
  expect(nextChargeOf({ ...facts, addons: [{ amountMinor: 400, currency: 'EUR' }] })).toMatchObject({
    amountMinor: 1300,
  })
})

it('is nothing for what is free, cancelled or late', () => {
  expect(nextChargeOf({ ...facts, price: null })).toBeNull()
  expect(nextChargeOf({ ...facts, row: { ...row, cancelAtPeriodEnd: true } })).toBeNull()
  for (const status of ['past_due', 'unpaid', 'paused', 'incomplete'] as const)
    expect(nextChargeOf({ ...facts, row: { ...row, status } })).toBeNull()
})

it('comes at the end of a trial, unless that ends with nothing', () => {
  const trialEndsAt = new Date('2026-12-06T00:00:00Z')
  const trialing = { ...facts, row: { ...row, status: 'trialing', trialEndsAt } } as const
  expect(nextChargeOf(trialing)).toEqual({ at: trialEndsAt.toISOString(), ...price })
  expect(nextChargeOf({ ...trialing, row: { ...trialing.row, cancelAtPeriodEnd: true } })).toBeNull()
})

it('is what the tier costs that takes over by then, and nothing if that one is free', () => {
  const smaller = { isFree: false, price: 500, currency: 'EUR' }
  const scheduled = { ...facts, row: { ...row, nextTierAt: end } }
  expect(nextChargeOf({ ...scheduled, next: smaller })).toMatchObject({ amountMinor: 500 })
  expect(nextChargeOf({ ...scheduled, next: { ...smaller, isFree: true, price: 0 } })).toBeNull()
  const later = { ...facts, row: { ...row, nextTierAt: new Date('2027-01-22T00:00:00Z') } }
  expect(nextChargeOf({ ...later, next: smaller })).toMatchObject({ amountMinor: 900 })
})
