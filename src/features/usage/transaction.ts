import { sql } from 'drizzle-orm'
import type { Database, Transaction } from '#src/db/client.ts'
import { AppError } from '#src/lib/errors.ts'

/**
 * An id that another used at the same time, a row that has just left with its subscription, a deadlock, a serialization failure:
 * nothing was written, and again there is an answer.
 */
const collisions = new Set(['23505', '23503', '40P01', '40001'])
const attemptsMax = 4

/** What was looked up before its lock is not so any more. */
export class ChangedMeanwhile extends Error {
  override readonly name = 'ChangedMeanwhile'
}

/**
 * A transaction on a counter, tried again after it met another one. Waits 4 s for a lock, as counting does. Throws `unavailable`
 * when it meets others each time.
 */
export async function settleInTransaction<T>(
  db: Pick<Database, 'transaction'>,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction(async (tx) => {
        await tx.execute(sql`SET LOCAL lock_timeout = '4s'`)
        return work(tx)
      })
    } catch (error) {
      if (!isPassing(error)) throw error
      if (attempt >= attemptsMax) throw new AppError('unavailable')
    }
  }
}

function isPassing(error: unknown): boolean {
  if (error instanceof ChangedMeanwhile) return true
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const { code } = cause as { readonly code?: unknown }
  return typeof code === 'string' && collisions.has(code)
}
