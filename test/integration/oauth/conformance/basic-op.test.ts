// What the OpenID Foundation's Basic OP plan asks of a provider, module by module (docs/CONFORMANCE.md). The suite sends PKCE in
// one module alone; here every request carries it, because Rialto wants it of every agent.
import { eq } from 'drizzle-orm'
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import * as oidc from 'openid-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { oauthClient } from '#src/db/schema/index.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import {
  addAgent,
  allow,
  discover,
  newBrowser,
  newPerson,
  password,
  redeem,
  redirectUri,
  signInAt,
  signInRequest,
} from '../market.ts'
import type { Browser, SignInRequest, TestAgent } from '../market.ts'

let server: TestServer
let agent: TestAgent
let person: Browser
let config: oidc.Configuration

beforeAll(async () => {
  server = await startTestServer()
  agent = await addAgent(server)
  person = await newPerson(server)
  config = await discover(server, agent)
  // What is allowed once is not asked again, so that every module below only needs its own step.
  await signInAt(config, person)
})
afterAll(() => server.stop())

const issuer = () => `${server.origin}/api/auth`
type Parameters = Readonly<Record<string, string>>

const without = (url: URL, ...names: readonly string[]): URL => {
  const copy = new URL(url)
  for (const name of names) copy.searchParams.delete(name)
  return copy
}

/** What goes back to the agent, without any page in between. */
async function atOnce(url: URL): Promise<URL> {
  const { leaveTo, url: stayedAt } = await person.open(url)
  if (leaveTo === undefined) throw new Error(`The browser stayed at ${stayedAt.href}`)
  return leaveTo
}

async function refusal(parameters: Parameters, name?: string): Promise<string | null> {
  const { url } = await signInRequest(config, parameters)
  const callback = await atOnce(name === undefined ? url : without(url, name))
  expect(callback.searchParams.has('code')).toBe(false)
  return callback.searchParams.get('error')
}

async function signInAgain(request: SignInRequest) {
  const page = await person.open(request.url)
  expect(page.url.pathname).toBe('/sign-in')
  const { leaveTo } = await person.submit(page.url, { email: person.email, password })
  return redeem(config, leaveTo ?? new URL(redirectUri), request)
}

test('oidcc-server: the ID token verifies by the published keys and has every claim it must have', async () => {
  const request = await signInRequest(config)
  const tokens = await redeem(config, await atOnce(request.url), request)
  const { payload, protectedHeader } = await jwtVerify(
    tokens.id_token ?? '',
    createRemoteJWKSet(new URL(`${issuer()}/jwks`)),
    { issuer: issuer(), audience: agent.clientId, requiredClaims: ['sub', 'iat', 'exp'] },
  )
  expect(protectedHeader.kid).toBeTruthy()
  expect(payload['nonce']).toBe(request.nonce)
  expect(tokens.token_type.toLowerCase()).toBe('bearer')
})

test('oidcc-server: a client excused from PKCE may sign in as the suite does, without it', async () => {
  const excused = await addAgent(server)
  await server.deps.db.update(oauthClient).set({ requirePKCE: false }).where(eq(oauthClient.clientId, excused.clientId))
  const itsConfig = await discover(server, excused)
  const { url, state, nonce } = await signInRequest(itsConfig, { scope: 'openid profile email' })
  const callback = await allow(person, without(url, 'code_challenge', 'code_challenge_method'))
  const tokens = await oidc.authorizationCodeGrant(itsConfig, callback, { expectedState: state, expectedNonce: nonce })
  expect(tokens.claims()?.aud).toBe(excused.clientId)
})

test('oidcc-response-type-missing: goes back refused', async () => {
  expect(await refusal({}, 'response_type')).toMatch(/^(invalid_request|unsupported_response_type)$/)
})

test('oidcc-idtoken-signature: ID tokens are signed by ES256 and name their key', async () => {
  const { id_token = '' } = await signInAt(config, person)
  expect(decodeProtectedHeader(id_token)).toMatchObject({ alg: 'ES256', kid: expect.any(String) })
})

test('oidcc-idtoken-unsigned: no unsigned ID token is offered', () => {
  expect(config.serverMetadata().id_token_signing_alg_values_supported).not.toContain('none')
})

