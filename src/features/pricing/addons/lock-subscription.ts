import { and, eq } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { agentMetricDefinitions, userAgentSubscriptions } from '#src/db/schema/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { fieldError } from '../field-error.ts'

export type SubscriptionRow = typeof userAgentSubscriptions.$inferSelect
type MetricRow = typeof agentMetricDefinitions.$inferSelect

/**
 * The subscription, held until the transaction ends; who counts for it goes on, since only its counters stop them. Throws
 * `not_found`, and `conflict` for one that is over.
 */
export async function lockSubscription(tx: Transaction, subscriptionId: string): Promise<SubscriptionRow> {
  const [row] = await tx
    .select()
    .from(userAgentSubscriptions)
    .where(eq(userAgentSubscriptions.id, subscriptionId))
    .for('no key update')
  if (row === undefined) throw new AppError('not_found', { subscriptionId })
  if (row.status === 'canceled' || row.status === 'incomplete_expired') {
    throw new AppError('conflict', { detail: 'The subscription is over.' })
  }
  return row
}

/** Of the subscription's agent. Throws `invalid_request` that names the field. */
export async function getMetric(tx: Transaction, { agentId }: SubscriptionRow, slug: string): Promise<MetricRow> {
  const [metric] = await tx
    .select()
    .from(agentMetricDefinitions)
    .where(and(eq(agentMetricDefinitions.agentId, agentId), eq(agentMetricDefinitions.slug, slug)))
  if (metric === undefined) throw fieldError('metric', 'is not a metric of this agent')
  return metric
}
