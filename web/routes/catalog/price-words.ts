import type { AgentCard } from '#src/features/catalog/index.ts'
import { formatPrice } from '../../ui/money.ts'

/** "From €9.00/mo", "Free"; undefined for what nobody sells here. */
export function priceWords({ priceFrom }: Pick<AgentCard, 'priceFrom'>, locale: string): string | undefined {
  if (priceFrom === null) return undefined
  return priceFrom.amountMinor === 0 ? 'Free' : `From ${formatPrice(priceFrom, locale)}`
}

/** "14-day trial" */
export const trialWords = (days: number): string => `${days}-day trial`

/** "4.5", always with its tenth. */
export const ratingWords = (rating: number, locale: string): string =>
  rating.toLocaleString(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 })
