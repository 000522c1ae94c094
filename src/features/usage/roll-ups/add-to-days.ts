import { sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'

/** Entries of the ledger, in order of writing: above `from`, up to `to`. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** What a column can hold: one agent whose people report more than that must not keep every other agent's days from being counted. */
const messagesMax = Number.MAX_SAFE_INTEGER

/**
 * Adds these entries to their agents' days. To be called once for each entry.
 *
 * A day is a UTC day of `occurred_at`. What takes back or settles counts on the day, and for the subscription, of what it refers
 * to, so that no day falls below zero. What merely moved between counters counts nowhere, as does the publisher's own people's.
 */
export async function addToDays(tx: Transaction, { from, to }: Range): Promise<void> {
  await tx.execute(sql`
    WITH entry AS (
      SELECT coalesce(origin.subscription_id, entry.subscription_id) AS subscription_id, entry.metric_id, entry.delta,
        (coalesce(origin.occurred_at, entry.occurred_at) AT TIME ZONE 'UTC')::date AS day,
        -- An operator who sets a level right is not a call.
        entry.event_type IN ('consume', 'hold')
          OR (entry.event_type = 'adjust' AND NOT entry.metadata @> '{"by":"operator"}') AS is_call
      FROM usage_ledger AS entry
        -- OFFSET 0 keeps it a look-up by key for the few that refer to another.
        LEFT JOIN LATERAL (
          SELECT subscription_id, occurred_at FROM usage_ledger WHERE id = entry.refers_to_id OFFSET 0
        ) AS origin ON true
      WHERE entry.seq > ${from} AND entry.seq <= ${to} AND entry.event_type NOT IN ('carry_in', 'carry_out')
    ), used AS MATERIALIZED (
      SELECT subscription.agent_id, subscription.user_id, entry.day, entry.is_call,
        CASE WHEN metric.slug = 'messages' AND metric.kind = 'counter' THEN entry.delta ELSE 0 END AS messages
      FROM entry
        JOIN user_agent_subscriptions AS subscription ON subscription.id = entry.subscription_id
        JOIN agent_metric_definitions AS metric ON metric.id = entry.metric_id
      WHERE NOT subscription.is_test
    ), seen AS (
      INSERT INTO agent_active_users (agent_id, day, user_id)
      SELECT DISTINCT agent_id, day, user_id FROM used WHERE is_call ORDER BY agent_id, day, user_id
      ON CONFLICT DO NOTHING
      RETURNING agent_id, day
    ), added AS (
      SELECT agent_id, day, sum(people)::integer AS people, sum(messages) AS messages, sum(calls)::bigint AS calls
      FROM (
        SELECT agent_id, day, count(*) AS people, 0 AS messages, 0 AS calls FROM seen GROUP BY agent_id, day
        UNION ALL
        SELECT agent_id, day, 0, sum(messages), count(*) FILTER (WHERE is_call) FROM used GROUP BY agent_id, day
      ) AS part
      GROUP BY agent_id, day
    )
    -- Not INSERT … ON CONFLICT: that would hold what is only taken back against the check that a day is not below zero.
    MERGE INTO agent_metrics_daily AS daily
    USING (SELECT * FROM added ORDER BY agent_id, day) AS added
      ON daily.agent_id = added.agent_id AND daily.day = added.day
    WHEN MATCHED THEN UPDATE SET
      active_users = daily.active_users + added.people,
      messages = least(${messagesMax}::numeric, greatest(0, daily.messages + added.messages)),
      api_calls = daily.api_calls + added.calls
    WHEN NOT MATCHED THEN INSERT (agent_id, day, active_users, messages, api_calls)
      VALUES (added.agent_id, added.day, added.people, least(${messagesMax}::numeric, greatest(0, added.messages)), added.calls)`)
}
