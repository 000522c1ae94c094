// Sign-in requests that an agent leaves here before it sends the person (RFC 9126).
import { exportJWK, generateKeyPair } from 'jose'
import type { CryptoKey } from 'jose'
import * as oidc from 'openid-client'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { pushedAuthorizationRequests } from '#src/db/schema/index.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import {
  addAgent,
  allScopes,
  allow,
  discover,
  newBrowser,
  newPerson,
  password,
  redeem,
  redirectUri,
  signInRequest,
} from './market.ts'
import type { Browser, SignInRequest, TestAgent } from './market.ts'

let server: TestServer
let agent: TestAgent
let person: Browser
let config: oidc.Configuration

beforeAll(async () => {
  server = await startTestServer()
  agent = await addAgent(server)
  person = await newPerson(server)
  config = await discover(server, agent)
})
afterAll(() => server.stop())

const endpoint = () => `${server.origin}/api/auth/oauth2/par`
const credentials = () => ({ client_id: agent.clientId, client_secret: agent.clientSecret })

/** A request as openid-client pushes it. */
async function push(
  from: oidc.Configuration = config,
  options: oidc.DPoPOptions = {},
  parameters: Readonly<Record<string, string>> = {},
): Promise<SignInRequest> {
  const { verifier, state, nonce, url } = await signInRequest(from, parameters)
  const sent = Object.fromEntries([...url.searchParams].filter(([name]) => name !== 'client_id'))
  return { url: await oidc.buildAuthorizationUrlWithPAR(from, sent, options), verifier, state, nonce }
}

const post = (fields: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) =>
  fetch(endpoint(), { method: 'POST', headers, body: new URLSearchParams(fields) })

const valid = {
  response_type: 'code',
  redirect_uri: redirectUri,
  scope: 'openid',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
}

test('discovery names the endpoint, and that nobody has to use it', () => {
  expect(config.serverMetadata()).toMatchObject({
    pushed_authorization_request_endpoint: endpoint(),
    require_pushed_authorization_requests: false,
  })
})

