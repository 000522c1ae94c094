import type { OfferedMetric, OfferedTier } from '#src/features/offers/index.ts'

type Interval = OfferedTier['billingInterval']

export interface PlannedTier {
  readonly tier: OfferedTier
  /** What a year of it costs less than twelve months of its monthly twin, which includes the same. Undefined: no such twin. */
  readonly saving?:
    | { readonly amountMinor: number; readonly currency: string; readonly monthlyMinor: number }
    | undefined
}

export interface PricingPlan {
  /** Which of the two is shown. Undefined: nothing can be had both by the month and by the year. */
  readonly interval: Interval | undefined
  /** In the publisher's order. What can be had in one way only is always among them. */
  readonly tiers: readonly PlannedTier[]
}

/** What stands in the pricing table. `asked`: whatever the address says. */
export function planPricing(tiers: readonly OfferedTier[], asked: string | null): PricingPlan {
  const twins = pairTwins(tiers)
  if (twins.size === 0) return { interval: undefined, tiers: tiers.map((tier) => ({ tier })) }
  const interval = asked === 'month' || asked === 'year' ? asked : usualInterval(tiers, twins)
  return {
    interval,
    tiers: tiers
      .filter((tier) => !twins.has(tier) || tier.billingInterval === interval)
      .map((tier) => ({ tier, saving: savingOf(tier, twins.get(tier)) })),
  }
}

/** Each tier that can be had both ways, with its twin. */
function pairTwins(tiers: readonly OfferedTier[]): ReadonlyMap<OfferedTier, OfferedTier> {
  const twins = new Map<OfferedTier, OfferedTier>()
  const paid = tiers.filter(({ priceMinor }) => priceMinor > 0)
  for (const yearly of paid.filter(({ billingInterval }) => billingInterval === 'year')) {
    const monthly = paid.find(
      (tier) => tier.billingInterval === 'month' && !twins.has(tier) && stemOf(tier) === stemOf(yearly),
    )
    if (monthly !== undefined) twins.set(yearly, monthly).set(monthly, yearly)
  }
  return twins
}

/** A name without what it says of the interval: "Reader, by the year" is "reader". */
const stemOf = ({ name, currency }: OfferedTier): string =>
  `${currency} ${name
    .toLowerCase()
    .replace(/[\s,:(/–—-]+(?:by the|per|each|a)?[\s-]*(?:month|year|monthly|yearly|annual|annually)\)?\s*$/u, '')
    .trim()}`

/** Theirs, if they have one of a pair; else by the month, which binds for shorter. */
const usualInterval = (tiers: readonly OfferedTier[], twins: ReadonlyMap<OfferedTier, OfferedTier>): Interval =>
  tiers.find((tier) => tier.isTheirs && twins.has(tier))?.billingInterval ?? 'month'

function savingOf(tier: OfferedTier, twin: OfferedTier | undefined): PlannedTier['saving'] {
  if (twin === undefined || tier.billingInterval !== 'year' || !includesSame(tier, twin)) return undefined
  const amountMinor = 12 * twin.priceMinor - tier.priceMinor
  return amountMinor > 0 ? { amountMinor, currency: tier.currency, monthlyMinor: twin.priceMinor } : undefined
}

const includesSame = (tier: OfferedTier, other: OfferedTier): boolean =>
  tier.usageInterval === other.usageInterval &&
  tier.includes.length === other.includes.length &&
  tier.includes.every(({ metric, quota }) =>
    other.includes.some((included) => included.metric === metric && included.quota === quota),
  )

/** The tier that the page leads with: the recommended one, else one with a trial, else the first that costs, else the first. */
export const leadTier = (tiers: readonly OfferedTier[]): OfferedTier | undefined =>
  tiers.find(({ isRecommended }) => isRecommended) ??
  tiers.find(({ trialDays }) => trialDays > 0) ??
  tiers.find(({ priceMinor }) => priceMinor > 0) ??
  tiers[0]

export interface CellWords {
  readonly kind: 'unlimited' | 'denied' | 'capped'
  readonly figure: string
  /** What the figure counts, and for how long. */
  readonly unit: string
}

/** What a tier includes of a metric: "Unlimited", "Not included", "1,000" "per month". A unit that the name says isn't repeated. */
export function cellWords(metric: OfferedMetric, tier: OfferedTier, locale: string): CellWords {
  const included = tier.includes.find((entry) => entry.metric === metric.slug)
  if (included === undefined) return { kind: 'denied', figure: 'Not included', unit: '' }
  if (included.quota === null) return { kind: 'unlimited', figure: 'Unlimited', unit: '' }
  const isNamed = metric.displayName.toLowerCase().includes(metric.unit.toLowerCase())
  const unit = [isNamed ? '' : metric.unit, metric.isGauge ? '' : `per ${tier.usageInterval}`].filter(Boolean).join(' ')
  return { kind: 'capped', figure: included.quota.toLocaleString(locale), unit }
}
