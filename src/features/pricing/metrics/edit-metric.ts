import { eq } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { agentMetricDefinitions } from '#src/db/schema/index.ts'
import type { AgentPublisher } from '#src/identity/index.ts'
import { lockAgent, requireUnchanged } from '../lock-agent.ts'
import type { Metric, MetricEdit } from '../schema.ts'
import { auditMetric } from './audit-metric.ts'
import { lockMetric, toMetric } from './read-metrics.ts'
import type { MetricRow } from './read-metrics.ts'

interface EditMetric {
  readonly by: AgentPublisher
  readonly slug: string
  readonly edit: MetricEdit
}

/**
 * Changes how a metric is called and when it notifies; what it counts (slug and kind) never changes. Throws `not_found`, and
 * `conflict` when it is not what the editor read.
 */
export async function editMetric({ db }: { readonly db: Database }, { by, slug, edit }: EditMetric): Promise<Metric> {
  return db.transaction(async (tx) => {
    await lockAgent(tx, by.agentId)
    const before = await lockMetric(tx, { agentId: by.agentId, slug })
    requireUnchanged(before, edit.updatedAt)
    const after = {
      displayName: edit.displayName ?? before.displayName,
      unit: edit.unit ?? before.unit,
      thresholds: edit.thresholds ?? before.thresholds,
    }
    const [row] = await tx
      .update(agentMetricDefinitions)
      .set(after)
      .where(eq(agentMetricDefinitions.id, before.id))
      .returning()
    if (row === undefined) throw new Error('The metric went away under its lock')
    await auditMetric(tx, by, { action: 'edit', metadata: { metric: slug, before: wordsOf(before), after } })
    return toMetric(row)
  })
}

const wordsOf = ({ displayName, unit, thresholds }: MetricRow) => ({ displayName, unit, thresholds })
