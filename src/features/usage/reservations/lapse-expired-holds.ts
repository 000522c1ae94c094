import { sql } from 'drizzle-orm'
import type { Database, Transaction } from '#src/db/client.ts'

/** Reservations looked at in one transaction: milliseconds, in which their counters wait. */
const batchMax = 500
/** More are left to the next run. */
const batchesMax = 1_000

/**
 * Gives back what expired reservations hold, so that people see their units again. Nothing needs it: counting takes back what it
 * lacks by itself. Resolves with how many there were.
 */
export async function lapseExpiredHolds({ db }: { readonly db: Database }): Promise<number> {
  let total = 0
  for (let batch = 0; batch < batchesMax; batch++) {
    const lapsed = await db.transaction(lapseBatch)
    if (lapsed === 0) break
    total += lapsed
  }
  return total
}

async function lapseBatch(tx: Transaction): Promise<number> {
  // A counter that somebody works on is left to them, or to the next run: nobody waits for this job, and it waits for nobody.
  const locked = await tx.execute<{ id: string }>(sql`
    SELECT counter.id FROM subscription_usage AS counter
    WHERE counter.id IN (
      SELECT usage_id FROM usage_reservations
      WHERE state = 'held' AND expires_at <= rialto_now()
      ORDER BY expires_at LIMIT ${batchMax}
    )
    ORDER BY counter.id FOR NO KEY UPDATE OF counter SKIP LOCKED`)
  const counters = locked.rows.map(({ id }) => id)
  if (counters.length === 0) return 0
  const { rows } = await tx.execute<{ lapsed: number }>(
    sql`SELECT lapse_holds(${sql.param(counters)}::uuid[], rialto_now()) AS lapsed`,
  )
  return rows[0]?.lapsed ?? 0
}
