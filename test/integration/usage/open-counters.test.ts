// A counter that is made while its subscription's use is being moved would be missed by the move.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openCounters } from '#src/metering/statements.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { eventually } from '#test/support/start-process.ts'
import { setUpScene } from './fuzz.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const hold = `SELECT FROM user_agent_subscriptions WHERE id = $1 FOR NO KEY UPDATE`

it('makes no counter of a subscription that began while it waited, and that somebody is changing by now', async () => {
  const { pool, db } = database
  const { agentId, people, smallTierId } = await setUpScene(db, { people: 2 })
  const { rows } = await pool.query<{ id: string; user_id: string }>(
    'SELECT id, user_id FROM user_agent_subscriptions ORDER BY id',
  )
  const [first, second] = rows
  const events = people.map((userId) => ({
    agentId,
    userId,
    metric: 'spread',
    delta: 1,
    requestId: crypto.randomUUID(),
  }))
  const [replacing, changing, delaying] = [await pool.connect(), await pool.connect(), await pool.connect()]
  const isWaiting = async (): Promise<boolean> =>
    (await pool.query(`SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`))
      .rowCount === 1
  const countersOf = async (subscriptionId: string) =>
    (await pool.query('SELECT FROM subscription_usage WHERE subscription_id = $1', [subscriptionId])).rowCount
  try {
    for (const [client, row] of [[replacing, first] as const, [delaying, second] as const]) {
      await client.query('BEGIN')
      await client.query(hold, [row?.id])
    }
    const opened = openCounters({ pool, graceMs: 0 }, events)
    await eventually(isWaiting)
    const next = crypto.randomUUID()
    await replacing.query(`UPDATE user_agent_subscriptions SET status = 'canceled' WHERE id = $1`, [first?.id])
    await replacing.query(
      `INSERT INTO user_agent_subscriptions (id, user_id, agent_id, tier_id, status) VALUES ($1, $2, $3, $4, 'active')`,
      [next, first?.user_id, agentId, smallTierId],
    )
    await replacing.query('COMMIT')
    await changing.query('BEGIN')
    await changing.query(hold, [next])
    await delaying.query('COMMIT')
    await opened
    expect(await countersOf(next)).toBe(0)
    expect(await countersOf(second?.id ?? '')).toBe(1)

    await changing.query('COMMIT')
    await openCounters({ pool, graceMs: 0 }, events)
    expect(await countersOf(next)).toBe(1)
  } finally {
    for (const client of [replacing, changing, delaying]) client.release(true)
  }
})
