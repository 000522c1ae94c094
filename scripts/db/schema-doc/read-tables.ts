// The schema as data: tables from the schema's own objects, what they mean from its comments, triggers from migrations.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { getTableName, is, isTable, SQL } from 'drizzle-orm'
import { getTableConfig, PgDialect } from 'drizzle-orm/pg-core'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import * as authSchema from '#src/db/schema/auth.ts'
import * as businessSchema from '#src/db/schema/business.ts'

export interface ColumnDoc {
  readonly name: string
  readonly field: string
  readonly type: string
  readonly nullable: boolean
  /** As SQL; empty when there is none. */
  readonly default: string
  readonly meaning: string
  readonly isPrimaryKey: boolean
}

export interface ForeignKeyDoc {
  readonly columns: readonly string[]
  readonly table: string
  readonly foreignColumns: readonly string[]
  readonly onDelete: string
  readonly deferred: boolean
}

export interface TableDoc {
  readonly name: string
  readonly field: string
  readonly isAuth: boolean
  readonly meaning: string
  readonly columns: readonly ColumnDoc[]
  readonly primaryKey: readonly string[]
  readonly uniques: readonly { readonly columns: readonly string[]; readonly where: string }[]
  readonly checks: readonly string[]
  readonly foreignKeys: readonly ForeignKeyDoc[]
  readonly indexes: readonly { readonly columns: readonly string[]; readonly where: string; readonly method: string }[]
  readonly triggers: readonly string[]
}

const dialect = new PgDialect()

export function readTables(rootDir: string): TableDoc[] {
  const comments = readComments(readFileSync(join(rootDir, 'src/db/schema/business.ts'), 'utf8'))
  const migrations = readMigrations(rootDir)
  return [
    ...tablesOf(authSchema).map(([field, table]) => read(field, table, { isAuth: true, comments, migrations })),
    ...tablesOf(businessSchema).map(([field, table]) => read(field, table, { isAuth: false, comments, migrations })),
  ]
}

const tablesOf = (module: object): [string, PgTable][] =>
  Object.entries(module).filter((entry): entry is [string, PgTable] => isTable(entry[1]))

interface Sources {
  readonly isAuth: boolean
  readonly comments: ReadonlyMap<string, string>
  readonly migrations: string
}

function read(field: string, table: PgTable, { isAuth, comments, migrations }: Sources): TableDoc {
  const config = getTableConfig(table)
  const { name } = config
  const primaryKey = config.primaryKeys.flatMap((key) => key.columns.map((column) => column.name))
  const fieldOf = new Map(Object.entries(table).map(([key, column]) => [(column as PgColumn).name, key]))
  return {
    name,
    field,
    isAuth,
    meaning: isAuth ? '' : (comments.get(field) ?? ''),
    columns: config.columns.map((column) => ({
      name: column.name,
      field: fieldOf.get(column.name) ?? column.name,
      type: column.getSQLType(),
      nullable: !column.notNull,
      default: defaultOf(column),
      meaning: isAuth ? '' : (comments.get(`${field}.${fieldOf.get(column.name)}`) ?? ''),
      isPrimaryKey: column.primary || primaryKey.includes(column.name),
    })),
    primaryKey:
      primaryKey.length > 0 ? primaryKey : config.columns.filter((column) => column.primary).map((c) => c.name),
    uniques: [
      ...config.columns.filter((column) => column.isUnique).map((column) => ({ columns: [column.name], where: '' })),
      ...config.uniqueConstraints.map((unique) => ({
        columns: unique.columns.map((column) => column.name),
        where: '',
      })),
      ...config.indexes.filter((index) => index.config.unique).map((index) => indexOf(index.config, name)),
    ],
    checks: config.checks.map((check) => sqlText(check.value, name)),
    foreignKeys: config.foreignKeys.map((key) => {
      const { columns, foreignTable, foreignColumns } = key.reference()
      return {
        columns: columns.map((column) => column.name),
        table: getTableName(foreignTable),
        foreignColumns: foreignColumns.map((column) => column.name),
        onDelete: key.onDelete ?? 'no action',
        deferred: new RegExp(`ALTER CONSTRAINT ${key.getName()} DEFERRABLE INITIALLY DEFERRED`).test(migrations),
      }
    }),
    indexes: config.indexes.filter((index) => !index.config.unique).map((index) => indexOf(index.config, name)),
    triggers: triggersOf(name, migrations),
  }
}

type IndexConfig = ReturnType<typeof getTableConfig>['indexes'][number]['config']

const indexOf = (config: IndexConfig, table: string) => ({
  columns: config.columns.map((column) => (is(column, SQL) ? sqlText(column, table) : nameOf(column))),
  where: config.where === undefined ? '' : sqlText(config.where, table),
  method: config.method ?? 'btree',
})

const nameOf = (column: object): string => ('name' in column && typeof column.name === 'string' ? column.name : '')

/** The text of an expression, without the table's name before each of its own columns. */
const sqlText = (expression: SQL, table: string): string =>
  dialect
    .sqlToQuery(expression)
    .sql.replaceAll(`"${table}".`, '')
    .replaceAll(/"([a-z_]+)"/g, '$1')

function defaultOf(column: PgColumn): string {
  if (column.generatedIdentity !== undefined) return 'identity'
  const value: unknown = column.default
  if (value === undefined) return ''
  if (is(value, SQL)) return sqlText(value, getTableName(column.table))
  if (Array.isArray(value)) return `'{${value.join(',')}}'`
  if (typeof value === 'object') return `'${JSON.stringify(value)}'`
  return typeof value === 'string' ? `'${value}'` : String(value)
}

const readMigrations = (rootDir: string): string => {
  const folder = join(rootDir, 'src/db/migrations')
  const files = readdirSync(folder).filter((file) => file.endsWith('.sql'))
  return files
    .toSorted()
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n')
}

function triggersOf(table: string, migrations: string): string[] {
  const pattern =
    /CREATE (?:CONSTRAINT )?TRIGGER (\w+)\s+([A-Z][A-Za-z_, ]*?) ON "?(\w+)"?\s[^;]*?EXECUTE FUNCTION (\w+)/g
  return [...migrations.matchAll(pattern)]
    .filter(([, , , on]) => on === table)
    .map(([, , event, , run]) => `${event} → ${run}()`)
}

/** `table` and `table.field` → its comment in the schema's source. */
function readComments(source: string): Map<string, string> {
  const comments = new Map<string, string>()
  const tables = source.matchAll(/(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n)?export const (\w+) = pgTable\(([\s\S]*?)\n\)/g)
  for (const [, comment, table, body] of tables) {
    if (comment !== undefined) comments.set(table ?? '', prose(comment))
    for (const [, text, field] of (body ?? '').matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(\w+):/g)) {
      comments.set(`${table}.${field}`, prose(text ?? ''))
    }
  }
  return comments
}

const prose = (comment: string): string => comment.replaceAll(/\s*\n\s*\*?\s*/g, ' ').trim()
