import { eq, sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { subscriptionUsage } from '#src/db/schema/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { ChangedMeanwhile } from '../transaction.ts'

/** Each cancelling and coming back, and each change of periods, moves use at most once. */
const movesMax = 1_000

export type Counter = typeof subscriptionUsage.$inferSelect

/**
 * The counter in which an entry's use lives now, locked until the transaction ends. Use moves as a whole: the first departure
 * from its counter after it took it along, and the arrival names the departure.
 *
 * Throws ChangedMeanwhile when it moved while this one waited: come again.
 */
export async function lockHome(tx: Transaction, entryId: string): Promise<Counter> {
  const home = await findHome(tx, entryId)
  const [counter] = await tx.select().from(subscriptionUsage).where(eq(subscriptionUsage.id, home)).for('no key update')
  if (counter === undefined || (await findHome(tx, entryId)) !== home) throw new ChangedMeanwhile()
  return counter
}

async function findHome(tx: Transaction, entryId: string): Promise<string> {
  const { rows } = await tx.execute<{ id: string | null; moves: number }>(sql`
    WITH RECURSIVE home AS (
      SELECT subscription_id, metric_id, period_start, seq, 0 AS moves FROM usage_ledger WHERE id = ${entryId}
      UNION ALL
      SELECT arrival.subscription_id, arrival.metric_id, arrival.period_start, arrival.seq, home.moves + 1
      FROM home
        CROSS JOIN LATERAL (
          SELECT moved.id FROM usage_ledger AS moved
          WHERE moved.subscription_id = home.subscription_id AND moved.metric_id = home.metric_id
            AND moved.period_start = home.period_start AND moved.event_type = 'carry_out' AND moved.seq > home.seq
          ORDER BY moved.seq LIMIT 1
        ) AS departure
        JOIN usage_ledger AS arrival ON arrival.refers_to_id = departure.id AND arrival.event_type = 'carry_in'
      WHERE home.moves < ${movesMax}
    )
    SELECT counter.id, home.moves
    FROM home LEFT JOIN subscription_usage AS counter
      ON counter.subscription_id = home.subscription_id AND counter.metric_id = home.metric_id
        AND counter.period_start = home.period_start
    ORDER BY home.moves DESC LIMIT 1`)
  const [found] = rows
  if (found?.moves === movesMax) throw new AppError('conflict', { detail: 'This use has moved too often.' })
  // Its subscription has just been deleted.
  if (!found?.id) throw new AppError('not_found')
  return found.id
}
