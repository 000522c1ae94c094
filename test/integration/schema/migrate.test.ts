import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Pool } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MigrationError, migrate, migrationsFolder } from '#src/db/migrate.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'

const log = { info: () => {} }
const open: TestDatabase[] = []
let scratch = ''

async function emptyDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase({ start: 'empty' })
  open.push(database)
  return database
}

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'rialto-migrations-'))
})

afterAll(async () => {
  await Promise.all(open.map((database) => database.drop()))
  await rm(scratch, { recursive: true, force: true })
})

async function migrationCount(): Promise<number> {
  const journal = JSON.parse(await readFile(join(migrationsFolder, 'meta/_journal.json'), 'utf8')) as {
    entries: unknown[]
  }
  return journal.entries.length
}

const appliedIn = async ({ pool }: TestDatabase): Promise<number> =>
  Number((await pool.query('SELECT count(*) AS n FROM drizzle.__drizzle_migrations')).rows[0]?.n)

test('ten processes that migrate an empty database at once run each migration once', async () => {
  const database = await emptyDatabase()
  const results = await Promise.all(Array.from({ length: 10 }, () => migrate({ url: database.url, log })))
  expect(results.reduce((sum, result) => sum + result.applied, 0)).toBe(await migrationCount())
  expect(await appliedIn(database)).toBe(await migrationCount())
})

test('a second run finds nothing to do and waits for nobody', async () => {
  const database = await emptyDatabase()
  await migrate({ pool: database.pool, log })
  const holder = await database.pool.connect()
  try {
    // What a migrating process holds; a start that has nothing to migrate must not queue behind it.
    await holder.query('BEGIN')
    await holder.query('LOCK TABLE agents IN ACCESS EXCLUSIVE MODE')
    await holder.query(`SELECT pg_advisory_xact_lock(${BigInt('0x7269616c746f01')})`)
    expect(await migrate({ url: database.url, log })).toEqual({ applied: 0 })
  } finally {
    await holder.query('ROLLBACK')
    holder.release()
  }
})

test('a migration that fails leaves nothing behind and can be run again', async () => {
  const database = await emptyDatabase()
  const folder = await copyWith('failing', 'CREATE TABLE half_done (id int);--> statement-breakpoint\nSELECT 1 / 0')
  await expect(migrate({ url: database.url, log, folder })).rejects.toMatchObject({ code: '22012' })
  expect((await database.pool.query(`SELECT to_regclass('half_done') AS found`)).rows[0]?.found).toBeNull()
  expect(await migrate({ url: database.url, log })).toEqual({ applied: 0 })
})

test('a database newer than the code is refused with what to do', async () => {
  const database = await emptyDatabase()
  const folder = await copyWith('newer', 'CREATE TABLE of_a_later_version (id int)')
  await migrate({ url: database.url, log, folder })
  const refusal = await migrate({ url: database.url, log }).catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(MigrationError)
  expect((refusal as MigrationError).sentence).toContain('newer than this code')
})

test('a migration changed after it ran is refused', async () => {
  const database = await emptyDatabase()
  await migrate({ url: database.url, log })
  const folder = join(scratch, 'changed')
  await cp(migrationsFolder, folder, { recursive: true })
  await writeFile(join(folder, '0000_clock.sql'), 'SELECT 1')
  await expect(migrate({ url: database.url, log, folder })).rejects.toThrow('was changed after')
})

test('a change waits for a busy table, gives way in between, and then succeeds', async () => {
  const database = await emptyDatabase()
  await migrate({ url: database.url, log })
  const folder = await copyWith('waiting', 'ALTER TABLE tags ADD COLUMN later_added int')
  const reader = new Pool({ connectionString: database.url, max: 1 })
  const client = await reader.connect()
  try {
    await client.query('BEGIN')
    await client.query('SELECT FROM tags')
    const migrating = migrate({ url: database.url, log, folder })
    // Longer than one attempt waits for the table.
    await new Promise((resolve) => setTimeout(resolve, 3_200))
    const other = await database.pool.query('SELECT count(*) FROM tags')
    expect(other.rowCount).toBe(1)
    await client.query('COMMIT')
    expect(await migrating).toEqual({ applied: 1 })
  } finally {
    client.release()
    await reader.end()
  }
})

/** The project's migrations and one more behind them. */
async function copyWith(name: string, sql: string): Promise<string> {
  const folder = join(scratch, name)
  await cp(migrationsFolder, folder, { recursive: true })
  const journalPath = join(folder, 'meta/_journal.json')
  const journal = JSON.parse(await readFile(journalPath, 'utf8')) as { entries: { idx: number; when: number }[] }
  const last = journal.entries.at(-1)
  const added = { ...last, idx: (last?.idx ?? 0) + 1, when: (last?.when ?? 0) + 1_000, tag: `9999_${name}` }
  await writeFile(join(folder, `9999_${name}.sql`), sql)
  await writeFile(journalPath, JSON.stringify({ ...journal, entries: [...journal.entries, added] }))
  return folder
}
