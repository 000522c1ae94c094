import { and, eq } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { subscriptionUsage } from '#src/db/schema/index.ts'
import type { agentMetricDefinitions } from '#src/db/schema/index.ts'
import { gaugePeriod } from '#src/features/usage/index.ts'
import type { Meter } from '#src/metering/index.ts'
import type { SubscriptionRow } from '../addons/lock-subscription.ts'
import { fieldError } from '../field-error.ts'
import type { AdjustUsage } from './adjust-usage.ts'
import type { Target } from './target.ts'

interface Gauge {
  readonly adjust: AdjustUsage
  readonly subscription: SubscriptionRow
  readonly metric: typeof agentMetricDefinitions.$inferSelect
  readonly meter: Meter | undefined
}

/** The one level of a gauge, made where it is missing, held until the transaction ends. */
export async function gaugeTarget(tx: Transaction, { adjust, subscription, metric, meter }: Gauge): Promise<Target> {
  if (adjust.entryId !== undefined) throw fieldError('entryId', 'is for counters: a gauge has a level to set right')
  const { start, end } = gaugePeriod
  const key = { subscriptionId: subscription.id, metricId: metric.id }
  await tx
    .insert(subscriptionUsage)
    .values({ ...key, periodStart: start, periodEnd: end, epoch: subscription.usageEpoch })
    .onConflictDoNothing()
  const [counter] = await tx
    .select()
    .from(subscriptionUsage)
    .where(and(eq(subscriptionUsage.subscriptionId, key.subscriptionId), eq(subscriptionUsage.metricId, key.metricId)))
    .for('no key update')
  if (counter === undefined) throw new Error('A level that was just made is missing')
  return {
    counterId: counter.id,
    subscriptionId: counter.subscriptionId,
    used: counter.used,
    held: counter.held,
    eventType: 'adjust',
    limitAt: meter?.limit ?? null,
    limitParts: meter?.parts === undefined ? null : [...meter.parts],
    periodStart: null,
  }
}
