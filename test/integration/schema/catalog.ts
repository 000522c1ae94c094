// What PostgreSQL itself says about the tables of the schema `public`.
import type { Pool } from 'pg'

interface Column {
  readonly table: string
  readonly name: string
  readonly type: string
  readonly nullable: boolean
  readonly default: string | null
}

interface ForeignKey {
  readonly table: string
  readonly name: string
  readonly columns: readonly string[]
  readonly foreignTable: string
  readonly onDelete: 'cascade' | 'set null' | 'no action' | 'restrict' | 'set default'
  readonly deferred: boolean
}

interface Index {
  readonly table: string
  readonly name: string
  readonly columns: readonly string[]
  readonly isUnique: boolean
  readonly isPrimary: boolean
  readonly method: string
  readonly predicate: string | null
  coversAll(key: ForeignKey): boolean
}

export interface Catalog {
  readonly tables: readonly string[]
  readonly columns: readonly Column[]
  readonly foreignKeys: readonly ForeignKey[]
  readonly indexes: readonly Index[]
  /** Unique indexes, whether a constraint stands behind them or not. */
  readonly uniques: readonly Index[]
  readonly checks: readonly { readonly table: string; readonly name: string; readonly definition: string }[]
  readonly options: ReadonlyMap<string, readonly string[]>
}

export async function readCatalog(pool: Pool): Promise<Catalog> {
  const tables = await pool.query<{ name: string; options: string[] | null }>(`
    SELECT relname AS name, reloptions AS options FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`)
  const columns = await pool.query<Column>(`
    SELECT c.relname AS table, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
      NOT a.attnotnull AS nullable, pg_get_expr(d.adbin, d.adrelid) AS default
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attnum > 0 AND NOT a.attisdropped`)
  const foreignKeys = await pool.query<ForeignKey>(`
    SELECT k.conrelid::regclass::text AS table, k.conname AS name, f.relname AS "foreignTable",
      CASE k.confdeltype WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null' WHEN 'a' THEN 'no action'
        WHEN 'r' THEN 'restrict' ELSE 'set default' END AS "onDelete",
      k.condeferred AS deferred, ${columnNames('k.conkey', 'k.conrelid')} AS columns
    FROM pg_constraint k JOIN pg_class f ON f.oid = k.confrelid
    WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace`)
  const indexes = await pool.query<Omit<Index, 'coversAll'>>(`
    SELECT t.relname AS table, c.relname AS name, i.indisunique AS "isUnique", i.indisprimary AS "isPrimary",
      m.amname AS method, pg_get_expr(i.indpred, i.indrelid) AS predicate,
      ${columnNames('i.indkey::int2[]', 'i.indrelid')} AS columns
    FROM pg_index i
    JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam
    JOIN pg_class t ON t.oid = i.indrelid AND t.relnamespace = 'public'::regnamespace`)
  const checks = await pool.query<Catalog['checks'][number]>(`
    SELECT conrelid::regclass::text AS table, conname AS name, pg_get_constraintdef(oid) AS definition
    FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace`)

  const withCover = indexes.rows.map((index) => ({
    ...index,
    coversAll: (key: ForeignKey) =>
      // A partial index serves the look-up of a key where its condition is that the key is set.
      (index.predicate === null || index.predicate === `(${key.columns[0]} IS NOT NULL)`) && index.method === 'btree',
  }))
  return {
    tables: tables.rows.map((table) => table.name),
    columns: columns.rows,
    foreignKeys: foreignKeys.rows.map((key) => ({ ...key, table: key.table.replaceAll('"', '') })),
    indexes: withCover,
    uniques: withCover.filter((index) => index.isUnique),
    checks: checks.rows.map((check) => ({ ...check, table: check.table.replaceAll('"', '') })),
    options: new Map(tables.rows.map((table) => [table.name, table.options ?? []])),
  }
}

/** Names of the columns of a key, in the key's order. */
const columnNames = (numbers: string, table: string): string => `(
  SELECT array_agg(a.attname::text ORDER BY n.position)
  FROM unnest(${numbers}) WITH ORDINALITY AS n(number, position)
  JOIN pg_attribute a ON a.attrelid = ${table} AND a.attnum = n.number)`
