import type { Database } from '#src/db/client.ts'
import { agentMetricDefinitions } from '#src/db/schema/index.ts'
import type { AgentPublisher } from '#src/identity/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { fieldError } from '../field-error.ts'
import { lockAgent } from '../lock-agent.ts'
import { liveMetricsMax, metricsMax } from '../schema.ts'
import type { Metric, NewMetric } from '../schema.ts'
import { auditMetric } from './audit-metric.ts'
import { listMetrics, toMetric } from './read-metrics.ts'

/**
 * Adds a metric at the end of the agent's. Throws `invalid_request` for a slug that is taken, also by an archived metric:
 * ledgers name it; `conflict` when the agent has as many as it may.
 */
export async function createMetric(
  { db }: { readonly db: Database },
  { by, metric }: { readonly by: AgentPublisher; readonly metric: NewMetric },
): Promise<Metric> {
  return db.transaction(async (tx) => {
    await lockAgent(tx, by.agentId)
    const present = await listMetrics(tx, by.agentId)
    if (present.some(({ slug }) => slug === metric.slug)) {
      throw fieldError('slug', 'is taken by another metric of this agent')
    }
    const live = present.filter(({ archivedAt }) => archivedAt === null)
    if (live.length >= liveMetricsMax || present.length >= metricsMax) {
      throw new AppError('conflict', { detail: 'The agent has as many metrics as it may.', liveMetricsMax, metricsMax })
    }
    const sortOrder = Math.max(-1, ...present.map((row) => row.sortOrder)) + 1
    const [row] = await tx
      .insert(agentMetricDefinitions)
      .values({ ...metric, agentId: by.agentId, sortOrder })
      .returning()
    if (row === undefined) throw new Error('The metric was not inserted')
    await auditMetric(tx, by, { action: 'create', metadata: { metric: metric.slug, kind: metric.kind } })
    return toMetric(row)
  })
}
