import type { Database } from '#src/db/client.ts'
import type { AccessToken } from '#src/identity/index.ts'
import type { LedgerQuery } from '../schema.ts'
import { readableSubscriptions } from '../subscribers.ts'
import type { LedgerScope } from './cursor.ts'
import { exportLedger } from './export-ledger.ts'
import type { LedgerExport } from './export-ledger.ts'
import { readLedgerPage } from './read-ledger-page.ts'
import type { LedgerPage } from './read-ledger-page.ts'

/** What was used of the caller's own subscriptions. Throws as readableSubscriptions, and `invalid_request` for a wrong cursor. */
export async function readLedger(db: Database, token: AccessToken, query: LedgerQuery): Promise<LedgerPage> {
  const scope = await scopeOf(db, token, { query, order: 'newest' })
  return readLedgerPage(db, { scope, limit: query.limit, cursor: query.cursor })
}

interface Downloading {
  readonly query: LedgerQuery
  readonly onError: (error: unknown) => void
}

/** The same as one file, but for the last minute, up to a limit. */
export async function downloadLedger(
  db: Database,
  token: AccessToken,
  { query, onError }: Downloading,
): Promise<LedgerExport> {
  const scope = await scopeOf(db, token, { query, order: 'oldest' })
  return exportLedger(db, { scope, cursor: query.cursor, onError })
}

interface Scoping {
  readonly query: LedgerQuery
  readonly order: LedgerScope['order']
}

async function scopeOf(db: Database, token: AccessToken, { query, order }: Scoping): Promise<LedgerScope> {
  const { metric, type, from, to } = query
  const subscriptions = await readableSubscriptions(db, token, query)
  return { order, subscriptionIds: subscriptions.map(({ id }) => id), metric, type, from, to }
}
