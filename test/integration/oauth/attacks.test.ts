// What an attacker tries at a provider, and the answer.
import { createHmac } from 'node:crypto'
import { SignJWT, decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair } from 'jose'
import * as oauth from 'oauth4webapi'
import * as oidc from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAgentClient, setRedirectUris } from '#src/features/agent-clients/index.ts'
import { oauthConsent } from '#src/db/schema/index.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import {
  addAgent,
  allow,
  discover,
  me,
  newBrowser,
  newPerson,
  password,
  redeem,
  redirectUri,
  signInAt,
  signInRequest,
} from './market.ts'
import type { Browser, TestAgent } from './market.ts'

let server: TestServer
let agent: TestAgent
let other: TestAgent
let person: Browser
let config: oidc.Configuration

beforeAll(async () => {
  server = await startTestServer()
  agent = await addAgent(server, { redirectUris: [redirectUri, 'http://localhost:4711/callback'] })
  other = await addAgent(server)
  person = await newPerson(server)
  config = await discover(server, agent)
})
afterAll(() => server.stop())

const issuer = () => `${server.origin}/api/auth`

describe('an address that is not exactly the registered one leads to a page of ours, never away', () => {
  test.each([
    `${redirectUri}/`,
    `${redirectUri}/../evil`,
    `${redirectUri}?next=evil`,
    `${redirectUri}#fragment`,
    'https://agent.example/callbackevil',
    'https://agent.example/Callback',
    'https://agent.example/%63allback',
    'https://AGENT.example/callback',
    'https://agent.example:443/callback',
    'https://agent.example:8443/callback',
    'https://agent.example@evil.example/callback',
    'https://user:pw@agent.example/callback',
    'https://agent.example.evil.example/callback',
    'https://agent.example\\@evil.example/callback',
    'http://agent.example/callback',
    '//agent.example/callback',
    '/callback',
    ' https://agent.example/callback',
    'http://localhost:4712/callback',
    'http://127.0.0.1:4711/callback',
    'javascript:alert(1)',
    'data:text/html,x',
    '',
  ])('%j', async (uri) => {
    const page = await person.open((await signInRequest(config, { redirect_uri: uri })).url)
    expect([page.url.pathname, page.leaveTo]).toEqual(['/auth-error', undefined])
  })

  test('sent twice', async () => {
    const { url } = await signInRequest(config)
    url.searchParams.append('redirect_uri', 'https://evil.example/')
    expect((await person.open(url)).url.pathname).toBe('/auth-error')
  })

  test('sent as a form', async () => {
    const { url } = await signInRequest(config, { redirect_uri: 'https://evil.example/' })
    const page = await person.submit(url.pathname, Object.fromEntries(url.searchParams))
    expect(page.url.pathname).toBe('/auth-error')
  })
})

describe('an address that could do harm can’t be registered', () => {
  test.each([
    'javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'http://agent.example/callback',
    'https://agent.example/callback#x',
    'https://user@agent.example/callback',
    'https://*.agent.example/callback',
    'https://agent.example/a/../callback',
    'file:///etc/passwd',
    'callback',
    'http://localhost.evil.example/callback',
  ])('%j', async (uri) => {
    const change = { agentId: agent.id, userId: undefined, redirectUris: [redirectUri, uri] }
    await expect(setRedirectUris(server.deps, change)).rejects.toMatchObject({
      code: 'invalid_request',
      details: { redirectUris: [uri] },
    })
  })

  test('and an agent has one set of credentials', async () => {
    const again = { agentId: agent.id, userId: undefined, redirectUris: [redirectUri] }
    await expect(createAgentClient(server.deps, again)).rejects.toMatchObject({ code: 'conflict' })
  })
})

test('one agent’s code is worth nothing to another, and is not used up by it', async () => {
  const request = await signInRequest(config)
  const callback = await allow(person, request.url)
  await expect(redeem(await discover(server, other), callback, request)).rejects.toMatchObject({
    error: 'invalid_grant',
  })
  expect(await redeem(config, callback, request)).toHaveProperty('access_token')
})

