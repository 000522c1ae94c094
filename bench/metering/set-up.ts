// What is measured: one agent, its backend's token, and its subscribers with their counters open.
import { sql } from 'drizzle-orm'
import { createDatabase, createPool } from '#src/db/client.ts'
import type { Database } from '#src/db/client.ts'
import { agentMetricDefinitions, agentPricingTiers, agents, tierMetricQuotas } from '#src/db/schema/index.ts'
import { createAgentClient } from '#src/features/agent-clients/index.ts'
import type { AgentCredentials } from '#src/features/agent-clients/index.ts'

export const subscribers = 1_000
/** Never reached: what is measured is counting, not refusing. */
const quota = 1_000_000_000_000
export const slug = 'messages'
/** A metric that is used up: each report is denied. */
export const emptySlug = 'exhausted'

export interface Scene extends AgentCredentials {
  readonly agentId: string
  readonly metricId: string
}

export async function withDatabase<T>(databaseUrl: string, work: (db: Database) => Promise<T>): Promise<T> {
  const pool = createPool({ url: databaseUrl, max: 2, onError: () => undefined })
  try {
    return await work(createDatabase(pool))
  } finally {
    await pool.end()
  }
}

export const setUp = (databaseUrl: string): Promise<Scene> =>
  withDatabase(databaseUrl, async (db) => {
    const agentId = crypto.randomUUID()
    await db
      .insert(agents)
      .values({ id: agentId, slug: 'bench', name: 'Bench', status: 'published', publishedAt: new Date() })
    const redirectUris = ['http://localhost/cb']
    const credentials = await createAgentClient({ db }, { agentId, userId: undefined, redirectUris })
    const tierId = crypto.randomUUID()
    await db.insert(agentPricingTiers).values({ id: tierId, agentId, tierName: 'Free', isFree: true, price: 0 })
    const metricId = crypto.randomUUID()
    const emptyId = crypto.randomUUID()
    await db.insert(agentMetricDefinitions).values([
      { id: metricId, agentId, slug, displayName: 'Messages', unit: 'message' },
      { id: emptyId, agentId, slug: emptySlug, displayName: 'Exhausted', unit: 'message' },
    ])
    await db.insert(tierMetricQuotas).values([
      { tierId, metricId, quotaLimit: quota },
      { tierId, metricId: emptyId, quotaLimit: 1 },
    ])
    await db.execute(sql`
      INSERT INTO "user" (id, name, email)
      SELECT 'bench-' || number, 'Bench', 'bench-' || number || '@example.com' FROM generate_series(1, ${subscribers}) AS number`)
    await db.execute(sql`
      INSERT INTO user_agent_subscriptions (user_id, agent_id, tier_id, status)
      SELECT 'bench-' || number, ${agentId}, ${tierId}, 'active' FROM generate_series(1, ${subscribers}) AS number`)
    for (const metric of [slug, emptySlug]) {
      await db.execute(sql`
        SELECT open_counters('7 days', array_agg('bench-' || number), array_agg(${agentId}::uuid), array_agg(${metric}::text))
        FROM generate_series(1, ${subscribers}) AS number`)
    }
    // One unit of the metric that is used up, as a row like any other, so that counters equal the ledger.
    await db.execute(sql`
      INSERT INTO usage_ledger (subscription_id, metric_id, event_type, delta, client_req_id, used_after, limit_at, period_start)
      SELECT subscription_id, metric_id, 'consume', 1, gen_random_uuid(), 1, 1, period_start
      FROM subscription_usage WHERE metric_id = ${emptyId}`)
    await db.execute(sql`UPDATE subscription_usage SET used = 1 WHERE metric_id = ${emptyId}`)
    // Else the first plans are made for empty tables.
    await db.execute(sql`ANALYZE`)
    return { ...credentials, agentId, metricId }
  })

/** Rows up to this many in all, spread over all counters; their keys are checked at the end of it and not one by one. */
export const fillLedger = (databaseUrl: string, rows: number): Promise<void> =>
  withDatabase(databaseUrl, async (db) => {
    const { rows: found } = await db.execute(sql`SELECT count(*)::int AS present FROM usage_ledger`)
    const missing = Math.ceil((rows - Number(found[0]?.['present'])) / subscribers)
    const keys = await db.execute(sql`
      SELECT conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint
      WHERE conrelid = 'usage_ledger'::regclass AND contype = 'f' AND conparentid = 0`)
    for (const { name } of keys.rows)
      await db.execute(sql.raw(`ALTER TABLE usage_ledger DROP CONSTRAINT ${String(name)} CASCADE`))
    const each = 250
    for (let done = 0; done < missing; done += each) {
      const now = Math.min(each, missing - done)
      await db.execute(sql`
        WITH counted AS (
          UPDATE subscription_usage SET used = used + ${now}
          WHERE metric_id = (SELECT id FROM agent_metric_definitions WHERE slug = ${slug})
          RETURNING subscription_id, metric_id, period_start
        )
        INSERT INTO usage_ledger (subscription_id, metric_id, event_type, delta, client_req_id, used_after, limit_at, period_start)
        SELECT subscription_id, metric_id, 'consume', 1, gen_random_uuid(), 1, ${quota}::bigint, period_start
        FROM counted CROSS JOIN generate_series(1, ${now}::int)`)
    }
    for (const { name, definition } of keys.rows) {
      await db.execute(sql.raw(`ALTER TABLE usage_ledger ADD CONSTRAINT ${String(name)} ${String(definition)}`))
    }
    await db.execute(sql`VACUUM (ANALYZE) usage_ledger`)
  })

/** Throws where a counter is not the sum of its ledger, or is above its quota: then no figure counts. */
export const requireExact = (databaseUrl: string): Promise<void> =>
  withDatabase(databaseUrl, async (db) => {
    const { rows } = await db.execute(sql`
      SELECT count(*)::int AS wrong FROM subscription_usage AS counter
        JOIN (
          SELECT subscription_id, metric_id, period_start, sum(delta) AS total FROM usage_ledger GROUP BY 1, 2, 3
        ) AS entries USING (subscription_id, metric_id, period_start)
        JOIN tier_metric_quotas AS quota ON quota.metric_id = counter.metric_id
      WHERE counter.used <> entries.total OR counter.used > quota.quota_limit`)
    if (rows[0]?.['wrong'] !== 0) throw new Error(`${String(rows[0]?.['wrong'])} counters differ from the ledger`)
  })
