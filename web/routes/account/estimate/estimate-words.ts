import type { Estimate, EstimatedTier } from '#src/features/estimate/index.ts'
import { formatMoney } from '../../../ui/money.ts'

type Shown = Pick<Estimate, 'currency' | 'tiers' | 'use'>

/** "in the last 3 months", "in November 2026 so far" */
export function monthsWords({ months, isUnfinished }: Estimate['use']): string {
  if (isUnfinished) return `in ${monthName(months[0] ?? '')} so far`
  return months.length === 1 ? `in ${monthName(months[0] ?? '')}` : `in the last ${months.length} whole months`
}

/** "October 2026" of `2026-10`. */
export const monthName = (month: string): string =>
  new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(new Date(`${month}-01`))

export interface Answer {
  readonly title: string
  readonly text: string
  /** What is cheaper than theirs and would have done. */
  readonly better: EstimatedTier | undefined
}

/** The answer in a sentence, then what it rests on. */
export function answerOf({ tiers, use, currency }: Shown, locale: string): Answer {
  const money = (amountMinor: number): string => formatMoney({ amountMinor, currency }, locale)
  const when = monthsWords(use)
  const best = tiers.find(({ gaps }) => gaps.length === 0)
  const theirs = tiers.find(({ isTheirs }) => isTheirs)
  if (best === undefined) {
    return {
      title: 'No tier would have covered it all',
      text: `What you used ${when} is more than any tier with its add-ons gives now. Below stands what each lacks.`,
      better: undefined,
    }
  }
  if (best.isTheirs) {
    return {
      title: `Yours, ${best.name}, is the cheapest that covers what you use`,
      text: `What you used ${when} comes to ${money(best.totalMinor)} there, and to no less anywhere else.`,
      better: undefined,
    }
  }
  const than = theirs === undefined || theirs.gaps.length > 0 ? undefined : theirs.totalMinor - best.totalMinor
  return {
    title: `${best.name} is the cheapest that covers what you use`,
    text:
      than === undefined
        ? `What you used ${when} comes to ${money(best.totalMinor)} there. Yours alone would not have covered it.`
        : `What you used ${when} comes to ${money(best.totalMinor)} there: ${money(than)} less than with yours.`,
    better: best,
  }
}

/** "Short by up to 30 messages in 2 months" */
export function gapWords({ displayName, unit, isGauge, months, units }: EstimatedTier['gaps'][number]): string {
  const most = `${units.toLocaleString('en')} ${unit}`
  const often = months === 1 ? 'in one month' : `in ${months} months`
  return isGauge
    ? `${displayName}: room for ${most} less than you had, ${often}`
    : `${displayName}: short by up to ${most} ${often}`
}

export interface ArithmeticLine {
  readonly label: string
  readonly detail: string
  readonly amountMinor: number
  /** With all lines above. */
  readonly sumMinor: number
}

/** Each line as one would reckon it on paper. */
export function arithmeticOf(
  { name, priceMinor, billingInterval, tierMinor, addons }: EstimatedTier,
  { currency, months, locale }: { readonly currency: string; readonly months: number; readonly locale: string },
): readonly ArithmeticLine[] {
  const money = (amountMinor: number): string => formatMoney({ amountMinor, currency }, locale)
  const spread = (minor: number, interval: 'month' | 'year' | null, count: number): string => {
    if (interval === null) return `${count} × ${money(minor)}`
    return interval === 'month' ? `${count} × ${money(minor)} a month` : `${count}/12 of ${money(minor)} a year`
  }
  const lines = [
    {
      label: name,
      detail: spread(priceMinor, billingInterval, months),
      amountMinor: tierMinor,
    },
    ...addons.map((addon) => ({
      label: addon.name,
      detail: spread(addon.priceMinor, addon.interval, addon.count),
      amountMinor: addon.amountMinor,
    })),
  ]
  return lines.map((line, place) => ({
    ...line,
    sumMinor: lines.slice(0, place + 1).reduce((sum, { amountMinor }) => sum + amountMinor, 0),
  }))
}
