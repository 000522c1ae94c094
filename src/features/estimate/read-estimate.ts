import { sql } from 'drizzle-orm'
import type { Deps } from '#src/deps.ts'
import type { OfferedAddon, OfferedTier, OfferServices } from '#src/features/offers/index.ts'
import { readUseByMonth } from './read-use-by-month.ts'
import type { UseByMonth } from './read-use-by-month.ts'
import { priceTier } from './rules/price-tier.ts'
import type { Gap, PricedAddon, PricedTier } from './rules/price-tier.ts'

export interface EstimatedTier {
  readonly id: string
  readonly name: string
  /** What they have, at the price that they pay. */
  readonly isTheirs: boolean
  /** Minor units for one billing interval; 0 is free. */
  readonly priceMinor: number
  readonly billingInterval: 'month' | 'year'
  /** For all of the months. */
  readonly tierMinor: number
  readonly addons: readonly {
    readonly name: string
    /** Of what comes again, for how many months. */
    readonly count: number
    readonly priceMinor: number
    readonly interval: 'month' | 'year' | null
    readonly amountMinor: number
  }[]
  readonly totalMinor: number
  readonly gaps: readonly (Gap & { readonly displayName: string; readonly unit: string; readonly isGauge: boolean })[]
}

export interface Estimate {
  readonly subscriptionId: string
  readonly agent: { readonly slug: string; readonly name: string }
  readonly use: UseByMonth
  readonly currency: string
  /** Those that would have covered everything first, the cheapest at the top; then the others by price. Empty: nothing was used. */
  readonly tiers: readonly EstimatedTier[]
  /** On offer for another currency, and so not compared. */
  readonly inOtherCurrencies: number
}

export interface WhichEstimate {
  /** As it stands in an address: anything. */
  readonly subscriptionId: string
  readonly userId: string
}

interface EstimateDeps extends Pick<Deps, 'db'> {
  readonly offers: Pick<OfferServices, 'read'>
}

/** What each tier would have cost for what somebody used, before tax. Undefined for another person's subscription. */
export async function readEstimate(deps: EstimateDeps, which: WhichEstimate): Promise<Estimate | undefined> {
  const own = await findOwn(deps, which)
  if (own === undefined) return undefined
  const { agentId, agent, subscriptionId, tier } = own
  const [use, offer] = await Promise.all([
    readUseByMonth(deps.db, { userId: which.userId, agentId, subscriptionId }),
    deps.offers.read(agent.slug, which.userId),
  ])
  const offered = offer?.tiers ?? []
  const currency = currencyOf([tier, ...offered])
  const others = offered.filter(({ isTheirs }) => !isTheirs).map(candidateOf)
  const comparable = [tier, ...others].filter((one) => one.priceMinor === 0 || one.currency === currency)
  const addons = (offer?.addons ?? []).filter(({ price }) => price.currency === currency)
  return {
    subscriptionId,
    agent,
    use,
    currency,
    tiers: use.metrics.length === 0 ? [] : comparable.map((one) => estimated(one, { use, addons })).toSorted(byWorth),
    inOtherCurrencies: others.length + 1 - comparable.length,
  }
}

interface Candidate extends PricedTier {
  readonly id: string
  readonly name: string
  readonly isTheirs: boolean
  readonly currency: string
}

/** What they pay in; where they pay nothing, what is asked first. */
const currencyOf = (tiers: readonly Pick<Candidate, 'priceMinor' | 'currency'>[]): string =>
  (tiers.find(({ priceMinor }) => priceMinor > 0) ?? tiers[0])?.currency ?? 'USD'

const candidateOf = ({ id, name, priceMinor, currency, billingInterval, usageInterval, includes }: OfferedTier) => ({
  id,
  name,
  isTheirs: false,
  priceMinor,
  currency,
  billingInterval,
  usageInterval,
  quotas: Object.fromEntries(includes.map(({ metric, quota }) => [metric, quota])),
})

interface ForUse {
  readonly use: UseByMonth
  readonly addons: readonly OfferedAddon[]
}

function estimated(tier: Candidate, { use, addons }: ForUse): EstimatedTier {
  const priced = addons.map(({ id, metric, amount, price, interval }): PricedAddon => ({
    id,
    metric,
    amount,
    priceMinor: price.amountMinor,
    interval,
  }))
  const found = priceTier({ tier, addons: priced, used: use.metrics, months: use.months.length })
  const { id, name, isTheirs, priceMinor, billingInterval } = tier
  return {
    id,
    name,
    isTheirs,
    priceMinor,
    billingInterval,
    tierMinor: found.tierMinor,
    totalMinor: found.totalMinor,
    addons: found.addons.flatMap(({ addonId, count, amountMinor }) =>
      addons
        .filter((addon) => addon.id === addonId)
        .map((addon) => ({
          name: addon.name,
          count,
          priceMinor: addon.price.amountMinor,
          interval: addon.interval,
          amountMinor,
        })),
    ),
    gaps: found.gaps.flatMap((gap) =>
      use.metrics
        .filter(({ metric }) => metric === gap.metric)
        .map(({ displayName, unit, isGauge }) => ({ ...gap, displayName, unit, isGauge })),
    ),
  }
}

/** Of two that cost the same, theirs: there is nothing to change. */
const byWorth = (one: EstimatedTier, other: EstimatedTier): number =>
  Number(one.gaps.length > 0) - Number(other.gaps.length > 0) ||
  one.totalMinor - other.totalMinor ||
  Number(other.isTheirs) - Number(one.isTheirs)

interface Own {
  readonly subscriptionId: string
  readonly agentId: string
  readonly agent: Estimate['agent']
  readonly tier: Candidate
}

/** The tier as they have it: an earlier version of it stays as it was agreed. */
async function findOwn({ db }: Pick<Deps, 'db'>, which: WhichEstimate): Promise<Own | undefined> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(which.subscriptionId)) return undefined
  const { rows } = await db.execute<Own & Record<string, unknown>>(sql`
    SELECT subscription.id AS "subscriptionId", agent.id AS "agentId",
      jsonb_build_object('slug', agent.slug, 'name', agent.name) AS agent,
      jsonb_build_object('id', tier.id, 'name', tier.tier_name, 'isTheirs', true,
        'priceMinor', CASE WHEN tier.id = subscription.tier_id AND NOT tier.is_free THEN subscription.amount ELSE tier.price END,
        'currency', CASE WHEN tier.is_free THEN tier.currency ELSE coalesce(subscription.currency, tier.currency) END,
        'billingInterval', tier.billing_interval, 'usageInterval', tier.usage_interval, 'quotas', (
          SELECT coalesce(jsonb_object_agg(metric.slug, quota.quota_limit), '{}')
          FROM tier_metric_quotas AS quota JOIN agent_metric_definitions AS metric ON metric.id = quota.metric_id
          WHERE quota.tier_id = tier.id)) AS tier
    FROM user_agent_subscriptions AS subscription
      JOIN agents AS agent ON agent.id = subscription.agent_id
      JOIN agent_pricing_tiers AS tier ON tier.id =
        CASE WHEN next_tier_at <= rialto_now() THEN next_tier_id ELSE subscription.tier_id END
    WHERE subscription.id = ${which.subscriptionId} AND subscription.user_id = ${which.userId}`)
  return rows[0]
}
