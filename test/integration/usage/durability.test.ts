import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { setUpScene } from './fuzz.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

it.each([
  ['off', 'on'],
  ['remote_apply', 'remote_apply'],
])('what is counted is flushed before it is answered, also where synchronous_commit is %s', async (set, then) => {
  const { agentId, people } = await setUpScene(database.db, { people: 1 })
  const connection = await database.pool.connect()
  try {
    await connection.query(`SET synchronous_commit = ${set}`)
    await connection.query('BEGIN')
    await connection.query(
      `SELECT * FROM consume_usage('7 days', ARRAY[$1], ARRAY[$2]::uuid[], '{spread}', '{1}', '{1}', ARRAY[$3]::uuid[], NULL, NULL, NULL)`,
      [people[0], agentId, randomUUID()],
    )
    const { rows } = await connection.query('SHOW synchronous_commit')
    expect(rows).toEqual([{ synchronous_commit: then }])
    await connection.query('ROLLBACK')
    expect((await connection.query('SHOW synchronous_commit')).rows).toEqual([{ synchronous_commit: set }])
  } finally {
    connection.release(true)
  }
})
