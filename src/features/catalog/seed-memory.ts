// What seeding last wrote of each thing, so that it can tell an operator's change from its own.
import { sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { seedEntries } from '#src/db/schema/index.ts'
import { rowsOf } from './reader.ts'

export interface Remembered {
  readonly rowId: string
  readonly content: Readonly<Record<string, unknown>>
}

/** By slug. */
export async function contents(
  tx: Transaction,
  { kind, slugs }: { kind: (typeof seedEntries.$inferInsert)['kind']; slugs: readonly string[] },
): Promise<Map<string, Remembered>> {
  const rows = rowsOf<{ slug: string } & Remembered>(
    await tx.execute(sql`
      SELECT slug, row_id AS "rowId", content FROM seed_entries
      WHERE kind = ${kind} AND slug = ANY(${sql.param(slugs)}::text[])`),
  )
  return new Map(rows.map((row) => [row.slug, row]))
}

export async function remember(tx: Transaction, row: typeof seedEntries.$inferInsert): Promise<void> {
  await tx
    .insert(seedEntries)
    .values(row)
    .onConflictDoUpdate({
      target: [seedEntries.kind, seedEntries.slug],
      set: { content: row.content, updatedAt: sql`now()` },
    })
}
