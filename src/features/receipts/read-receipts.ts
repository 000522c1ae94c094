import type { Database } from '#src/db/client.ts'
import { exportLedger, readLedgerPage } from '#src/features/usage/index.ts'
import type { LedgerEntry, LedgerExport, LedgerScope } from '#src/features/usage/index.ts'
import { findOwnSubscription } from './own-subscription.ts'
import type { OwnSubscription, WhichSubscription } from './own-subscription.ts'

export interface ReceiptFilter {
  /** Slug. */
  readonly metric?: string | undefined
  readonly type?: LedgerEntry['type'] | undefined
  /** ISO 8601: of what happened then or later, and before. */
  readonly from?: string | undefined
  readonly to?: string | undefined
}

interface Asked {
  readonly which: WhichSubscription
  readonly filter: ReceiptFilter
  /** From an earlier page of the same filter. */
  readonly cursor?: string | undefined
}

export interface ReceiptPage {
  readonly subscription: OwnSubscription
  /** Newest first. */
  readonly entries: readonly LedgerEntry[]
  /** Null: there is no more. A page may be empty and still not be the last: a filter looks through a part at a time. */
  readonly nextCursor: string | null
}

const pageSize = 50

const scopeOf = (
  { id }: OwnSubscription,
  { metric, type, from, to }: ReceiptFilter,
  order: LedgerScope['order'],
): LedgerScope => ({ order, subscriptionIds: [id], metric, type, from, to })

/** Every unit that a subscription used, a page at a time; undefined for another person's. Throws `invalid_request` for a wrong cursor. */
export async function readReceipts(db: Database, { which, filter, cursor }: Asked): Promise<ReceiptPage | undefined> {
  const subscription = await findOwnSubscription(db, which)
  if (subscription === undefined) return undefined
  const scope = scopeOf(subscription, filter, 'newest')
  const { items, nextCursor } = await readLedgerPage(db, { scope, limit: pageSize, cursor })
  return { subscription, entries: items, nextCursor }
}

export interface ReceiptFile extends LedgerExport {
  readonly subscription: OwnSubscription
}

/** The same as one CSV file, oldest first, without the last minute, up to 50,000 entries; `nextCursor` goes on after them. */
export async function downloadReceipts(
  db: Database,
  { which, filter, cursor, onError }: Asked & { readonly onError: (error: unknown) => void },
): Promise<ReceiptFile | undefined> {
  const subscription = await findOwnSubscription(db, which)
  if (subscription === undefined) return undefined
  const scope = scopeOf(subscription, filter, 'oldest')
  return { subscription, ...(await exportLedger(db, { scope, cursor, onError })) }
}
