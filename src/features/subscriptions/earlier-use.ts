// What a new subscription takes over from the earlier ones of the same person and agent.
import { and, asc, eq, exists, gt, inArray, or } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { openStatuses, subscriptionUsage, userAgentSubscriptions } from '#src/db/schema/index.ts'
import { carriesIn, contains, stepAround, stepFrom } from '#src/features/usage/index.ts'
import type { Kept } from '#src/features/usage/index.ts'
import { lockCounters } from './counters.ts'
import type { Counter } from './counters.ts'
import { currentPeriodOf, isOpen, isOver, tierAt } from './subscription.ts'
import type { Subscription, SubscriptionRow } from './subscription.ts'
import type { Tier } from './tier.ts'

export interface EarlierUse {
  readonly counter: Counter
  readonly of: SubscriptionRow
}

/** Use that ended longer ago carries nowhere: no usage period is longer than a year. */
const oldestFor = (now: Date): Date => stepFrom({ anchor: now, interval: 'year', steps: -1 })

/**
 * The subscriptions of a person to an agent that a new one has to do with, held until the transaction ends: one that is not over,
 * and those that still hold use. Others stay out of it, so that cancelling and coming back a thousand times stays quick.
 */
export async function lockEarlier(
  tx: Transaction,
  { userId, agentId, now }: { userId: string; agentId: string; now: Date },
): Promise<readonly Subscription[]> {
  const holdsUse = tx
    .select({ id: subscriptionUsage.id })
    .from(subscriptionUsage)
    .where(
      and(
        eq(subscriptionUsage.subscriptionId, userAgentSubscriptions.id),
        gt(subscriptionUsage.used, 0),
        gt(subscriptionUsage.periodEnd, oldestFor(now)),
      ),
    )
  const isTheirs = and(eq(userAgentSubscriptions.userId, userId), eq(userAgentSubscriptions.agentId, agentId))
  const isNotOver = inArray(userAgentSubscriptions.status, [...openStatuses])
  // Waits for whoever is ending it. The next statement has another snapshot, and sees what was used until then.
  await tx
    .select({ id: userAgentSubscriptions.id })
    .from(userAgentSubscriptions)
    .where(and(isTheirs, isNotOver))
    .for('no key update')
  const rows = await tx
    .select()
    .from(userAgentSubscriptions)
    .where(and(isTheirs, or(isNotOver, exists(holdsUse))))
    .orderBy(asc(userAgentSubscriptions.id))
    .for('no key update')
  const found: Subscription[] = []
  for (const row of rows) found.push({ row, tier: await tierAt(tx, row, now) })
  return found
}

/** Of one that is over, though no job has written that down yet; billing says itself when a paid one is. */
export const isEndedFree = ({ row, tier }: Subscription, now: Date): boolean =>
  isOpen(row) && tier.isFree && isOver(row, now)

/** The use that carries into a subscription that begins now. */
export async function findCarriedUse(
  tx: Transaction,
  { earlier, now, bothPaidInFull }: { earlier: readonly Subscription[]; now: Date; bothPaidInFull: boolean },
): Promise<readonly EarlierUse[]> {
  if (earlier.length === 0) return []
  const subscriptionIds = earlier.map(({ row }) => row.id)
  const counters = await lockCounters(tx, { subscriptionIds, endsAfter: oldestFor(now) })
  const byId = new Map(earlier.map((subscription) => [subscription.row.id, subscription]))
  return counters.flatMap((counter) => {
    const of = byId.get(counter.subscriptionId)
    if (of === undefined || counter.used === 0) return []
    return carriesIn(keptIn(counter, of), { now, bothPaidInFull }) ? [{ counter, of: of.row }] : []
  })
}

function keptIn({ kind, period }: Counter, { row, tier }: Subscription): Kept {
  if (kind === 'gauge') return { kind }
  const { end } = currentPeriodOf(row)
  if (tier.isFree || period.start < end) return { kind: 'counter', period }
  return { kind: 'provisional', period, wholeEnd: stepFrom({ anchor: end, interval: tier.usageInterval, steps: 1 }) }
}

/**
 * What the months of a new free subscription are counted from: it goes on in the period whose use it takes over, so that
 * coming back costs nobody the rest of a month. Undefined: there is none.
 */
export function continuedAnchor(carried: readonly EarlierUse[], tier: Tier, now: Date): Date | undefined {
  return carried.find(({ counter, of }) => {
    if (counter.kind === 'gauge' || !contains(counter.period, now)) return false
    const step = stepAround({ anchor: of.periodAnchor, interval: tier.usageInterval, at: now })
    return +step.start === +counter.period.start && +step.end === +counter.period.end
  })?.of.periodAnchor
}
