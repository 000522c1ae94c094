import type { Database, Transaction } from '#src/db/client.ts'

/** Deadlock and serialization failure: nothing was written, and the other one is done by now. */
const collisions = new Set(['40P01', '40001'])
const attemptsMax = 4

/**
 * A transaction that is tried again after it met another one crosswise. Counting and changing a subscription lock in the same
 * order (subscription, counters by id), but a counter that is made on the way comes after the others whatever its id.
 */
export async function inTransaction<T>(db: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction(work)
    } catch (error) {
      if (attempt >= attemptsMax || !isCollision(error)) throw error
    }
  }
}

function isCollision(error: unknown): boolean {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const { code } = cause as { readonly code?: unknown }
  return typeof code === 'string' && collisions.has(code)
}
