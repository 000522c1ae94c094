import { TransactionRollbackError } from 'drizzle-orm'
import type { Database, Transaction } from '#src/db/client.ts'
import { settleInTransaction } from '#src/features/usage/index.ts'

interface Run<T> {
  /** Nothing that `work` writes stays: its answer says what would be. */
  readonly isPreview: boolean
  readonly work: (tx: Transaction) => Promise<T>
}

/** Runs the same work for a preview as for the change itself, so that the two can't disagree. Again where it met another one. */
export async function writeOrPreview<T>(db: Pick<Database, 'transaction'>, { isPreview, work }: Run<T>): Promise<T> {
  if (!isPreview) return settleInTransaction(db, work)
  const seen: T[] = []
  try {
    await settleInTransaction(db, async (tx) => {
      seen.splice(0, 1, await work(tx))
      tx.rollback()
    })
  } catch (error) {
    if (!(error instanceof TransactionRollbackError)) throw error
  }
  return seen[0] as T
}
