import { formatMoney } from '#src/lib/money.ts'
import type { TierTerms } from '../rules/tier-terms.ts'

export interface VersionFacts {
  readonly terms: TierTerms
  /** By metric slug; null is unlimited. */
  readonly quotas: ReadonlyMap<string, { readonly displayName: string; readonly quotaLimit: number | null }>
}

/** What the next version of a tier means for somebody who has the present one: a sentence for each thing that changes. */
export function describeChange(before: VersionFacts, after: VersionFacts): readonly string[] {
  const changes: string[] = []
  const [priceBefore, priceAfter] = [priceOf(before.terms), priceOf(after.terms)]
  if (priceBefore !== priceAfter) changes.push(`It costs ${priceAfter} instead of ${priceBefore}.`)
  if (before.terms.usageInterval !== after.terms.usageInterval) {
    changes.push(`What is included starts again each ${after.terms.usageInterval}.`)
  }
  if (before.terms.taxBehavior !== after.terms.taxBehavior) changes.push('How tax is added to the price changes.')
  for (const [slug, { displayName }] of new Map([...after.quotas, ...before.quotas])) {
    const [was, is] = [amountOf(before.quotas.get(slug)), amountOf(after.quotas.get(slug))]
    if (was !== is) changes.push(`${displayName}: ${is} instead of ${was}.`)
  }
  return changes
}

const priceOf = ({ priceMinor, currency, billingInterval }: TierTerms): string =>
  priceMinor === 0 ? 'nothing' : `${formatMoney({ amountMinor: priceMinor, currency })} per ${billingInterval}`

const numbers = new Intl.NumberFormat('en')

function amountOf(quota: { readonly quotaLimit: number | null } | undefined): string {
  if (quota === undefined) return 'not included'
  return quota.quotaLimit === null ? 'unlimited' : numbers.format(quota.quotaLimit)
}
