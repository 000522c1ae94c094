import { Rialto, RialtoError, liftUrl, newRequestId, requestIdFor } from '@rialto/sdk'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { usageLedger } from '#src/db/schema/index.ts'
import { addMeteredAgent, addPerson, addSubscriber } from '#test/integration/usage/market.ts'
import type { MeteredAgent } from '#test/integration/usage/market.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { backendOf } from './backend.ts'

let server: TestServer
let agent: MeteredAgent
let rialto: Rialto

beforeAll(async () => {
  server = await startTestServer()
  agent = await addMeteredAgent(server, {
    messages: { quota: 10 },
    tokens: { quota: null },
    seats: { kind: 'gauge', quota: 3 },
  })
  rialto = backendOf(server, agent)
})
afterAll(() => server.stop())

const entries = (subscriptionId: string) =>
  server.deps.db.$count(usageLedger, eq(usageLedger.subscriptionId, subscriptionId))

describe('consume', () => {
  it('allows and counts, then denies with the link that lifts it', async () => {
    const { userId, subscriptionId } = await addSubscriber(server, agent)
    const first = await rialto.consume({ userId, metric: 'messages', delta: 9 })
    if (!first.allowed) throw new Error(first.reason)
    expect(first).toMatchObject({ subscriptionId, used: 9, limit: 10, remaining: 1, unlimited: false })
    expect(first.entryId).toMatch(/^[0-9a-f-]{36}$/)

    const second = await rialto.consume({ userId, metric: 'messages', delta: 2 })
    if (second.allowed) throw new Error('It was allowed beyond its limit')
    expect(second.reason).toBe('quota_exceeded')
    const link = new URL(liftUrl(second, 'https://agent.example/?a=1') ?? '')
    expect(link.origin).toBe(server.origin)
    expect(link.searchParams.get('return_to')).toBe('https://agent.example/?a=1')
    expect(await entries(subscriptionId)).toBe(1)
  })

  it('takes what happened when, with what is said of it', async () => {
    const { userId, subscriptionId } = await addSubscriber(server, agent)
    const occurredAt = new Date(Date.now() - 60_000)
    await rialto.consume({ userId, metric: 'tokens', delta: 5, occurredAt, metadata: { model: 'small' } })
    const [entry] = await server.deps.db
      .select()
      .from(usageLedger)
      .where(eq(usageLedger.subscriptionId, subscriptionId))
    expect(entry).toMatchObject({ occurredAt, metadata: { model: 'small' }, delta: 5 })
  })

  it('counts the same key once, and the key of another person by itself', async () => {
    const one = await addSubscriber(server, agent)
    const other = await addSubscriber(server, agent)
    const report = (userId: string) => rialto.consume({ userId, metric: 'messages', key: 'job 7' })
    const first = await report(one.userId)
    expect(await report(one.userId)).toEqual({ ...first, replayed: true })
    expect(await report(other.userId)).not.toHaveProperty('replayed')
    expect(await entries(one.subscriptionId)).toBe(1)
  })

  it('counts a call without an id of its own each time', async () => {
    const { userId, subscriptionId } = await addSubscriber(server, agent)
    await Promise.all([1, 2, 3].map(() => rialto.consume({ userId, metric: 'messages' })))
    expect(await entries(subscriptionId)).toBe(3)
  })

  it('moves a gauge down, too', async () => {
    const { userId } = await addSubscriber(server, agent)
    await rialto.consume({ userId, metric: 'seats', delta: 3 })
    expect(await rialto.consume({ userId, metric: 'seats', delta: -2 })).toMatchObject({ used: 1, resetsAt: null })
  })

  it('says who has not subscribed', async () => {
    const userId = await addPerson(server.deps.db)
    const decision = await rialto.consume({ userId, metric: 'messages' })
    expect(decision).toMatchObject({ allowed: false, reason: 'no_subscription', subscriptionId: null })
  })

  it('rejects what is wrong with a code, the status, and what the operator finds it by', async () => {
    const { userId } = await addSubscriber(server, agent)
    const failure = await rialto.consume({ userId, metric: 'nonsense' }).catch((error: unknown) => error)
    if (!(failure instanceof RialtoError)) throw new Error('It was no RialtoError')
    expect(failure).toMatchObject({ code: 'metric_not_found', status: 422, problem: { status: 422 } })
    expect(failure.requestId).toBe(failure.problem?.requestId)
    const clientReqId = newRequestId()
    await rialto.consume({ userId, metric: 'messages', clientReqId })
    await expect(rialto.consume({ userId, metric: 'messages', clientReqId, delta: 2 })).rejects.toMatchObject({
      code: 'request_id_conflict',
      status: 409,
    })
    await expect(rialto.consume({ userId, metric: 'messages', delta: 0 })).rejects.toMatchObject({
      code: 'invalid_request',
      problem: { errors: [{ path: 'delta' }] },
    })
  })
})

