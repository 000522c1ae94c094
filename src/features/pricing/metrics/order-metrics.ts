import { and, eq, sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { agentMetricDefinitions } from '#src/db/schema/index.ts'
import type { AgentPublisher } from '#src/identity/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { lockAgent } from '../lock-agent.ts'
import { isSameSet } from '../rules/same-set.ts'
import type { Metric } from '../schema.ts'
import { auditMetric } from './audit-metric.ts'
import { listMetrics, toMetric } from './read-metrics.ts'

/** Puts the metrics in use into this order. Throws `conflict` unless it names each of them once: another was added meanwhile. */
export async function orderMetrics(
  { db }: { readonly db: Database },
  { by, slugs }: { readonly by: AgentPublisher; readonly slugs: readonly string[] },
): Promise<readonly Metric[]> {
  return db.transaction(async (tx) => {
    await lockAgent(tx, by.agentId)
    const present = (await listMetrics(tx, by.agentId)).filter(({ archivedAt }) => archivedAt === null)
    const before = present.map(({ slug }) => slug)
    if (!isSameSet(before, slugs)) {
      throw new AppError('conflict', { detail: 'Name each metric in use once.', metrics: before })
    }
    await tx
      .update(agentMetricDefinitions)
      .set({ sortOrder: sql`array_position(${sql.param(slugs)}::text[], ${agentMetricDefinitions.slug}) - 1` })
      .where(
        and(
          eq(agentMetricDefinitions.agentId, by.agentId),
          sql`${agentMetricDefinitions.slug} = ANY(${sql.param(slugs)}::text[])`,
        ),
      )
    await auditMetric(tx, by, { action: 'reorder', metadata: { before, after: slugs } })
    return (await listMetrics(tx, by.agentId)).map(toMetric)
  })
}
