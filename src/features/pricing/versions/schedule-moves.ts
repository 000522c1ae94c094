import { sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { auditLogs, outboxEvents } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { findDueMoves } from './find-due.ts'
import type { DueMove } from './find-due.ts'
import { tellSubscribers } from './tell-subscribers.ts'
import type { TellDeps } from './tell-subscribers.ts'

export type MoveDeps = Pick<Deps, 'db'> & TellDeps

export interface MoveBatches {
  /** Subscriptions in one transaction; whoever counts for them waits for it. */
  readonly size?: number
  /** The next run goes on with the rest. */
  readonly batchesMax?: number
}

/**
 * Tells subscribers of a tier that has a newer version, and schedules it for each. Safe to repeat and to be cut off: who is
 * scheduled is not found again, and is told if and only if it is. Answers how many were scheduled.
 */
export async function scheduleMoves(
  deps: MoveDeps,
  { size = 50, batchesMax = 2_000 }: MoveBatches = {},
): Promise<number> {
  let scheduled = 0
  for (let batch = 0; batch < batchesMax; batch += 1) {
    const count = await deps.db.transaction((tx) => scheduleBatch(tx, { deps, size }))
    scheduled += count
    if (count < size) break
  }
  return scheduled
}

async function scheduleBatch(tx: Transaction, { deps, size }: { deps: MoveDeps; size: number }): Promise<number> {
  const moves = await findDueMoves(tx, size)
  if (moves.length === 0) return 0
  await holdVersions(tx, moves)
  await tellSubscribers(tx, { deps, moves })
  await tx.insert(outboxEvents).values(
    moves.map(({ subscriptionId, agentId, tierId, nextTierId, nextTierAt }) => ({
      type: 'subscription.tier_version_scheduled',
      subject: subscriptionId,
      payload: { subscriptionId, agentId, tierId, nextTierId, nextTierAt: nextTierAt.toISOString() },
    })),
  )
  await tx.insert(auditLogs).values(
    moves.map(({ subscriptionId, tierId, nextTierId, nextTierAt }) => ({
      action: 'subscription.schedule_version',
      resource: 'subscription',
      resourceId: subscriptionId,
      metadata: { from: tierId, to: nextTierId, at: nextTierAt.toISOString(), by: 'system' },
    })),
  )
  await writeMoves(tx, moves)
  return moves.length
}

/** What subscribers are told stays true: a version that is scheduled for somebody doesn't change in place any more. */
const holdVersions = (tx: Transaction, moves: readonly DueMove[]) =>
  tx.execute(sql`
    SELECT FROM agent_pricing_tiers WHERE id = ANY(${sql.param(moves.map(({ nextTierId }) => nextTierId))}::uuid[])
    ORDER BY id FOR SHARE`)

/** Last, and counters in the order of their ids, as counting locks them: the change marks each (usage_epoch). */
async function writeMoves(tx: Transaction, moves: readonly DueMove[]): Promise<void> {
  const ids = sql.param(moves.map(({ subscriptionId }) => subscriptionId))
  await tx.execute(sql`
    SELECT FROM subscription_usage WHERE subscription_id = ANY(${ids}::uuid[]) ORDER BY id FOR NO KEY UPDATE`)
  await tx.execute(sql`
    UPDATE user_agent_subscriptions AS subscription
    SET next_tier_id = move.tier_id, next_tier_at = move.at, updated_at = now()
    FROM unnest(${ids}::uuid[], ${sql.param(moves.map(({ nextTierId }) => nextTierId))}::uuid[],
      ${sql.param(moves.map(({ nextTierAt }) => nextTierAt.toISOString()))}::timestamptz[]) AS move(id, tier_id, at)
    WHERE subscription.id = move.id`)
}
