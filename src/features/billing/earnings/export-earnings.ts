import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { stringify } from 'csv-stringify'
import type { Database } from '#src/db/client.ts'
import { decimalOf } from '#src/lib/money.ts'
import { readEntries } from './read-entries.ts'
import type { EarningsEntry } from './read-entries.ts'

const pageEntries = 1_000
/** Pages of one export: half a million lines, more than a spreadsheet shows. */
const pagesMax = 500

interface Export {
  readonly organizationRef: string
  readonly month: string
  readonly onError: (error: unknown) => void
}

/** The entries of a month as CSV (RFC 4180) with a header line, oldest first. Read page by page, as fast as it is taken. */
export function exportEarnings(db: Database, { onError, ...which }: Export): ReadableStream<Uint8Array> {
  const csv = stringify({ header: true, columns: [...columns] })
  // Whoever stops reading destroys the stream: that ends the reading, and is no failure.
  pipeline(Readable.from(linesOf(db, which)), csv).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE' && error.name !== 'AbortError') onError(error)
  })
  // Node types its web streams apart from the DOM's; they are the same objects at run time.
  return Readable.toWeb(csv) as ReadableStream<Uint8Array>
}

const columns = [
  'occurredAt',
  'kind',
  'currency',
  'amount',
  'fee',
  'owed',
  'agent',
  'invoiceNumber',
  'subscriptionId',
  'reference',
  'isTest',
  'id',
] as const

async function* linesOf(
  db: Database,
  which: Omit<Export, 'onError'>,
): AsyncGenerator<Record<(typeof columns)[number], string>, void, undefined> {
  let cursor: string | undefined
  for (let page = 0; page < pagesMax; page += 1) {
    const { entries, nextCursor } = await readEntries(db, { ...which, order: 'oldest', limit: pageEntries, cursor })
    yield* entries.map(lineOf)
    if (nextCursor === undefined) return
    cursor = nextCursor
  }
  throw new Error('A month has more entries than one export may hold')
}

const lineOf = (entry: EarningsEntry) => {
  const { currency } = entry
  const amount = (amountMinor: number): string => decimalOf({ amountMinor, currency })
  return {
    occurredAt: entry.occurredAt,
    kind: entry.kind,
    currency,
    amount: amount(entry.amountMinor),
    fee: amount(entry.feeMinor),
    owed: amount(entry.owedMinor),
    agent: entry.agent?.slug ?? '',
    invoiceNumber: harmless(entry.invoiceNumber),
    subscriptionId: entry.subscriptionId ?? '',
    reference: harmless(entry.reference),
    isTest: entry.isTest ? 'test' : '',
    id: entry.id,
  }
}

/**
 * Text that a spreadsheet would take for a formula gets an apostrophe before it (OWASP, CSV injection). csv-stringify can do that,
 * too, and would make text of every negative amount.
 */
const harmless = (text: string | null): string => (text ?? '').replace(/^[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/u, `'$&`)
