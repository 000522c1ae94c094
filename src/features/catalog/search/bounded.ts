// No search holds the database for long, whatever was typed: what can't be answered in time is refused with words that help.
import { sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { isStatementTimeout } from '#src/db/errors.ts'
import { AppError } from '#src/lib/errors.ts'
import type { Reader } from '../reader.ts'

/** One statement of a search; the slowest known takes a tenth of it at a million agents. */
const statementMsMax = 1_500
/** No further statement is begun after this, so a search takes the two together at most. */
const searchMsMax = 2_000

/**
 * Reads from one moment's state of the database, within the limits. Throws `AppError('search_timeout')` when it takes longer. The
 * limit is set in the transaction, because a pooler between here and the database refuses it at connect.
 */
export async function readInTime<T>(
  db: Pick<Database, 'transaction'>,
  read: (reader: Reader) => Promise<T>,
): Promise<T> {
  const startedAt = performance.now()
  try {
    return await db.transaction(
      async (tx) => {
        await tx.execute(sql.raw(`SET LOCAL statement_timeout = ${statementMsMax}`))
        const execute: Reader['execute'] = (query) => {
          if (performance.now() - startedAt > searchMsMax) throw tooSlow()
          return tx.execute(query)
        }
        return read({ execute })
      },
      { isolationLevel: 'repeatable read', accessMode: 'read only' },
    )
  } catch (error) {
    throw isStatementTimeout(error) ? tooSlow() : error
  }
}

const tooSlow = (): AppError =>
  new AppError('search_timeout', {
    detail: 'Ask for fewer or rarer words, or narrow the list by a tag or another filter.',
  })
