import { randomUUID } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { agents, usageLedger, usageNotices, userAgentSubscriptions } from '#src/db/schema/index.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { addAddon, addMeteredAgent, addPerson, addSubscriber, call, drift } from './market.ts'
import type { MeteredAgent } from './market.ts'

let server: TestServer
let agent: MeteredAgent

beforeAll(async () => {
  server = await startTestServer()
  agent = await addMeteredAgent(server, {
    messages: { quota: 100 },
    tokens: { quota: null },
    exports: { quota: 0 },
    images: {},
    seats: { kind: 'gauge', quota: 3 },
  })
})
afterAll(() => server.stop())

const use = (body: Readonly<Record<string, unknown>>, { token } = agent) =>
  call(server, { token, path: '/usage', body: { clientReqId: randomUUID(), metric: 'messages', ...body } })

describe('reporting usage', () => {
  it('allows up to the limit, says what is left, and denies the next unit', async () => {
    const { userId, subscriptionId } = await addSubscriber(server, agent)

    const first = await use({ userId, delta: 99 })
    expect(first.status).toBe(200)
    expect(first.body).toMatchObject({
      allowed: true,
      subscriptionId,
      metric: 'messages',
      used: 99,
      limit: 100,
      remaining: 1,
      unlimited: false,
      breakdown: [{ part: 'included', limit: 100, used: 99, remaining: 1 }],
    })
    expect(new Date(String(first.body['resetsAt'])).getTime()).toBeGreaterThan(Date.now())

    const denied = await use({ userId, delta: 2 })
    expect(denied.status).toBe(200)
    expect(denied.body).toMatchObject({ allowed: false, reason: 'quota_exceeded', used: 99, remaining: 1 })
    expect(denied.body['purchaseUrl']).toMatch(new RegExp(`^${server.origin}/buy/[\\w-]+$`))
    expect(denied.body).not.toHaveProperty('entryId')

    expect((await use({ userId })).body).toMatchObject({ allowed: true, used: 100, remaining: 0 })
  })

  it('answers a replay with the first answer, also after more was used', async () => {
    const { userId } = await addSubscriber(server, agent)
    const clientReqId = randomUUID()
    const first = await use({ userId, clientReqId, delta: 5, metadata: { model: 'small' } })
    await use({ userId, delta: 50 })
    const again = await use({ userId, clientReqId: clientReqId.toUpperCase(), delta: 5 })
    expect(again.body).toEqual({ ...first.body, replayed: true })
  })

  it('refuses an id that was used for something else, and says nothing about it', async () => {
    const { userId } = await addSubscriber(server, agent)
    const other = await addSubscriber(server, agent)
    const stranger = await addMeteredAgent(server)
    const clientReqId = randomUUID()
    await use({ userId, clientReqId, delta: 5 })
    const conflicts = [
      await use({ userId, clientReqId, delta: 6 }),
      await use({ userId, clientReqId, delta: 5, metric: 'tokens' }),
      await use({ userId: other.userId, clientReqId, delta: 5 }),
      await use({ userId, clientReqId, delta: 5 }, stranger),
    ]
    for (const { status, body } of conflicts) {
      expect(status).toBe(409)
      expect(body).toMatchObject({ code: 'request_id_conflict' })
      expect(Object.keys(body).toSorted()).toEqual(['code', 'requestId', 'status', 'title', 'type'])
    }
  })

  it('lets the same id succeed once the limit is lifted', async () => {
    const { userId, subscriptionId } = await addSubscriber(server, agent)
    const clientReqId = randomUUID()
    const report = { userId, clientReqId, delta: 120 }
    expect((await use(report)).body).toMatchObject({ allowed: false, reason: 'quota_exceeded' })
    await addAddon(server, { subscriptionId, metricId: agent.metricIds['messages'] ?? '', amount: 50 })
    expect((await use(report)).body).toMatchObject({
      allowed: true,
      used: 120,
      limit: 150,
      breakdown: [
        { part: 'included', limit: 100, used: 100 },
        { part: 'permanent_granted', limit: 50, used: 20, remaining: 30 },
      ],
    })
    expect((await use(report)).body).toMatchObject({ allowed: true, replayed: true, used: 120 })
  })

  it('tells the kinds of quota apart', async () => {
    const { userId } = await addSubscriber(server, agent)
    expect((await use({ userId, metric: 'tokens', delta: 9e15 })).body).toMatchObject({
      allowed: true,
      unlimited: true,
      limit: null,
      remaining: null,
    })
    expect((await use({ userId, metric: 'exports' })).body).toMatchObject({ allowed: false, reason: 'not_included' })
    expect((await use({ userId, metric: 'images' })).body).toMatchObject({ allowed: false, reason: 'not_included' })
  })

  it('moves a gauge up and down, never below zero nor above its limit', async () => {
    const { userId } = await addSubscriber(server, agent)
    const seats = (delta: number) => use({ userId, metric: 'seats', delta })
    expect((await seats(3)).body).toMatchObject({ allowed: true, used: 3, resetsAt: null, periodStart: null })
    expect((await seats(1)).body).toMatchObject({ allowed: false, reason: 'quota_exceeded' })
    expect((await seats(-2)).body).toMatchObject({ allowed: true, used: 1 })
    expect(await seats(-2)).toMatchObject({ status: 422, body: { code: 'below_zero' } })
    expect(await use({ userId, delta: -1 })).toMatchObject({ status: 422, body: { code: 'counter_only' } })
  })

  it('lowers a gauge in any status, and raises it in none that is unpaid', async () => {
    const { userId, subscriptionId } = await addSubscriber(server, agent)
    await use({ userId, metric: 'seats', delta: 3 })
    await server.deps.db
      .update(userAgentSubscriptions)
      .set({ status: 'unpaid' })
      .where(eq(userAgentSubscriptions.id, subscriptionId))
    expect((await use({ userId, metric: 'seats', delta: -1 })).body).toMatchObject({ allowed: true, used: 2 })
    expect((await use({ userId, metric: 'seats', delta: 1 })).body).toMatchObject({ reason: 'payment_required' })
    expect((await use({ userId })).body).toMatchObject({ allowed: false, reason: 'payment_required' })
  })

  it('lowers a gauge after the subscription has ended, and nothing else', async () => {
    const { userId, subscriptionId } = await addSubscriber(server, agent)
    await use({ userId, metric: 'seats', delta: 3 })
    await use({ userId, delta: 10 })
    await server.deps.db
      .update(userAgentSubscriptions)
      .set({ status: 'canceled', canceledAt: new Date() })
      .where(eq(userAgentSubscriptions.id, subscriptionId))
    expect((await use({ userId, metric: 'seats', delta: -2 })).body).toMatchObject({ allowed: true, used: 1 })
    expect(await use({ userId, metric: 'seats', delta: -2 })).toMatchObject({
      status: 422,
      body: { code: 'below_zero' },
    })
    expect((await use({ userId, metric: 'seats' })).body).toMatchObject({ allowed: false, reason: 'no_subscription' })
    expect((await use({ userId })).body).toMatchObject({ reason: 'no_subscription', subscriptionId: null, used: 0 })
    // Who comes back stands where they are, not where they were.
    await addSubscriber(server, agent, { userId })
    expect((await use({ userId, metric: 'seats', delta: 3 })).body).toMatchObject({ allowed: true })
  })

  it('names who has not subscribed, or whose agent is suspended', async () => {
    const userId = await addPerson(server.deps.db)
    expect((await use({ userId })).body).toMatchObject({
      allowed: false,
      reason: 'no_subscription',
      subscriptionId: null,
      used: 0,
      breakdown: [],
    })
    expect((await use({ userId: 'nobody-at-all' })).body).toMatchObject({ reason: 'no_subscription' })
    expect(await use({ userId, metric: 'unknown' })).toMatchObject({ status: 422, body: { code: 'metric_not_found' } })
  })

  it('stops at once when its agent is suspended, whatever a token’s cache says', async () => {
    const own = await addMeteredAgent(server)
    const { userId } = await addSubscriber(server, own)
    expect((await use({ userId }, own)).body).toMatchObject({ allowed: true })
    await server.deps.db.update(agents).set({ status: 'suspended' }).where(eq(agents.id, own.id))
    const { status, body } = await use({ userId }, own)
    // The guard may know already; if it does not, the decision does.
    expect(status === 401 || body['reason'] === 'suspended').toBe(true)
  })

  it('lets 200 race for the last unit, and one wins', async () => {
    const { userId } = await addSubscriber(server, agent)
    await use({ userId, delta: 99 })
    const answers = await Promise.all(Array.from({ length: 200 }, () => use({ userId })))
    expect(answers.filter(({ body }) => body['allowed'] === true)).toHaveLength(1)
    expect(answers.filter(({ body }) => body['reason'] === 'quota_exceeded')).toHaveLength(199)
  })

  it('writes one row for 50 of the same id at once, and answers all of them alike', async () => {
    const { userId } = await addSubscriber(server, agent)
    const clientReqId = randomUUID()
    const answers = await Promise.all(Array.from({ length: 50 }, () => use({ userId, clientReqId, delta: 2 })))
    expect(new Set(answers.map(({ body }) => JSON.stringify({ ...body, replayed: undefined })))).toHaveLength(1)
    expect(answers.filter(({ body }) => body['replayed'] === undefined)).toHaveLength(1)
    const rows = await server.deps.db.select().from(usageLedger).where(eq(usageLedger.clientReqId, clientReqId))
    expect(rows).toHaveLength(1)
  })

  it('gives one notice per threshold and limit, however many cross it at once, and again after an add-on', async () => {
    const { userId, subscriptionId } = await addSubscriber(server, agent)
    const notices = async () => {
      const rows = await server.deps.db
        .select()
        .from(usageNotices)
        .where(eq(usageNotices.subscriptionId, subscriptionId))
      return rows.map(({ threshold, limitAt }) => `${threshold}% of ${limitAt}`).toSorted()
    }
    await use({ userId, delta: 79 })
    expect(await notices()).toEqual([])
    await Promise.all(Array.from({ length: 21 }, () => use({ userId })))
    expect(await notices()).toEqual(['100% of 100', '80% of 100'])
    await addAddon(server, { subscriptionId, metricId: agent.metricIds['messages'] ?? '', amount: 20 })
    await use({ userId, delta: 20 })
    expect(await notices()).toEqual(['100% of 100', '100% of 120', '80% of 100', '80% of 120'])
    const { rows } = await server.deps.db.execute(sql`
      SELECT count(*)::int AS told FROM outbox_events WHERE type = 'usage.threshold_reached' AND subject = ${subscriptionId}`)
    expect(rows).toEqual([{ told: 4 }])
  })

  it('answers a batch event by event', async () => {
    const { userId } = await addSubscriber(server, agent)
    const events = [
      { clientReqId: randomUUID(), userId, metric: 'messages', delta: 60 },
      { clientReqId: randomUUID(), userId, metric: 'messages', delta: 60 },
      { clientReqId: randomUUID(), userId, metric: 'nonsense' },
      { clientReqId: 'no-uuid', userId, metric: 'messages' },
      { clientReqId: randomUUID(), userId, metric: 'messages', delta: 40 },
    ]
    const { status, body } = await call(server, { token: agent.token, path: '/usage/batch', body: { events } })
    expect(status).toBe(200)
    expect(body['results']).toMatchObject([
      { clientReqId: events[0]?.clientReqId, allowed: true, used: 60 },
      { allowed: false, reason: 'quota_exceeded', used: 60 },
      { error: { code: 'metric_not_found' } },
      { clientReqId: 'no-uuid', error: { code: 'invalid_request', errors: [{ path: 'clientReqId' }] } },
      { allowed: true, used: 100 },
    ])
  })

  it('checks without writing', async () => {
    const { userId } = await addSubscriber(server, agent)
    const check = (body: Readonly<Record<string, unknown>>) =>
      call(server, { token: agent.token, path: '/usage/check', body: { userId, metric: 'messages', ...body } })
    expect((await check({ delta: 100 })).body).toMatchObject({ allowed: true, used: 0, limit: 100, remaining: 100 })
    expect((await check({ delta: 101 })).body).toMatchObject({ allowed: false, reason: 'quota_exceeded' })
    expect((await check({ metric: 'images' })).body).toMatchObject({ allowed: false, reason: 'not_included' })
    const rows = await server.deps.db.execute(sql`
      SELECT FROM subscription_usage WHERE subscription_id IN (SELECT id FROM user_agent_subscriptions WHERE user_id = ${userId})`)
    expect(rows.rowCount).toBe(0)
  })

  it('has counters that equal the ledger after all of this', async () => {
    expect(await drift(server)).toEqual([])
  })
})

