import { eq, sql } from 'drizzle-orm'
import type { Database, Transaction } from '#src/db/client.ts'
import { isStatementTimeout } from '#src/db/errors.ts'
import { agentMetricDefinitions } from '#src/db/schema/index.ts'
import type { AgentPublisher } from '#src/identity/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { lockAgent } from '../lock-agent.ts'
import { auditMetric } from './audit-metric.ts'
import { lockMetric } from './read-metrics.ts'

/** The ledger has no index by metric, so proving that none of its rows names this one reads all of it. */
const proofSecondsMax = 5

/**
 * Removes a metric that was never used: the way out after a typing mistake in its slug. Throws `conflict` when a tier includes
 * it or anything was ever counted or granted, or when the ledger is too long to be sure of it in a moment; such a metric is
 * archived.
 */
export async function deleteMetric(
  { db }: { readonly db: Database },
  { by, slug }: { readonly by: AgentPublisher; readonly slug: string },
): Promise<void> {
  try {
    await db.transaction(async (tx) => {
      await lockAgent(tx, by.agentId)
      const metric = await lockMetric(tx, { agentId: by.agentId, slug })
      if (await wasUsed(tx, metric.id)) throw inUse()
      await tx.execute(sql`SELECT set_config('statement_timeout', ${`${proofSecondsMax}s`}, true)`)
      // Here and not with the commit, so that a proof that takes too long is an answer.
      await tx.execute(sql`SET CONSTRAINTS ALL IMMEDIATE`)
      await tx.delete(agentMetricDefinitions).where(eq(agentMetricDefinitions.id, metric.id))
      await auditMetric(tx, by, { action: 'delete', metadata: { metric: slug, kind: metric.kind } })
    })
  } catch (error) {
    if (isStatementTimeout(error)) throw inUse()
    throw error
  }
}

const inUse = (): AppError =>
  new AppError('conflict', { detail: 'It is or was in use, so it can only be archived. Tiers must not include it.' })

/** Every ledger entry has its counter, so the counters tell. */
async function wasUsed(tx: Transaction, metricId: string): Promise<boolean> {
  const { rows } = await tx.execute(sql`
    SELECT EXISTS (SELECT FROM tier_metric_quotas WHERE metric_id = ${metricId})
      OR EXISTS (SELECT FROM subscription_usage WHERE metric_id = ${metricId})
      OR EXISTS (SELECT FROM subscription_addons WHERE metric_id = ${metricId}) AS used`)
  return rows[0]?.['used'] === true
}
