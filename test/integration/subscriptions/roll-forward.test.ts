// Housekeeping writes down what time has changed. Each test first sees that nothing depends on it.
import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { auditLogs, userAgentSubscriptions } from '#src/db/schema/index.ts'
import { cancelSubscription, subscribeToFreeTier, switchTier } from '#src/features/subscriptions/index.ts'
import { rollForward } from '#src/features/subscriptions/roll-forward.ts'
import { eventually } from '#test/support/start-process.ts'
import { createMarket, dayMs } from './market.ts'
import type { Market } from './market.ts'

let market: Market
let agent: Awaited<ReturnType<Market['addAgent']>>
let tierId: string
beforeEach(async () => {
  market = await createMarket()
  agent = await market.addAgent()
  tierId = await market.addTier(agent, { quotas: { messages: 10 } })
})
afterEach(() => market.drop())

const by = { kind: 'system' } as const
const subscribe = async (userId: string) => subscribeToFreeTier(market.deps, { userId, agentSlug: agent.slug, tierId })
const rows = () => market.db.select().from(userAgentSubscriptions)

test('moves the stored period of free subscriptions forward, and leaves their use alone', async () => {
  const userId = await market.addPerson()
  await subscribe(userId)
  await market.advance(45 * dayMs)
  await market.consume({ agentId: agent.agentId, userId, delta: 4 })
  const before = await market.check({ agentId: agent.agentId, userId })
  expect(await rollForward(market.deps)).toBe(1)
  const [row] = await rows()
  expect(+(row?.currentPeriodEnd ?? 0)).toBeGreaterThan(+(await market.now()))
  expect(await market.check({ agentId: agent.agentId, userId })).toEqual(before)
  expect(await rollForward(market.deps)).toBe(0)
})

test('swaps in the tier that is due', async () => {
  const userId = await market.addPerson()
  const small = await market.addTier(agent, { quotas: { messages: 2 } })
  const { id } = await subscribe(userId)
  await switchTier(market.deps, { subscriptionId: id, tierId: small, by })
  await market.advance(32 * dayMs)
  const before = await market.check({ agentId: agent.agentId, userId })
  expect(before).toMatchObject({ meter: { limit: 2 } })
  await rollForward(market.deps)
  expect(await rows()).toMatchObject([{ tierId: small, nextTierId: null, nextTierAt: null }])
  expect(await market.check({ agentId: agent.agentId, userId })).toEqual(before)
  const [, , last] = await market.db.select().from(auditLogs).orderBy(auditLogs.timestamp)
  expect(last).toMatchObject({ action: 'subscription.swap_tier', userId: null })
})

test('ends what was cancelled, once its period is over', async () => {
  const { id } = await subscribe(await market.addPerson())
  await cancelSubscription(market.deps, { subscriptionId: id, when: 'period_end', by })
  expect(await rollForward(market.deps)).toBe(0)
  await market.advance(32 * dayMs)
  await rollForward(market.deps)
  expect(await rows()).toMatchObject([{ status: 'canceled' }])
})

test('leaves paid subscriptions to billing', async () => {
  const userId = await market.addPerson()
  const paid = await market.addTier(agent, { price: 900 })
  const start = new Date(+(await market.now()) - 40 * dayMs)
  const period = { currentPeriodStart: start, currentPeriodEnd: new Date(+start + 30 * dayMs) }
  const values = { userId, agentId: agent.agentId, tierId: paid, status: 'active' as const, ...period }
  const [before] = await market.db.insert(userAgentSubscriptions).values(values).returning()
  expect(await rollForward(market.deps)).toBe(0)
  expect(await rows()).toEqual([before])
})

test('goes on over many batches, and two processes at once do each subscription once', async () => {
  for (let i = 0; i < 25; i++) await subscribe(await market.addPerson())
  await market.advance(32 * dayMs)
  const changed = await Promise.all([
    rollForward(market.deps, { batchSize: 4 }),
    rollForward(market.deps, { batchSize: 4 }),
  ])
  const left = await rollForward(market.deps)
  expect(changed[0] + changed[1] + left).toBe(25)
  const now = await market.now()
  expect((await rows()).filter(({ currentPeriodEnd }) => currentPeriodEnd <= now)).toEqual([])
})

test('stops after so many batches; the next run goes on', async () => {
  for (let i = 0; i < 5; i++) await subscribe(await market.addPerson())
  await market.advance(32 * dayMs)
  expect(await rollForward(market.deps, { batchSize: 2, batchesMax: 2 })).toBe(4)
  expect(await rollForward(market.deps, { batchSize: 2, batchesMax: 2 })).toBe(1)
})

test('one that somebody is changing waits for the next run', async () => {
  const { id } = await subscribe(await market.addPerson())
  await market.advance(32 * dayMs)
  await market.db.transaction(async (tx) => {
    await tx.select().from(userAgentSubscriptions).where(eq(userAgentSubscriptions.id, id)).for('no key update')
    expect(await rollForward(market.deps)).toBe(0)
  })
  expect(await rollForward(market.deps)).toBe(1)
})

test('holds counters of many subscriptions in the order of their ids, as counting does', async () => {
  const people = [await market.addPerson(), await market.addPerson()]
  for (const userId of people) {
    await subscribe(userId)
    await market.consume({ agentId: agent.agentId, userId })
  }
  // The subscription that is changed last has the counter that is locked first.
  const [first, last] = ['00000000-0000-4000-8000-000000000000', 'ffffffff-ffff-4fff-bfff-ffffffffffff']
  await market.pool.query(
    `UPDATE subscription_usage SET id = CASE WHEN subscription_id = (
       SELECT id FROM user_agent_subscriptions ORDER BY id LIMIT 1) THEN $1::uuid ELSE $2::uuid END`,
    [last, first],
  )
  await market.advance(31 * dayMs)
  const counting = await market.pool.connect()
  try {
    const hold = `SELECT FROM subscription_usage WHERE id = $1 FOR NO KEY UPDATE NOWAIT`
    await counting.query('BEGIN')
    await counting.query(hold, [first])
    const rolled = rollForward(market.deps)
    await eventually(async () => {
      const { rowCount } = await market.pool.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      )
      return rowCount === 1
    })
    // Else the two would wait for each other now.
    await counting.query(hold, [last])
    await counting.query('COMMIT')
    expect(await rolled).toBe(2)
  } finally {
    counting.release(true)
  }
})
