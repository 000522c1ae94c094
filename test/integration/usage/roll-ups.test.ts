import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest'
import { createDatabase, createPool } from '#src/db/client.ts'
import { rollUp } from '#src/features/usage/roll-ups/roll-up.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { addMeteredAgent, addSubscriber, call } from './market.ts'
import type { MeteredAgent, Subscriber } from './market.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer({ environment: { RIALTO_ROLE: 'web' } })
})
afterAll(() => server.stop())

/** Until everything is in: transactions of other tests, in other databases of the same server, may hold it up. */
async function rollUpNow({ db }: Pick<TestServer['deps'], 'db'> = server.deps): Promise<void> {
  await vi.waitFor(
    async () => {
      await rollUp({ db, settleMs: 0 })
      const { rows } = await db.execute(sql`
        SELECT FROM job_positions, usage_ledger_seq
        WHERE job IN ('usage-roll-up', 'usage-daily') AND (position->>'done')::bigint = last_value AND is_called`)
      expect(rows).toHaveLength(2)
    },
    { timeout: 30_000, interval: 20 },
  )
}

const daysOf = async (agentId: string): Promise<readonly unknown[]> =>
  (
    await server.deps.db.execute(sql`
      SELECT day::text, active_users AS people, messages::int, api_calls::int AS calls FROM agent_metrics_daily
      WHERE agent_id = ${agentId} ORDER BY day`)
  ).rows

interface Written {
  readonly subscriber: Subscriber
  readonly metricId: string
  readonly type: string
  readonly delta: number
  readonly occurredAt: string
  readonly refersTo?: string
  readonly metadata?: string
}

/** An entry as it stands in the ledger, without its counter. */
async function write({ subscriber, metricId, type, delta, occurredAt, ...rest }: Written, db = server.deps.db) {
  const id = randomUUID()
  await db.execute(sql`
    INSERT INTO usage_ledger (id, subscription_id, metric_id, event_type, delta, client_req_id, refers_to_id, metadata,
      used_after, occurred_at)
    VALUES (${id}, ${subscriber.subscriptionId}, ${metricId}, ${type}, ${delta}, ${randomUUID()}, ${rest.refersTo ?? null},
      ${rest.metadata ?? '{}'}::jsonb, 0, ${occurredAt})`)
  return id
}

const metricOf = (agent: MeteredAgent, slug = 'messages'): string => agent.metricIds[slug] ?? ''

it('stops at the largest number, and goes on with other agents', async () => {
  const [greedy, other] = [await addMeteredAgent(server, { messages: { quota: null } }), await addMeteredAgent(server)]
  const most = Number.MAX_SAFE_INTEGER
  const report = async (agent: MeteredAgent, delta: number) => {
    const { userId } = await addSubscriber(server, agent)
    const body = { clientReqId: randomUUID(), metric: 'messages', userId, delta }
    expect(await call(server, { token: agent.token, path: '/usage', body })).toMatchObject({ status: 200 })
  }
  await report(greedy, most)
  await report(greedy, most)
  await rollUpNow()
  await report(greedy, most)
  await report(other, 5)
  await rollUpNow()
  const { rows } = await server.deps.db.execute(sql`
    SELECT agent_id, messages::float8 AS messages FROM agent_metrics_daily WHERE agent_id IN (${greedy.id}, ${other.id})`)
  const expected = { [greedy.id]: most, [other.id]: 5 }
  expect(Object.fromEntries(rows.map((row) => [row['agent_id'], row['messages']]))).toEqual(expected)
})

