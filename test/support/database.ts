// A database of its own for each test file that asks: a copy of a template, made in tens of milliseconds.
import { randomUUID } from 'node:crypto'
import { Client } from 'pg'
import type { Pool } from 'pg'
import { pino } from 'pino'
import { inject } from 'vitest'
import type { Database } from '#src/db/client.ts'

const templates = { migrated: 'rialto_template', started: 'rialto_template_started' } as const
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

type Template = keyof typeof templates

export interface TestDatabaseOptions {
  /**
   * `empty` has no schema at all, for tests of the migrations themselves; `migrated` has no rows; `started` is as a server
   * left it that ran before.
   */
  start?: Template | 'empty'
}

export async function createTestDatabase({ start = 'migrated' }: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const { createDatabase, createPool } = await import('#src/db/client.ts')
  const serverUrl = inject('databaseServerUrl')
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await onServer(serverUrl, async (admin) => {
    if (start === 'empty') return void (await admin.query(`CREATE DATABASE ${name}`))
    await ensureTemplate({ admin, serverUrl, template: start })
    await copyTemplate(admin, { name, template: start })
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

interface TemplateOptions {
  readonly admin: Client
  readonly serverUrl: string
  readonly template: Template
}

/** Made once for the whole run; workers that come at once wait for the first. A failure leaves no template behind. */
async function ensureTemplate({ admin, serverUrl, template }: TemplateOptions): Promise<void> {
  const name = templates[template]
  if (await exists(admin, name)) return
  if (template === 'started') await ensureTemplate({ admin, serverUrl, template: 'migrated' })
  await admin.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [name])
  try {
    if (await exists(admin, name)) return
    const draft = `${name}_draft`
    await admin.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`)
    if (template === 'migrated') {
      await admin.query(`CREATE DATABASE ${draft}`)
      const { migrate } = await import('#src/db/migrate.ts')
      await migrate({ url: urlOf(serverUrl, draft), log: pino({ level: 'warn' }) })
    } else {
      await copyTemplate(admin, { name: draft, template: 'migrated' })
      const { writeFirstStart } = await import('./first-start.ts')
      await writeFirstStart(urlOf(serverUrl, draft))
    }
    await admin.query(`ALTER DATABASE ${draft} RENAME TO ${name}`)
  } finally {
    await admin.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [name])
  }
}

/** PostgreSQL refuses to copy a database that someone is connected to, and autovacuum may be for a moment. */
async function copyTemplate(
  admin: Client,
  { name, template }: { readonly name: string; readonly template: Template },
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return void (await admin.query(`CREATE DATABASE ${name} TEMPLATE ${templates[template]} STRATEGY FILE_COPY`))
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