describe('a report that is wrong', () => {
  const wrong: readonly [string, Readonly<Record<string, unknown>>][] = [
    ['delta 0', { delta: 0 }],
    ['delta 1.5', { delta: 1.5 }],
    ['delta "1"', { delta: '1' }],
    ['delta 2^53', { delta: 2 ** 53 }],
    ['delta 2^63', { delta: 2 ** 63 }],
    ['delta null', { delta: null }],
    ['an id that is no UUID', { clientReqId: 'abc' }],
    ['no id', { clientReqId: undefined }],
    ['a metric that can’t be one', { metric: 'Messages!' }],
    ['a person with a NUL', { userId: 'a\0b' }],
    ['no person', { userId: undefined }],
    ['a field we don’t know', { role: 'admin' }],
    ['metadata with a NUL', { metadata: { a: '\0' } }],
    ['metadata with half a character', { metadata: { a: '\ud800' } }],
    ['metadata that nests', { metadata: { a: { b: 1 } } }],
    ['metadata with too many fields', { metadata: Object.fromEntries(Array.from({ length: 21 }, (_, n) => [n, n])) }],
    ['metadata that is too long', { metadata: { a: 'x'.repeat(501) } }],
    ['a moment far ahead', { occurredAt: new Date(Date.now() + 3_600_000).toISOString() }],
    ['a moment long ago', { occurredAt: '2020-01-01T00:00:00Z' }],
    ['a moment that is none', { occurredAt: 'yesterday' }],
  ]
  it.each(wrong)('%s: 400, and nothing is counted', async (_, fields) => {
    const { userId, subscriptionId } = await addSubscriber(server, agent)
    const { status, body } = await use({ userId, ...fields })
    expect(status).toBe(400)
    expect(body).toMatchObject({ code: 'invalid_request' })
    expect(await server.deps.db.$count(usageLedger, eq(usageLedger.subscriptionId, subscriptionId))).toBe(0)
  })

  it.each([
    ['no JSON', '{'],
    ['NaN', '{"delta":NaN}'],
    ['a list', '[]'],
    ['a prototype', '{"__proto__":{"delta":5}}'],
  ])('%s as the body: 400', async (_, body) => {
    expect((await call(server, { token: agent.token, path: '/usage', body })).status).toBe(400)
  })

  it('has a limit on events and on bytes', async () => {
    const event = { clientReqId: randomUUID(), userId: 'x', metric: 'messages' }
    const tooMany = { events: Array.from({ length: 1_001 }, () => event) }
    expect((await call(server, { token: agent.token, path: '/usage/batch', body: tooMany })).status).toBe(400)
    const tooLong = { ...event, metadata: { a: 'x'.repeat(2 * 1024 * 1024) } }
    expect((await call(server, { token: agent.token, path: '/usage', body: tooLong })).status).toBe(413)
  })

  it('needs a token, for this API, that may write', async () => {
    expect((await call(server, { path: '/usage', body: {} })).status).toBe(401)
    expect((await call(server, { token: 'nonsense', path: '/usage', body: {} })).status).toBe(401)
  })
})
