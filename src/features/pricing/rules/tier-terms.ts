import { chargeStepOf } from '#src/lib/currencies.ts'
import { isChargeable } from '#src/lib/money.ts'
import { fieldError } from '../field-error.ts'
import type { NewTier } from '../schema.ts'

/** What subscribers have agreed to. Words, trial and recommendation are for new buyers alone. */
export type TierTerms = Pick<NewTier, 'priceMinor' | 'currency' | 'billingInterval' | 'usageInterval' | 'taxBehavior'>

const termNames = ['priceMinor', 'currency', 'billingInterval', 'usageInterval', 'taxBehavior'] as const

export const isSameTerms = (before: TierTerms, after: TierTerms): boolean =>
  termNames.every((name) => before[name] === after[name])

/** Throws `invalid_request` that names the field where terms contradict each other. */
export function checkTerms(tier: TierTerms & { readonly trialDays: number }): void {
  if (tier.priceMinor === 0 && tier.trialDays > 0) throw fieldError('trialDays', 'must be 0 for a free tier')
  checkAmount(tier)
  if (tier.usageInterval === 'year' && tier.billingInterval === 'month') {
    throw fieldError('usageInterval', 'must not be longer than the billing interval')
  }
}

/** Throws `invalid_request` for an amount that doesn't exist in its currency. */
export function checkAmount({ priceMinor, currency }: Pick<TierTerms, 'priceMinor' | 'currency'>): void {
  if (isChargeable({ amountMinor: priceMinor, currency })) return
  throw fieldError('priceMinor', `must be a multiple of ${chargeStepOf(currency)} in ${currency}`)
}

/**
 * Throws `invalid_request` where a new version can't take over somebody's subscription: nobody who took a free tier agreed to
 * pay, and no subscription changes its currency.
 */
export function checkSuccession(before: TierTerms, after: TierTerms): void {
  if ((before.priceMinor === 0) !== (after.priceMinor === 0)) {
    throw fieldError(
      'priceMinor',
      'can’t change between free and paid once somebody has bought or tried to buy the tier: make another tier',
    )
  }
  if (before.currency !== after.currency) {
    throw fieldError('currency', 'can’t change once somebody has bought or tried to buy the tier: make another tier')
  }
}