it('counts what agents reported, on the day it happened', async () => {
  const agent = await addMeteredAgent(server, { messages: { quota: null }, tokens: { quota: null } })
  const [ada, ben] = [await addSubscriber(server, agent), await addSubscriber(server, agent)]
  const report = (body: object) =>
    call(server, {
      token: agent.token,
      path: '/usage',
      body: { clientReqId: randomUUID(), metric: 'messages', ...body },
    })
  const yesterday = new Date(Date.now() - 86_400_000).toISOString()
  await report({ userId: ada.userId, delta: 3 })
  await report({ userId: ben.userId, delta: 4 })
  await report({ userId: ada.userId, delta: 500, metric: 'tokens' })
  await report({ userId: ada.userId, delta: 2, occurredAt: yesterday })
  await rollUpNow()
  const [today, dayBefore] = [new Date().toISOString().slice(0, 10), yesterday.slice(0, 10)]
  expect(await daysOf(agent.id)).toEqual([
    { day: dayBefore, people: 1, messages: 2, calls: 1 },
    { day: today, people: 2, messages: 7, calls: 3 },
  ])

  // A report of theirs that comes late makes nobody active twice.
  await report({ userId: ada.userId, delta: 1, occurredAt: yesterday })
  await rollUpNow()
  await rollUpNow()
  expect(await daysOf(agent.id)).toEqual([
    { day: dayBefore, people: 1, messages: 3, calls: 2 },
    { day: today, people: 2, messages: 7, calls: 3 },
  ])
})

it('takes back on the day it was taken, and below zero never', async () => {
  const agent = await addMeteredAgent(server)
  const subscriber = await addSubscriber(server, agent)
  const metricId = metricOf(agent)
  const shared = { subscriber, metricId }
  const refersTo = await write({ ...shared, type: 'hold', delta: 10, occurredAt: '2026-01-31T23:59:59.999Z' })
  await rollUpNow()
  await write({ ...shared, type: 'settle', delta: -4, refersTo, occurredAt: '2026-02-01T00:00:00Z' })
  await write({ ...shared, type: 'refund', delta: -6, refersTo, occurredAt: '2026-02-03T00:00:00Z' })
  await rollUpNow()
  expect(await daysOf(agent.id)).toEqual([{ day: '2026-01-31', people: 1, messages: 0, calls: 1 }])
})

it('leaves out the publisher’s own people, moves between counters, levels, and what an operator set right', async () => {
  const agent = await addMeteredAgent(server, { messages: { kind: 'gauge', quota: null } })
  const subscriber = await addSubscriber(server, agent)
  const tester = await addSubscriber(server, agent, { isTest: true })
  const shared = { metricId: metricOf(agent), occurredAt: '2026-03-01T12:00:00Z' }
  await write({ ...shared, subscriber: tester, type: 'consume', delta: 5 })
  await write({ ...shared, subscriber, type: 'carry_in', delta: 5 })
  await write({ ...shared, subscriber, type: 'adjust', delta: 5, metadata: '{"by":"operator"}' })
  await rollUpNow()
  expect(await daysOf(agent.id)).toEqual([{ day: '2026-03-01', people: 0, messages: 0, calls: 0 }])
  await write({ ...shared, subscriber, type: 'adjust', delta: 5 })
  await rollUpNow()
  expect(await daysOf(agent.id)).toEqual([{ day: '2026-03-01', people: 1, messages: 0, calls: 1 }])
})

it('misses no entry whose transaction commits after that of a later one', async () => {
  const agent = await addMeteredAgent(server)
  const [early, late] = [await addSubscriber(server, agent), await addSubscriber(server, agent)]
  const shared = { metricId: metricOf(agent), type: 'consume', delta: 1, occurredAt: '2026-04-01T00:00:00Z' }
  const other = createPool({ url: server.deps.pool.options.connectionString ?? '', max: 1, onError: () => {} })
  const slow = createDatabase(other)
  await slow.execute(sql`BEGIN`)
  await write({ ...shared, subscriber: early }, slow)
  await write({ ...shared, subscriber: late })
  await rollUp({ db: server.deps.db, settleMs: 0 })
  await rollUp({ db: server.deps.db, settleMs: 0 })
  expect(await daysOf(agent.id)).toEqual([])
  await slow.execute(sql`COMMIT`)
  await other.end()
  await rollUpNow()
  expect(await daysOf(agent.id)).toEqual([{ day: '2026-04-01', people: 2, messages: 2, calls: 2 }])
})

