import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'

/** More than an agent may have on offer. */
const tiersMax = 50
const quotasMax = 100

/**
 * What `agents AS agent` costs and includes, as JSON: the versions that can be bought now, in their publisher's order. An older
 * version that somebody still has is nobody else's business, and a quota of 0 is the same as none.
 */
export const tiersOnOffer = (): SQL => sql`
  (SELECT coalesce(json_agg(json_build_object('id', id, 'name', tier_name, 'description', description,
      'price', json_build_object('amountMinor', price, 'currency', currency, 'interval', billing_interval),
      'usageInterval', usage_interval, 'trialDays', trial_days, 'isRecommended', recommended, 'quotas', quotas)
      ORDER BY sort_order, id), '[]')
    FROM (
      SELECT tier.*, (
        SELECT coalesce(json_agg(json_build_object('metric', slug, 'displayName', display_name, 'unit', unit, 'kind', kind,
            'limit', CASE WHEN quota_limit IS NULL THEN to_json('unlimited'::text) ELSE to_json(quota_limit) END)
            ORDER BY sort_order, slug), '[]')
        FROM (
          SELECT metric.*, quota.quota_limit FROM tier_metric_quotas AS quota
            JOIN agent_metric_definitions AS metric ON metric.id = quota.metric_id
          WHERE quota.tier_id = tier.id AND quota.quota_limit IS DISTINCT FROM 0
          ORDER BY metric.sort_order, metric.slug LIMIT ${quotasMax}
        ) AS included
      ) AS quotas
      FROM agent_pricing_tiers AS tier
      WHERE tier.agent_id = agent.id AND tier.archived_at IS NULL AND tier.effective_at <= rialto_now()
      ORDER BY tier.sort_order, tier.id LIMIT ${tiersMax}
    ) AS offered)`
