// A database of its own for each test file that asks: a copy of one migrated template, made in tens of milliseconds.
import { randomUUID } from 'node:crypto'
import { Client } from 'pg'
import type { Pool } from 'pg'
import { pino } from 'pino'
import { inject } from 'vitest'
import type { Database } from '#src/db/client.ts'

const template = 'rialto_template'
const poolMax = 10
const copyAttemptsMax = 50
const copyPauseMs = 100

export interface TestDatabase {
  readonly url: string
  readonly pool: Pool
  readonly db: Database
  /** Ends the pool and removes the database, even under open connections. */
  drop(): Promise<void>
}

export interface TestDatabaseOptions {
  /** `empty` has no schema at all, for tests of the migrations themselves. */
  start?: 'migrated' | 'empty'
}

export async function createTestDatabase({ start = 'migrated' }: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const { createDatabase, createPool } = await import('#src/db/client.ts')
  const serverUrl = inject('databaseServerUrl')
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await onServer(serverUrl, async (admin) => {
    if (start === 'empty') return void (await admin.query(`CREATE DATABASE ${name}`))
    await ensureTemplate(admin, serverUrl)
    await copyTemplate(admin, name)
  })
  const url = urlOf(serverUrl, name)
  // A test that kills connections on purpose must not end the test run by an unheard error.
  const pool = createPool({ url, max: poolMax, onError: () => {} })
  return {
    url,
    pool,
    db: createDatabase(pool),
    async drop() {
      await pool.end()
      await onServer(serverUrl, (admin) => dropDatabase(admin, name))
    },
  }
}

/** Migrated once for the whole run; workers that come at once wait for the first. A failure leaves no template behind. */
async function ensureTemplate(admin: Client, serverUrl: string): Promise<void> {
  if (await exists(admin, template)) return
  await admin.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [template])
  try {
    if (await exists(admin, template)) return
    const draft = `${template}_draft`
    await admin.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`)
    await admin.query(`CREATE DATABASE ${draft}`)
    const { migrate } = await import('#src/db/migrate.ts')
    await migrate({ url: urlOf(serverUrl, draft), log: pino({ level: 'warn' }) })
    await admin.query(`ALTER DATABASE ${draft} RENAME TO ${template}`)
  } finally {
    await admin.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [template])
  }
}

/** PostgreSQL refuses to copy a database that someone is connected to, and autovacuum may be for a moment. */
async function copyTemplate(admin: Client, name: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return void (await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`))
    } catch (error) {
      if ((error as { code?: unknown }).code !== '55006' || attempt >= copyAttemptsMax) throw error
      await new Promise((resolve) => setTimeout(resolve, copyPauseMs))
    }
  }
}

/** Autovacuum's worker may be in it for a moment, and only a superuser may end that one. */
async function dropDatabase(admin: Client, name: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return void (await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))
    } catch (error) {
      if ((error as { code?: unknown }).code !== '42501' || attempt >= copyAttemptsMax) throw error
      await new Promise((resolve) => setTimeout(resolve, copyPauseMs))
    }
  }
}

const exists = async (admin: Client, name: string): Promise<boolean> =>
  (await admin.query('SELECT FROM pg_database WHERE datname = $1', [name])).rowCount === 1

async function onServer(serverUrl: string, work: (admin: Client) => Promise<unknown>): Promise<void> {
  const admin = new Client({ connectionString: serverUrl })
  await admin.connect()
  try {
    await work(admin)
  } finally {
    await admin.end()
  }
}

function urlOf(serverUrl: string, database: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${database}`
  return url.href
}
