import { sql } from 'drizzle-orm'
import type { Deps } from '#src/deps.ts'
import { interactionMailsJob, recordInteraction } from '#src/features/engagement/index.ts'

/** In one run; the next goes on. */
const recordedMax = 500

interface Hit extends Record<string, unknown> {
  readonly id: string
  readonly user_id: string
  readonly agent_id: string
  readonly metric: string
}

/**
 * Tells of limits that people came to, each once for a subscription, a metric and a usage period (of a gauge a day): from the
 * denials that were counted by the hour, long after they were answered. The id is made of what it is about, so that it is told once
 * however many processes look.
 */
export async function recordLimitsHit({ db, jobs }: Pick<Deps, 'db' | 'jobs'>): Promise<void> {
  const isAny = await db.transaction(async (tx) => {
    // Two that look at once would both find it missing.
    await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtext('rialto.limits-hit'))`)
    const { rows } = await tx.execute<Hit>(sql`
      SELECT DISTINCT ON (hit.id) hit.* FROM (
        SELECT md5(concat_ws('/', 'limit_hit', denied.subscription_id, denied.metric_id,
            coalesce(counter.period_start, date_trunc('day', denied.hour, 'UTC'))))::uuid AS id,
          subscription.user_id, subscription.agent_id, metric.slug AS metric
        FROM usage_denials_hourly AS denied
          JOIN user_agent_subscriptions AS subscription ON subscription.id = denied.subscription_id
          JOIN agent_metric_definitions AS metric ON metric.id = denied.metric_id
          LEFT JOIN LATERAL (
            SELECT period_start FROM subscription_usage
            WHERE subscription_id = denied.subscription_id AND metric_id = denied.metric_id
              AND period_start < denied.hour + interval '1 hour' AND period_end > denied.hour
            -- Of two that meet within the hour the one that was nearly used.
            ORDER BY period_start LIMIT 1
          ) AS counter ON true
        WHERE denied.hour >= rialto_now() - interval '2 days' AND NOT subscription.is_test
      ) AS hit
      WHERE NOT EXISTS (SELECT FROM interactions WHERE interactions.id = hit.id)
      ORDER BY hit.id LIMIT ${recordedMax}`)
    for (const { id, user_id: userId, agent_id: agentId, metric } of rows) {
      await recordInteraction(tx, { id, type: 'limit_hit', userId, agentId, metadata: { metric } })
    }
    return rows.length > 0
  })
  if (isAny) await jobs.wake(interactionMailsJob)
}
