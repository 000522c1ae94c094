import type { AgentCard } from '#src/features/catalog/index.ts'
import { formatPrice } from '../../ui/money.ts'

type Priced = Pick<AgentCard, 'priceFrom' | 'hasPaidTiers'>

/** "From €9.00/mo", "Free tier" where more is sold, "Free"; undefined for what nobody sells here. */
export function priceWords({ priceFrom, hasPaidTiers }: Priced, locale: string): string | undefined {
  if (priceFrom === null) return undefined
  if (priceFrom.amountMinor === 0) return hasPaidTiers ? 'Free tier' : 'Free'
  return `From ${formatPrice(priceFrom, locale)}`
}

/** "14-day trial" */
export const trialWords = (days: number): string => `${days}-day trial`

/** "4.5", always with its tenth. */
export const ratingWords = (rating: number, locale: string): string =>
  rating.toLocaleString(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 })
