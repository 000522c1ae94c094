import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Database, Transaction } from '#src/db/client.ts'
import { agentMetricDefinitions, agentPricingTiers, tierMetricQuotas } from '#src/db/schema/index.ts'
import type { AgentPublisher } from '#src/identity/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { lockAgent } from '../lock-agent.ts'
import { liveMetricsMax, liveTiersMax } from '../schema.ts'
import type { Metric } from '../schema.ts'
import { auditMetric } from './audit-metric.ts'
import { listMetrics, lockMetric, toMetric } from './read-metrics.ts'
import type { MetricRow } from './read-metrics.ts'

interface SetArchived {
  readonly by: AgentPublisher
  readonly slug: string
}

/**
 * Takes a metric out of use for new tiers and keeps everything that was counted. Archiving again changes nothing. Throws
 * `conflict` while a tier on offer includes it: that would take something from its subscribers without notice.
 */
export async function archiveMetric({ db }: { readonly db: Database }, { by, slug }: SetArchived): Promise<Metric> {
  return db.transaction(async (tx) => {
    await lockAgent(tx, by.agentId)
    const metric = await lockMetric(tx, { agentId: by.agentId, slug })
    if (metric.archivedAt !== null) return toMetric(metric)
    const tiers = await tiersOnOfferWith(tx, metric)
    if (tiers.length > 0) {
      throw new AppError('conflict', { detail: 'Tiers on offer include it: take it out of them first.', tiers })
    }
    return setArchived(tx, { by, metric, isArchived: true })
  })
}

/** Puts an archived metric back into use. Throws `conflict` when the agent has as many as it may. */
export async function unarchiveMetric({ db }: { readonly db: Database }, { by, slug }: SetArchived): Promise<Metric> {
  return db.transaction(async (tx) => {
    await lockAgent(tx, by.agentId)
    const metric = await lockMetric(tx, { agentId: by.agentId, slug })
    if (metric.archivedAt === null) return toMetric(metric)
    const live = (await listMetrics(tx, by.agentId)).filter(({ archivedAt }) => archivedAt === null)
    if (live.length >= liveMetricsMax) {
      throw new AppError('conflict', { detail: 'The agent has as many metrics as it may.', liveMetricsMax })
    }
    return setArchived(tx, { by, metric, isArchived: false })
  })
}

interface Archiving {
  readonly by: AgentPublisher
  readonly metric: MetricRow
  readonly isArchived: boolean
}

async function setArchived(tx: Transaction, { by, metric, isArchived }: Archiving): Promise<Metric> {
  const [row] = await tx
    .update(agentMetricDefinitions)
    .set({ archivedAt: isArchived ? sql`now()` : null })
    .where(eq(agentMetricDefinitions.id, metric.id))
    .returning()
  if (row === undefined) throw new Error('The metric went away under its lock')
  const action = isArchived ? 'archive' : 'unarchive'
  await auditMetric(tx, by, { action, metadata: { metric: metric.slug } })
  return toMetric(row)
}

async function tiersOnOfferWith(tx: Transaction, { id }: MetricRow): Promise<readonly string[]> {
  const tiers = await tx
    .select({ tierName: agentPricingTiers.tierName })
    .from(tierMetricQuotas)
    .innerJoin(agentPricingTiers, eq(agentPricingTiers.id, tierMetricQuotas.tierId))
    .where(and(eq(tierMetricQuotas.metricId, id), isNull(agentPricingTiers.archivedAt)))
    .limit(liveTiersMax)
  return tiers.map(({ tierName }) => tierName)
}
