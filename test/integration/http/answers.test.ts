import { request } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer({ environment: { RIALTO_METRICS_TOKEN: 'a-token-for-prometheus' } })
})
afterAll(() => server.stop())

interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

/** fetch() would normalise the path and forbid the Host header. */
function raw(path: string, options: { headers?: Record<string, string>; method?: string; body?: string } = {}) {
  const { port } = new URL(server.origin)
  return new Promise<RawAnswer>((resolve, reject) => {
    const outgoing = request(
      { host: '127.0.0.1', port, path, method: options.method ?? 'GET', headers: options.headers },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
        )
      },
    )
    outgoing.on('error', reject)
    outgoing.end(options.body)
  })
}

const paths = [
  '/',
  '/agents',
  '/agents/openhands',
  '/nothing-here',
  '/sign-in',
  '/api/v1/agents',
  '/api/nothing',
  '/healthz',
]

describe('every answer', () => {
  it.each(paths)('%s carries strict security headers and a request id', async (path) => {
    const { headers } = await fetch(`${server.origin}${path}`)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('referrer-policy')).toBe('strict-origin-when-cross-origin')
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/)
    expect(headers.get('content-security-policy')).not.toContain('unsafe')
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    expect(headers.get('x-powered-by')).toBeNull()
  })

  it('has a nonce of its own, and every script and style on the page uses it', async () => {
    const [first, second] = await Promise.all([fetch(`${server.origin}/`), fetch(`${server.origin}/`)])
    const nonces = [first, second].map(
      (response) => /'nonce-([^']+)'/.exec(response.headers.get('content-security-policy') ?? '')?.[1],
    )
    expect(nonces[0]).toBeDefined()
    expect(nonces[0]).not.toBe(nonces[1])
    const html = await first.text()
    for (const [tag] of html.matchAll(/<(script|style)\b[^>]*>/g)) expect(tag).toContain(`nonce="${nonces[0]}"`)
    expect(html).not.toMatch(/ on[a-z]+="/)
  })
})

