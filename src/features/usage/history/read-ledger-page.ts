import type { Database } from '#src/db/client.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import type { LedgerScope } from './cursor.ts'
import { isFiltered } from './ledger-rows.ts'
import type { LedgerEntry } from './ledger-rows.ts'
import { scanLedger } from './scan-ledger.ts'

/** Entries looked through for one page, where only some are wanted. */
const scannedMax = 10_000

export interface LedgerPage {
  readonly items: readonly LedgerEntry[]
  /** Null: there is no more. A page may hold fewer than were asked for and still not be the last. */
  readonly nextCursor: string | null
}

interface PageRequest {
  readonly scope: LedgerScope
  readonly limit: number
  readonly cursor: string | undefined
}

/** A page of the ledger, newest first. What is written meanwhile neither repeats nor hides an entry further on. */
export async function readLedgerPage(db: Database, { scope, limit, cursor }: PageRequest): Promise<LedgerPage> {
  const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : decodeCursor(scope, cursor)
  const scanned = isFiltered(scope) ? scannedMax : limit + 1
  const { entries, end } = await scanLedger(db, { scope, after: -1, before, limit, scannedMax: scanned })
  return { items: entries, nextCursor: end === undefined ? null : encodeCursor(scope, end) }
}
