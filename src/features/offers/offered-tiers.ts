import { sql } from 'drizzle-orm'
import type { Deps } from '#src/deps.ts'

export interface Included {
  /** The metric's slug. */
  readonly metric: string
  readonly displayName: string
  readonly unit: string
  /** Units per usage period. Null: unlimited. */
  readonly quota: number | null
  /** A level, not a use per period. */
  readonly isGauge: boolean
}

export interface OfferedTier {
  readonly id: string
  readonly name: string
  readonly description: string
  /** Minor units of `currency`; 0 is free. */
  readonly priceMinor: number
  readonly currency: string
  readonly billingInterval: 'month' | 'year'
  readonly usageInterval: 'month' | 'year'
  /** 0: no trial. Who had one at this agent gets none, whatever stands here. */
  readonly trialDays: number
  /** False: a card is asked for before the trial begins. */
  readonly trialWithoutCard: boolean
  /** What follows the trial: the first charge (nothing, if there is no card by then), the agent's free tier, or nothing. */
  readonly trialEndsWith: 'charge' | 'free_tier' | 'end'
  /** By the order of the metrics; what is denied is left out. */
  readonly includes: readonly Included[]
  /** What the publisher would have most people take. */
  readonly isRecommended: boolean
  /** RFC 3339, by the business clock: when a trial would end that began now. Null: no trial. */
  readonly trialWouldEndAt: string | null
  /** The person has it, or an older version of it. */
  readonly isTheirs: boolean
}

export interface OfferedMetric {
  readonly slug: string
  readonly displayName: string
  readonly unit: string
  readonly isGauge: boolean
}

/** Bought beside a tier. */
export interface OfferedAddon {
  readonly id: string
  readonly name: string
  /** The slug of what it raises. */
  readonly metric: string
  readonly unit: string
  /** By how many units it raises the limit. */
  readonly amount: number
  readonly scope: 'one_cycle' | 'permanent'
  readonly price: { readonly amountMinor: number; readonly currency: string }
  /** How often it is charged. Null: once. */
  readonly interval: 'month' | 'year' | null
}

export interface Offer {
  readonly tiers: readonly OfferedTier[]
  /** What a tier or an add-on on offer includes of, in the publisher's order. */
  readonly metrics: readonly OfferedMetric[]
  readonly addons: readonly OfferedAddon[]
  /** A subscription that is not over stands, in whatever status. */
  readonly hasSubscription: boolean
  /** That one. */
  readonly subscription: { readonly id: string; readonly isFree: boolean } | null
}

interface WhoseOffer {
  readonly agentId: string
  /** Undefined: nobody is signed in. */
  readonly userId: string | undefined
}

const tiersMax = 20
const metricsMax = 100
const addonsMax = 20

/** What can be subscribed to at an agent now, and what the person has of it. */
export async function readOffer({ db }: Pick<Deps, 'db'>, { agentId, userId }: WhoseOffer): Promise<Offer> {
  const { rows } = await db.execute<Offer & Record<string, unknown>>(sql`
    WITH held AS (
      SELECT family_id, subscription.id AS subscription_id, is_free FROM user_agent_subscriptions AS subscription
        JOIN agent_pricing_tiers AS tier ON tier.id =
          CASE WHEN next_tier_at <= rialto_now() THEN next_tier_id ELSE subscription.tier_id END
      WHERE subscription.user_id = ${userId ?? null} AND subscription.agent_id = ${agentId}
        AND subscription.status NOT IN ('canceled', 'incomplete_expired')
        AND NOT (cancel_at_period_end AND current_period_end <= rialto_now())
    ), offered AS (
      SELECT DISTINCT ON (family_id) * FROM agent_pricing_tiers
      WHERE agent_id = ${agentId} AND archived_at IS NULL AND effective_at <= rialto_now()
      ORDER BY family_id, version DESC
    ), listed AS (SELECT * FROM offered ORDER BY sort_order, price, id LIMIT ${tiersMax}
    ), added AS (
      SELECT addon.*, metric.slug AS metric, metric.unit FROM agent_addon_offers AS addon
        JOIN agent_metric_definitions AS metric ON metric.id = addon.metric_id
      WHERE addon.agent_id = ${agentId} AND addon.archived_at IS NULL AND metric.archived_at IS NULL
      ORDER BY addon.sort_order, addon.id LIMIT ${addonsMax}
    ), metered AS (
      SELECT * FROM agent_metric_definitions AS metric
      WHERE agent_id = ${agentId} AND archived_at IS NULL AND (
        EXISTS (SELECT FROM added WHERE metric_id = metric.id)
        OR EXISTS (SELECT FROM tier_metric_quotas AS quota JOIN listed ON listed.id = quota.tier_id
          WHERE quota.metric_id = metric.id AND quota.quota_limit IS DISTINCT FROM 0))
      ORDER BY sort_order, slug LIMIT ${metricsMax})
    SELECT EXISTS (SELECT FROM held) AS "hasSubscription",
      (SELECT jsonb_build_object('id', subscription_id, 'isFree', is_free) FROM held LIMIT 1) AS subscription,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('slug', slug, 'displayName', display_name, 'unit', unit,
        'isGauge', kind = 'gauge') ORDER BY sort_order, slug), '[]') FROM metered) AS metrics,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('id', id, 'name', display_name, 'metric', metric, 'unit', unit,
        'amount', amount,
        'scope', scope, 'price', jsonb_build_object('amountMinor', price, 'currency', currency),
        'interval', billing_interval) ORDER BY sort_order, id), '[]') FROM added) AS addons,
      coalesce(jsonb_agg(jsonb_build_object(
        'id', id, 'name', tier_name, 'description', description, 'priceMinor', price, 'currency', currency,
        'billingInterval', billing_interval, 'usageInterval', usage_interval, 'trialDays', trial_days,
        'trialWithoutCard', trial_without_card, 'trialEndsWith', trial_ends_with,
        'isRecommended', recommended, 'trialWouldEndAt', CASE WHEN trial_days > 0
          THEN rialto_now() + make_interval(hours => 24 * trial_days) END,
        'isTheirs', family_id IN (SELECT family_id FROM held),
        'includes', (
          SELECT coalesce(jsonb_agg(jsonb_build_object('metric', metric.slug, 'displayName', metric.display_name,
              'unit', metric.unit, 'quota', quota.quota_limit, 'isGauge', metric.kind = 'gauge') ORDER BY metric.sort_order, metric.slug), '[]')
          FROM tier_metric_quotas AS quota JOIN agent_metric_definitions AS metric ON metric.id = quota.metric_id
          WHERE quota.tier_id = listed.id AND quota.quota_limit IS DISTINCT FROM 0 AND metric.archived_at IS NULL)
      ) ORDER BY sort_order, price, id), '[]') AS tiers
    FROM listed`)
  const [found] = rows
  if (found === undefined) throw new Error('An aggregate gave no row')
  return found
}
