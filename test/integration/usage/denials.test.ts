import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { agentMetricDefinitions, usageDenialsHourly } from '#src/db/schema/index.ts'
import { createDenialCounter } from '#src/metering/index.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { addMeteredAgent, addPerson, addSubscriber, call, drift } from './market.ts'
import type { MeteredAgent } from './market.ts'

let database: TestDatabase
let server: TestServer
let agent: MeteredAgent

beforeAll(async () => {
  database = await createTestDatabase({ start: 'started' })
  server = await startTestServer({ databaseUrl: database.url })
  agent = await addMeteredAgent(server, { messages: { quota: 1 }, images: {} })
})
afterAll(async () => {
  await server.stop()
  await database.drop()
})

const use = (userId: string, metric: string) =>
  call(server, { token: agent.token, path: '/usage', body: { clientReqId: randomUUID(), userId, metric } })

const counted = async (subscriptionId: string) => {
  const rows = await database.db
    .select({ metric: agentMetricDefinitions.slug, denials: usageDenialsHourly.denials, hour: usageDenialsHourly.hour })
    .from(usageDenialsHourly)
    .innerJoin(agentMetricDefinitions, eq(agentMetricDefinitions.id, usageDenialsHourly.metricId))
    .where(eq(usageDenialsHourly.subscriptionId, subscriptionId))
  return Object.fromEntries(rows.map(({ metric, denials }) => [metric, denials]))
}

describe('counting denials', () => {
  it('counts per subscription and metric, in the present hour, and adds to what is there', async () => {
    const { userId, subscriptionId } = await addSubscriber(server, agent)
    await use(userId, 'messages')
    await Promise.all([use(userId, 'messages'), use(userId, 'messages'), use(userId, 'images')])
    expect(await counted(subscriptionId)).toEqual({})
    await server.deps.denials.flush()
    expect(await counted(subscriptionId)).toEqual({ messages: 2, images: 1 })
    await use(userId, 'messages')
    await server.deps.denials.flush()
    expect(await counted(subscriptionId)).toEqual({ messages: 3, images: 1 })
    const { rows } = await database.pool.query(
      `SELECT DISTINCT hour = date_trunc('hour', rialto_now(), 'UTC') AS is_now FROM usage_denials_hourly`,
    )
    expect(rows).toEqual([{ is_now: true }])
  })

  it('counts what a batch and a reservation were denied, and neither questions nor strangers', async () => {
    const { userId, subscriptionId } = await addSubscriber(server, agent)
    const event = () => ({ clientReqId: randomUUID(), userId, metric: 'messages', delta: 2 })
    await call(server, { token: agent.token, path: '/usage/batch', body: { events: [event(), event()] } })
    await call(server, {
      token: agent.token,
      path: '/reservations',
      body: { clientReqId: randomUUID(), userId, metric: 'messages', amount: 2 },
    })
    await call(server, { token: agent.token, path: '/usage/check', body: { userId, metric: 'messages', delta: 2 } })
    await use(await addPerson(server.deps.db), 'messages')
    await server.deps.denials.flush()
    expect(await counted(subscriptionId)).toEqual({ messages: 3 })
  })

  it('writes what is left when the process stops', async () => {
    const other = await startTestServer({ databaseUrl: database.url })
    const own = await addMeteredAgent(other, { messages: { quota: 0 } })
    const { userId, subscriptionId } = await addSubscriber(other, own)
    const body = { clientReqId: randomUUID(), userId, metric: 'messages' }
    await call(other, { token: own.token, path: '/usage', body })
    await other.stop()
    expect(await counted(subscriptionId)).toEqual({ messages: 1 })
  })

  it('keeps what the database did not take, and fails nobody', async () => {
    const { subscriptionId } = await addSubscriber(server, agent)
    const troubles: unknown[] = []
    let isAway = true
    const query = (...parameters: unknown[]) =>
      isAway
        ? Promise.reject(new Error('away'))
        : (database.pool.query as (...all: unknown[]) => unknown)(...parameters)
    const pool = { query: query.bind(database.pool) } as unknown as Pool
    const denials = createDenialCounter({ pool, onTrouble: (trouble) => troubles.push(trouble) })
    denials.count({ subscriptionId, metric: 'images' })
    await denials.flush()
    expect(troubles).toEqual([{ error: new Error('away') }])
    isAway = false
    denials.count({ subscriptionId, metric: 'images' })
    await denials.flush()
    expect(await counted(subscriptionId)).toEqual({ images: 2 })
  })

  it('writes by itself after a while, and keeps only so many apart', async () => {
    const { subscriptionId } = await addSubscriber(server, agent)
    const dropped: unknown[] = []
    const onTrouble = (trouble: { dropped?: number }) => dropped.push(trouble.dropped)
    const denials = createDenialCounter({ pool: database.pool, onTrouble, flushMs: 20, keysMax: 1 })
    denials.count({ subscriptionId, metric: 'images' })
    denials.count({ subscriptionId, metric: 'messages' })
    denials.count({ subscriptionId, metric: 'messages' })
    denials.count({ subscriptionId, metric: 'images' })
    await expect.poll(() => counted(subscriptionId)).toEqual({ images: 2 })
    expect(dropped).toEqual([2])
  })

  it('leaves out what has gone meanwhile, and counts the rest', async () => {
    const { subscriptionId } = await addSubscriber(server, agent)
    server.deps.denials.count({ subscriptionId: randomUUID(), metric: 'messages' })
    server.deps.denials.count({ subscriptionId, metric: 'no-more' })
    server.deps.denials.count({ subscriptionId, metric: 'messages' })
    await server.deps.denials.flush()
    expect(await counted(subscriptionId)).toEqual({ messages: 1 })
  })

  it('has counters that equal the ledger after all of this', async () => {
    expect(await drift(server)).toEqual([])
  })
})
