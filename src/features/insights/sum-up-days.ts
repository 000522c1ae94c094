import { sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { isShownReview } from '#src/features/catalog/index.ts'

/** Fewer checks say nothing of a day: an hour's worth. */
const checksMin = 12
const reviewsMin = 5
const keptDays = 90

/**
 * Writes of today and of yesterday (UTC) what the checks found: the share that was answered, in basis points, and how fast, in
 * milliseconds; and of today the share of shown reviews with four or five stars. Null where too few say it. Doing it again changes
 * nothing. Then forgets checks of more than 90 days ago.
 */
export async function sumUpDays(db: Database): Promise<void> {
  await db.execute(sql`
    WITH checked AS (
      SELECT agent_id, (checked_at AT TIME ZONE 'UTC')::date AS day, count(*) AS checks,
        count(*) FILTER (WHERE is_reachable) AS answered, avg(latency_ms) FILTER (WHERE is_reachable) AS latency
      FROM agent_checks WHERE checked_at >= date_trunc('day', now(), 'UTC') - interval '1 day'
      GROUP BY 1, 2
    ), rated AS (
      SELECT agent_id, (now() AT TIME ZONE 'UTC')::date AS day, count(*) AS reviews,
        count(*) FILTER (WHERE rating >= 4) AS good
      FROM reviews AS review WHERE ${isShownReview(sql`review`)}
      GROUP BY 1
    ), found AS (
      SELECT agent_id, day,
        CASE WHEN checks >= ${checksMin} THEN (10000 * answered / checks)::int END AS uptime_bp,
        CASE WHEN checks >= ${checksMin} THEN round(latency)::int END AS avg_latency_ms,
        CASE WHEN reviews >= ${reviewsMin} THEN (10000 * good / reviews)::int END AS csat_bp
      FROM checked FULL JOIN rated USING (agent_id, day)
    )
    INSERT INTO agent_metrics_daily AS daily (agent_id, day, uptime_bp, avg_latency_ms, csat_bp)
    SELECT agent_id, day, uptime_bp, avg_latency_ms, csat_bp FROM found
    WHERE coalesce(uptime_bp, avg_latency_ms, csat_bp) IS NOT NULL ORDER BY agent_id, day
    ON CONFLICT (agent_id, day) DO UPDATE SET uptime_bp = coalesce(excluded.uptime_bp, daily.uptime_bp),
      avg_latency_ms = coalesce(excluded.avg_latency_ms, daily.avg_latency_ms),
      csat_bp = coalesce(excluded.csat_bp, daily.csat_bp)`)
  await db.execute(sql`
    DELETE FROM agent_checks WHERE ctid = ANY(ARRAY(
      SELECT ctid FROM agent_checks WHERE checked_at < now() - make_interval(days => ${keptDays}) LIMIT 100000))`)
}
