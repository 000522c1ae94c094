// The badge of a review: what the ledger says of its author's use.
import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { reviews } from '#src/db/schema/index.ts'
import { readUseOfReviewers } from '#src/features/reviews/read/use-of-reviewers.ts'
import { addMeteredAgent, addPerson, addSubscriber, call } from '#test/integration/usage/market.ts'
import type { MeteredAgent, Subscriber } from '#test/integration/usage/market.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'

let server: TestServer
let agent: MeteredAgent
let person: Subscriber
let reviewId: string

beforeAll(async () => {
  server = await startTestServer()
  agent = await addMeteredAgent(server, { messages: { quota: null }, seats: { kind: 'gauge', quota: null } })
})
beforeEach(async () => {
  person = await addSubscriber(server, agent)
  reviewId = await addReviewOf(person.userId)
})
afterAll(() => server.stop())

async function addReviewOf(userId: string): Promise<string> {
  const [row] = await server.deps.db.insert(reviews).values({ agentId: agent.id, userId, rating: 4 }).returning()
  return row?.id ?? ''
}

const post = (path: string, body: object) => call(server, { token: agent.token, path, body })
const consume = async (change: object = {}) =>
  (await post('/usage', { clientReqId: randomUUID(), userId: person.userId, metric: 'messages', delta: 5, ...change }))
    .body
const use = async (id = reviewId) => (await readUseOfReviewers(server.deps.db, [id])).get(id)

/** Entries as the metering wrote them before: the ledger takes new rows, and changes none. */
const addEntries = ({ count, from }: { count: number; from: string }) =>
  server.deps.db.execute(sql`
    INSERT INTO usage_ledger (subscription_id, metric_id, event_type, delta, client_req_id, used_after, occurred_at)
    SELECT ${person.subscriptionId}, ${agent.metricIds['messages']}, 'consume', 1, gen_random_uuid(), 0,
      ${from}::timestamptz + number * interval '1 minute' FROM generate_series(0, ${count - 1}::int) AS number`)

test('counts uses and not units, and says from when to when', async () => {
  await addEntries({ count: 3, from: '2026-03-01T10:00:00Z' })
  await addEntries({ count: 2, from: '2026-07-09T10:00:00Z' })
  expect(await use()).toEqual({ times: 5, isMore: false, firstDay: '2026-03-01', lastDay: '2026-07-09' })
  await consume()
  expect(await use()).toMatchObject({ times: 6, firstDay: '2026-03-01' })
})

test('leaves out what was given back, wholly and not in part', async () => {
  const [first, second] = [await consume(), await consume()]
  const refund = (entryId: unknown, amount?: number) =>
    post('/usage/refund', { clientReqId: randomUUID(), entryId, ...(amount !== undefined && { amount }) })
  expect((await refund(first['entryId'])).status).toBe(200)
  expect((await refund(second['entryId'], 4)).status).toBe(200)
  expect(await use()).toMatchObject({ times: 1 })
})

test('counts a reservation once its work was done', async () => {
  const reserve = async () => {
    const body = { clientReqId: randomUUID(), userId: person.userId, metric: 'messages', amount: 9, ttlSeconds: 60 }
    return (await post('/reservations', body)).body['reservationId']
  }
  const [done, given] = [await reserve(), await reserve()]
  expect(await use()).toBeUndefined()
  expect((await post(`/reservations/${done}/commit`, { amount: 9 })).status).toBe(200)
  expect((await post(`/reservations/${given}/release`, {})).status).toBe(200)
  expect(await use()).toMatchObject({ times: 1 })
})

test('is of nothing that was not counted: a level, another person’s use, a test subscription', async () => {
  await consume({ metric: 'seats', delta: 1 })
  await consume({ userId: (await addSubscriber(server, agent)).userId })
  expect(await use()).toBeUndefined()
  const userId = await addPerson(server.deps.db)
  await addSubscriber(server, agent, { userId, isTest: true })
  await consume({ userId })
  expect(await use(await addReviewOf(userId))).toBeUndefined()
})

test('adds up what one person had one after the other, and stops counting at a thousand', async () => {
  await addEntries({ count: 2, from: '2025-01-05T10:00:00Z' })
  await server.deps.db.execute(
    sql`UPDATE user_agent_subscriptions SET status = 'canceled' WHERE id = ${person.subscriptionId}`,
  )
  person = await addSubscriber(server, agent, { userId: person.userId })
  await addEntries({ count: 998, from: '2026-01-05T10:00:00Z' })
  expect(await use()).toMatchObject({ times: 1_000, isMore: false, firstDay: '2025-01-05' })
  await addEntries({ count: 500, from: '2026-02-05T10:00:00Z' })
  expect(await use()).toEqual({ times: 1_000, isMore: true, firstDay: '2025-01-05', lastDay: '2026-02-05' })
})
