// The house's columns and constraints: every table is built from these, so names and defaults can't drift apart.
import { getTableName, sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import {
  bigint,
  check,
  customType,
  foreignKey,
  index,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
  varchar,
} from 'drizzle-orm/pg-core'
import type {
  AnyPgColumn,
  CheckBuilder,
  ForeignKeyBuilder,
  IndexBuilder,
  UniqueConstraintBuilder,
} from 'drizzle-orm/pg-core'

/** UUID v4 made by the process; the database makes one for rows that SQL inserts by itself. */
export const id = () =>
  uuid('id')
    .primaryKey()
    .default(sql`gen_random_uuid()`)
    .$defaultFn(() => crypto.randomUUID())

/** An id that better-auth owns: text there, because some of its ids are digests and not UUIDs. */
export const authId = (name: string) => varchar(name, { length: 255 })

/** A moment that may be missing; the column's comment says what its absence means. */
export const instant = (name: string) => timestamp(name, { withTimezone: true })

/** When the row was written, by the real clock of the database. */
export const createdAt = (name = 'created_at') => instant(name).notNull().defaultNow()

/** When the row last changed, by the real clock of the database. SQL written by hand sets it by hand. */
export const updatedAt = () =>
  instant('updated_at')
    .notNull()
    .defaultNow()
    .$onUpdate(() => sql`now()`)

/** A moment of business (period, trial, grant) by the business clock, which the sandbox can advance. */
export const businessInstant = (name: string) =>
  instant(name)
    .notNull()
    .default(sql`rialto_now()`)

/** Whole units of a metric or of money's minor unit; the CHECK keeps it exact as a JavaScript number. */
export const units = (name: string) => bigint(name, { mode: 'number' })

export const bytea = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' })

/** Compared by code points: the same order in every database, whatever its locale, and ranges find prefixes. */
export const plainText = customType<{ data: string }>({ dataType: () => 'text COLLATE "C"' })

export const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' })

const largestSafeInteger = sql.raw(String(Number.MAX_SAFE_INTEGER))

type OnDelete = 'cascade' | 'set null' | 'no action'

/** A foreign key named `{table}_{column}_fkey`: the names of two long tables together pass PostgreSQL's 63 bytes. */
export const reference = (from: AnyPgColumn, to: AnyPgColumn, onDelete: OnDelete): ForeignKeyBuilder =>
  foreignKey({ name: nameOf('fkey', from), columns: [from], foreignColumns: [to] }).onDelete(onDelete)

export const indexed = (...columns: [AnyPgColumn, ...AnyPgColumn[]]): IndexBuilder =>
  index(nameOf('idx', ...columns)).on(...columns)

/** An index over the rows that meet a condition; `suffix` tells it from another index on the same columns. */
export const indexedWhere = (
  { suffix, where }: { suffix: string; where: SQL },
  ...columns: [AnyPgColumn, ...AnyPgColumn[]]
): IndexBuilder =>
  index(nameOf(`${suffix}_idx`, ...columns))
    .on(...columns)
    .where(where)

export const uniqueOver = (...columns: [AnyPgColumn, ...AnyPgColumn[]]): UniqueConstraintBuilder =>
  unique(nameOf('key', ...columns)).on(...columns)

export const uniqueWhere = (
  { suffix, where }: { suffix: string; where: SQL },
  ...columns: [AnyPgColumn, ...AnyPgColumn[]]
): IndexBuilder =>
  uniqueIndex(nameOf(`${suffix}_key`, ...columns))
    .on(...columns)
    .where(where)

/** `condition` must hold in every row; a null in it counts as holding, as in SQL. */
export const holds = (column: AnyPgColumn, condition: SQL, name = 'check'): CheckBuilder =>
  check(nameOf(name, column), condition)

export const isOneOf = (column: AnyPgColumn, values: readonly string[]): CheckBuilder =>
  holds(column, sql`${column} IN (${literals(values)})`)

/** Between zero and 2^53-1, so that no reader of the API ever sees a rounded number. */
export const isNonNegative = (column: AnyPgColumn): CheckBuilder =>
  holds(column, sql`${column} BETWEEN 0 AND ${largestSafeInteger}`)

export const isPositive = (column: AnyPgColumn): CheckBuilder =>
  holds(column, sql`${column} BETWEEN 1 AND ${largestSafeInteger}`)

/** Signed, and exact as a JavaScript number. */
export const isExact = (column: AnyPgColumn): CheckBuilder =>
  holds(column, sql`${column} BETWEEN -${largestSafeInteger} AND ${largestSafeInteger}`)

/** ISO 4217 code in capitals. */
export const isCurrency = (column: AnyPgColumn): CheckBuilder => holds(column, sql`${column} ~ '^[A-Z]{3}$'`)

/** Basis points: 10000 is all of it. */
export const isBasisPoints = (column: AnyPgColumn): CheckBuilder => holds(column, sql`${column} BETWEEN 0 AND 10000`)

/** Lower-case words joined by single hyphens, as they stand in URLs. */
export const isSlug = (column: AnyPgColumn): CheckBuilder =>
  holds(column, sql`${column} ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND char_length(${column}) <= 80`)

/** An http(s) address: the database itself keeps `javascript:` links out of pages. */
export const isWebAddress = (column: AnyPgColumn): CheckBuilder =>
  holds(column, sql`${column} ~ '^https?://' AND char_length(${column}) <= 2048`)

/** Lower case, so that one person can't be on a list twice. */
export const isEmail = (column: AnyPgColumn): CheckBuilder =>
  holds(
    column,
    sql`${column} = lower(${column}) AND ${column} ~ '^[^@[:space:]]+@[^@[:space:]]+$' AND char_length(${column}) <= 320`,
  )

export const hasLength = (column: AnyPgColumn, { min, max }: { min: number; max: number }): CheckBuilder =>
  holds(column, sql`char_length(${column}) BETWEEN ${sql.raw(String(min))} AND ${sql.raw(String(max))}`, 'length_check')

/** A list of literals for a constraint, where PostgreSQL takes no parameters. */
export const literals = (values: readonly string[]): SQL =>
  sql.raw(values.map((value) => `'${value.replaceAll("'", "''")}'`).join(', '))

function nameOf(suffix: string, ...columns: readonly [AnyPgColumn, ...AnyPgColumn[]]): string {
  const name = [getTableName(columns[0].table), ...columns.map((column) => column.name), suffix].join('_')
  // PostgreSQL would cut it silently and the migrations would never agree with the schema again.
  if (name.length > 63) throw new Error(`The name ${name} is longer than PostgreSQL keeps`)
  return name
}
