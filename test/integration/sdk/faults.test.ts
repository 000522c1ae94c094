import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eq } from 'drizzle-orm'
import { openEmbeddedDatabase } from '#src/db/embedded/index.ts'
import type { EmbeddedDatabase } from '#src/db/embedded/index.ts'
import { agents, usageLedger } from '#src/db/schema/index.ts'
import { rotateSecret } from '#src/features/agent-clients/index.ts'
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
  agent = await addMeteredAgent(server, { messages: { quota: 100 } })
})
afterEach(async () => {
  await network?.stop()
  network = undefined
})
afterAll(() => server.stop())

const entries = (subscriptionId: string) =>
  server.deps.db.$count(usageLedger, eq(usageLedger.subscriptionId, subscriptionId))
const isUsage = ({ path }: Seen) => path === '/api/v1/usage'
const isToken = ({ path }: Seen) => path.endsWith('/oauth2/token')

describe('an answer that is lost', () => {
  it('is asked for again with the same id, and counted once', async () => {
    const { userId, subscriptionId } = await addSubscriber(server, agent)
    let dropped = 0
    network = await startNetwork(server.origin, (seen) => (isUsage(seen) && dropped++ < 2 ? 'drop' : 'pass'))
    const rialto = backendOf(server, agent, { fetch: network.fetch })
    expect(await rialto.consume({ userId, metric: 'messages', delta: 4 })).toMatchObject({
      allowed: true,
      replayed: true,
      used: 4,
    })
    const sent = network.seen.filter(isUsage)
    expect(sent).toHaveLength(3)
    expect(new Set(sent.map(({ body }) => body)).size).toBe(1)
    expect(await entries(subscriptionId)).toBe(1)
  })

  it('is given up after so many attempts, as a network error', async () => {
    const { userId, subscriptionId } = await addSubscriber(server, agent)
    network = await startNetwork(server.origin, (seen) => (isUsage(seen) ? 'drop' : 'pass'))
    const rialto = backendOf(server, agent, { fetch: network.fetch, attemptsMax: 3 })
    await expect(rialto.consume({ userId, metric: 'messages' })).rejects.toMatchObject({
      code: 'network',
      status: undefined,
    })
    expect(network.seen.filter(isUsage)).toHaveLength(3)
    expect(await entries(subscriptionId)).toBe(1)
  })

  it('does not keep a caller beyond the deadline, however slow each attempt is', async () => {
    const { userId } = await addSubscriber(server, agent)
    network = await startNetwork(server.origin, (seen) => (isUsage(seen) ? 'hang' : 'pass'))
    const rialto = backendOf(server, agent, { fetch: network.fetch, timeoutMs: 200, deadlineMs: 700, attemptsMax: 99 })
    const startedAt = performance.now()
    await expect(rialto.consume({ userId, metric: 'messages' })).rejects.toMatchObject({ code: 'timeout' })
    const tookMs = performance.now() - startedAt
    expect(tookMs).toBeGreaterThan(200)
    expect(tookMs).toBeLessThan(1_500)
  })
})

describe('a caller that gives up', () => {
  it('gets its own reason at once, and nothing is sent again', async () => {
    const { userId } = await addSubscriber(server, agent)
    network = await startNetwork(server.origin, (seen) => (isUsage(seen) ? 'hang' : 'pass'))
    const rialto = backendOf(server, agent, { fetch: network.fetch })
    const reason = new Error('The person closed the page')
    const controller = new AbortController()
    const waiting = rialto.consume({ userId, metric: 'messages', signal: controller.signal })
    const outcome = waiting.catch((error: unknown) => error)
    await expect.poll(() => network?.seen.filter(isUsage).length).toBe(1)
    controller.abort(reason)
    expect(await outcome).toBe(reason)
    await sleep(300)
    expect(network.seen.filter(isUsage)).toHaveLength(1)
    await expect(rialto.consume({ userId, metric: 'messages', signal: controller.signal })).rejects.toBe(reason)
    expect(network.seen.filter(isUsage)).toHaveLength(1)
  })
})

