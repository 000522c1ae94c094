// Random inputs that several tests of the rules share. Moments are whole milliseconds between 2023 and 2033, so leap days,
// month ends and the turn of years come up often.
import fc from 'fast-check'
import type { Addon } from '#src/features/usage/rules/limit.ts'
import type { Quota } from '#src/features/usage/rules/quota.ts'

const first = Date.UTC(2023, 0, 1)
const last = Date.UTC(2033, 0, 1)
const seed = 20_261_122

const anyMoment = fc.integer({ min: first, max: last }).map((ms) => new Date(ms))
/** Days on which months go wrong. */
const edgeMoment = fc
  .record({
    year: fc.integer({ min: 2023, max: 2032 }),
    month: fc.constantFrom(0, 1, 2, 10, 11),
    day: fc.constantFrom(1, 28, 29, 30, 31),
    ms: fc.constantFrom(0, 1, 43_200_000, 86_399_999),
  })
  .map(({ year, month, day, ms }) => new Date(Date.UTC(year, month, day) + ms))

export const moment = fc.oneof(anyMoment, edgeMoment)
export const interval = fc.constantFrom('month' as const, 'year' as const)
export const units = fc.oneof(fc.nat({ max: 20 }), fc.nat({ max: 1_000_000 }), fc.maxSafeNat())

export const quota: fc.Arbitrary<Quota> = fc.oneof(
  fc.constantFrom<Quota>({ kind: 'none' }, { kind: 'denied' }, { kind: 'unlimited' }),
  units.filter((amount) => amount > 0).map((amount): Quota => ({ kind: 'capped', units: amount })),
)

export const addon: fc.Arbitrary<Addon> = fc.record({
  amount: units.filter((amount) => amount > 0),
  scope: fc.constantFrom('one_cycle' as const, 'permanent' as const),
  source: fc.constantFrom('admin_grant' as const, 'purchased' as const),
  grantedAt: moment,
  revokedAt: fc.option(moment),
})

/** Runs a property over many inputs, the same ones in every run. */
export function holdsFor<T extends [unknown, ...unknown[]]>(
  arbitraries: [...{ [K in keyof T]: fc.Arbitrary<T[K]> }],
  predicate: (...values: T) => void,
): void {
  fc.assert(fc.property(...arbitraries, predicate), { seed, numRuns: 1_000 })
}
