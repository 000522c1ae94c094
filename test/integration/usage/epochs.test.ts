// Somebody changes what a subscription may use while a use of it waits for that change: the use counts by what holds after it.
import { sql } from 'drizzle-orm'
import type { PoolClient } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createUsageEngine } from '#src/metering/index.ts'
import type { UsageAnswer, UsageEngine } from '#src/metering/index.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { eventually } from '#test/support/start-process.ts'
import { audit, quotas, setUpScene } from './fuzz.ts'
import type { Scene } from './fuzz.ts'

let database: TestDatabase
let engine: UsageEngine
let scene: Scene
beforeAll(async () => {
  database = await createTestDatabase()
  engine = createUsageEngine({ pool: database.pool, graceMs: 0, onNotice: () => undefined })
})
beforeEach(async () => {
  scene = await setUpScene(database.db, { people: 1 })
  // On the large tier, five times as much.
  await change(database.pool, `tier_id = '${scene.largeTierId}'`)
})
afterAll(() => database.drop())

const change = (on: Pick<PoolClient, 'query'>, assignments: string) =>
  on.query(`UPDATE user_agent_subscriptions SET ${assignments} WHERE user_id = $1`, [scene.people[0]])

const use = (delta: number): Promise<UsageAnswer> =>
  engine.consume({
    agentId: scene.agentId,
    userId: scene.people[0] ?? '',
    metric: 'spread',
    delta,
    requestId: crypto.randomUUID(),
  })

/** What a use is answered that comes while this change is made, and has to wait for it. */
async function useDuring(make: (changer: PoolClient) => Promise<unknown>, delta: number): Promise<UsageAnswer> {
  const changer = await database.pool.connect()
  try {
    await changer.query('BEGIN')
    await make(changer)
    const answer = use(delta)
    await eventually(async () => (await waitingForLocks()) > 0)
    await changer.query('COMMIT')
    return await answer
  } finally {
    // Closed, so that a change which was not made in the end holds nothing.
    changer.release(true)
  }
}

const toSmallTier = (changer: PoolClient) => change(changer, `tier_id = '${scene.smallTierId}'`)
/** A period that begins at this moment of the changing transaction, so before the use comes. */
const toNewPeriod = (changer: PoolClient) =>
  change(
    changer,
    `period_anchor = rialto_now(), current_period_start = rialto_now(),
     current_period_end = rialto_now() + interval '1 month'`,
  )
const toCanceled = (changer: PoolClient) => change(changer, `status = 'canceled', canceled_at = rialto_now()`)
const addFive = (changer: PoolClient) =>
  changer.query(
    `INSERT INTO subscription_addons (subscription_id, metric_id, amount, scope, source, reason)
     SELECT id, $2, 5, 'permanent', 'admin_grant', 'test' FROM user_agent_subscriptions WHERE user_id = $1`,
    [scene.people[0], scene.metricIds['spread']],
  )

async function waitingForLocks(): Promise<number> {
  const { rows } = await database.db.execute<{ waiting: number }>(sql`
    SELECT count(*)::int AS waiting FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`)
  return rows[0]?.waiting ?? 0
}

async function periodStart(): Promise<Date> {
  const { rows } = await database.db.execute<{ ms: number }>(sql`
    SELECT (extract(epoch FROM current_period_start) * 1000)::float AS ms
    FROM user_agent_subscriptions WHERE user_id = ${scene.people[0]}`)
  return new Date(rows[0]?.ms ?? Number.NaN)
}

/** What was counted, period by period, in the order of the periods. */
async function counted(): Promise<readonly number[]> {
  const { rows } = await database.db.execute<{ used: number }>(sql`
    SELECT counter.used::int FROM subscription_usage AS counter
      JOIN user_agent_subscriptions AS subscription ON subscription.id = counter.subscription_id
    WHERE subscription.user_id = ${scene.people[0]} ORDER BY counter.period_start`)
  return rows.map(({ used }) => used)
}

describe('a use that waits for its counter', () => {
  it('is denied by the limit of the tier that was switched to meanwhile', async () => {
    await use(quotas.spread)
    const answer = await useDuring(toSmallTier, 1)
    expect(answer).toMatchObject({
      kind: 'denied',
      reason: 'quota_exceeded',
      meter: { used: quotas.spread, limit: quotas.spread },
    })
    expect(await counted()).toEqual([quotas.spread])
  })

  it('counts in the period that began meanwhile', async () => {
    await use(10)
    const answer = await useDuring(toNewPeriod, 3)
    expect(answer).toMatchObject({ kind: 'allowed', meter: { used: 3, period: { start: await periodStart() } } })
    expect(await counted()).toEqual([10, 3])
  })

  it('is refused once the subscription was cancelled meanwhile', async () => {
    await use(10)
    const answer = await useDuring(toCanceled, 1)
    expect(answer).toMatchObject({ kind: 'denied', reason: 'no_subscription' })
    expect(await counted()).toEqual([10])
  })

  it('may use what an add-on gave meanwhile', async () => {
    await use(quotas.spread * 5)
    const answer = await useDuring(addFive, 5)
    expect(answer).toMatchObject({ kind: 'allowed', meter: { used: quotas.spread * 5 + 5 } })
  })
})

describe('the first use in a period', () => {
  it('is denied by the limit of the tier that was switched to meanwhile', async () => {
    const answer = await useDuring(toSmallTier, quotas.spread + 1)
    expect(answer).toMatchObject({ kind: 'denied', reason: 'quota_exceeded', meter: { limit: quotas.spread } })
    expect(await counted()).toEqual([0])
  })

  it('counts in the period that began meanwhile, and in no other', async () => {
    const answer = await useDuring(toNewPeriod, 3)
    expect(answer).toMatchObject({ kind: 'allowed', meter: { used: 3, period: { start: await periodStart() } } })
    expect(await counted()).toEqual([3])
  })
})

it('leaves counters that equal the ledger', async () => {
  expect(await audit(database.db)).toEqual([])
})