describe('check', () => {
  it('gives the same decision and counts nothing', async () => {
    const { userId, subscriptionId } = await addSubscriber(server, agent)
    expect(await rialto.check({ userId, metric: 'messages', delta: 10 })).toMatchObject({ allowed: true, used: 0 })
    expect(await rialto.check({ userId, metric: 'messages', delta: 11 })).toMatchObject({ reason: 'quota_exceeded' })
    expect(await entries(subscriptionId)).toBe(0)
  })
})

describe('credentials', () => {
  it('that are wrong or revoked reject at once, and say so', async () => {
    const wrong = backendOf(server, { ...agent, clientSecret: 'nonsense' })
    const startedAt = performance.now()
    await expect(wrong.consume({ userId: 'x', metric: 'messages' })).rejects.toMatchObject({
      name: 'RialtoError',
      code: 'invalid_client',
      status: 401,
    })
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })

  it('are refused where they could be read, before anything is sent', () => {
    const credentials = { clientId: 'a', clientSecret: 'b' }
    expect(() => new Rialto({ ...credentials, baseUrl: 'http://market.example' })).toThrow(/plain http/)
    expect(() => new Rialto({ ...credentials, issuer: 'https://market.example' })).toThrow(/issuer/)
    expect(() => new Rialto({ ...credentials, baseUrl: 'https://market.example', clientSecret: '' })).toThrow(TypeError)
    expect(() => new Rialto({ ...credentials, baseUrl: 'https://market.example', timeoutMs: 0 })).toThrow(/timeoutMs/)
  })

  it('work with the base URL as with the issuer', async () => {
    const { clientId, clientSecret } = agent
    const { userId } = await addSubscriber(server, agent)
    const byOrigin = new Rialto({ baseUrl: `${server.origin}/`, clientId, clientSecret })
    expect(await byOrigin.consume({ userId, metric: 'messages' })).toMatchObject({ allowed: true })
  })
})

describe('request ids', () => {
  it('are stable for a key, and other ones for another agent, person or key, however these are cut', () => {
    const base = { agent: 'agent', userId: 'ada', key: 'job 7' }
    const ids = [
      base,
      { ...base, agent: 'other' },
      { ...base, userId: 'bob' },
      { ...base, key: 'job 8' },
      { ...base, agent: 'agenta', userId: 'da' },
      { ...base, userId: 'adajob', key: ' 7' },
    ].map(requestIdFor)
    expect(new Set(ids).size).toBe(ids.length)
    // Never another one: what was counted under it would be counted again.
    expect(requestIdFor(base)).toBe('f8ee1404-8281-5a86-a274-13a718b8360a')
  })

  it('are sorted by time when they are new', () => {
    const ids = Array.from({ length: 1_000 }, newRequestId)
    expect(ids.toSorted()).toEqual(ids)
    expect(new Set(ids).size).toBe(ids.length)
  })
})
