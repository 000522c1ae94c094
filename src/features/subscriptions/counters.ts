import { and, asc, eq, gt, inArray } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { agentMetricDefinitions, subscriptionUsage } from '#src/db/schema/index.ts'
import type { Period } from '#src/features/usage/index.ts'

export interface Counter {
  readonly id: string
  readonly subscriptionId: string
  readonly metricId: string
  readonly kind: 'counter' | 'gauge'
  readonly period: Period
  readonly used: number
}

/**
 * Counters of these subscriptions whose period ends after `endsAfter`, and gauges, held until the transaction ends. Locked in
 * the order of their ids, as counting does.
 */
export async function lockCounters(
  tx: Transaction,
  { subscriptionIds, endsAfter }: { subscriptionIds: readonly string[]; endsAfter: Date },
): Promise<readonly Counter[]> {
  const isTheirs = inArray(subscriptionUsage.subscriptionId, [...subscriptionIds])
  const rows = await tx
    .select({ counter: subscriptionUsage, kind: agentMetricDefinitions.kind })
    .from(subscriptionUsage)
    .innerJoin(agentMetricDefinitions, eq(agentMetricDefinitions.id, subscriptionUsage.metricId))
    .where(and(isTheirs, gt(subscriptionUsage.periodEnd, endsAfter)))
    .orderBy(asc(subscriptionUsage.id))
    .for('no key update', { of: subscriptionUsage })
  return rows.map(({ counter, kind }) => ({
    id: counter.id,
    subscriptionId: counter.subscriptionId,
    metricId: counter.metricId,
    kind,
    period: { start: counter.periodStart, end: counter.periodEnd },
    used: counter.used,
  }))
}

/** A period that keeps its start keeps its counter; only its end is another. */
export async function extendCounter(tx: Transaction, counterId: string, end: Date): Promise<void> {
  await tx.update(subscriptionUsage).set({ periodEnd: end }).where(eq(subscriptionUsage.id, counterId))
}
