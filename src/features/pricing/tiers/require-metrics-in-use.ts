import { sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { AppError } from '#src/lib/errors.ts'
import type { QuotaRow } from './read-tiers.ts'

/** Throws `conflict` when one of these quotas is of an archived metric. */
export async function requireMetricsInUse(tx: Transaction, quotas: readonly QuotaRow[]): Promise<void> {
  const { rows } = await tx.execute(sql`
    SELECT slug FROM agent_metric_definitions
    WHERE id = ANY(${sql.param(quotas.map(({ metricId }) => metricId))}::uuid[]) AND archived_at IS NOT NULL
    ORDER BY slug`)
  if (rows.length === 0) return
  const metrics = rows.map(({ slug }) => String(slug))
  throw new AppError('conflict', {
    detail: 'The tier includes archived metrics. Put them into use again first.',
    metrics,
  })
}
