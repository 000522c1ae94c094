// A report is answered past the application. Whoever asks must not be able to tell.
import { randomUUID } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { addMeteredAgent, addSubscriber, backendToken, call } from './market.ts'
import type { MeteredAgent } from './market.ts'

let server: TestServer
let agent: MeteredAgent
let userId: string

beforeAll(async () => {
  server = await startTestServer()
  agent = await addMeteredAgent(server)
  userId = (await addSubscriber(server, agent)).userId
})
afterAll(() => server.stop())

interface Sent {
  readonly path?: string
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
}

/** A stream has no length, so this one goes the usual way. */
const longWay = async ({ path = '/usage', body, headers = {} }: Sent): Promise<Answer> => {
  const response = await fetch(`${server.origin}/api/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${agent.token}`, 'content-type': 'application/json', ...headers },
    body: new Blob([body]).stream(),
    duplex: 'half',
  } as RequestInit)
  return { status: response.status, headers: Object.fromEntries(response.headers), text: await response.text() }
}

const shortcut = ({ path = '/usage', body, headers = {} }: Sent): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const request = httpRequest(
      `${server.origin}/api/v1${path}`,
      {
        method: 'POST',
        headers: {
          authorization: `Bearer ${agent.token}`,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          ...headers,
        },
      },
      async (response) => {
        const text = (await response.toArray()).join('')
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
      },
    )
    request.on('error', reject)
    request.end(body)
  })

const report = (fields: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({ clientReqId: randomUUID(), userId, metric: 'messages', ...fields })

/** What differs from one answer to the next, and what belongs to the connection alone. */
const ofEachAnswer = new Set([
  'date',
  'x-request-id',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
])

const plain = ({ status, headers, text }: Answer) => ({
  status,
  headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !ofEachAnswer.has(name))),
  body: { ...(JSON.parse(text) as object), requestId: undefined },
})

describe('the shortcut', () => {
  it.each([
    ['a person unknown here', () => ({ body: report({ userId: 'nobody' }) })],
    ['a field too many', () => ({ body: report({ admin: true }) })],
    ['no JSON', () => ({ body: '{' })],
    ['an unknown metric', () => ({ body: report({ metric: 'nonsense' }) })],
    ['a wrong kind of delta', () => ({ body: report({ delta: -1 }) })],
    ['a token that is none', () => ({ body: report(), headers: { authorization: 'Bearer nonsense' } })],
    ['no token', () => ({ body: report(), headers: { authorization: '' } })],
    ['another kind of body', () => ({ body: report(), headers: { 'content-type': 'text/plain' } })],
    ['a question', () => ({ path: '/usage/check', body: JSON.stringify({ userId, metric: 'messages', delta: 5 }) })],
  ] as const)('answers like the usual way: %s', async (_, sent) => {
    const once = sent()
    const [short, long] = [plain(await shortcut(once)), plain(await longWay(once))]
    expect(short.status).toBe(long.status)
    // A denial's link is sealed anew each time.
    expect({ ...short.body, purchaseUrl: undefined }).toEqual({ ...long.body, purchaseUrl: undefined })
    expect(short.headers['content-type']).toBe(long.headers['content-type'])
    expect(short.headers['www-authenticate']).toBe(long.headers['www-authenticate'])
    expect(short.headers['cache-control']).toBe(long.headers['cache-control'])
  })

  it('carries every security header that the usual way does', async () => {
    const short = plain(await shortcut({ body: report() })).headers
    const long = plain(await longWay({ body: report() })).headers
    // It is never compressed.
    const { vary: _, 'content-encoding': __, ...expected } = long
    expect(Object.keys(short).toSorted()).toEqual(Object.keys(expected).toSorted())
    const { 'content-security-policy': policy, ...others } = short
    expect(policy).toContain("default-src 'none'")
    expect(expected).toMatchObject(others)
  })

  it('refuses a token without the scope as the guard does', async () => {
    const token = await backendToken(server, agent, 'usage:read')
    const refused = await shortcut({ body: report(), headers: { authorization: `Bearer ${token}` } })
    expect(refused.status).toBe(403)
    expect(refused.headers['www-authenticate']).toContain('insufficient_scope')
  })

  it('keeps the request id it is given, when it is one', async () => {
    const given = await shortcut({ body: report(), headers: { 'x-request-id': 'trace-1' } })
    expect(given.headers['x-request-id']).toBe('trace-1')
    const strange = await shortcut({ body: report(), headers: { 'x-request-id': 'a b<c>' } })
    expect(strange.headers['x-request-id']).toMatch(/^[\da-f-]{36}$/)
  })

  it('understands characters that are split between packets', async () => {
    const body = report({ metadata: { text: 'ü€𝄞'.repeat(20) } })
    const bytes = Buffer.from(body)
    const answer = await new Promise<number>((resolve, reject) => {
      const request = httpRequest(
        `${server.origin}/api/v1/usage`,
        {
          method: 'POST',
          headers: {
            authorization: `Bearer ${agent.token}`,
            'content-type': 'application/json',
            'content-length': bytes.length,
          },
        },
        (response) => resolve(response.statusCode ?? 0),
      )
      request.on('error', reject)
      // One byte at a time over the odd ones.
      for (let at = 0; at < bytes.length; at += 7) request.write(bytes.subarray(at, at + 7))
      request.end()
    })
    expect(answer).toBe(200)
  })

  it('is counted in the metrics under its route', async () => {
    await shortcut({ body: report() })
    const text = await (await fetch(`${server.origin}/metrics`)).text()
    expect(text).toMatch(
      /rialto_http_request_duration_seconds_count\{method="POST",route="\/api\/v1\/usage",status="200"\} \d/,
    )
  })

  it('survives a caller that hangs up in the middle', async () => {
    const request = httpRequest(`${server.origin}/api/v1/usage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${agent.token}`, 'content-type': 'application/json', 'content-length': 500 },
    })
    request.on('error', () => undefined)
    request.write('{"clientReqId":')
    await new Promise((resolve) => setTimeout(resolve, 50))
    request.destroy()
    expect((await call(server, { token: agent.token, path: '/usage', body: JSON.parse(report()) })).status).toBe(200)
  })
})
