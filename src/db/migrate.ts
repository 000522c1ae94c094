// Brings a database to the schema of this code. Any number of processes may do it at once; each migration runs once.
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import type { MigrationMeta } from 'drizzle-orm/migrator'
import { Client } from 'pg'
import type { ClientBase, Pool, QueryConfig } from 'pg'

export const migrationsFolder = join(dirname(fileURLToPath(import.meta.url)), 'migrations')

interface Log {
  info(details: object, message: string): void
}

export type MigrateOptions = { readonly log: Log; readonly folder?: string } & (
  | { readonly url: string }
  | { readonly pool: Pool }
)

export interface MigrateResult {
  /** Migrations that this call ran; those that another process ran meanwhile don't count. */
  readonly applied: number
}

/** The database can't be brought to this code's schema. `sentence` says why, `remedy` what to do. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError'
  readonly sentence: string
  readonly remedy: string

  constructor({ sentence, remedy, cause }: { sentence: string; remedy: string; cause?: unknown }) {
    super(`${sentence} ${remedy}`, { cause })
    this.sentence = sentence
    this.remedy = remedy
  }
}

/** "rialto" in ASCII and a running number; pg-boss and others take advisory locks in the same database. */
const lockKey = '0x7269616c746f01'
const serverVersionMin = 150_000
/** For another process that migrates; long enough for an index on a large ledger. */
const turnWaitMs = 600_000
/** A change of a table waits this long for running queries; whoever comes meanwhile waits behind it. */
const tableWaitMs = 3_000
const tableAttemptsMax = 20
const tablePauseMs = 500
const statementMs = 3_600_000

const lockNotAvailable = '55P03'

/**
 * Runs what is missing, each migration in a transaction of its own that holds the lock until it ends: so it also works
 * where a pool changes the server connection after every transaction (PgBouncer), which loses session locks.
 * Throws {@link MigrationError} for a database that is newer than the code, too old, or was given other migrations.
 */
export async function migrate(options: MigrateOptions): Promise<MigrateResult> {
  const migrations = readMigrationFiles({ migrationsFolder: options.folder ?? migrationsFolder })
  return withConnection(options, async (client) => {
    await refuseOldServer(client)
    // Nearly every start finds nothing to do, and then takes no lock.
    if ((await nextMigration(client, migrations)) === undefined) return { applied: 0 }

    let applied = 0
    for (;;) {
      const startedAt = performance.now()
      const migration = await runNext(client, migrations)
      if (migration === undefined) return { applied }
      applied += 1
      options.log.info({ migration, ms: Math.round(performance.now() - startedAt) }, 'Migrated')
    }
  })
}

async function withConnection<T>(options: MigrateOptions, work: (client: ClientBase) => Promise<T>): Promise<T> {
  if ('pool' in options) {
    const client = await options.pool.connect()
    try {
      return await work(client)
    } finally {
      client.release()
    }
  }
  const client = new Client({ connectionString: options.url, application_name: 'rialto migrate', keepAlive: true })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Runs the first missing migration, if there is one, and tells its number in order. */
async function runNext(client: ClientBase, migrations: readonly MigrationMeta[]): Promise<number | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inTransaction(client, async () => {
        await takeTurn(client)
        const next = await nextMigration(client, migrations)
        if (next === undefined) return undefined
        await client.query(`SET LOCAL lock_timeout = ${tableWaitMs}`)
        for (const statement of next.sql) await run(client, statement)
        await client.query('INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ($1, $2)', [
          next.hash,
          next.folderMillis,
        ])
        return migrations.indexOf(next)
      })
    } catch (error) {
      if (!isBusyTable(error) || attempt >= tableAttemptsMax) throw error
      // Giving way lets the requests pass that queued up behind us.
      await pause(tablePauseMs)
    }
  }
}

async function takeTurn(client: ClientBase): Promise<void> {
  await client.query(`SET LOCAL lock_timeout = ${turnWaitMs}`)
  await client.query(`SET LOCAL statement_timeout = ${statementMs}`)
  await run(client, `SELECT pg_advisory_xact_lock(${BigInt(lockKey)})`)
  await client.query('CREATE SCHEMA IF NOT EXISTS drizzle')
  await client.query(
    'CREATE TABLE IF NOT EXISTS drizzle.__drizzle_migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint)',
  )
}

/** Undefined when the database has them all. Reads the same table as `drizzle-kit migrate` and Drizzle's own migrator. */
async function nextMigration(
  client: ClientBase,
  migrations: readonly MigrationMeta[],
): Promise<MigrationMeta | undefined> {
  const table = await client.query<{ exists: boolean }>(
    `SELECT to_regclass('drizzle.__drizzle_migrations') IS NOT NULL AS exists`,
  )
  if (table.rows[0]?.exists !== true) return migrations[0]

  const { rows } = await client.query<{ hash: string; created_at: string }>(
    'SELECT hash, created_at FROM drizzle.__drizzle_migrations ORDER BY created_at',
  )
  const applied = new Map(rows.map((row) => [Number(row.created_at), row.hash]))
  refuseOtherHistory(applied, migrations)
  return migrations.find((migration) => !applied.has(migration.folderMillis))
}

function refuseOtherHistory(applied: ReadonlyMap<number, string>, migrations: readonly MigrationMeta[]): void {
  const known = new Map(migrations.map((migration) => [migration.folderMillis, migration.hash]))
  for (const [when, hash] of applied) {
    if (!known.has(when)) {
      throw new MigrationError({
        sentence: `The database is newer than this code: it has a migration of ${new Date(when).toISOString()} that the code does not know.`,
        remedy:
          'Run the version that was running before, or a later one; or restore the backup made before the upgrade.',
      })
    }
    if (known.get(when) !== hash) {
      throw new MigrationError({
        sentence: `The migration of ${new Date(when).toISOString()} was changed after this database had run it.`,
        remedy: 'Restore the file from version control and put the change into a migration of its own.',
      })
    }
  }
}

async function refuseOldServer(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ version: string; number: number }>(
    `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number`,
  )
  const server = rows[0]
  if (server === undefined || server.number >= serverVersionMin) return
  throw new MigrationError({
    sentence: `The database server is PostgreSQL ${server.version}; Rialto needs 15 or newer.`,
    remedy: 'Point DATABASE_URL at a newer server, or unset it to use the built-in one.',
  })
}

async function inTransaction<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN')
  try {
    const result = await work()
    await client.query('COMMIT')
    return result
  } catch (error) {
    // The first error is the one to tell, even if the connection is gone and can't roll back.
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}

/** A statement that may take long: its own limit stands above that of the pool the connection may have come from. */
async function run(client: ClientBase, text: string): Promise<void> {
  const statement: QueryConfig & { query_timeout: number } = { text, query_timeout: statementMs }
  await client.query(statement)
}

const isBusyTable = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === lockNotAvailable
