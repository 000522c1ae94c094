import { sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import type { UsedMetric } from './rules/price-tier.ts'

export interface UseByMonth {
  /** Oldest first, such as `2026-10`: calendar months, UTC. */
  readonly months: readonly string[]
  /** The only month there is has not ended. */
  readonly isUnfinished: boolean
  /** In the publisher's order; what was never used in these months is left out. */
  readonly metrics: readonly (UsedMetric & { readonly displayName: string; readonly unit: string })[]
}

export interface WhoseUse {
  readonly userId: string
  readonly agentId: string
  /** Whose levels count: those of one that is over stand still. */
  readonly subscriptionId: string
}

/** Months that are looked at. */
export const monthsMax = 6

/**
 * What somebody used at an agent in each of the last six whole months, or in the present one where there is no other, from the days
 * that the roll-up keeps. Of a level, the highest at the end of a day.
 */
export async function readUseByMonth(db: Database, { userId, agentId, subscriptionId }: WhoseUse): Promise<UseByMonth> {
  const { rows } = await db.execute<{
    month: string
    is_present: boolean
    slug: string
    display_name: string
    unit: string
    kind: 'counter' | 'gauge'
    used: string
  }>(sql`
    WITH own AS (SELECT id FROM user_agent_subscriptions WHERE user_id = ${userId} AND agent_id = ${agentId}),
      present AS (SELECT date_trunc('month', rialto_now() AT TIME ZONE 'UTC') AS start),
      month AS (
        SELECT start, start + interval '1 month' AS ends, start = (SELECT start FROM present) AS is_present
        FROM generate_series((SELECT start FROM present) - make_interval(months => ${monthsMax}), (SELECT start FROM present),
          '1 month') AS start
        WHERE start + interval '1 month' > (
          SELECT min(day) FROM usage_daily WHERE subscription_id IN (SELECT id FROM own)))
    SELECT to_char(start, 'YYYY-MM') AS month, is_present, slug, display_name, unit, kind, CASE kind
        WHEN 'counter' THEN coalesce((
          SELECT sum(used) FROM usage_daily AS daily
          WHERE daily.subscription_id IN (SELECT id FROM own) AND metric_id = metric.id AND day >= start AND day < ends), 0)
        ELSE greatest(
          coalesce((SELECT max(used) FROM usage_daily AS daily
            WHERE daily.subscription_id = ${subscriptionId} AND metric_id = metric.id AND day >= start AND day < ends), 0),
          coalesce((SELECT used FROM usage_daily AS daily
            WHERE daily.subscription_id = ${subscriptionId} AND metric_id = metric.id AND day < start
            ORDER BY day DESC LIMIT 1), 0))
      END AS used
    FROM agent_metric_definitions AS metric CROSS JOIN month
    WHERE metric.agent_id = ${agentId}
    ORDER BY metric.sort_order, slug, start`)
  // A month that goes on says little, unless it is all there is.
  const whole = rows.filter((row) => !row.is_present)
  const shown = whole.length === 0 ? rows : whole
  const months = [...new Set(shown.map(({ month }) => month))]
  const metrics = Map.groupBy(shown, ({ slug }) => slug)
  return {
    months,
    isUnfinished: whole.length === 0,
    metrics: [...metrics.values()].flatMap((ofMetric) => {
      const [first] = ofMetric
      const byMonth = ofMetric.map(({ used }) => Number(used))
      if (first === undefined || byMonth.every((used) => used === 0)) return []
      const { slug, display_name: displayName, unit, kind } = first
      return [{ metric: slug, displayName, unit, isGauge: kind === 'gauge', byMonth }]
    }),
  }
}
