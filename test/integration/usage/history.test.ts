import { randomUUID } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { user } from '#src/db/schema/index.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { discover, newPerson, signInAt } from '#test/integration/oauth/market.ts'
import { addMeteredAgent, addPerson, addSubscriber, call, drift } from './market.ts'
import type { MeteredAgent, Subscriber } from './market.ts'

type Query = Readonly<Record<string, string>>
type Item = Readonly<Record<string, unknown>>

let server: TestServer
let agent: MeteredAgent

beforeAll(async () => {
  server = await startTestServer({ environment: { RIALTO_ROLE: 'web' } })
  agent = await addMeteredAgent(server, {
    messages: { quota: null },
    tokens: { quota: null },
    seats: { kind: 'gauge', quota: 9 },
  })
})
afterAll(() => server.stop())

const ledger = (query: Query, token = agent.token) =>
  call(server, { token, path: `/usage/ledger?${new URLSearchParams(query)}`, method: 'GET' })
const use = (body: Item, token = agent.token) =>
  call(server, { token, path: '/usage', body: { clientReqId: randomUUID(), metric: 'messages', ...body } })

async function items(query: Query, token = agent.token): Promise<readonly Item[]> {
  return (await ledger(query, token)).body['items'] as readonly Item[]
}

/** All pages, one after the other. */
async function everything(query: Query): Promise<readonly Item[]> {
  const found: Item[] = []
  for (let cursor: unknown = undefined, pages = 0; cursor !== null && pages < 100; pages++) {
    const { body } = await ledger(cursor === undefined ? query : { ...query, cursor: String(cursor) })
    found.push(...(body['items'] as readonly Item[]))
    cursor = body['nextCursor']
  }
  return found
}

