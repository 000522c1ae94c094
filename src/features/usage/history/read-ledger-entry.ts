import { sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { columns, toEntry } from './ledger-rows.ts'
import type { LedgerEntry, LedgerRow } from './ledger-rows.ts'

/** One entry of a subscription; undefined where it has none like that. */
export async function readLedgerEntry(
  db: Database,
  { subscriptionId, entryId }: { readonly subscriptionId: string; readonly entryId: string },
): Promise<LedgerEntry | undefined> {
  const { rows } = await db.execute<LedgerRow>(sql`
    SELECT entry.*, metric.slug
    FROM (SELECT ${columns} FROM usage_ledger WHERE id = ${entryId}::uuid) AS entry
      JOIN agent_metric_definitions AS metric ON metric.id = entry.metric_id
    WHERE entry.subscription_id = ${subscriptionId}::uuid`)
  const [row] = rows
  return row && toEntry(row)
}
