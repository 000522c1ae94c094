import { and, eq, sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { tierMetricQuotas } from '#src/db/schema/index.ts'
import { fieldError } from '../field-error.ts'
import { listMetrics } from '../metrics/read-metrics.ts'
import { quotaOf } from '../rules/quota.ts'
import type { StoredQuota } from '../rules/quota.ts'
import type { Quotas } from '../schema.ts'

export interface ResolvedQuota {
  readonly metricId: string
  readonly metric: string
  readonly quota: StoredQuota
}

interface Resolve {
  readonly agentId: string
  readonly quotas: Quotas
}

/** Finds the metrics that quotas name. Throws `invalid_request` for one that the agent doesn't have in use. */
export async function resolveQuotas(tx: Transaction, { agentId, quotas }: Resolve): Promise<ResolvedQuota[]> {
  const known = new Map((await listMetrics(tx, agentId)).map((row) => [row.slug, row]))
  return quotas.map(({ metric, limit }, index) => {
    const row = known.get(metric)
    if (row === undefined) throw fieldError(`quotas.${index}.metric`, 'is not a metric of this agent')
    if (row.archivedAt !== null && limit !== 'not_included') {
      throw fieldError(`quotas.${index}.metric`, 'is archived')
    }
    return { metricId: row.id, metric, quota: quotaOf(limit) }
  })
}

interface Write {
  readonly tierId: string
  readonly quotas: readonly ResolvedQuota[]
}

/** Writes these quotas of a version; those that are not named stay as they are. */
export async function writeQuotas(tx: Transaction, { tierId, quotas }: Write): Promise<void> {
  const kept = quotas.flatMap(({ metricId, quota }) =>
    quota === undefined ? [] : [{ tierId, metricId, quotaLimit: quota }],
  )
  const removed = quotas.flatMap(({ metricId, quota }) => (quota === undefined ? [metricId] : []))
  if (kept.length > 0) {
    await tx
      .insert(tierMetricQuotas)
      .values(kept)
      .onConflictDoUpdate({
        target: [tierMetricQuotas.tierId, tierMetricQuotas.metricId],
        set: { quotaLimit: sql`excluded.quota_limit`, updatedAt: sql`now()` },
      })
  }
  if (removed.length > 0) {
    await tx
      .delete(tierMetricQuotas)
      .where(
        and(
          eq(tierMetricQuotas.tierId, tierId),
          sql`${tierMetricQuotas.metricId} = ANY(${sql.param(removed)}::uuid[])`,
        ),
      )
  }
}