async function download(query: Query | URL, { token = agent.token, accept = '*/*' } = {}) {
  const url = query instanceof URL ? query : `${server.origin}/api/v1/usage/ledger?${new URLSearchParams(query)}`
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}`, accept } })
  const text = await response.text()
  return { response, text, lines: text.split('\n').slice(1, -1) }
}

interface OldUse {
  readonly count: number
  readonly agoSeconds?: number
  readonly metadata?: Item
}

/** As if it had been reported then: one unit each, and the counter that they add up to. */
async function usedBefore({ subscriptionId }: Subscriber, { count, agoSeconds = 120, metadata = {} }: OldUse) {
  const metricId = agent.metricIds['messages'] ?? ''
  await server.deps.db.execute(sql`
    WITH period AS (
      SELECT id, current_period_start AS start, current_period_end AS "end" FROM user_agent_subscriptions WHERE id = ${subscriptionId}
    ), counter AS (
      INSERT INTO subscription_usage (subscription_id, metric_id, period_start, period_end, used)
      SELECT id, ${metricId}::uuid, start, "end", ${count}::bigint FROM period
      ON CONFLICT (subscription_id, metric_id, period_start) DO UPDATE SET used = subscription_usage.used + excluded.used
    )
    INSERT INTO usage_ledger (subscription_id, metric_id, event_type, delta, client_req_id, metadata, used_after, period_start,
      created_at)
    SELECT id, ${metricId}::uuid, 'consume', 1, gen_random_uuid(), ${JSON.stringify(metadata)}::jsonb, number, start,
      now() - make_interval(secs => ${agoSeconds})
    FROM period, generate_series(1, ${count}::int) AS number`)
}

describe('the history', () => {
  it('shows each entry with what it did, newest first', async () => {
    const { userId, subscriptionId } = await addSubscriber(server, agent)
    const clientReqId = randomUUID()
    const occurredAt = '2026-11-20T08:00:00+02:00'
    const first = await use({ userId, delta: 5, clientReqId, metadata: { model: 'small' }, occurredAt })
    const refund = { clientReqId: randomUUID(), entryId: first.body['entryId'], amount: 2 }
    await call(server, { token: agent.token, path: '/usage/refund', body: refund })
    await use({ userId, metric: 'seats', delta: 2 })
    const { status, headers, body } = await ledger({ subscriptionId })
    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(body).toMatchObject({
      items: [
        { metric: 'seats', type: 'adjust', delta: 2, usedAfter: 2, limit: 9, periodStart: null },
        { metric: 'messages', type: 'refund', delta: -2, usedAfter: 3, refersToId: first.body['entryId'] },
        {
          id: first.body['entryId'],
          subscriptionId,
          metric: 'messages',
          type: 'consume',
          delta: 5,
          usedAfter: 5,
          limit: null,
          clientReqId,
          refersToId: null,
          metadata: { model: 'small' },
          periodStart: first.body['periodStart'],
          occurredAt: '2026-11-20T06:00:00.000Z',
        },
      ],
      nextCursor: null,
    })
  })

  it('is read page by page, whatever is written meanwhile', async () => {
    const { userId, subscriptionId } = await addSubscriber(server, agent)
    for (let delta = 1; delta <= 7; delta++) await use({ userId, delta })
    const first = await ledger({ subscriptionId, limit: '3' })
    await use({ userId, delta: 8 })
    const cursor = String(first.body['nextCursor'])
    const second = await ledger({ subscriptionId, limit: '3', cursor })
    const third = await ledger({ subscriptionId, limit: '3', cursor: String(second.body['nextCursor']) })
    const deltas = [first, second, third].map(({ body }) => (body['items'] as Item[]).map((item) => item['delta']))
    expect(deltas).toEqual([[7, 6, 5], [4, 3, 2], [1]])
    expect(third.body['nextCursor']).toBeNull()
    expect((await everything({ subscriptionId, limit: '4' })).map((item) => item['delta'])).toEqual([
      8, 7, 6, 5, 4, 3, 2, 1,
    ])
  })

  it('is of one subscription, or of all that a person had', async () => {
    const first = await addSubscriber(server, agent, { status: 'canceled', canceledAt: new Date() })
    const second = await addSubscriber(server, agent, { userId: first.userId })
    const stranger = await addMeteredAgent(server)
    await addSubscriber(server, stranger, { userId: first.userId })
    await usedBefore(first, { count: 2 })
    await use({ userId: first.userId, delta: 9 })
    await use({ userId: first.userId }, stranger.token)
    expect((await items({ subscriptionId: first.subscriptionId })).map((item) => item['delta'])).toEqual([1, 1])
    expect((await items({ subscriptionId: second.subscriptionId })).map((item) => item['delta'])).toEqual([9])
    expect((await everything({ userId: first.userId, limit: '2' })).map((item) => item['delta'])).toEqual([9, 1, 1])
  })

  it('can be narrowed down to a metric, a type and a time', async () => {
    const { userId, subscriptionId } = await addSubscriber(server, agent)
    await use({ userId, delta: 1, occurredAt: '2026-11-01T10:00:00Z' })
    await use({ userId, delta: 2, occurredAt: '2026-11-02T10:00:00Z' })
    await use({ userId, delta: 3, metric: 'tokens', occurredAt: '2026-11-02T12:00:00Z' })
    const { body } = await use({ userId, delta: 4, occurredAt: '2026-11-03T10:00:00Z' })
    const refund = { clientReqId: randomUUID(), entryId: body['entryId'] }
    await call(server, { token: agent.token, path: '/usage/refund', body: refund })
    const deltas = async (query: Query) =>
      (await everything({ subscriptionId, limit: '1', ...query })).map((item) => item['delta'])
    expect(await deltas({ metric: 'messages' })).toEqual([-4, 4, 2, 1])
    expect(await deltas({ metric: 'tokens' })).toEqual([3])
    expect(await deltas({ metric: 'nothing' })).toEqual([])
    expect(await deltas({ type: 'refund' })).toEqual([-4])
    expect(await deltas({ from: '2026-11-02T10:00:00Z', to: '2026-11-03T10:00:00Z' })).toEqual([3, 2])
    expect(await deltas({ metric: 'messages', type: 'consume', from: '2026-11-02T11:00:00+01:00' })).toEqual([4, 2])
  })

  it('goes on looking where a page’s worth of entries has nothing that fits', async () => {
    const somebody = await addSubscriber(server, agent)
    await use({ userId: somebody.userId, metric: 'tokens' })
    await usedBefore(somebody, { count: 10_000 })
    const query = { subscriptionId: somebody.subscriptionId, metric: 'tokens' }
    const first = await ledger(query)
    expect(first.body).toMatchObject({ items: [], nextCursor: expect.any(String) })
    const second = await ledger({ ...query, cursor: String(first.body['nextCursor']) })
    expect(second.body).toMatchObject({ items: [{ metric: 'tokens' }], nextCursor: null })
  })

  it('is nobody else’s', async () => {
    const { userId, subscriptionId } = await addSubscriber(server, agent)
    const stranger = await addMeteredAgent(server)
    const answers = [
      await ledger({ subscriptionId }, stranger.token),
      await ledger({ userId }, stranger.token),
      await ledger({ subscriptionId: randomUUID() }),
      await ledger({ userId: await addPerson(server.deps.db) }),
    ]
    for (const answer of answers) expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } })
    expect((await ledger({})).status).toBe(400)
    expect((await ledger({ subscriptionId }, 'nonsense')).status).toBe(401)
  })

  it('of a person’s own token is that person’s', async () => {
    const browser = await newPerson(server)
    const tokens = await signInAt(await discover(server, agent), browser, { resource: `${server.origin}/api` })
    const token = tokens.access_token
    const [person] = await server.deps.db.select().from(user).where(eq(user.email, browser.email))
    const userId = person?.id ?? ''
    expect((await ledger({}, token)).body).toEqual({ items: [], nextCursor: null })
    const { subscriptionId } = await addSubscriber(server, agent, { userId })
    const other = await addSubscriber(server, agent)
    await use({ userId, delta: 6 })
    expect(await items({}, token)).toMatchObject([{ subscriptionId, delta: 6 }])
    expect(await items({ userId }, token)).toMatchObject([{ delta: 6 }])
    expect((await ledger({ userId: other.userId }, token)).status).toBe(404)
    expect((await ledger({ subscriptionId: other.subscriptionId }, token)).status).toBe(404)
  })

  it.each([
    ['a limit of 0', { limit: '0' }],
    ['a limit of 201', { limit: '201' }],
    ['a type that is none', { type: 'theft' }],
    ['a moment that is none', { from: 'yesterday' }],
    ['a year 0', { from: '0000-01-01T00:00:00Z' }],
    ['a year past 9999 by its offset', { to: '9999-12-31T23:00:00-05:00' }],
    ['a subscription that is no UUID', { subscriptionId: 'abc' }],
    ['a field we don’t know', { role: 'admin' }],
    ['a cursor that is none', { cursor: 'abc' }],
    ['a cursor that is forged', { cursor: Buffer.from('{"of":"x","seq":1e999}').toString('base64url') }],
  ])('%s: 400', async (_, query) => {
    const { subscriptionId } = await addSubscriber(server, agent)
    const answer = await ledger({ subscriptionId, ...query } as Query)
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
  })

  it('takes a cursor only for the list that it came from', async () => {
    const { userId, subscriptionId } = await addSubscriber(server, agent)
    for (let count = 0; count < 3; count++) await use({ userId })
    const { body } = await ledger({ subscriptionId, limit: '1' })
    const cursor = String(body['nextCursor'])
    expect((await ledger({ subscriptionId, cursor, limit: '2' })).status).toBe(200)
    expect((await ledger({ subscriptionId, cursor, metric: 'messages' })).status).toBe(400)
    expect((await ledger({ subscriptionId, cursor, format: 'csv' })).status).toBe(400)
    const other = await addSubscriber(server, agent)
    expect((await ledger({ subscriptionId: other.subscriptionId, cursor })).status).toBe(400)
  })

  it('takes an offset that PostgreSQL would not', async () => {
    const { userId } = await addSubscriber(server, agent)
    const { body } = await use({ userId, occurredAt: '2026-11-20T23:00:00+23:00' })
    expect(await items({ userId })).toMatchObject([{ id: body['entryId'], occurredAt: '2026-11-20T00:00:00.000Z' }])
    expect((await use({ userId, occurredAt: '0000-01-01T00:00:00Z' })).status).toBe(400)
  })
})

describe('the history as CSV', () => {
  it('has a header line and one line per entry, oldest first', async () => {
    const somebody = await addSubscriber(server, agent)
    await usedBefore(somebody, { count: 3 })
    const { response, text, lines } = await download({ subscriptionId: somebody.subscriptionId, format: 'csv' })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present')
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="usage-ledger.csv"')
    expect(response.headers.get('link')).toBeNull()
    expect(text.split('\n')[0]).toBe(
      'id,subscriptionId,metric,type,delta,usedAfter,limit,periodStart,occurredAt,createdAt,clientReqId,refersToId,metadata',
    )
    expect(lines.map((line) => line.split(',').slice(2, 7))).toEqual([
      ['messages', 'consume', '1', '1', ''],
      ['messages', 'consume', '1', '2', ''],
      ['messages', 'consume', '1', '3', ''],
    ])
  })

  it('is given to whoever accepts nothing else', async () => {
    const somebody = await addSubscriber(server, agent)
    await usedBefore(somebody, { count: 1 })
    const query = { subscriptionId: somebody.subscriptionId }
    const type = async (accept: string, format: Query = {}) =>
      (await download({ ...query, ...format }, { accept })).response.headers.get('content-type')?.split(';')[0]
    expect(await type('text/csv')).toBe('text/csv')
    expect(await type('text/csv;q=0.5, application/json')).toBe('application/json')
    expect(await type('text/html, */*')).toBe('application/json')
    expect(await type('text/csv', { format: 'json' })).toBe('application/json')
    expect(await type('application/json', { format: 'csv' })).toBe('text/csv')
    expect((await download(query)).response.headers.get('vary')).toContain('Accept')
  })

  it('holds no formula that a spreadsheet would run, and quotes what needs it', async () => {
    const somebody = await addSubscriber(server, agent)
    await usedBefore(somebody, { count: 1, metadata: { note: '=HYPERLINK("x"),\n1' } })
    const { lines } = await download({ subscriptionId: somebody.subscriptionId, format: 'csv' })
    const line = lines.join('\n')
    expect(line).toContain(String.raw`,"{""note"":""=HYPERLINK(\""x\""),\n1""}"`)
    expect(line).not.toMatch(/(^|,)[=+@]/)
  })

  it('ends before the last minute, where an earlier number may still be written', async () => {
    const somebody = await addSubscriber(server, agent)
    const { subscriptionId, userId } = somebody
    await usedBefore(somebody, { count: 2 })
    await use({ userId })
    // Reported earlier than the one before it, and written after it.
    await usedBefore(somebody, { count: 1, agoSeconds: 61 })
    expect((await download({ subscriptionId, format: 'csv' })).lines).toHaveLength(2)
    expect(await items({ subscriptionId })).toHaveLength(4)
  })

  it('narrows down like the pages', async () => {
    const somebody = await addSubscriber(server, agent)
    const { subscriptionId } = somebody
    await usedBefore(somebody, { count: 2 })
    expect((await download({ subscriptionId, format: 'csv', metric: 'messages' })).lines).toHaveLength(2)
    expect((await download({ subscriptionId, format: 'csv', metric: 'tokens' })).text).toMatch(/^id,[^\n]+\n$/)
    expect((await download({ subscriptionId, format: 'csv', type: 'refund' })).lines).toHaveLength(0)
  })

  it('is cut at 50,000 entries, and says where to go on', async () => {
    const somebody = await addSubscriber(server, agent)
    const { subscriptionId } = somebody
    await usedBefore(somebody, { count: 50_005 })
    const first = await download({ subscriptionId, format: 'csv' })
    expect(first.lines).toHaveLength(50_000)
    const [, next = ''] = /^<([^>]+)>; rel="next"$/.exec(first.response.headers.get('link') ?? '') ?? []
    const second = await download(new URL(next))
    expect(second.response.headers.get('link')).toBeNull()
    expect(second.lines).toHaveLength(5)
    const ids = new Set([...first.lines, ...second.lines].map((line) => line.slice(0, 36)))
    expect(ids.size).toBe(50_005)
    expect(second.lines.map((line) => line.split(',')[5])).toEqual(['50001', '50002', '50003', '50004', '50005'])
  })

  it('stops reading when whoever asked has gone', async () => {
    const somebody = await addSubscriber(server, agent)
    await usedBefore(somebody, { count: 20_000 })
    const url = `${server.origin}/api/v1/usage/ledger?format=csv&subscriptionId=${somebody.subscriptionId}`
    const headers = { authorization: `Bearer ${agent.token}` }
    let pages = 0
    const count = () => void pages++
    server.deps.pool.on('acquire', count)
    const gone = new AbortController()
    const response = await fetch(url, { headers, signal: gone.signal })
    await response.body?.getReader().read()
    gone.abort()
    // Longer than all the rest takes when it is read to its end.
    await new Promise((resolve) => setTimeout(resolve, 500))
    server.deps.pool.off('acquire', count)
    expect(pages).toBeLessThan(15)
    expect((await download({ subscriptionId: somebody.subscriptionId, format: 'csv' })).lines).toHaveLength(20_000)
  })

  it('is nobody else’s', async () => {
    const { subscriptionId } = await addSubscriber(server, agent)
    const stranger = await addMeteredAgent(server)
    const { response, text } = await download({ subscriptionId, format: 'csv' }, { token: stranger.token })
    expect(response.status).toBe(404)
    expect(JSON.parse(text)).toMatchObject({ code: 'not_found' })
  })
})

it('has counters that equal the ledger after all of this', async () => {
  expect(await drift(server)).toEqual([])
})
