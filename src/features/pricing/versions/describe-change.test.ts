import { expect, test } from 'vitest'
import { describeChange } from './describe-change.ts'
import type { VersionFacts } from './describe-change.ts'

const version = (
  terms: Partial<VersionFacts['terms']>,
  quotas: Readonly<Record<string, number | null>> = {},
): VersionFacts => ({
  terms: {
    priceMinor: 1_900,
    currency: 'EUR',
    billingInterval: 'month',
    usageInterval: 'month',
    taxBehavior: 'unspecified',
    ...terms,
  },
  quotas: new Map(
    Object.entries(quotas).map(([slug, quotaLimit]) => [slug, { displayName: slug.toUpperCase(), quotaLimit }]),
  ),
})

test('says what costs something else, and nothing that stays', () => {
  const [before, after] = [version({}, { a: 1 }), version({ priceMinor: 2_900 }, { a: 1 })]
  expect(describeChange(before, after)).toEqual(['It costs €29.00 per month instead of €19.00 per month.'])
  expect(describeChange(before, before)).toEqual([])
})

test('says each quota that is another, also one that came or went', () => {
  const before = version({}, { a: 1_000, b: null, c: 5 })
  const after = version({}, { a: 500, b: 10, d: null })
  expect(describeChange(before, after)).toEqual([
    'A: 500 instead of 1,000.',
    'B: 10 instead of unlimited.',
    'D: unlimited instead of not included.',
    'C: not included instead of 5.',
  ])
})

test('says when intervals change', () => {
  const yearly = version({ priceMinor: 19_000, billingInterval: 'year', usageInterval: 'year' })
  expect(describeChange(version({}), yearly)).toEqual([
    'It costs €190.00 per year instead of €19.00 per month.',
    'What is included starts again each year.',
  ])
})