describe('tokens', () => {
  it('are fetched once for all who come at once', async () => {
    const { userId } = await addSubscriber(server, agent)
    network = await startNetwork(server.origin, () => 'pass')
    const rialto = backendOf(server, agent, { fetch: network.fetch })
    await Promise.all(Array.from({ length: 20 }, () => rialto.consume({ userId, metric: 'messages' })))
    expect(network.seen.filter(isToken)).toHaveLength(1)
  })

  it('are renewed before they end', async () => {
    const { userId } = await addSubscriber(server, agent)
    let tokens = 0
    const rialto = backendOf(server, agent, {
      fetch: async (url, init) => {
        const response = await fetch(url, init)
        if (!String(url).endsWith('/oauth2/token')) return response
        tokens++
        return Response.json({ ...((await response.json()) as object), expires_in: 1 })
      },
    })
    const use = () => rialto.consume({ userId, metric: 'messages' })
    await use()
    await use()
    expect(tokens).toBe(1)
    await sleep(600)
    await Promise.all([use(), use()])
    expect(tokens).toBe(2)
  })

  it('that are refused are replaced once, and the call succeeds', async () => {
    const { userId, subscriptionId } = await addSubscriber(server, agent)
    let tokens = 0
    const rialto = backendOf(server, agent, {
      fetch: async (url, init) => {
        const isUse = String(url).endsWith('/api/v1/usage')
        if (!isUse) tokens += String(url).endsWith('/oauth2/token') ? 1 : 0
        // The marketplace refuses the first token as it refuses any that it has revoked.
        const headers = isUse && tokens === 1 ? { ...init?.headers, authorization: 'Bearer ended' } : init?.headers
        return fetch(url, { ...init, ...(headers !== undefined && { headers }) })
      },
    })
    const uses = Array.from({ length: 10 }, () => rialto.consume({ userId, metric: 'messages' }))
    expect((await Promise.all(uses)).every(({ allowed }) => allowed)).toBe(true)
    expect(tokens).toBe(2)
    expect(await entries(subscriptionId)).toBe(10)
  })

  it('of a revoked client lead to an error that says so, without a long wait', async () => {
    const own = await addMeteredAgent(server)
    const { userId } = await addSubscriber(server, own)
    const rialto = backendOf(server, own)
    await rialto.consume({ userId, metric: 'messages' })
    await rotateSecret(server.deps, { agentId: own.id, userId: undefined, overlapSeconds: 0 })
    await server.deps.db.update(agents).set({ status: 'suspended' }).where(eq(agents.id, own.id))
    await expect
      .poll(() => rialto.consume({ userId, metric: 'messages' }).catch((error: unknown) => error))
      .toMatchObject({ name: 'RialtoError', code: 'invalid_client', status: 401 })
  })
})

describe('a marketplace that is away', () => {
  let database: EmbeddedDatabase
  let dataDir: string
  let away: TestServer
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'rialto-sdk-'))
    database = await openEmbeddedDatabase({ dataDir, log: pino({ level: 'silent' }) })
    away = await startTestServer({ databaseUrl: database.url })
  })
  afterAll(async () => {
    await away.stop()
    await database.close()
    await rm(dataDir, { recursive: true, force: true })
  })

  it('is waited for, and what was asked meanwhile is counted once when it is back', async () => {
    const own = await addMeteredAgent(away)
    const { userId } = await addSubscriber(away, own)
    const impatient = backendOf(away, own, { attemptsMax: 1 })
    const patient = backendOf(away, own, { deadlineMs: 25_000, attemptsMax: 30 })
    await patient.consume({ userId, metric: 'messages' })
    await impatient.consume({ userId, metric: 'messages' })
    await database.close()

    await expect(impatient.consume({ userId, metric: 'messages' })).rejects.toMatchObject({
      code: 'unavailable',
      status: 503,
      retryAfterMs: expect.any(Number),
    })
    const waiting = Promise.all(Array.from({ length: 20 }, () => patient.consume({ userId, metric: 'messages' })))
    await sleep(300)
    database = await openEmbeddedDatabase({ dataDir, log: pino({ level: 'silent' }) })
    expect((await waiting).every(({ allowed }) => allowed)).toBe(true)
    expect(await patient.check({ userId, metric: 'messages' })).toMatchObject({ used: 22 })
    expect(await drift(away)).toEqual([])
  })

  it('that nobody answers for is a network error', async () => {
    const nobody = backendOf({ origin: 'http://127.0.0.1:9' }, agent, { attemptsMax: 2 })
    await expect(nobody.consume({ userId: 'x', metric: 'messages' })).rejects.toMatchObject({ code: 'network' })
  })
})