it('keeps an agent’s past when one of its people is deleted', async () => {
  const agent = await addMeteredAgent(server)
  const subscriber = await addSubscriber(server, agent)
  const occurredAt = '2026-05-01T00:00:00Z'
  await write({ subscriber, metricId: metricOf(agent), type: 'consume', delta: 2, occurredAt })
  await rollUpNow()
  await server.deps.db.execute(sql`DELETE FROM "user" WHERE id = ${subscriber.userId}`)
  await rollUpNow()
  expect(await daysOf(agent.id)).toEqual([{ day: '2026-05-01', people: 1, messages: 2, calls: 1 }])
})

/** The same figures from the whole ledger, without any regard to how long it takes. */
const recount = sql`
  SELECT agent_id, day::text, count(DISTINCT user_id) FILTER (WHERE is_call)::int AS people,
    coalesce(sum(delta) FILTER (WHERE slug = 'messages'), 0)::int AS messages, (count(*) FILTER (WHERE is_call))::int AS calls
  FROM (
    SELECT subscription.agent_id, subscription.user_id, metric.slug, entry.delta,
      (coalesce(origin.occurred_at, entry.occurred_at) AT TIME ZONE 'UTC')::date AS day,
      entry.event_type IN ('consume', 'hold', 'adjust') AS is_call
    FROM usage_ledger AS entry
      LEFT JOIN usage_ledger AS origin ON origin.id = entry.refers_to_id
      JOIN user_agent_subscriptions AS subscription ON subscription.id = entry.subscription_id AND NOT is_test
      JOIN agent_metric_definitions AS metric ON metric.id = entry.metric_id
    WHERE entry.event_type NOT LIKE 'carry%'
  ) AS entry
  GROUP BY agent_id, day ORDER BY agent_id, day`

it('equals a recount of the whole ledger, in any order, by two workers and as often as one likes', async () => {
  const own = await startTestServer({ environment: { RIALTO_ROLE: 'web' } })
  onTestFinished(() => own.stop())
  const { db } = own.deps
  const agents = [await addMeteredAgent(own), await addMeteredAgent(own, { messages: {}, tokens: {} })]
  const subscribers = await Promise.all(
    agents.flatMap((agent) =>
      [false, false, true].map(async (isTest) => ({ agent, ...(await addSubscriber(own, agent, { isTest })) })),
    ),
  )
  const first = subscribers[0]
  if (first === undefined) throw new Error('Nobody subscribed')
  // The same person once more: subscribed again after an end.
  const again = await addSubscriber(own, first.agent, { userId: first.userId, status: 'canceled' })
  subscribers.push({ agent: first.agent, ...again })

  const entry = fc.record({
    who: fc.nat({ max: subscribers.length - 1 }),
    metric: fc.constantFrom('messages', 'tokens'),
    type: fc.constantFrom('consume', 'consume', 'hold', 'refund', 'settle', 'carry_in'),
    units: fc.integer({ min: 1, max: 50 }),
    secondsBack: fc.oneof(fc.nat({ max: 200_000 }), fc.nat({ max: 400 * 86_400 })),
  })
  const script = fc.array(fc.oneof({ arbitrary: entry, weight: 4 }, { arbitrary: fc.constant('roll'), weight: 1 }), {
    minLength: 20,
    maxLength: 60,
    size: 'max',
  })
  const start = Date.parse('2026-11-22T00:00:00Z')
  const rolling = [() => rollUp({ db, settleMs: 0, chunk: 7 }), () => rollUp({ db, settleMs: 0, chunk: 3 })]

  await fc.assert(
    fc.asyncProperty(script, async (steps) => {
      const pending: Promise<void>[] = []
      const taken: { id: string; left: number; subscriber: Subscriber; metricId: string }[] = []
      for (const step of steps) {
        if (typeof step === 'string') {
          pending.push(...rolling.map((roll) => roll()))
          continue
        }
        const { who, metric, type, units, secondsBack } = step
        const subscriber = subscribers[who]
        const metricId = subscriber?.agent.metricIds[metric]
        if (subscriber === undefined || metricId === undefined) continue
        const occurredAt = new Date(start - secondsBack * 1_000).toISOString()
        if (type === 'refund' || type === 'settle') {
          const of = taken[secondsBack % Math.max(1, taken.length)]
          if (of === undefined || of.left === 0) continue
          const delta = -Math.min(units, of.left)
          of.left += delta
          await write({ ...of, type, delta, refersTo: of.id, occurredAt }, db)
        } else {
          const id = await write({ subscriber, metricId, type, delta: units, occurredAt }, db)
          if (type !== 'carry_in') taken.push({ id, left: units, subscriber, metricId })
        }
      }
      await Promise.all(pending)
      await Promise.all(rolling.map((roll) => roll()))
      // Whoever came second may have found the other at it and left.
      await rollUpNow({ db })
      const counted = await db.execute(sql`
        SELECT agent_id, day::text, active_users AS people, messages::int, api_calls::int AS calls
        FROM agent_metrics_daily ORDER BY agent_id, day`)
      expect(counted.rows).toEqual((await db.execute(recount)).rows)
    }),
    { numRuns: 25, seed: 20_261_122 },
  )
  const { rows } = await db.execute(
    sql`SELECT count(*)::int AS days, sum(api_calls)::int AS calls FROM agent_metrics_daily`,
  )
  expect(Number(rows[0]?.['days'])).toBeGreaterThan(50)
})

