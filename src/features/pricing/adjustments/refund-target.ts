import type { Transaction } from '#src/db/client.ts'
import type { agentMetricDefinitions } from '#src/db/schema/index.ts'
import { getRefundableEntry, lockHome, refundedOf, takenBy } from '#src/features/usage/index.ts'
import type { RefundableEntry } from '#src/features/usage/index.ts'
import { AppError } from '#src/lib/errors.ts'
import type { SubscriptionRow } from '../addons/lock-subscription.ts'
import { fieldError } from '../field-error.ts'
import type { AdjustUsage, Target } from './adjustment.ts'

interface Refund {
  readonly adjust: AdjustUsage
  readonly entryId: string
  readonly subscription: SubscriptionRow
  readonly metric: typeof agentMetricDefinitions.$inferSelect
}

/** The counter in which an entry's use lives now, held until the transaction ends; an entry never gives back more than it took. */
export async function refundTarget(
  tx: Transaction,
  { adjust, entryId, subscription, metric }: Refund,
): Promise<Target> {
  const { delta } = adjust
  if (metric.kind === 'gauge') throw fieldError('entryId', 'is for counters: a gauge has a level to set right')
  if (delta > 0) throw fieldError('delta', 'must be negative: an entry can only be taken back')
  const entry = await findEntry(tx, { agentId: subscription.agentId, entryId })
  if (entry?.userId !== subscription.userId || entry.row.metricId !== metric.id) {
    throw fieldError('entryId', 'is not use of this metric by this person')
  }
  const home = await lockHome(tx, entry.row.id)
  // After the lock: whoever took some of it back before is seen now.
  const left = (await takenBy(tx, entry)) - (await refundedOf(tx, entry))
  if (-delta > left) throw fieldError('delta', `takes back more than the ${left} units that are left of the entry`)
  return {
    counterId: home.id,
    subscriptionId: home.subscriptionId,
    used: home.used,
    held: home.held,
    eventType: 'refund',
    limitAt: entry.row.limitAt,
    limitParts: entry.row.limitParts,
    periodStart: home.periodStart,
  }
}

async function findEntry(
  tx: Transaction,
  which: { readonly agentId: string; readonly entryId: string },
): Promise<RefundableEntry | undefined> {
  try {
    return await getRefundableEntry(tx, which)
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return undefined
    throw error
  }
}
