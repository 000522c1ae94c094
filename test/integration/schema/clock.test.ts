// The business clock and the one row that carries it.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'

let database: TestDatabase
beforeEach(async () => {
  database = await createTestDatabase()
})
afterEach(() => database.drop())

const query = (sql: string) => database.pool.query<Record<string, unknown>>(sql)
const dayMs = 86_400_000

async function aheadMs(): Promise<number> {
  const { rows } = await query(
    `SELECT round(extract(epoch FROM rialto_now() - date_trunc('milliseconds', now())) * 1000)::bigint AS ms`,
  )
  return Number(rows[0]?.['ms'])
}

test('is the real time where nothing was ever advanced', async () => {
  expect(await aheadMs()).toBe(0)
})

test('can not be moved outside the sandbox', async () => {
  await expect(query(`UPDATE installation SET clock_offset_ms = ${dayMs}`)).rejects.toMatchObject({
    constraint: 'installation_clock_offset_ms_sandbox_check',
  })
  await query(`UPDATE installation SET environment = 'live', stripe_account_id = 'acct_1'`)
  await expect(query(`UPDATE installation SET clock_offset_ms = 1`)).rejects.toMatchObject({ code: '23514' })
  expect(await aheadMs()).toBe(0)
})

test('moves in the sandbox, and only forward', async () => {
  await query(`UPDATE installation SET environment = 'sandbox'`)
  await query(`UPDATE installation SET clock_offset_ms = ${31 * dayMs}`)
  expect(await aheadMs()).toBe(31 * dayMs)
  await expect(query(`UPDATE installation SET clock_offset_ms = ${30 * dayMs}`)).rejects.toMatchObject({
    constraint: 'installation_clock_forward',
  })
})

test('is the same whatever time zone a session has, across a change of summer time', async () => {
  await query(`UPDATE installation SET environment = 'sandbox', clock_offset_ms = ${200 * dayMs}`)
  const client = await database.pool.connect()
  try {
    await client.query('BEGIN')
    const instants: unknown[] = []
    for (const zone of ['UTC', 'Europe/Berlin', 'America/New_York']) {
      await client.query(`SET LOCAL TimeZone = '${zone}'`)
      instants.push((await client.query('SELECT extract(epoch FROM rialto_now())::text AS at')).rows[0]?.at)
    }
    expect(new Set(instants).size).toBe(1)
  } finally {
    await client.query('ROLLBACK')
    client.release()
  }
})

test('gives moments that survive the way through a JavaScript Date', async () => {
  const client = await database.pool.connect()
  try {
    await client.query('BEGIN')
    const { rows } = await client.query<{ at: Date }>('SELECT rialto_now() AS at')
    const { rows: again } = await client.query<{ same: boolean }>('SELECT rialto_now() = $1 AS same', [rows[0]?.at])
    expect(again[0]?.same).toBe(true)
  } finally {
    await client.query('ROLLBACK')
    client.release()
  }
})

test('stands still within a statement, so that one decision has one time', async () => {
  const { rows } = await query(
    `SELECT count(DISTINCT rialto_now())::int AS moments FROM generate_series(1, 1000), pg_sleep(0.01)`,
  )
  expect(rows[0]?.['moments']).toBe(1)
})

test('a database that has seen one environment refuses another, except that a sandbox may go live', async () => {
  await query(`UPDATE installation SET environment = 'sandbox', clock_offset_ms = ${dayMs}`)
  await expect(query(`UPDATE installation SET environment = NULL, clock_offset_ms = 0`)).rejects.toMatchObject({
    code: '23001',
  })
  await expect(query(`UPDATE installation SET environment = 'live'`)).rejects.toMatchObject({ code: '23514' })
  await query(`UPDATE installation SET environment = 'live', clock_offset_ms = 0, stripe_account_id = 'acct_1'`)
  for (const other of ['sandbox', 'test']) {
    await expect(query(`UPDATE installation SET environment = '${other}'`)).rejects.toMatchObject({
      constraint: 'installation_environment_fixed',
    })
  }
  await expect(query(`UPDATE installation SET stripe_account_id = 'acct_2'`)).rejects.toMatchObject({
    constraint: 'installation_account_fixed',
  })
})

test('the installation has exactly one row, for good', async () => {
  await expect(query('INSERT INTO installation DEFAULT VALUES')).rejects.toMatchObject({ code: '23505' })
  await expect(query('INSERT INTO installation (id) VALUES (false)')).rejects.toMatchObject({ code: '23514' })
  await expect(query('DELETE FROM installation')).rejects.toMatchObject({ constraint: 'installation_kept' })
  await expect(query('TRUNCATE installation')).rejects.toMatchObject({ constraint: 'installation_kept' })
})
