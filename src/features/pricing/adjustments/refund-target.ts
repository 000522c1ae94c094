import { and, eq, sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { subscriptionUsage, usageLedger } from '#src/db/schema/index.ts'
import type { agentMetricDefinitions } from '#src/db/schema/index.ts'
import { fieldError } from '../field-error.ts'
import type { AdjustUsage } from './adjust-usage.ts'
import type { Target } from './target.ts'

interface Refund {
  readonly adjust: AdjustUsage
  readonly metric: typeof agentMetricDefinitions.$inferSelect
}

/** The counter that an entry counts in, held until the transaction ends; an entry never gives back more than it took. */
export async function refundTarget(tx: Transaction, { adjust, metric }: Refund): Promise<Target> {
  const { entryId, delta, subscriptionId } = adjust
  if (delta > 0) throw fieldError('delta', 'must be negative for a counter: an entry can only be taken back')
  if (entryId === undefined) throw fieldError('entryId', 'must name the entry of a counter that is taken back')
  const [entry] = await tx
    .select()
    .from(usageLedger)
    .where(
      and(
        eq(usageLedger.id, entryId),
        eq(usageLedger.subscriptionId, subscriptionId),
        eq(usageLedger.metricId, metric.id),
        eq(usageLedger.eventType, 'consume'),
      ),
    )
  if (entry === undefined || entry.periodStart === null) {
    throw fieldError('entryId', 'is not use of this metric in this subscription')
  }
  const [counter] = await tx
    .select()
    .from(subscriptionUsage)
    .where(
      and(
        eq(subscriptionUsage.subscriptionId, subscriptionId),
        eq(subscriptionUsage.metricId, metric.id),
        eq(subscriptionUsage.periodStart, entry.periodStart),
      ),
    )
    .for('no key update')
  if (counter === undefined) throw new Error('An entry without its counter')
  // After the lock: whoever took some of it back before is seen now.
  const { rows } = await tx.execute(sql`
    SELECT coalesce(-sum(delta), 0)::float8 AS units FROM usage_ledger
    WHERE refers_to_id = ${entry.id} AND event_type = 'refund'`)
  const left = entry.delta - Number(rows[0]?.['units'])
  if (-delta > left) throw fieldError('delta', `takes back more than the ${left} units that are left of the entry`)
  return {
    counterId: counter.id,
    used: counter.used,
    held: counter.held,
    eventType: 'refund',
    limitAt: entry.limitAt,
    limitParts: entry.limitParts,
    periodStart: entry.periodStart,
  }
}