const usedOf = async ({ subscriptionId }: Subscriber): Promise<readonly unknown[]> =>
  (
    await server.deps.db.execute(sql`
      SELECT day::text, used::float8 AS used FROM usage_daily WHERE subscription_id = ${subscriptionId} ORDER BY day`)
  ).rows

it('keeps a subscription’s days: what a counter took and gave back, on the day it was taken', async () => {
  const agent = await addMeteredAgent(server)
  const [before, subscriber] = [await addSubscriber(server, agent), await addSubscriber(server, agent)]
  const shared = { subscriber, metricId: metricOf(agent) }
  const refersTo = await write({ ...shared, type: 'hold', delta: 10, occurredAt: '2026-01-31T23:59:59.999Z' })
  const moved = await write({
    ...shared,
    subscriber: before,
    type: 'consume',
    delta: 4,
    occurredAt: '2026-01-30T12:00:00Z',
  })
  await rollUpNow()
  await write({ ...shared, type: 'settle', delta: -4, refersTo, occurredAt: '2026-02-01T00:00:00Z' })
  await write({ ...shared, type: 'consume', delta: 5, occurredAt: '2026-02-01T00:00:00Z' })
  await write({ ...shared, type: 'carry_in', delta: 7, occurredAt: '2026-02-01T00:00:00Z' })
  await write({ ...shared, type: 'refund', delta: -3, refersTo: moved, occurredAt: '2026-02-03T00:00:00Z' })
  await rollUpNow()
  await rollUpNow()
  expect(await usedOf(subscriber)).toEqual([
    { day: '2026-01-31', used: 6 },
    { day: '2026-02-01', used: 5 },
  ])
  expect(await usedOf(before)).toEqual([{ day: '2026-01-30', used: 1 }])
})

it('keeps of a gauge the level after the day’s last change, and never more than a column holds', async () => {
  const agent = await addMeteredAgent(server, { seats: { kind: 'gauge', quota: null }, messages: { quota: null } })
  const subscriber = await addSubscriber(server, agent)
  const level = (usedAfter: number, day: string) =>
    server.deps.db.execute(sql`
      INSERT INTO usage_ledger (subscription_id, metric_id, event_type, delta, client_req_id, used_after, occurred_at)
      VALUES (${subscriber.subscriptionId}, ${metricOf(agent, 'seats')}, 'adjust', 1, gen_random_uuid(), ${usedAfter}, ${day}::timestamptz)`)
  await level(1, '2026-03-01T10:00:00Z')
  await level(3, '2026-03-01T11:00:00Z')
  await level(2, '2026-03-02T11:00:00Z')
  await rollUpNow()
  await level(0, '2026-03-02T12:00:00Z')
  for (const delta of [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER])
    await write({ subscriber, metricId: metricOf(agent), type: 'consume', delta, occurredAt: '2026-03-03T12:00:00Z' })
  await rollUpNow()
  expect(await usedOf(subscriber)).toEqual([
    { day: '2026-03-01', used: 3 },
    { day: '2026-03-02', used: 0 },
    { day: '2026-03-03', used: Number.MAX_SAFE_INTEGER },
  ])
})