test.each([
  ['oidcc-userinfo-get', 'GET', 'header'],
  ['oidcc-userinfo-post-header', 'POST', 'header'],
  ['oidcc-userinfo-post-body', 'POST', 'body'],
] as const)('%s: a %s with the token in the %s tells the person', async (_, method, place) => {
  const { access_token, claims } = await signInAt(config, person)
  const answer = await fetch(`${issuer()}/oauth2/userinfo`, {
    method,
    headers: place === 'header' ? { authorization: `Bearer ${access_token}` } : {},
    ...(method === 'POST' && { body: new URLSearchParams(place === 'body' ? { access_token } : {}) }),
  })
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({ sub: claims()?.sub, email: person.email })
})

test('oidcc-ensure-request-without-nonce-succeeds-for-code-flow', async () => {
  const { url, verifier, state } = await signInRequest(config)
  const callback = await atOnce(without(url, 'nonce'))
  const tokens = await oidc.authorizationCodeGrant(config, callback, {
    pkceCodeVerifier: verifier,
    expectedState: state,
  })
  expect(tokens.claims()).not.toHaveProperty('nonce')
})

test.each([
  ['oidcc-scope-profile', 'openid profile', { name: 'Ada Lovelace' }],
  ['oidcc-scope-email', 'openid email', { email: expect.any(String), email_verified: false }],
  [
    'oidcc-scope-all',
    'openid profile email',
    { name: 'Ada Lovelace', email: expect.any(String), email_verified: false },
  ],
  [
    'oidcc-alternate-happy-flow',
    'email profile openid',
    { name: 'Ada Lovelace', email: expect.any(String), email_verified: false },
  ],
])('%s: the scopes “%s” give their claims and no others', async (_, scope, claims) => {
  const request = await signInRequest(config, { scope })
  // The parameters come in another order too.
  request.url.search = new URLSearchParams([...request.url.searchParams].toReversed()).toString()
  const tokens = await redeem(config, await atOnce(request.url), request)
  const told = await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? '')
  expect(told).toMatchObject(claims)
  expect('email' in told).toBe('email' in claims)
  expect('name' in told).toBe('name' in claims)
})

test.each(['address', 'phone'])('oidcc-scope-%s: not offered, and refused with invalid_scope', async (scope) => {
  expect(config.serverMetadata().scopes_supported).not.toContain(scope)
  expect(await refusal({ scope: `openid ${scope}` })).toBe('invalid_scope')
})

test.each<[module: string, parameters: Parameters]>([
  ['oidcc-display-page', { display: 'page' }],
  ['oidcc-display-popup', { display: 'popup' }],
  ['oidcc-ensure-request-with-unknown-parameter-succeeds', { extra: 'foobar' }],
  ['oidcc-login-hint', { login_hint: 'buffy@example.com' }],
  ['oidcc-ui-locales', { ui_locales: 'se' }],
  ['oidcc-claims-locales', { claims_locales: 'se' }],
  ['oidcc-ensure-request-with-acr-values-succeeds', { acr_values: '0' }],
  ['oidcc-ensure-request-with-acr-values-succeeds', { acr_values: '1 2' }],
  ['oidcc-ensure-request-with-valid-pkce-succeeds', {}],
])('%s: %j does not stand in the way', async (_, parameters) => {
  const request = await signInRequest(config, parameters)
  const tokens = await redeem(config, await atOnce(request.url), request)
  expect(await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? '')).toHaveProperty('name')
})

test('oidcc-ensure-request-with-acr-values-succeeds: of the classes in the metadata the ID token names one', async () => {
  const { acr_values_supported: classes = [] } = config.serverMetadata()
  const request = await signInRequest(config, { acr_values: classes.join(' ') })
  const tokens = await redeem(config, await atOnce(request.url), request)
  expect(classes).toContain(tokens.claims()?.['acr'])
})

test('oidcc-claims-essential: asks the person again because of the claim, and gives it', async () => {
  const request = await signInRequest(config, { claims: '{"userinfo":{"name":{"essential":true}}}' })
  const tokens = await redeem(config, await allow(person, request.url), request)
  expect(await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? '')).toHaveProperty('name')
})

