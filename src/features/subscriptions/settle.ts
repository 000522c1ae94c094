import { schedule } from '#src/features/usage/index.ts'
import { isOver, periodFactsOf } from './subscription.ts'
import type { Subscription, SubscriptionRow } from './subscription.ts'
import { termsOf } from './tier.ts'

export type Columns = Partial<SubscriptionRow>

/**
 * What time alone has changed about a subscription and nobody has written down yet: the scheduled tier that took over, a free
 * tier's period that rolled, the end of a free one that was cancelled. Who counts finds all of this by itself.
 */
export function settledColumns({ row, tier }: Subscription, now: Date): Columns {
  const swapped: Columns =
    tier.id === row.tierId ? {} : { tierId: tier.id, nextTierId: null, nextTierAt: null, ...termsOf(tier) }
  if (!tier.isFree) return swapped
  if (isOver(row, now)) return { ...swapped, status: 'canceled', canceledAt: now }
  const { start, end } = schedule(periodFactsOf(row), tier, now).bounds
  return { ...swapped, currentPeriodStart: start, currentPeriodEnd: end }
}
