import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { Database, Transaction } from '#src/db/client.ts'
import type { LedgerScope } from './cursor.ts'
import { columns, isWanted, toEntry } from './ledger-rows.ts'
import type { LedgerEntry, LedgerRow } from './ledger-rows.ts'

interface Scan {
  readonly scope: LedgerScope
  /** Exclusive bounds by place in the ledger. */
  readonly after: number
  readonly before: number
  /** Entries given at most. */
  readonly limit: number
  /** Entries looked at for them, at most: a filter that fits few never means a long wait. */
  readonly scannedMax: number
}

interface Scanned {
  readonly entries: readonly LedgerEntry[]
  /** Where to go on: the bound for what comes next. Undefined: there is no more. */
  readonly end: number | undefined
}

/** Some entries in the order of the scope, from one end of the span. One short statement by index, whatever the ledger’s size. */
export async function scanLedger(db: Database, scan: Scan): Promise<Scanned> {
  const { scope, after, before, limit, scannedMax } = scan
  const direction = sql.raw(scope.order === 'newest' ? 'DESC' : 'ASC')
  const furthest = sql.raw(scope.order === 'newest' ? 'min' : 'max')
  const rows = await readByIndex(
    db,
    sql`
    WITH scanned AS MATERIALIZED (
      SELECT entry.* FROM unnest(${sql.param(scope.subscriptionIds)}::uuid[]) AS own (id)
        CROSS JOIN LATERAL (
          SELECT ${columns} FROM usage_ledger
          WHERE subscription_id = own.id AND seq > ${after} AND seq < ${before}
          ORDER BY seq ${direction} LIMIT ${scannedMax}
        ) AS entry
      ORDER BY entry.seq ${direction} LIMIT ${scannedMax}
    )
    SELECT looked.*, wanted.*
    FROM (SELECT count(*)::int AS scanned, ${furthest}(seq) AS scanned_to FROM scanned) AS looked
      LEFT JOIN (
        SELECT entry.*, metric.slug
        FROM scanned AS entry JOIN agent_metric_definitions AS metric ON metric.id = entry.metric_id
        WHERE ${isWanted(scope)}
        ORDER BY entry.seq ${direction} LIMIT ${limit + 1}
      ) AS wanted ON true
    ORDER BY wanted.seq ${direction}`,
  )
  const found = rows.filter(({ seq }) => seq !== null)
  const shown = found.slice(0, limit)
  const entries = shown.map(toEntry)
  if (found.length > limit) return { entries, end: Number(shown.at(-1)?.seq) }
  const looked = rows[0]
  return { entries, end: looked?.scanned === scannedMax ? Number(looked.scanned_to) : undefined }
}

/** A plan made while the table was nearly empty must not sort all of it when it is not: the index has this order already. */
function readByIndex(db: Database, statement: SQL): Promise<(LedgerRow & Looked)[]> {
  const work = async (tx: Transaction): Promise<(LedgerRow & Looked)[]> => {
    await tx.execute(sql`SET LOCAL enable_bitmapscan = off`)
    await tx.execute(sql`SET LOCAL enable_seqscan = off`)
    return (await tx.execute<LedgerRow & Looked>(statement)).rows
  }
  return db.transaction(work, { accessMode: 'read only' })
}

interface Looked extends Record<string, unknown> {
  readonly scanned: number
  readonly scanned_to: string
}
