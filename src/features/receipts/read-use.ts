import { sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { findOwnSubscription } from './own-subscription.ts'
import type { CountedMetric, WhichSubscription } from './own-subscription.ts'

export interface DayOfUse {
  /** UTC: `2026-11-23`. */
  readonly day: string
  /** Of a counter the units of the day; of a gauge the level at its end, null before there was any. */
  readonly used: number | null
}

export interface UseOverTime extends CountedMetric {
  /** Oldest first, without a gap, the last one today. */
  readonly days: readonly DayOfUse[]
  /** Whether there is anything to draw. */
  readonly isUsed: boolean
}

/** Days that are drawn. */
export const daysShown = 30

/**
 * What was used on each of the last 30 days, by metric, from the days that the roll-up keeps: an entry is in them after two or
 * three minutes. Undefined for another person's subscription.
 */
export async function readUse(db: Database, which: WhichSubscription): Promise<readonly UseOverTime[] | undefined> {
  const subscription = await findOwnSubscription(db, which)
  if (subscription === undefined) return undefined
  const { rows } = await db.execute<{ metric_id: string; day: string; used: string | null }>(sql`
    SELECT metric.id AS metric_id, day::date::text AS day, CASE metric.kind
        WHEN 'counter' THEN coalesce((
          SELECT used FROM usage_daily AS daily
          WHERE daily.subscription_id = ${subscription.id} AND metric_id = metric.id AND daily.day = shown.day::date), 0)
        ELSE (
          SELECT used FROM usage_daily AS daily
          WHERE daily.subscription_id = ${subscription.id} AND metric_id = metric.id AND daily.day <= shown.day::date
          ORDER BY daily.day DESC LIMIT 1)
      END AS used
    FROM agent_metric_definitions AS metric
      CROSS JOIN generate_series(
        (rialto_now() AT TIME ZONE 'UTC')::date - ${daysShown - 1}::int, (rialto_now() AT TIME ZONE 'UTC')::date, '1 day'
      ) AS shown (day)
    WHERE metric.agent_id = ${subscription.agent.id}
    ORDER BY metric.id, shown.day`)
  return subscription.metrics.map((metric) => {
    const days = rows
      .filter((row) => row.metric_id === metric.id)
      .map(({ day, used }) => ({ day, used: used === null ? null : Number(used) }))
    return { ...metric, days, isUsed: days.some(({ used }) => used !== null && used > 0) }
  })
}
