import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'

/** Days that each is kept. */
const keep = {
  /** Webhooks and whoever else follows may be away that long. */
  outboxEvents: 90,
  /** As far back as use may be reported late. */
  denials: 400,
  /** After the period that they are about: until then they keep a threshold from being told again. */
  notices: 90,
  /** A little longer than use may be reported late, which is 400: until then they keep a person from counting twice. */
  activeUsers: 410,
} as const

const batchMax = 5_000
/** A million rows of each; the next day goes on. */
const batchesMax = 200

const days = (count: number): SQL => sql`make_interval(days => ${count})`

const sweeps: Readonly<Record<keyof typeof keep, SQL>> = {
  // Lowest numbers first: what is old is found without an index on time.
  outboxEvents: sql`
    DELETE FROM outbox_events WHERE created_at < now() - ${days(keep.outboxEvents)} AND seq IN (
      SELECT seq FROM outbox_events ORDER BY seq LIMIT ${batchMax})`,
  denials: sql`
    DELETE FROM usage_denials_hourly WHERE ctid = ANY(ARRAY(
      SELECT ctid FROM usage_denials_hourly WHERE hour < rialto_now() - ${days(keep.denials)} LIMIT ${batchMax}))`,
  // Of gauges never: their period does not end.
  notices: sql`
    DELETE FROM usage_notices WHERE id IN (
      SELECT notice.id FROM usage_notices AS notice JOIN subscription_usage AS counter
        ON counter.subscription_id = notice.subscription_id AND counter.metric_id = notice.metric_id
          AND counter.period_start = notice.period_start
      WHERE notice.period_start < rialto_now() - ${days(keep.notices)}
        AND counter.period_end < rialto_now() - ${days(keep.notices)} LIMIT ${batchMax})`,
  activeUsers: sql`
    DELETE FROM agent_active_users WHERE ctid = ANY(ARRAY(
      SELECT old.ctid FROM agents CROSS JOIN LATERAL (
        SELECT ctid FROM agent_active_users
        WHERE agent_id = agents.id AND day < (rialto_now() AT TIME ZONE 'UTC')::date - ${keep.activeUsers}::integer
        LIMIT ${batchMax}
      ) AS old LIMIT ${batchMax}))`,
}

/** Deletes what is kept no longer, in batches. Resolves with how many rows of each went. */
export async function sweepUsage({ db }: { readonly db: Database }): Promise<Readonly<Record<string, number>>> {
  const swept: Record<string, number> = {}
  for (const [name, statement] of Object.entries(sweeps)) {
    swept[name] = 0
    for (let batch = 0; batch < batchesMax; batch++) {
      const { rowCount } = await db.execute(statement)
      swept[name] += rowCount ?? 0
      if ((rowCount ?? 0) === 0) break
    }
  }
  return swept
}
