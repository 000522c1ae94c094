import { sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import type { Range } from './add-to-days.ts'

/** What a column can hold. */
const usedMax = Number.MAX_SAFE_INTEGER

/**
 * Adds these entries to their subscriptions' days. To be called once for each entry, in the ledger's order.
 *
 * A day is a UTC day of `occurred_at`. Of a counter it holds the units of the day; what takes back or settles counts on the day,
 * and for the subscription, of what it refers to, and what merely moved between counters counts nowhere. Of a gauge it holds the
 * level after the day's last change.
 */
export async function addToUsageDays(tx: Transaction, { from, to }: Range): Promise<void> {
  await tx.execute(sql`
    WITH entry AS MATERIALIZED (
      SELECT entry.*, metric.kind FROM usage_ledger AS entry
        JOIN agent_metric_definitions AS metric ON metric.id = entry.metric_id
      WHERE entry.seq > ${from} AND entry.seq <= ${to}
    ), counted AS (
      SELECT coalesce(origin.subscription_id, entry.subscription_id) AS subscription_id, entry.metric_id,
        (coalesce(origin.occurred_at, entry.occurred_at) AT TIME ZONE 'UTC')::date AS day, sum(entry.delta) AS units
      FROM entry
        -- OFFSET 0 keeps it a look-up by key for the few that refer to another.
        LEFT JOIN LATERAL (
          SELECT subscription_id, occurred_at FROM usage_ledger WHERE id = entry.refers_to_id OFFSET 0
        ) AS origin ON true
      WHERE entry.kind = 'counter' AND entry.event_type NOT IN ('carry_in', 'carry_out')
      GROUP BY 1, 2, 3
    ), level AS (
      SELECT DISTINCT ON (subscription_id, metric_id, day) subscription_id, metric_id, day, used_after AS units
      FROM (SELECT *, (occurred_at AT TIME ZONE 'UTC')::date AS day FROM entry WHERE kind = 'gauge') AS entry
      ORDER BY subscription_id, metric_id, day, seq DESC
    ), added AS (
      SELECT *, false AS is_level FROM counted UNION ALL SELECT *, true FROM level
    )
    -- Not INSERT … ON CONFLICT: that would hold what is only taken back against the check that a day is not below zero.
    MERGE INTO usage_daily AS daily
    USING (SELECT * FROM added ORDER BY subscription_id, metric_id, day) AS added
      ON daily.subscription_id = added.subscription_id AND daily.metric_id = added.metric_id AND daily.day = added.day
    WHEN MATCHED THEN UPDATE SET
      used = least(${usedMax}::numeric, greatest(0, CASE WHEN added.is_level THEN 0 ELSE daily.used END + added.units))
    WHEN NOT MATCHED THEN INSERT (subscription_id, metric_id, day, used)
      VALUES (added.subscription_id, added.metric_id, added.day, least(${usedMax}::numeric, greatest(0, added.units)))`)
}
