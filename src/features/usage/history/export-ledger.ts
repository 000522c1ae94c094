import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { sql } from 'drizzle-orm'
import { stringify } from 'csv-stringify'
import type { Database } from '#src/db/client.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import type { LedgerScope } from './cursor.ts'
import { scanLedger } from './scan-ledger.ts'

/** Entries looked through by one export; the next begins where it was cut. */
const standardEntriesMax = 50_000
const pageMax = 1_000
/**
 * A lower number may be written later, by whoever took it earlier; no statement takes this long. So nothing that is left out here
 * comes before something that is not, and the next export can go on after the last line.
 */
const settledAfterSeconds = 60

export interface LedgerExport {
  /** RFC 4180 with a header line, oldest first. Read page by page, as fast as it is taken. */
  readonly csv: ReadableStream<Uint8Array>
  /** Where the next export goes on. Undefined: it was not cut. */
  readonly nextCursor: string | undefined
}

interface ExportRequest {
  readonly scope: LedgerScope
  readonly cursor: string | undefined
  readonly onError: (error: unknown) => void
  readonly entriesMax?: number
}

export async function exportLedger(
  db: Database,
  { scope, cursor, onError, entriesMax = standardEntriesMax }: ExportRequest,
): Promise<LedgerExport> {
  const after = cursor === undefined ? 0 : decodeCursor(scope, cursor)
  const { before, isCut } = await findEnd(db, { scope, after, entriesMax })
  const csv = stringify({ header: true, columns: [...csvColumns], escape_formulas: true })
  // Whoever stops reading destroys the stream: that ends the reading, and is no failure.
  pipeline(Readable.from(linesOf(db, { scope, after, before })), csv).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE' && error.name !== 'AbortError') onError(error)
  })
  return {
    // Node types its web streams apart from the DOM's; they are the same objects at run time.
    csv: Readable.toWeb(csv) as ReadableStream<Uint8Array>,
    nextCursor: isCut ? encodeCursor(scope, before - 1) : undefined,
  }
}

const csvColumns = [
  'id',
  'subscriptionId',
  'metric',
  'type',
  'delta',
  'usedAfter',
  'limit',
  'periodStart',
  'occurredAt',
  'createdAt',
  'clientReqId',
  'refersToId',
  'metadata',
] as const

interface Span {
  readonly scope: LedgerScope
  readonly after: number
  readonly before: number
}

/** The first place that is not exported: past the limit, or too young. */
async function findEnd(
  db: Database,
  { scope, after, entriesMax }: Omit<Span, 'before'> & { readonly entriesMax: number },
): Promise<{ before: number; isCut: boolean }> {
  const { rows } = await db.execute<{ count: number; last: string | null; young: string | null }>(sql`
    SELECT count(*)::int, max(seq) AS last,
      min(seq) FILTER (WHERE created_at >= now() - make_interval(secs => ${settledAfterSeconds})) AS young
    FROM (
      SELECT entry.* FROM unnest(${sql.param(scope.subscriptionIds)}::uuid[]) AS own (id)
        CROSS JOIN LATERAL (
          SELECT seq, created_at FROM usage_ledger
          WHERE subscription_id = own.id AND seq > ${after} ORDER BY seq LIMIT ${entriesMax + 1}
        ) AS entry
      ORDER BY entry.seq LIMIT ${entriesMax + 1}
    ) AS scanned`)
  const { count = 0, last = null, young = null } = rows[0] ?? {}
  if (young !== null) return { before: Number(young), isCut: false }
  const isCut = count > entriesMax
  return { before: Number(last ?? after) + (isCut ? 0 : 1), isCut }
}

async function* linesOf(db: Database, { scope, after, before }: Span): AsyncGenerator<object, void, undefined> {
  for (let from: number | undefined = after; from !== undefined;) {
    const { entries, end }: Awaited<ReturnType<typeof scanLedger>> = await scanLedger(db, {
      scope,
      after: from,
      before,
      limit: pageMax,
      scannedMax: pageMax,
    })
    for (const entry of entries) yield { ...entry, metadata: JSON.stringify(entry.metadata) }
    from = end
  }
}