test('a code is bound to the address it was sent to', async () => {
  const request = await signInRequest(config)
  const callback = await allow(person, request.url)
  const elsewhere = new URL(`http://localhost:4711/callback${callback.search}`)
  await expect(redeem(config, elsewhere, request)).rejects.toMatchObject({ error: 'invalid_grant' })
})

describe('PKCE', () => {
  const without = (url: URL, ...names: readonly string[]): URL => {
    const copy = new URL(url)
    for (const name of names) copy.searchParams.delete(name)
    return copy
  }

  test('a request without a challenge, also one with a nonce, goes back refused', async () => {
    const { url } = await signInRequest(config)
    const { leaveTo } = await person.open(without(url, 'code_challenge', 'code_challenge_method'))
    expect(leaveTo?.searchParams.get('error')).toBe('invalid_request')
  })

  test('plain is refused, and so is a challenge without its method, which means plain', async () => {
    const { url, verifier } = await signInRequest(config)
    const plain = new URL(url)
    plain.searchParams.set('code_challenge_method', 'plain')
    plain.searchParams.set('code_challenge', verifier)
    for (const request of [plain, without(url, 'code_challenge_method')]) {
      const { leaveTo } = await person.open(request)
      expect(leaveTo?.searchParams.get('error')).toBe('invalid_request')
    }
  })

  test.each([['another verifier'], [''], [undefined]])(
    '%j instead of the verifier redeems nothing',
    async (verifier) => {
      const request = await signInRequest(config)
      const code = (await allow(person, request.url)).searchParams.get('code') ?? ''
      const answer = await fetch(`${issuer()}/oauth2/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          code,
          redirect_uri: redirectUri,
          client_id: agent.clientId,
          client_secret: agent.clientSecret,
          ...(verifier !== undefined && { code_verifier: verifier }),
        }),
      })
      expect(answer.status).toBe(400)
      expect(await answer.json()).toMatchObject({ error: expect.stringMatching(/^invalid_(grant|request)$/) })
    },
  )
})

test('the answer names its issuer exactly, and a library that looks refuses any other', async () => {
  const request = await signInRequest(config)
  const callback = await allow(person, request.url)
  expect(callback.searchParams.getAll('iss')).toEqual([issuer()])
  const as: oauth.AuthorizationServer = { issuer: issuer(), authorization_response_iss_parameter_supported: true }
  const client: oauth.Client = { client_id: agent.clientId }
  expect(oauth.validateAuthResponse(as, client, callback, request.state).get('code')).toBeTruthy()
  for (const iss of ['https://evil.example', `${issuer()}/`, undefined]) {
    const mixedUp = new URL(callback)
    if (iss === undefined) mixedUp.searchParams.delete('iss')
    else mixedUp.searchParams.set('iss', iss)
    expect(() => oauth.validateAuthResponse(as, client, mixedUp, request.state)).toThrow()
  }
})

describe('returnTo stays on this site', () => {
  test.each([
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    'javascript:alert(1)',
    '/api/auth/oauth2/authorize/../../../..//evil.example',
  ])('%j', async (returnTo) => {
    const { email } = await newPerson(server)
    for (const path of ['/sign-in', '/continue']) {
      const browser = newBrowser(server, email)
      const url = `${path}?returnTo=${encodeURIComponent(returnTo)}`
      const page = path === '/sign-in' ? await browser.submit(url, { email, password }) : await browser.open(url)
      expect([page.leaveTo, page.url.origin]).toEqual([undefined, server.origin])
      expect(page.text).not.toMatch(/http-equiv="refresh"/i)
    }
  })
})

describe('consent', () => {
  test('can’t be given by a form of another site', async () => {
    const victim = await newPerson(server)
    const page = await victim.open((await signInRequest(config)).url)
    const before = await server.deps.db.$count(oauthConsent)
    for (const origin of ['https://evil.example', 'null']) {
      expect((await victim.submit(page.url, { decision: 'allow' }, origin)).status).toBe(403)
    }
    expect(await server.deps.db.$count(oauthConsent)).toBe(before)
  })

  test('has no other door', async () => {
    const answer = await person.submit('/api/auth/oauth2/consent', { accept: 'true' })
    expect(answer.status).toBe(404)
  })
})

describe('an access token that is', () => {
  const statusOf = async (token: string): Promise<number> => (await me(server, token)).status
  let genuine: string

  beforeAll(async () => {
    genuine = (await signInAt(config, person)).access_token
    if ((await statusOf(genuine)) !== 200) throw new Error('Nothing below would say anything')
  })

  const forge = async (header: Record<string, unknown>, claims: Record<string, unknown> = {}): Promise<string> => {
    const { privateKey } = await generateKeyPair('ES256')
    return new SignJWT({ ...decodeJwt(genuine), ...claims })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', ...header } as { alg: string })
      .sign(privateKey)
  }
  const unsigned = (header: object): string =>
    `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${genuine.split('.')[1]}.`
  const kid = () => String(decodeProtectedHeader(genuine).kid)

  test('for another audience is refused', async () => {
    const mcp = await signInAt(config, person, { resource: `${server.origin}/mcp` })
    expect(await statusOf(mcp.access_token)).toBe(401)
    const { id_token = '' } = await signInAt(config, person)
    expect(await statusOf(id_token)).toBe(401)
  })

  test('opaque is refused', async () => {
    const { access_token } = await signInAt(config, person, { scope: 'openid' })
    expect(access_token).not.toContain('.')
    expect(await statusOf(access_token)).toBe(401)
  })

  test.each(['none', 'None', 'NONE', 'nOnE'])('signed by %s is refused', async (alg) => {
    expect(await statusOf(unsigned({ alg, typ: 'at+jwt', kid: kid() }))).toBe(401)
  })

  test('signed by HS256 with our public key is refused', async () => {
    const { keys } = (await (await fetch(`${issuer()}/jwks`)).json()) as { keys: { kid: string }[] }
    const header = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'at+jwt', kid: kid() })).toString('base64url')
    for (const secret of [JSON.stringify(keys[0]), JSON.stringify(keys)]) {
      const body = `${header}.${genuine.split('.')[1]}`
      const signature = createHmac('sha256', secret).update(body).digest('base64url')
      expect(await statusOf(`${body}.${signature}`)).toBe(401)
    }
  })

  test('signed by a key of its own is refused, whatever its header names', async () => {
    const { publicKey } = await generateKeyPair('ES256', { extractable: true })
    const jwk = await exportJWK(publicKey)
    for (const header of [
      { kid: kid() },
      { kid: '../../../../dev/null' },
      { kid: "' OR 1=1 --" },
      { kid: '\u0000' },
      {},
      { kid: kid(), jwk },
      { kid: kid(), jku: 'https://evil.example/jwks' },
      { kid: kid(), x5u: 'https://evil.example/cert' },
    ]) {
      expect(await statusOf(await forge(header))).toBe(401)
    }
  })

  test('ours but changed is refused', async () => {
    const [header, payload, signature] = genuine.split('.')
    const wider = Buffer.from(JSON.stringify({ ...decodeJwt(genuine), sub: agent.clientId })).toString('base64url')
    expect(await statusOf(`${header}.${wider}.${signature}`)).toBe(401)
    expect(await statusOf(`${header}.${payload}.`)).toBe(401)
    expect(await statusOf(`${header}.${payload}`)).toBe(401)
    expect(await statusOf(`${genuine}.${signature}`)).toBe(401)
  })

  test('too long, empty or no token is refused', async () => {
    for (const token of ['x'.repeat(10_000), '', 'a.b.c', '\u00e9', `${genuine} ${genuine}`]) {
      expect(await statusOf(token).catch(() => 401)).toBe(401)
    }
  })

  test('sent in the query or as a cookie is not looked at', async () => {
    expect((await fetch(`${server.origin}/api/v1/me?access_token=${genuine}`)).status).toBe(401)
    expect((await fetch(`${server.origin}/api/v1/me`, { headers: { cookie: `access_token=${genuine}` } })).status).toBe(
      401,
    )
  })

  test('refused says where to get one', async () => {
    const metadata = `resource_metadata="${server.origin}/.well-known/oauth-protected-resource/api"`
    const [missing, invalid] = [await fetch(`${server.origin}/api/v1/me`), await me(server, 'x')]
    const bound = `DPoP ${metadata}, algs="EdDSA ES256 ES512 PS256 RS256"`
    expect(missing.headers.get('www-authenticate')).toBe(`Bearer ${metadata}, ${bound}`)
    expect(invalid.headers.get('www-authenticate')).toBe(`Bearer error="invalid_token", ${metadata}, ${bound}`)
    expect(invalid.headers.get('content-type')).toBe('application/problem+json')
    expect(await invalid.json()).toMatchObject({ code: 'unauthenticated' })
  })
})

test('a refresh can narrow its scope, never widen it, and a refused one is not used up', async () => {
  const tokens = await signInAt(config, person, { scope: 'openid offline_access usage:read' })
  const refresh = (scope: string) => oidc.refreshTokenGrant(config, tokens.refresh_token ?? '', { scope })
  await expect(refresh('openid offline_access usage:read usage:write')).rejects.toMatchObject({
    error: 'invalid_scope',
  })
  expect((await refresh('openid usage:read')).scope).toBe('openid usage:read')
})

test('one agent’s refresh token is worth nothing to another, which ends nothing by it', async () => {
  const tokens = await signInAt(config, person)
  const stranger = await discover(server, other)
  await expect(oidc.refreshTokenGrant(stranger, tokens.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
  })
  expect(await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '')).toHaveProperty('access_token')
})

describe('a malformed token request is refused', () => {
  const post = (body: string, headers: Record<string, string> = {}) =>
    fetch(`${issuer()}/oauth2/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body,
    })
  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })

  test.each([
    ['a parameter twice', 'grant_type=client_credentials&grant_type=authorization_code', {}, 400],
    [
      'two ways of authentication',
      () => `grant_type=client_credentials&client_secret=${agent.clientSecret}`,
      () => basic(`${agent.clientId}:${agent.clientSecret}`),
      400,
    ],
    ['a header that is none', 'grant_type=client_credentials', { authorization: 'Basic !!!' }, 400],
    ['a malformed escape', 'grant_type=client_credentials', basic('%E0%A4%A:x'), 400],
    ['no client', 'grant_type=client_credentials', {}, 400],
    ['a client that can’t be', 'grant_type=client_credentials', basic('\u0000:x'), 401],
    [
      'a grant nobody offers',
      'grant_type=password&username=a&password=b',
      () => basic(`${agent.clientId}:${agent.clientSecret}`),
      400,
    ],
    ['JSON', '{"grant_type":"client_credentials"}', { 'content-type': 'application/json' }, 400],
  ] as const)('%s', async (_, body, headers, status) => {
    const answer = await post(
      typeof body === 'function' ? body() : body,
      typeof headers === 'function' ? headers() : headers,
    )
    expect(answer.status).toBe(status)
    expect(answer.headers.get('cache-control')).toContain('no-store')
    expect(await answer.json()).toHaveProperty('error')
  })
})

test('a grant that a client names by itself is not believed', async () => {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: agent.clientId,
    client_secret: agent.clientSecret,
  })
  const headers = { 'x-rialto-grant': 'somebody-else’s'.replace('’', '') }
  const answer = await fetch(`${issuer()}/oauth2/token`, { method: 'POST', body, headers })
  const { access_token } = (await answer.json()) as { access_token: string }
  expect(decodeJwt(access_token)).not.toHaveProperty('grant_id')
})
