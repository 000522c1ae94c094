// After a change of periods, what was used is where it belongs: in the periods that there are now.
import { and, eq, gte, isNull, lt } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { subscriptionAddons } from '#src/db/schema/index.ts'
import { newHome, schedule } from '#src/features/usage/index.ts'
import type { Period, Schedule } from '#src/features/usage/index.ts'
import type { NewId } from '#src/lib/ids.ts'
import { extendCounter } from './counters.ts'
import type { Counter } from './counters.ts'
import { moveUse } from './move-use.ts'
import type { Move } from './move-use.ts'
import { currentPeriodOf, periodFactsOf } from './subscription.ts'
import type { Subscription } from './subscription.ts'

interface Rehoming {
  readonly before: Subscription
  readonly after: Subscription
  /** Of the subscription, locked before it was changed. */
  readonly counters: readonly Counter[]
  readonly now: Date
  readonly graceMs: number
  readonly newId: NewId
}

export async function rehomeUse(tx: Transaction, rehoming: Rehoming): Promise<void> {
  const { before, after, counters, now, newId } = rehoming
  const { bounds, periodAt } = schedule(periodFactsOf(after.row), after.tier, now)
  const paidUntil = before.tier.isFree ? undefined : before.row.currentPeriodEnd
  const homeOf = (period: Period) => newHome(period, { paidUntil, bounds, now, periodAt })

  const moves: Move[] = []
  for (const from of counters.filter(({ kind }) => kind === 'counter')) {
    const home = homeOf(from.period)
    if (home === undefined) continue
    if (+home.start !== +from.period.start) moves.push({ from, to: { subscriptionId: after.row.id, period: home } })
    else if (+home.end !== +from.period.end) await extendCounter(tx, from.id, home.end)
  }
  await moveUse(tx, { moves, reason: 'period_changed', now, newId })
  await moveAddons(tx, { ...rehoming, homeOf })
}

/** Add-ons of a period that was cut short come along, or changing the tier would lose what was bought for it. */
async function moveAddons(
  tx: Transaction,
  { before, now, graceMs, homeOf }: Rehoming & { homeOf: (period: Period) => Period | undefined },
): Promise<void> {
  for (const period of periodsBefore(before, { now, graceMs })) {
    const home = homeOf(period)
    if (home === undefined || home.start <= period.start) continue
    await tx
      .update(subscriptionAddons)
      .set({ grantedAt: home.start })
      .where(
        and(
          eq(subscriptionAddons.subscriptionId, before.row.id),
          eq(subscriptionAddons.scope, 'one_cycle'),
          isNull(subscriptionAddons.revokedAt),
          gte(subscriptionAddons.grantedAt, period.start),
          lt(subscriptionAddons.grantedAt, home.start < period.end ? home.start : period.end),
        ),
      )
  }
}

/** The usage periods that may have been cut short: the last regular one so far, and the one on credit after it. */
function periodsBefore({ row, tier }: Subscription, { now, graceMs }: { now: Date; graceMs: number }): Period[] {
  const current = currentPeriodOf(row)
  const { bounds, periodAt }: Schedule = schedule(periodFactsOf(row), tier, now)
  if (tier.isFree) return [bounds]
  const last = periodAt(new Date(Math.max(+current.start, Math.min(+now, +current.end - 1))))
  return [last, { start: current.end, end: new Date(+current.end + graceMs) }]
}
