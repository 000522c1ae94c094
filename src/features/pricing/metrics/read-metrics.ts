import { and, asc, eq, sql } from 'drizzle-orm'
import type { Database, Transaction } from '#src/db/client.ts'
import { agentMetricDefinitions } from '#src/db/schema/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { metricsMax } from '../schema.ts'
import type { Metric } from '../schema.ts'

export type MetricRow = typeof agentMetricDefinitions.$inferSelect

/** Every metric of an agent in its publisher's order, archived ones last. */
export async function listMetrics(db: Database | Transaction, agentId: string): Promise<MetricRow[]> {
  const { archivedAt, sortOrder, slug } = agentMetricDefinitions
  return db
    .select()
    .from(agentMetricDefinitions)
    .where(eq(agentMetricDefinitions.agentId, agentId))
    .orderBy(sql`${archivedAt} IS NOT NULL`, asc(sortOrder), asc(slug))
    .limit(metricsMax)
}

export interface WhichMetric {
  readonly agentId: string
  readonly slug: string
}

/** The metric, held until the transaction ends; nothing that is counted meanwhile waits for it. Throws `not_found`, also for another agent's. */
export async function lockMetric(tx: Transaction, { agentId, slug }: WhichMetric): Promise<MetricRow> {
  const [metric] = await tx
    .select()
    .from(agentMetricDefinitions)
    .where(and(eq(agentMetricDefinitions.agentId, agentId), eq(agentMetricDefinitions.slug, slug)))
    .for('no key update')
  if (metric === undefined) throw new AppError('not_found', { metric: slug })
  return metric
}

export const toMetric = (row: MetricRow): Metric => ({
  slug: row.slug,
  displayName: row.displayName,
  unit: row.unit,
  kind: row.kind,
  thresholds: row.thresholds,
  archivedAt: row.archivedAt?.toISOString() ?? null,
  updatedAt: row.updatedAt.toISOString(),
})
