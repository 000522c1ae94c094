// Where something still stands in the database: every column of every table of every schema, whatever its type.
import type { Pool } from 'pg'

/** `schema.table.column` of each place whose text holds one of these, in order. */
export async function tracesOf(pool: Pool, ...texts: readonly string[]): Promise<string[]> {
  const { rows: tables } = await pool.query<{ schema: string; name: string }>(`
    SELECT table_schema AS schema, table_name AS name FROM information_schema.tables
     WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2`)
  const found: string[] = []
  for (const { schema, name } of tables) {
    const { rows } = await pool.query<{ key: string }>(
      `SELECT DISTINCT field.key FROM "${schema}"."${name}" AS t, jsonb_each_text(to_jsonb(t)) AS field, unnest($1::text[]) AS needle
        WHERE position(needle IN field.value) > 0 ORDER BY 1`,
      [texts],
    )
    found.push(...rows.map(({ key }) => `${schema}.${name}.${key}`))
  }
  return found
}