test('oidcc-refresh-token: a refreshed ID token is of the same issuer, person, agent and sign-in', async () => {
  const first = await signInAt(config, person)
  const second = await oidc.refreshTokenGrant(config, first.refresh_token ?? '')
  const { iss, sub, aud, auth_time } = first.claims() ?? {}
  expect(second.claims()).toMatchObject({ iss, sub, aud, auth_time })
})

test('oidcc-prompt-login: asks to sign in again, and auth_time is that of the new sign-in', async () => {
  const first = await signInAt(config, person, { max_age: '10000' })
  const before = Math.floor(Date.now() / 1_000)
  const second = await signInAgain(await signInRequest(config, { prompt: 'login' }))
  expect(second.claims()?.sub).toBe(first.claims()?.sub)
  expect(second.claims()?.auth_time).toBeGreaterThanOrEqual(before)
})

test('oidcc-prompt-none-not-logged-in: goes back with login_required', async () => {
  const { url } = await signInRequest(config, { prompt: 'none' })
  const { leaveTo } = await newBrowser(server).open(url)
  expect(leaveTo?.searchParams.get('error')).toMatch(/^(login|interaction)_required$/)
})

test('oidcc-prompt-none-logged-in: gives the same person and the same auth_time, and asks nothing', async () => {
  const first = await signInAt(config, person, { max_age: '10000' })
  const request = await signInRequest(config, { prompt: 'none' })
  const second = await redeem(config, await atOnce(request.url), request)
  expect(second.claims()).toMatchObject({ sub: first.claims()?.sub, auth_time: first.claims()?.auth_time })
})

test('oidcc-id-token-hint: with prompt=none gives the same person, and asks nothing', async () => {
  const first = await signInAt(config, person)
  const request = await signInRequest(config, { prompt: 'none', id_token_hint: first.id_token ?? '' })
  const second = await redeem(config, await atOnce(request.url), request)
  expect(second.claims()?.sub).toBe(first.claims()?.sub)
})

test('oidcc-max-age-1: asks to sign in again after a second, and auth_time moves on', async () => {
  const first = await signInAt(config, person)
  // The module itself waits: the age that counts is that of the real session.
  await new Promise((resolve) => setTimeout(resolve, 2_100))
  const second = await signInAgain(await signInRequest(config, { max_age: '1' }))
  expect(second.claims()?.sub).toBe(first.claims()?.sub)
  expect(second.claims()?.auth_time).toBeGreaterThan(Number(first.claims()?.auth_time))
})

test('oidcc-max-age-10000: asks nothing, and auth_time stays', async () => {
  const first = await signInAt(config, person, { max_age: '15000' })
  const request = await signInRequest(config, { max_age: '10000' })
  const second = await redeem(config, await atOnce(request.url), request)
  expect(first.claims()?.auth_time).toEqual(expect.any(Number))
  expect(second.claims()).toMatchObject({ sub: first.claims()?.sub, auth_time: first.claims()?.auth_time })
})

test('oidcc-ensure-post-request-succeeds: the request may come as a form', async () => {
  const request = await signInRequest(config)
  const form = Object.fromEntries(request.url.searchParams)
  const { leaveTo } = await person.submit(request.url.pathname, form)
  expect(await redeem(config, leaveTo ?? new URL(redirectUri), request)).toHaveProperty('id_token')
})

const unsigned = (claims: Parameters): string => {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'none' })}.${part({ iss: agent.clientId, aud: issuer(), ...claims })}.`
}

test('oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported: refused with request_uri_not_supported', async () => {
  expect(config.serverMetadata().request_uri_parameter_supported).toBe(false)
  expect(await refusal({ request_uri: 'https://agent.example/request.jwt' })).toBe('request_uri_not_supported')
})

test('oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported: refused with request_not_supported', async () => {
  expect(config.serverMetadata().request_parameter_supported).toBe(false)
  expect(await refusal({ request: unsigned({ nonce: 'of the object' }) })).toBe('request_not_supported')
})

test('oidcc-ensure-request-object-with-redirect-uri: an address inside an object is not gone to', async () => {
  expect(await refusal({ request: unsigned({ redirect_uri: 'https://evil.example/' }) })).toBe('request_not_supported')
  const { url } = await signInRequest(config, {
    redirect_uri: 'https://evil.example/',
    request: unsigned({ redirect_uri: redirectUri }),
  })
  expect((await person.open(url)).url.pathname).toBe('/auth-error')
})
