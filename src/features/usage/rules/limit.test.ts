import fc from 'fast-check'
import { expect, test } from 'vitest'
import { includedUnits } from './quota.ts'
import { addon, holdsFor, moment, quota } from '#test/support/usage-inputs.ts'
import { countsIn, limitOf, limitPartNames } from './limit.ts'
import type { Addon } from './limit.ts'

const period = { start: new Date('2026-02-01T00:00:00Z'), end: new Date('2026-03-01T00:00:00Z') }
const granted: Addon = {
  amount: 10,
  scope: 'one_cycle',
  source: 'admin_grant',
  grantedAt: period.start,
  revokedAt: null,
}
const periods = fc
  .tuple(moment, moment)
  .filter(([a, b]) => +a !== +b)
  .map(([a, b]) => (a < b ? { start: a, end: b } : { start: b, end: a }))

test('an add-on raises a quota of 0, and one that is missing', () => {
  const parts = {
    included: 0,
    one_cycle_granted: 10,
    one_cycle_purchased: 0,
    permanent_granted: 0,
    permanent_purchased: 0,
  }
  for (const kind of ['none', 'denied'] as const) {
    expect(limitOf({ quota: { kind }, addons: [granted], period })).toEqual({ kind: 'capped', units: 10, parts })
    expect(limitOf({ quota: { kind }, addons: [], period })).toEqual({ kind: 'not_included' })
  }
})

test('a one-cycle add-on counts from the first moment of its period to before the end, and nowhere else', () => {
  const at = (grantedAt: Date) => countsIn({ ...granted, grantedAt }, period)
  expect([at(period.start), at(new Date(+period.end - 1))]).toEqual([true, true])
  expect([at(new Date(+period.start - 1)), at(period.end)]).toEqual([false, false])
})

test('a permanent add-on counts in every period until it is revoked', () => {
  const permanent: Addon = { ...granted, scope: 'permanent', grantedAt: new Date('2024-05-01T00:00:00Z') }
  expect(countsIn(permanent, period)).toBe(true)
  expect(countsIn({ ...permanent, revokedAt: new Date('2026-02-02T00:00:00Z') }, period)).toBe(false)
})

test('no number of add-ons makes an unlimited quota limited', () => {
  holdsFor([fc.array(addon, { maxLength: 6 }), periods], (addons, period) => {
    expect(limitOf({ quota: { kind: 'unlimited' }, addons, period })).toEqual({ kind: 'unlimited' })
  })
})

test('a limit is the sum of its parts, exact as a number, and never below the quota', () => {
  holdsFor([quota, fc.array(addon, { maxLength: 6 }), periods], (quota, addons, period) => {
    const limit = limitOf({ quota, addons, period })
    fc.pre(limit.kind === 'capped')
    const sum = limitPartNames.reduce((total, part) => total + BigInt(limit.parts[part]), 0n)
    expect(sum).toBe(BigInt(limit.units))
    expect(limit.units).toBeLessThanOrEqual(Number.MAX_SAFE_INTEGER)
    expect(limit.parts.included).toBe(includedUnits(quota))
  })
})

test('revoking an add-on never raises a limit, granting one never lowers it', () => {
  const unitsOf = (limit: ReturnType<typeof limitOf>) =>
    limit.kind === 'capped' ? limit.units : limit.kind === 'unlimited' ? Number.POSITIVE_INFINITY : 0
  holdsFor([quota, fc.array(addon, { maxLength: 5 }), addon, periods], (quota, addons, extra, period) => {
    const without = unitsOf(limitOf({ quota, addons, period }))
    const revoked = unitsOf(limitOf({ quota, addons: [...addons, { ...extra, revokedAt: period.start }], period }))
    const live = unitsOf(limitOf({ quota, addons: [...addons, { ...extra, revokedAt: null }], period }))
    expect(revoked).toBe(without)
    expect(live).toBeGreaterThanOrEqual(without)
  })
})
