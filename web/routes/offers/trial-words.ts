import type { OfferedTier } from '#src/features/offers/index.ts'
import { formatMoney } from '../../ui/money.ts'
import { formatDay } from '../../ui/time.tsx'

/** "€19.00 per month" */
export const tierPrice = ({ priceMinor, currency, billingInterval }: OfferedTier, locale: string): string =>
  `${formatMoney({ amountMinor: priceMinor, currency }, locale)} per ${billingInterval}`

/** What the button that leads to a tier says. */
export function startWords(tier: OfferedTier, { isTrialUsed }: { readonly isTrialUsed: boolean }): string {
  if (tier.priceMinor === 0) return 'Start free'
  return tier.trialDays > 0 && !isTrialUsed ? `Start ${tier.trialDays}-day trial` : 'Subscribe'
}

interface FirstCharge {
  readonly title: string
  readonly text: string
}

interface When {
  /** RFC 3339, by the business clock. Null: no trial. */
  readonly trialEndsAt: string | null
  readonly nextChargeAt: string
  readonly locale: string
}

/** What is charged first and when, and what follows. */
export function firstChargeWords(tier: OfferedTier, { trialEndsAt, nextChargeAt, locale }: When): FirstCharge {
  const price = tierPrice(tier, locale)
  if (trialEndsAt === null) {
    const next = `then the same each ${tier.billingInterval}, next on ${formatDay(nextChargeAt)}`
    return {
      title: `${formatMoney({ amountMinor: tier.priceMinor, currency: tier.currency }, locale)} today`,
      text: `${next}. Cancel when you like: it goes on until the end of what you paid.`,
    }
  }
  const until = formatDay(trialEndsAt)
  switch (tier.trialEndsWith) {
    case 'charge':
      return {
        title: `Free until ${until}, then ${price}`,
        text: tier.trialWithoutCard
          ? 'Cancel before and pay nothing. Without a card it ends by itself on that day.'
          : 'Cancel before and pay nothing.',
      }
    case 'free_tier':
      return {
        title: `Free until ${until}`,
        text: `Then the free tier follows by itself, without a charge. To keep ${tier.name} costs ${price}.`,
      }
    case 'end':
      return {
        title: `Free until ${until}`,
        text: `Then it ends by itself, without a charge. To keep ${tier.name} costs ${price}.`,
      }
  }
}
