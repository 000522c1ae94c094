import { and, asc, eq, inArray, lte, or, sql } from 'drizzle-orm'
import type { Database, Transaction } from '#src/db/client.ts'
import { agentPricingTiers, liveStatuses, userAgentSubscriptions } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { auditChange } from './audit.ts'
import { businessNow } from './clock.ts'
import { lockCounters } from './counters.ts'
import { settledColumns } from './settle.ts'
import { tierAt } from './subscription.ts'
import type { SubscriptionRow } from './subscription.ts'
import { inTransaction } from './transaction.ts'

export interface RollForward {
  /** Subscriptions per transaction. */
  readonly batchSize?: number
  /** Batches per run; the next run goes on. */
  readonly batchesMax?: number
}

/** The trigger marks counters whose period ended up to a day before the subscription's own began. */
const markedBeforeMs = 86_400_000

/**
 * Housekeeping: writes down what time alone has changed. Nothing depends on it, since who counts finds that out by itself; it
 * keeps the look-up short and lists right. Answers how many subscriptions it changed.
 */
export async function rollForward(
  { db }: Pick<Deps, 'db'>,
  { batchSize = 100, batchesMax = 200 }: RollForward = {},
): Promise<number> {
  let changed = 0
  for (let batch = 0; batch < batchesMax; batch++) {
    const count = await rollBatch(db, batchSize)
    changed += count
    if (count < batchSize) break
  }
  return changed
}

const rollBatch = (db: Database, size: number): Promise<number> =>
  inTransaction(db, async (tx) => {
    const now = await businessNow(tx)
    const rows = await findDue(tx, size)
    await holdCounters(tx, { rows, now })
    for (const row of rows) {
      const settled = settledColumns({ row, tier: await tierAt(tx, row, now) }, now)
      await tx.update(userAgentSubscriptions).set(settled).where(eq(userAgentSubscriptions.id, row.id))
      const change = { subscriptionId: row.id, by: { kind: 'system' } } as const
      if (settled.tierId !== undefined) {
        await auditChange(tx, { ...change, did: 'swap_tier', metadata: { from: row.tierId, to: settled.tierId } })
      }
      if (settled.status === 'canceled') await auditChange(tx, { ...change, did: 'end' })
    }
    return rows.length
  })

/**
 * The counters that the changes will mark, of all of these subscriptions at once: counters are always locked in the order of their
 * ids, and one subscription after the other would meet those who count for many people crosswise.
 */
async function holdCounters(tx: Transaction, { rows, now }: { rows: readonly SubscriptionRow[]; now: Date }) {
  if (rows.length === 0) return
  const earliest = Math.min(+now, ...rows.map(({ currentPeriodStart }) => +currentPeriodStart))
  const subscriptionIds = rows.map(({ id }) => id)
  await lockCounters(tx, { subscriptionIds, endsAfter: new Date(earliest - markedBeforeMs) })
}

/** Those that somebody is changing at the moment wait for the next run. */
async function findDue(tx: Transaction, limit: number) {
  const isSwapDue = lte(userAgentSubscriptions.nextTierAt, sql`rialto_now()`)
  const isPeriodOver = lte(userAgentSubscriptions.currentPeriodEnd, sql`rialto_now()`)
  const rows = await tx
    .select({ subscription: userAgentSubscriptions })
    .from(userAgentSubscriptions)
    .innerJoin(agentPricingTiers, eq(agentPricingTiers.id, userAgentSubscriptions.tierId))
    .where(
      and(
        inArray(userAgentSubscriptions.status, [...liveStatuses, 'past_due']),
        or(isSwapDue, and(isPeriodOver, eq(agentPricingTiers.isFree, true))),
      ),
    )
    .orderBy(asc(userAgentSubscriptions.id))
    .limit(limit)
    .for('no key update', { of: userAgentSubscriptions, skipLocked: true })
  return rows.map(({ subscription }) => subscription)
}