describe('a pushed request', () => {
  test('signs in, and the address the person sees says nothing but who asks', async () => {
    const request = await push()
    expect([...request.url.searchParams.keys()].toSorted()).toEqual(['client_id', 'request_uri'])
    expect(request.url.searchParams.get('request_uri')).toMatch(/^urn:ietf:params:oauth:request_uri:[\w-]{43}$/)
    const tokens = await redeem(config, await allow(person, request.url), request)
    expect(tokens.claims()?.['email']).toBe(person.email)
    expect(tokens.scope).toBe(allScopes)
  })

  test('lives 90 seconds, answers 201, and is kept by nobody', async () => {
    const answer = await post({ ...valid, ...credentials() })
    expect(answer.status).toBe(201)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(await answer.json()).toEqual({ request_uri: expect.stringMatching(/^urn:/), expires_in: 90 })
  })

  test('is kept without the secret and without the reference', async () => {
    await server.deps.db.delete(pushedAuthorizationRequests)
    const { url } = await push()
    const [kept] = await server.deps.db.select().from(pushedAuthorizationRequests)
    expect(kept?.query).not.toContain(agent.clientSecret)
    expect(kept?.query).not.toContain('client_secret')
    expect(JSON.stringify(kept)).not.toContain(url.searchParams.get('request_uri'))
  })

  test('leads through signing in', async () => {
    const { email } = await newPerson(server)
    const browser = newBrowser(server, email)
    const request = await push()
    const page = await browser.open(request.url)
    expect(page.url.pathname).toBe('/sign-in')
    const consent = await browser.submit(page.url, { email, password })
    const { leaveTo } = await browser.submit(consent.url, { decision: 'allow' })
    expect((await redeem(config, leaveTo ?? new URL(redirectUri), request)).claims()?.['email']).toBe(email)
  })

  test('counts, and nothing that stands beside it', async () => {
    const request = await push(config, {}, { scope: 'openid' })
    request.url.searchParams.set('scope', allScopes)
    request.url.searchParams.set('redirect_uri', 'https://evil.example/')
    request.url.searchParams.set('state', 'another')
    const tokens = await redeem(config, await allow(person, request.url), request)
    expect(tokens.scope).toBe('openid')
  })

  test('binds the code to the key of the proof that came with it', async () => {
    const handle = async () => oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair())
    const [DPoP, other] = [await handle(), await handle()]
    const [first, second] = [await push(config, { DPoP }), await push(config, { DPoP })]
    const wrong = redeem(config, await allow(person, first.url), first, { DPoP: other })
    await expect(wrong).rejects.toMatchObject({ error: 'invalid_dpop_proof' })
    expect((await redeem(config, await allow(person, second.url), second, { DPoP })).token_type).toBe('dpop')
    const refused = await post({ ...valid, ...credentials() }, { dpop: 'x' })
    expect(await refused.json()).toMatchObject({ error: 'invalid_dpop_proof' })
  })

  test('of a client that signs its proofs, each of which counts once', async () => {
    const signer = await addAgent(server)
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
    const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }] })
    await server.deps.pool.query(
      `UPDATE oauth_client SET token_endpoint_auth_method = 'private_key_jwt', client_secret = NULL, jwks = $2
       WHERE client_id = $1`,
      [signer.clientId, jwks],
    )
    const key = { key: privateKey as CryptoKey, kid: 'one' }
    const itsConfig = await discover(server, signer, oidc.PrivateKeyJwt(key))
    const request = await push(itsConfig)
    expect(await redeem(itsConfig, await allow(person, request.url), request)).toHaveProperty('access_token')

    const stranger = { key: (await generateKeyPair('ES256')).privateKey as CryptoKey, kid: 'one' }
    const forged = push(await discover(server, signer, oidc.PrivateKeyJwt(stranger)))
    await expect(forged).rejects.toMatchObject({ error: 'invalid_client' })
  })
})

describe('a reference leads to a page of ours, never away, when it', () => {
  const gone = async (url: URL, browser: Browser = person) => {
    const page = await browser.open(url)
    expect([page.url.pathname, page.status, page.leaveTo]).toEqual(['/auth-error', 400, undefined])
    return page.text
  }

  test('was used', async () => {
    const { url } = await push()
    await allow(person, url)
    expect(await gone(url)).toContain('This sign-in was already used, or is too old')
  })

  test('is used by many at once: one goes on', async () => {
    const { url } = await push()
    const pages = await Promise.all(Array.from({ length: 10 }, () => person.open(url)))
    expect(pages.filter(({ url: at }) => at.pathname !== '/auth-error')).toHaveLength(1)
  })

  test('is too old', async () => {
    const { url } = await push()
    await server.deps.pool.query("UPDATE pushed_authorization_requests SET expires_at = now() - interval '1 second'")
    await gone(url)
  })

  test('is another client’s, which does not use it up', async () => {
    const other = await addAgent(server)
    const request = await push()
    const stolen = new URL(request.url)
    stolen.searchParams.set('client_id', other.clientId)
    await gone(stolen)
    expect(await redeem(config, await allow(person, request.url), request)).toHaveProperty('access_token')
  })

  test.each(['urn:ietf:params:oauth:request_uri:x', `urn:ietf:params:oauth:request_uri:${'A'.repeat(43)}`])(
    'is none: %s',
    async (requestUri) => {
      const url = new URL(`${server.origin}/api/auth/oauth2/authorize`)
      url.search = new URLSearchParams({ client_id: agent.clientId, request_uri: requestUri }).toString()
      await gone(url)
      url.searchParams.delete('client_id')
      await gone(url)
    },
  )

  test('belongs to an agent that was switched off meanwhile', async () => {
    const short = await addAgent(server)
    const { url } = await push(await discover(server, short))
    await server.deps.pool.query("UPDATE agents SET status = 'suspended' WHERE id = $1", [short.id])
    expect(await gone(url)).toContain('This agent is switched off')
  })
})

