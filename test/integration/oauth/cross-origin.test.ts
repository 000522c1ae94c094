// Which scripts of other sites may read what (CORS), for programs that live in a browser and so keep no secret.
import * as oidc from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { addAgent, allow, discover, newPerson, redirectUri, signInRequest } from './market.ts'

let server: TestServer
const app = 'https://app.example'
const backend = new URL(redirectUri).origin

beforeAll(async () => {
  server = await startTestServer()
  // The agent keeps a secret, so its pages have no business here.
  await addAgent(server)
})
afterAll(() => server.stop())

const auth = (path: string) => `${server.origin}/api/auth${path}`
const allowed = (answer: Response) => answer.headers.get('access-control-allow-origin')

async function registerApp(): Promise<string> {
  const answer = await fetch(auth('/oauth2/register'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ redirect_uris: [`${app}/callback`], token_endpoint_auth_method: 'none' }),
  })
  return ((await answer.json()) as { client_id: string }).client_id
}

const preflight = (url: string, origin = app): Promise<Response> =>
  fetch(url, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization, dpop',
    },
  })

test.each([
  '/api/auth/.well-known/openid-configuration',
  '/api/auth/.well-known/oauth-authorization-server',
  '/.well-known/openid-configuration/api/auth',
  '/.well-known/oauth-authorization-server/api/auth',
  '/api/auth/jwks',
])('anyone may read %s, also after asking whether they may', async (path) => {
  const [read, asked] = [await fetch(server.origin + path), await preflight(server.origin + path)]
  expect([read.status, allowed(read)]).toEqual([200, '*'])
  expect([asked.status, allowed(asked)]).toEqual([204, '*'])
  for (const answer of [read, asked]) expect(answer.headers.has('access-control-allow-credentials')).toBe(false)
})

describe.each(['/oauth2/token', '/oauth2/userinfo', '/oauth2/revoke', '/oauth2/par'])('%s', (path) => {
  test('may be called by the pages of a client without a secret', async () => {
    await registerApp()
    await expect.poll(async () => allowed(await preflight(auth(path)))).toBe(app)
    const asked = await preflight(auth(path))
    expect(asked.headers.get('access-control-allow-headers')).toContain('dpop')
    expect(asked.headers.get('vary')).toContain('Origin')
    const refused = await fetch(auth(path), { method: 'POST', headers: { origin: app }, body: new URLSearchParams() })
    expect(refused.status).toBeGreaterThanOrEqual(400)
    expect(allowed(refused)).toBe(app)
    for (const answer of [asked, refused]) expect(answer.headers.has('access-control-allow-credentials')).toBe(false)
  })

  test.each([backend, 'https://evil.example', 'null', 'https://app.example.evil.example', 'http://app.example'])(
    'not by those of %s',
    async (origin) => {
      await registerApp()
      const asked = await preflight(auth(path), origin)
      const refused = await fetch(auth(path), { method: 'POST', headers: { origin }, body: new URLSearchParams() })
      expect([asked.status, allowed(asked), allowed(refused)]).toEqual([204, null, null])
      expect(refused.status).toBeLessThan(500)
    },
  )
})

test.each(['/oauth2/authorize', '/oauth2/introspect', '/oauth2/register', '/oauth2/end-session', '/sign-in/email'])(
  '%s is for no script of another site',
  async (path) => {
    await registerApp()
    const answer = await preflight(auth(path))
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(allowed(answer)).toBeNull()
  },
)

test('a whole sign-in works as a browser’s fetch would do it', async () => {
  const clientId = await registerApp()
  const person = await newPerson(server)
  const program = await discover(server, { clientId, clientSecret: '' }, oidc.None())
  const request = await signInRequest(program, { redirect_uri: `${app}/callback`, scope: 'openid usage:read' })
  const callback = await allow(person, request.url)
  // What a browser refuses to hand over, this refuses, too.
  program[oidc.customFetch] = async (url, { body = null, headers, method }) => {
    const answer = await fetch(url, { method, headers: { ...headers, origin: app }, body: body as string | null })
    if (!['*', app].includes(allowed(answer) ?? '')) throw new TypeError('Failed to fetch')
    return answer
  }
  await expect.poll(async () => allowed(await preflight(auth('/oauth2/token')))).toBe(app)
  const tokens = await oidc.authorizationCodeGrant(program, callback, {
    pkceCodeVerifier: request.verifier,
    expectedState: request.state,
    expectedNonce: request.nonce,
  })
  const sub = tokens.claims()?.sub ?? ''
  expect(await oidc.fetchUserInfo(program, tokens.access_token, sub)).toMatchObject({ sub })
})