describe('errors under /api', () => {
  it.each(['/api/nothing', '/api/v1/nothing', '/api/v1/agents/no-such-agent'])('%s is a 404 problem', async (path) => {
    const response = await fetch(`${server.origin}${path}`)
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(await response.json()).toMatchObject({ status: 404, code: 'not_found', requestId: expect.any(String) })
  })

  it('name the parameter that is wrong', async () => {
    const response = await fetch(`${server.origin}/api/v1/agents?limit=100000`)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'invalid_request', errors: [{ path: 'limit' }] })
  })

  it('refuse a body that is too large, declared or not', async () => {
    const body = 'x'.repeat(2 * 1024 * 1024)
    const stream = () => new Blob([body]).stream()
    const path = `${server.origin}/api/auth/oauth2/token`
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    for (const sent of [{ body }, { body: stream(), duplex: 'half' as const }]) {
      const response = await fetch(path, { method: 'POST', headers, ...sent })
      expect(response.status).toBe(413)
      expect(await response.json()).toMatchObject({ code: 'payload_too_large' })
    }
  })

  it('take a body that comes in pieces of unknown number', async () => {
    const response = await fetch(`${server.origin}/api/auth/oauth2/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new Blob(['grant_type=none']).stream(),
      duplex: 'half',
    } as RequestInit)
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect(response.status).toBeLessThan(500)
    expect(await response.json()).toHaveProperty('error')
  })

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    '%s without a body is 405 with what is allowed',
    async (method) => {
      const response = await fetch(`${server.origin}/api/v1/agents/openhands`, { method })
      expect(response.status).toBe(405)
      expect(response.headers.get('allow')).toBe('GET, HEAD')
      expect(await response.json()).toMatchObject({ code: 'method_not_allowed' })
    },
  )

  it.each(['/', '/agents', '/sign-in', '/healthz', '/api/auth/nothing'])('no method breaks %s', async (path) => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const response = await fetch(`${server.origin}${path}`, { method, headers: { origin: server.origin } })
      expect(response.status, method).toBeLessThan(500)
    }
  })

  it('of an address under the issuer that is not there is a problem, too', async () => {
    const response = await fetch(`${server.origin}/api/auth/get-session`)
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ code: 'not_found', requestId: expect.any(String) })
  })
})

describe('hosts and proxies', () => {
  it('demo mode refuses a foreign Host header', async () => {
    expect((await raw('/', { headers: { host: 'evil.example' } })).status).toBe(403)
    expect((await raw('/', { headers: { host: 'localhost:3000' } })).status).toBe(200)
  })

  it.each([
    '/%00',
    '/agents/%00',
    '/..%2f..%2fpackage.json',
    '/assets/../../server/index.js',
    '/%',
    '/agents/%E0%A4%A',
    '//evil.example',
  ])('a hostile path (%s) finds nothing and breaks nothing', async (path) => {
    const answer = await raw(path)
    expect([400, 404]).toContain(answer.status)
    expect(answer.body.toString()).not.toMatch(/node_modules|at .*\.ts:\d+|"dependencies"/)
  })
})

describe('health and metrics', () => {
  it('is alive and ready', async () => {
    expect(await (await fetch(`${server.origin}/healthz`)).json()).toEqual({ status: 'ok' })
    expect(await (await fetch(`${server.origin}/readyz`)).json()).toEqual({ status: 'ready' })
  })

  it('shows metrics to this machine, by route pattern and never by path', async () => {
    await fetch(`${server.origin}/api/v1/agents/some-secret-slug`)
    const text = await (await fetch(`${server.origin}/metrics`)).text()
    expect(text).toContain('rialto_http_request_duration_seconds')
    expect(text).not.toContain('some-secret-slug')
  })

  it('shows them through a proxy only with the token', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.7' }
    expect((await raw('/metrics', { headers })).status).toBe(403)
    const wrong = { ...headers, authorization: 'Bearer a-token-for-prometheuz' }
    expect((await raw('/metrics', { headers: wrong })).status).toBe(403)
    const right = { ...headers, authorization: 'Bearer a-token-for-prometheus' }
    expect((await raw('/metrics', { headers: right })).status).toBe(200)
  })
})

describe('pages', () => {
  it('are compressed, say so, and hold no framework script', async () => {
    const answer = await raw('/agents', { headers: { 'accept-encoding': 'gzip', host: 'localhost' } })
    expect(answer.headers['content-encoding']).toBe('gzip')
    expect(answer.headers['vary']).toMatch(/accept-encoding/i)
    const html = gunzipSync(answer.body).toString()
    expect(html).toContain('</html>')
    const scripts = [...html.matchAll(/<script[^>]+src="([^"]+)"/g)].map(([, src]) => src)
    expect(scripts).toEqual([expect.stringMatching(/^\/assets\/palette-[\w-]+\.js$/)])
    expect(html).not.toContain('modulepreload')
  })

  it('show a page, not JSON, when a form is refused', async () => {
    const response = await fetch(`${server.origin}/theme`, {
      method: 'POST',
      headers: { origin: 'https://evil.example', 'content-type': 'application/x-www-form-urlencoded' },
      body: 'theme=dark',
    })
    expect(response.status).toBe(403)
    expect(response.headers.get('content-type')).toContain('text/html')
    expect(await response.text()).toContain('Nothing was changed')
  })

  it('lead who comes by another name of this machine to the one that forms are made for', async () => {
    const accept = 'text/html,application/xhtml+xml'
    const answer = await raw('/agents?q=x', { headers: { host: '127.0.0.1', accept } })
    expect(answer.status).toBe(307)
    expect(answer.headers['location']).toBe(`${server.origin}/agents?q=x`)
  })

  it('refuse a form that another site sends', async () => {
    const response = await fetch(`${server.origin}/theme`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: 'https://evil.example', 'content-type': 'application/x-www-form-urlencoded' },
      body: 'theme=dark',
    })
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect(response.headers.get('set-cookie')).toBeNull()
  })
})