describe('what would be refused later is refused at once', () => {
  test.each<[what: string, fields: Readonly<Record<string, string>>, error: string]>([
    ['a reference to another request', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 'invalid_request'],
    ['a request object', { request: 'a.b.c' }, 'request_not_supported'],
    ['another response type', { response_type: 'token' }, 'unsupported_response_type'],
    ['an address that is not registered', { redirect_uri: 'https://evil.example/' }, 'invalid_request'],
    ['no address', { redirect_uri: '' }, 'invalid_request'],
    ['a scope nobody offers', { scope: 'openid address' }, 'invalid_scope'],
    ['far too much', { state: 'x'.repeat(9_000) }, 'invalid_request'],
  ])('%s', async (_, fields, error) => {
    const answer = await post({ ...valid, ...fields, ...credentials() })
    expect([answer.status, await answer.json()]).toMatchObject([400, { error }])
  })

  test('a parameter twice, or what is no form', async () => {
    const twice = new URLSearchParams([...Object.entries({ ...valid, ...credentials() }), ['scope', 'email']])
    const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }
    for (const init of [{ method: 'POST', body: twice }, json]) {
      expect((await fetch(endpoint(), init)).status).toBe(400)
    }
    expect((await fetch(endpoint())).status).toBe(405)
  })

  test.each<[string, Readonly<Record<string, string>>]>([
    ['without a secret', { client_secret: '' }],
    ['with a wrong one', { client_secret: 'a wrong one' }],
    ['by nobody', { client_id: 'nobody' }],
  ])('a request %s', async (_, fields) => {
    const answer = await post({ ...valid, ...credentials(), ...fields })
    expect([answer.status, await answer.json()]).toMatchObject([401, { error: 'invalid_client' }])
  })
})

describe('programs that register themselves', () => {
  let registered: { readonly client_id: string }
  let clientId: string
  let program: oidc.Configuration
  const redirect = { redirect_uri: 'http://127.0.0.1:4711/cb', scope: 'openid usage:read' }

  beforeEach(async () => {
    const answer = await fetch(`${server.origin}/api/auth/oauth2/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        redirect_uris: ['http://127.0.0.1/cb'],
        token_endpoint_auth_method: 'none',
        require_pushed_authorization_requests: true,
      }),
    })
    registered = (await answer.json()) as { client_id: string }
    clientId = registered.client_id
    program = await discover(server, { clientId, clientSecret: '' }, oidc.None())
  })

  test('can have it that their requests count only when pushed', async () => {
    expect(registered).toMatchObject({ require_pushed_authorization_requests: true })
    const { url } = await signInRequest(program, redirect)
    const { leaveTo } = await person.open(url)
    expect(leaveTo?.searchParams.get('error')).toBe('invalid_request')
    // Nor does a signature that is none of ours help.
    url.searchParams.set('sig', 'x')
    url.searchParams.set('exp', '9999999999')
    expect((await person.open(url)).leaveTo?.searchParams.get('error')).toBe('invalid_request')

    const request = await push(program, {}, redirect)
    const { email } = await newPerson(server)
    const browser = newBrowser(server, email)
    const page = await browser.open(request.url)
    const consent = await browser.submit(page.url, { email, password })
    const { leaveTo: callback } = await browser.submit(consent.url, { decision: 'allow' })
    expect(await redeem(program, callback ?? new URL(redirectUri), request)).toHaveProperty('access_token')
  })

  test('can’t push without end', async () => {
    const fields = { ...valid, redirect_uri: 'http://127.0.0.1:4711/cb', client_id: clientId }
    const answers = await Promise.all(Array.from({ length: 125 }, () => post(fields)))
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 201)).toHaveLength(120)
    expect(answers.find(({ status }) => status === 429)?.headers.get('retry-after')).toMatch(/^\d+$/)
  })
})
