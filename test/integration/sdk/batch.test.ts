import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { usageLedger } from '#src/db/schema/index.ts'
import { addMeteredAgent, addSubscriber, drift } from '#test/integration/usage/market.ts'
import type { MeteredAgent } from '#test/integration/usage/market.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { backendOf, startNetwork } from './backend.ts'
import type { Network, Seen } from './backend.ts'

let server: TestServer
let agent: MeteredAgent
let network: Network | undefined

beforeAll(async () => {
  server = await startTestServer()
  agent = await addMeteredAgent(server, { messages: { quota: 300 }, tokens: { quota: null } })
})
afterEach(async () => {
  await network?.stop()
  network = undefined
})
afterAll(() => server.stop())

const isBatch = ({ path }: Seen) => path === '/api/v1/usage/batch'
const sizesOf = ({ seen }: Network) =>
  seen.filter(isBatch).map(({ body }) => (JSON.parse(body) as { events: unknown[] }).events.length)
const entries = (subscriptionId: string) =>
  server.deps.db.$count(usageLedger, eq(usageLedger.subscriptionId, subscriptionId))

it('lets 500 at once share a request, and each gets its own decision', async () => {
  const { userId, subscriptionId } = await addSubscriber(server, agent)
  network = await startNetwork(server.origin, () => 'pass')
  const batch = backendOf(server, agent, { fetch: network.fetch }).batch()
  const decisions = await Promise.all(Array.from({ length: 500 }, () => batch.consume({ userId, metric: 'messages' })))
  expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(300)
  expect(decisions.filter((decision) => !decision.allowed && decision.reason === 'quota_exceeded')).toHaveLength(200)
  expect(decisions[0]).not.toHaveProperty('clientReqId')
  expect(sizesOf(network)).toEqual([500])
  expect(await entries(subscriptionId)).toBe(300)
  expect(batch.waiting).toBe(0)
})

it('sends what arrives meanwhile next, at most 1,000 and a megabyte at a time', async () => {
  const { userId, subscriptionId } = await addSubscriber(server, agent)
  network = await startNetwork(server.origin, () => 'pass')
  const batch = backendOf(server, agent, { fetch: network.fetch }).batch()
  await Promise.all(Array.from({ length: 2_500 }, () => batch.consume({ userId, metric: 'tokens' })))
  expect(sizesOf(network)).toEqual([1_000, 1_000, 500])

  const metadata = { a: 'ü'.repeat(400), b: 'ü'.repeat(400) }
  await Promise.all(Array.from({ length: 700 }, () => batch.consume({ userId, metric: 'tokens', metadata })))
  expect(sizesOf(network).slice(3)).toHaveLength(2)
  expect(await entries(subscriptionId)).toBe(3_200)
})

it('fails a wrong event alone', async () => {
  const { userId } = await addSubscriber(server, agent)
  const batch = backendOf(server, agent).batch()
  const results = await Promise.allSettled([
    batch.consume({ userId, metric: 'messages' }),
    batch.consume({ userId, metric: 'nonsense' }),
    batch.consume({ userId, metric: 'messages', delta: 0 }),
    batch.consume({ userId, metric: 'messages' }),
  ])
  expect(results).toMatchObject([
    { value: { allowed: true } },
    { reason: { name: 'RialtoError', code: 'metric_not_found' } },
    { reason: { code: 'invalid_request', message: expect.stringContaining('delta') } },
    { value: { allowed: true, used: 2 } },
  ])
})

it('counts each once when the answer for all of them is lost', async () => {
  const { userId, subscriptionId } = await addSubscriber(server, agent)
  let dropped = 0
  network = await startNetwork(server.origin, (seen) => (isBatch(seen) && dropped++ === 0 ? 'drop' : 'pass'))
  const batch = backendOf(server, agent, { fetch: network.fetch }).batch()
  const decisions = await Promise.all(Array.from({ length: 50 }, () => batch.consume({ userId, metric: 'messages' })))
  expect(decisions.every((decision) => decision.allowed && decision.replayed === true)).toBe(true)
  expect(await entries(subscriptionId)).toBe(50)
})

it('sends those again that the marketplace was too busy for, and only those', async () => {
  const { userId } = await addSubscriber(server, agent)
  const ids = [randomUUID(), randomUUID(), randomUUID()]
  const sent: string[][] = []
  const batch = backendOf(server, agent, {
    fetch: async (url, init) => {
      const response = await fetch(url, init)
      if (!String(url).endsWith('/usage/batch')) return response
      const { events } = JSON.parse(String(init?.body)) as { events: { clientReqId: string }[] }
      sent.push(events.map(({ clientReqId }) => clientReqId))
      const { results } = (await response.json()) as { results: object[] }
      const busy = { clientReqId: ids[1], error: { code: 'rate_limited' } }
      return Response.json({ results: sent.length === 1 ? results.with(1, busy) : results })
    },
  }).batch()
  const decisions = await Promise.all(
    ids.map((clientReqId) => batch.consume({ userId, metric: 'messages', clientReqId })),
  )
  expect(decisions.every(({ allowed }) => allowed)).toBe(true)
  expect(sent).toEqual([ids, [ids[1]]])
})

it('holds a bounded number, and refuses more before it sends anything', async () => {
  const { userId, subscriptionId } = await addSubscriber(server, agent)
  const batch = backendOf(server, agent).batch({ waitingMax: 5, delayMs: 200 })
  const results = await Promise.allSettled(
    Array.from({ length: 8 }, () => batch.consume({ userId, metric: 'messages' })),
  )
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
  expect(results.at(-1)).toMatchObject({ reason: { code: 'queue_full' } })
  expect(await entries(subscriptionId)).toBe(5)
  await batch.consume({ userId, metric: 'messages' })
})

it('forgets who gave up before it was sent', async () => {
  const { userId, subscriptionId } = await addSubscriber(server, agent)
  const batch = backendOf(server, agent).batch({ delayMs: 100 })
  const reason = new Error('enough')
  const controller = new AbortController()
  const givenUp = batch.consume({ userId, metric: 'messages', signal: controller.signal })
  const outcome = givenUp.catch((error: unknown) => error)
  const kept = batch.consume({ userId, metric: 'messages' })
  controller.abort(reason)
  expect(await outcome).toBe(reason)
  expect(await kept).toMatchObject({ allowed: true, used: 1 })
  expect(await entries(subscriptionId)).toBe(1)
  expect(batch.waiting).toBe(0)
})

it('flushes at once, and takes nothing more when it is closed', async () => {
  const { userId } = await addSubscriber(server, agent)
  const batch = backendOf(server, agent).batch({ delayMs: 60_000 })
  const decided = batch.consume({ userId, metric: 'messages' })
  await batch.flush()
  expect(await decided).toMatchObject({ allowed: true })
  const last = batch.consume({ userId, metric: 'messages' })
  await batch.close()
  expect(await last).toMatchObject({ used: 2 })
  await expect(batch.consume({ userId, metric: 'messages' })).rejects.toMatchObject({ code: 'queue_closed' })
})

it('has counters that equal the ledger after all of this', async () => {
  expect(await drift(server)).toEqual([])
})
