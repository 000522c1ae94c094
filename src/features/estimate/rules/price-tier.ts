// What a tier would have cost for what was used in some months: its price, and the add-ons that fill the gaps. Pure.

export interface UsedMetric {
  /** The metric's slug. */
  readonly metric: string
  /** A level, not a use per period. */
  readonly isGauge: boolean
  /** Of a counter the units of each month, of a gauge its highest level in it. */
  readonly byMonth: readonly number[]
}

export interface PricedTier {
  /** Minor units for one billing interval; 0 is free. */
  readonly priceMinor: number
  readonly billingInterval: 'month' | 'year'
  readonly usageInterval: 'month' | 'year'
  /** Units per usage period by metric. Null: unlimited. A metric that is missing is not included. */
  readonly quotas: Readonly<Record<string, number | null>>
}

export interface PricedAddon {
  readonly id: string
  readonly metric: string
  /** Units by which it raises the limit: of one usage period, or of each when it comes again. */
  readonly amount: number
  readonly priceMinor: number
  /** How often it is charged. Null: once. */
  readonly interval: 'month' | 'year' | null
}

export interface AddonLine {
  readonly addonId: string
  /** How many are charged, of what comes again for how many months. */
  readonly count: number
  readonly amountMinor: number
}

export interface Gap {
  readonly metric: string
  /** In how many of the months no add-on on offer could have filled it; of units by the year, all of them. */
  readonly months: number
  /** By how many units at most. */
  readonly units: number
}

export interface TierPrice {
  readonly tierMinor: number
  readonly addons: readonly AddonLine[]
  readonly totalMinor: number
  /** Empty: everything would have been covered. */
  readonly gaps: readonly Gap[]
}

export interface Reckoning {
  readonly tier: PricedTier
  readonly addons: readonly PricedAddon[]
  readonly used: readonly UsedMetric[]
  /** How many months `used` has. */
  readonly months: number
}

/**
 * A tier that is paid by the year counts with a twelfth a month, rounded up; units that it gives by the year are held against as
 * many twelfths of them. Metrics don't depend on each other, so each is filled on its own: as many of one add-on as fit, and one other kind for the rest.
 */
export function priceTier({ tier, addons, used, months }: Reckoning): TierPrice {
  const tierMinor = forMonths(tier.priceMinor, { interval: tier.billingInterval, months })
  const filled = used.map((metric) =>
    fill({ tier, months, metric, addons: addons.filter((addon) => addon.metric === metric.metric) }),
  )
  const lines = filled.flatMap(({ lines: ofMetric }) => ofMetric)
  return {
    tierMinor,
    addons: lines,
    totalMinor: tierMinor + costOf(lines),
    gaps: filled.flatMap(({ gap }) => (gap === undefined ? [] : [gap])),
  }
}

const forMonths = (minor: number, { interval, months }: { interval: 'month' | 'year'; months: number }): number =>
  interval === 'month' ? minor * months : Math.ceil((minor * months) / 12)

const costOf = (lines: readonly AddonLine[]): number => lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0)

interface Filling {
  readonly tier: PricedTier
  readonly months: number
  readonly metric: UsedMetric
  readonly addons: readonly PricedAddon[]
}

interface Filled {
  readonly lines: readonly AddonLine[]
  readonly gap: Gap | undefined
}

/** Of what comes again, more than this many of one metric are not tried in every combination. */
const recurringMax = 6

function fill({ tier, months, metric, addons }: Filling): Filled {
  // Anything may be a slug, `constructor` too.
  const quota = Object.hasOwn(tier.quotas, metric.metric) ? tier.quotas[metric.metric] : 0
  if (quota === null || quota === undefined) return { lines: [], gap: undefined }
  const once = addons.filter(({ interval }) => interval === null)
  // Billed with the tier, so by its interval, and never with a free one; each can be had once.
  const again = addons
    .filter(({ interval }) => interval === tier.billingInterval && tier.priceMinor > 0)
    .slice(0, recurringMax)
  let best: Filled | undefined
  for (let chosen = 0; chosen < 2 ** again.length; chosen++) {
    const taken = again.filter((_, place) => (chosen & (1 << place)) !== 0)
    const limit = quota + taken.reduce((units, { amount }) => units + amount, 0)
    const bought = taken.map(({ id, priceMinor }) => ({
      addonId: id,
      count: months,
      amountMinor: forMonths(priceMinor, { interval: tier.billingInterval, months }),
    }))
    const periods = missing({ tier, months, metric, limit })
    const filled = fillOnce(periods, { metric: metric.metric, once, bought, monthsEach: months / periods.length })
    if (best === undefined || isBetter(filled, best)) best = filled
  }
  return best ?? { lines: [], gap: undefined }
}

/** A gap that stays is worse than any price; where one stays either way, nothing is bought for it. */
const isBetter = (one: Filled, other: Filled): boolean =>
  (one.gap === undefined) === (other.gap === undefined)
    ? costOf(one.lines) < costOf(other.lines)
    : one.gap === undefined

/** By how much the limit was passed in each usage period. */
function missing({ tier, months, metric, limit }: Omit<Filling, 'addons'> & { readonly limit: number }): number[] {
  const past = (used: number, allowed: number): number => Math.max(0, used - allowed)
  if (tier.usageInterval === 'month' || metric.isGauge) return metric.byMonth.map((used) => past(used, limit))
  const sum = metric.byMonth.reduce((units, used) => units + used, 0)
  return [past(sum, Math.floor((limit * months) / 12))]
}

interface Buying {
  readonly metric: string
  readonly once: readonly PricedAddon[]
  readonly bought: readonly AddonLine[]
  /** How many months one of the periods stands for. */
  readonly monthsEach: number
}

function fillOnce(periods: readonly number[], { metric, once, bought, monthsEach }: Buying): Filled {
  const short = periods.filter((units) => units > 0)
  if (short.length === 0) return { lines: bought, gap: undefined }
  if (once.length === 0) {
    return { lines: bought, gap: { metric, months: short.length * monthsEach, units: Math.max(...short) } }
  }
  const counts = new Map<string, number>()
  for (const units of short) {
    for (const [id, count] of cheapestFor(units, once)) counts.set(id, (counts.get(id) ?? 0) + count)
  }
  const lines = once.flatMap(({ id, priceMinor }) => {
    const count = counts.get(id) ?? 0
    return count === 0 ? [] : [{ addonId: id, count, amountMinor: count * priceMinor }]
  })
  return { lines: [...bought, ...lines], gap: undefined }
}

/** Which to buy for so many units, and how many: as many of one as fit, and of one other what is left. */
function cheapestFor(units: number, once: readonly PricedAddon[]): Map<string, number> {
  let best: { readonly cost: number; readonly counts: Map<string, number> } | undefined
  for (const bulk of once) {
    const whole = Math.floor(units / bulk.amount)
    const rest = units - whole * bulk.amount
    for (const last of once) {
      const lastCount = Math.ceil(rest / last.amount)
      const cost = whole * bulk.priceMinor + lastCount * last.priceMinor
      if (best !== undefined && best.cost <= cost) continue
      const counts = new Map([[bulk.id, whole]])
      counts.set(last.id, (counts.get(last.id) ?? 0) + lastCount)
      best = { cost, counts }
    }
  }
  return best?.counts ?? new Map<string, number>()
}
