import { and, eq } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { subscriptionUsage } from '#src/db/schema/index.ts'
import type { agentMetricDefinitions } from '#src/db/schema/index.ts'
import { gaugePeriod } from '#src/features/usage/index.ts'
import { AppError } from '#src/lib/errors.ts'
import type { Meter } from '#src/metering/index.ts'
import type { SubscriptionRow } from '../addons/lock-subscription.ts'
import type { Target } from './adjustment.ts'

interface Present {
  readonly subscription: SubscriptionRow
  readonly metric: typeof agentMetricDefinitions.$inferSelect
  readonly meter: Meter | undefined
}

/**
 * The counter of the present period, or the one level of a gauge, made where it is missing, held until the transaction ends.
 * Throws `conflict` where no period is running.
 */
export async function presentTarget(tx: Transaction, { subscription, metric, meter }: Present): Promise<Target> {
  const period = metric.kind === 'gauge' ? gaugePeriod : meter?.period
  if (period === undefined)
    throw new AppError('conflict', { detail: 'The subscription has no period that is running.' })
  const { start, end } = period
  const key = { subscriptionId: subscription.id, metricId: metric.id }
  await tx
    .insert(subscriptionUsage)
    .values({ ...key, periodStart: start, periodEnd: end, epoch: subscription.usageEpoch })
    .onConflictDoNothing()
  const [counter] = await tx
    .select()
    .from(subscriptionUsage)
    .where(
      and(
        eq(subscriptionUsage.subscriptionId, key.subscriptionId),
        eq(subscriptionUsage.metricId, key.metricId),
        eq(subscriptionUsage.periodStart, start),
      ),
    )
    .for('no key update')
  if (counter === undefined) throw new Error('A counter that was just made is missing')
  return {
    counterId: counter.id,
    subscriptionId: counter.subscriptionId,
    used: counter.used,
    held: counter.held,
    eventType: 'adjust',
    limitAt: meter?.limit ?? null,
    limitParts: meter?.parts === undefined ? null : [...meter.parts],
    periodStart: metric.kind === 'gauge' ? null : start,
  }
}
