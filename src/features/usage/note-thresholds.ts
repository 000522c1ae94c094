import { sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'

interface Reached {
  readonly subscriptionId: string
  readonly metricId: string
  readonly periodStart: Date
  readonly used: number
  readonly limit: number
}

/** Notes each threshold that use has reached, once per period and limit, as counting does. Resolves with whether one is new. */
export async function noteThresholds(tx: Transaction, reached: Reached): Promise<boolean> {
  const { subscriptionId, metricId, periodStart, used, limit } = reached
  const { rowCount } = await tx.execute(sql`
    WITH noticed AS (
      INSERT INTO usage_notices (subscription_id, metric_id, period_start, threshold, limit_at, used_at)
      SELECT subscription.id, metric.id, ${periodStart.toISOString()}::timestamptz, threshold, ${limit}::bigint, ${used}::bigint
      FROM agent_metric_definitions AS metric JOIN user_agent_subscriptions AS subscription ON subscription.id = ${subscriptionId}
        CROSS JOIN LATERAL unnest(metric.thresholds || coalesce(subscription.notice_thresholds, '{}')) AS threshold
      WHERE metric.id = ${metricId} AND ${limit}::bigint > 0
        AND ${used}::bigint * 100::numeric >= ${limit}::bigint::numeric * threshold
      ON CONFLICT DO NOTHING
      RETURNING *
    ), told AS (
      INSERT INTO outbox_events (type, subject, payload)
      SELECT 'usage.threshold_reached', noticed.subscription_id::text, jsonb_build_object(
        'subscriptionId', noticed.subscription_id, 'metricId', noticed.metric_id, 'threshold', noticed.threshold,
        'used', noticed.used_at, 'limit', noticed.limit_at, 'periodStart', noticed.period_start)
      FROM noticed JOIN agent_metric_definitions AS metric ON metric.id = noticed.metric_id
      WHERE noticed.threshold = ANY (metric.thresholds)
    )
    SELECT FROM noticed`)
  return (rowCount ?? 0) > 0
}
