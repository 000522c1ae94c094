// An agent that proves itself by signing instead of a shared secret (private_key_jwt, RFC 7523), with the stock libraries.
import { SignJWT, base64url, decodeJwt, exportJWK, generateKeyPair } from 'jose'
import type { CryptoKey, JWTPayload } from 'jose'
import * as oauth from 'oauth4webapi'
import * as oidc from 'openid-client'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { rotateSecret, setClientKeys } from '#src/features/agent-clients/index.ts'
import { auditLogs } from '#src/db/schema/index.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { addAgent, allow, discover, me, newPerson, redeem, redirectUri, signInAt, signInRequest } from './market.ts'
import type { Browser, TestAgent } from './market.ts'

let server: TestServer
let person: Browser
let agent: TestAgent
let pair: { readonly publicKey: CryptoKey; readonly privateKey: CryptoKey }
let config: oidc.Configuration

beforeAll(async () => {
  server = await startTestServer()
  person = await newPerson(server)
  pair = await generateKeyPair('ES256', { extractable: true })
})
afterAll(() => server.stop())

const kid = 'mine'
const publicJwk = async (key = pair.publicKey) => ({ ...(await exportJWK(key)), kid })
const acting = () => ({ agentId: agent.id, userId: undefined })
const discoverWith = (key: CryptoKey) => discover(server, agent, oidc.PrivateKeyJwt({ key, kid }))

beforeEach(async () => {
  agent = await addAgent(server)
  await setClientKeys(server.deps, { ...acting(), jwks: { keys: [await publicJwk()] } })
  config = await discoverWith(pair.privateKey)
})

const issuer = () => `${server.origin}/api/auth`
const tokenEndpoint = () => `${issuer()}/oauth2/token`
const now = () => Math.floor(Date.now() / 1_000)
const insecure = { [oauth.allowInsecureRequests]: true } as const

describe('openid-client', () => {
  test('signs a person in, refreshes, looks at its tokens and ends them', async () => {
    const first = await signInAt(config, person)
    expect(first.claims()).toMatchObject({ iss: issuer(), aud: agent.clientId })
    const next = await oidc.refreshTokenGrant(config, first.refresh_token ?? '')
    expect((await me(server, next.access_token)).status).toBe(200)
    expect(await oidc.tokenIntrospection(config, next.access_token)).toMatchObject({ active: true })
    await oidc.tokenRevocation(config, next.refresh_token ?? '')
    expect(await oidc.tokenIntrospection(config, next.access_token)).toEqual({ active: false })
  })

  test('gets a token in the agent’s own name', async () => {
    const { access_token } = await oidc.clientCredentialsGrant(config, { resource: `${server.origin}/api` })
    expect(await (await me(server, access_token)).json()).toMatchObject({ kind: 'agent', agent: agent.slug })
  })

  test('with another key gets nothing, and uses neither a code nor a refresh token up', async () => {
    const stranger = await discoverWith((await generateKeyPair('ES256')).privateKey)
    const request = await signInRequest(config)
    const callback = await allow(person, request.url)
    await expect(redeem(stranger, callback, request)).rejects.toMatchObject({ error: 'invalid_client', status: 401 })
    const tokens = await redeem(config, callback, request)

    const refreshToken = tokens.refresh_token ?? ''
    await expect(oidc.refreshTokenGrant(stranger, refreshToken)).rejects.toMatchObject({ error: 'invalid_client' })
    await expect(oidc.tokenRevocation(stranger, refreshToken)).rejects.toMatchObject({ error: 'invalid_client' })
    await expect(oidc.tokenIntrospection(stranger, refreshToken)).rejects.toMatchObject({ error: 'invalid_client' })
    expect(await oidc.refreshTokenGrant(config, refreshToken)).toHaveProperty('access_token')
  })
})

describe('oauth4webapi', () => {
  const discovered = async () =>
    oauth.processDiscoveryResponse(
      new URL(issuer()),
      await oauth.discoveryRequest(new URL(issuer()), { algorithm: 'oidc', ...insecure }),
    )
  const client = (): oauth.Client => ({ client_id: agent.clientId })

  const askForToken = async (authentication: oauth.ClientAuth) => {
    const as = await discovered()
    const parameters = new URLSearchParams({ resource: `${server.origin}/api` })
    const answer = await oauth.clientCredentialsGrantRequest(as, client(), authentication, parameters, insecure)
    return oauth.processClientCredentialsResponse(as, client(), answer)
  }

  test('gets a token in the agent’s own name', async () => {
    const { access_token } = await askForToken(oauth.PrivateKeyJwt({ key: pair.privateKey, kid }))
    expect((await me(server, access_token)).status).toBe(200)
  })

  test('signs a person in', async () => {
    const as = await discovered()
    const request = await signInRequest(config)
    const callback = await allow(person, request.url)
    const parameters = oauth.validateAuthResponse(as, client(), callback, request.state)
    const authentication = oauth.PrivateKeyJwt({ key: pair.privateKey, kid })
    const answer = await oauth.authorizationCodeGrantRequest(
      as,
      client(),
      authentication,
      parameters,
      redirectUri,
      request.verifier,
      insecure,
    )
    const tokens = await oauth.processAuthorizationCodeResponse(as, client(), answer, { expectedNonce: request.nonce })
    expect(oauth.getValidatedIdTokenClaims(tokens)).toMatchObject({ aud: agent.clientId })
  })

  test.each<[string, (payload: Record<string, unknown>) => void]>([
    ['for another server', (payload) => (payload['aud'] = 'https://elsewhere.example')],
    ['for another endpoint of ours', (payload) => (payload['aud'] = `${issuer()}/oauth2/introspect`)],
    ['that has expired', (payload) => (payload['exp'] = now() - 1)],
    ['that never expires', (payload) => delete payload['exp']],
    ['that lives for an hour', (payload) => (payload['exp'] = now() + 3_600)],
    ['that is not valid yet', (payload) => (payload['nbf'] = now() + 120)],
    ['without an id, which could come again', (payload) => delete payload['jti']],
    ['that somebody else issued', (payload) => (payload['iss'] = 'agent_other')],
  ])('a proof %s is refused', async (_, change) => {
    const modified = {
      [oauth.modifyAssertion]: (_header: unknown, payload: Record<string, unknown>) => change(payload),
    }
    const authentication = oauth.PrivateKeyJwt({ key: pair.privateKey, kid }, modified)
    await expect(askForToken(authentication)).rejects.toMatchObject({ error: 'invalid_client' })
  })

  test('one that the key’s own agent made is worth nothing to another', async () => {
    const other = await addAgent(server)
    const jwk = await publicJwk((await generateKeyPair('ES256', { extractable: true })).publicKey)
    await setClientKeys(server.deps, { agentId: other.id, userId: undefined, jwks: { keys: [jwk] } })
    agent = other
    const authentication = oauth.PrivateKeyJwt({ key: pair.privateKey, kid })
    await expect(askForToken(authentication)).rejects.toMatchObject({ error: 'invalid_client' })
  })
})

describe('a proof by hand', () => {
  const claims = (): JWTPayload => ({
    iss: agent.clientId,
    sub: agent.clientId,
    aud: tokenEndpoint(),
    jti: crypto.randomUUID(),
    iat: now(),
    exp: now() + 60,
  })
  const signed = (payload = claims()) =>
    new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid }).sign(pair.privateKey)
  const send = (assertion: string, others: Readonly<Record<string, string>> = {}) =>
    fetch(tokenEndpoint(), {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
        ...others,
      }),
    })

  test('counts once, also of twenty at the same time', async () => {
    const assertion = await signed()
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(assertion)))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array.from({ length: 19 }, () => 400)])
    const again = await send(assertion)
    expect([again.status, ((await again.json()) as { error: string }).error]).toEqual([400, 'invalid_client'])
  })

  test('names the agent by itself, and may not name another', async () => {
    expect((await send(await signed())).status).toBe(200)
    expect((await send(await signed(), { client_id: 'agent_other' })).status).toBe(401)
  })

  test('by alg none, or by the public key as if it were a secret, is refused', async () => {
    const part = (value: unknown) => base64url.encode(JSON.stringify(value))
    const unsigned = `${part({ alg: 'none', kid })}.${part(claims())}.`
    const bytes = new TextEncoder().encode(JSON.stringify(await publicJwk()))
    const symmetric = await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', kid }).sign(bytes)
    for (const assertion of [unsigned, symmetric]) expect((await send(assertion)).status).toBe(401)
    for (const malformed of ['', 'x', 'a.b.c']) expect((await send(malformed)).status).toBe(400)
  })

  test('of another type, or beside a secret, is refused', async () => {
    const saml = 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer'
    expect((await send(await signed(), { client_assertion_type: saml })).status).toBe(401)
    expect((await send(await signed(), { client_secret: agent.clientSecret })).status).toBe(401)
  })

  test('is needed: without it the client is not known, and its old secret ended', async () => {
    const secret = { grant_type: 'client_credentials', client_id: agent.clientId, client_secret: agent.clientSecret }
    for (const body of [secret, { ...secret, client_secret: '' }]) {
      const answer = await fetch(tokenEndpoint(), { method: 'POST', body: new URLSearchParams(body) })
      expect(answer.status).toBe(401)
    }
  })

  test('signed a hundred times by somebody else is not looked at any more, and the agent’s own is', async () => {
    const { privateKey } = await generateKeyPair('ES256')
    const forged = await new SignJWT(claims()).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey)
    const statuses = new Set<number>()
    for (let count = 0; count < 101; count += 1) statuses.add((await send(forged)).status)
    expect([...statuses]).toEqual([401, 429])
    expect((await send(await signed())).status).toBe(200)
  })
})

describe('the keys of an agent', () => {
  test('change over: both count while both are there, then only the new', async () => {
    const next = await generateKeyPair('RS256', { extractable: true })
    const nextConfig = await discover(server, agent, oidc.PrivateKeyJwt({ key: next.privateKey, kid: 'next' }))
    const nextJwk = { ...(await exportJWK(next.publicKey)), kid: 'next' }
    const token = async (by: oidc.Configuration) => (await oidc.clientCredentialsGrant(by)).access_token

    await setClientKeys(server.deps, { ...acting(), jwks: { keys: [await publicJwk(), nextJwk] } })
    expect(decodeJwt(await token(config)).client_id).toBe(agent.clientId)
    expect(decodeJwt(await token(nextConfig)).client_id).toBe(agent.clientId)
    await setClientKeys(server.deps, { ...acting(), jwks: { keys: [nextJwk] } })
    await expect(token(config)).rejects.toMatchObject({ error: 'invalid_client' })
    expect(decodeJwt(await token(nextConfig)).client_id).toBe(agent.clientId)
  })

  test('give way to a secret, when the agent gets a new one', async () => {
    const credentials = await rotateSecret(server.deps, { ...acting(), overlapSeconds: 60 })
    expect(await oidc.clientCredentialsGrant(await discover(server, credentials))).toHaveProperty('access_token')
    await expect(oidc.clientCredentialsGrant(config)).rejects.toMatchObject({ error: 'invalid_client' })
  })

  test('are public ones, strong enough, and there are some', async () => {
    const good = await publicJwk()
    const secret = await exportJWK(pair.privateKey)
    const weak = { kty: 'RSA', n: base64url.encode(crypto.getRandomValues(new Uint8Array(128))), e: 'AQAB' }
    const sets = [
      undefined,
      {},
      { keys: [] },
      { keys: [secret] },
      { keys: [{ kty: 'oct', k: 'AAAA' }] },
      { keys: [weak] },
      { keys: [{ ...good, x: good.y }] },
      { keys: [{ ...good, alg: 'ES384' }] },
      { keys: [{ ...good, use: 'enc' }] },
      { keys: [good, good] },
      { keys: Array.from({ length: 11 }, (_, index) => ({ ...good, kid: String(index) })) },
      { keys: ['https://agent.example/jwks'] },
    ]
    for (const jwks of sets) {
      const change = setClientKeys(server.deps, { ...acting(), jwks })
      await expect(change, JSON.stringify(jwks)).rejects.toMatchObject({ code: 'invalid_request' })
    }
    expect(await oidc.clientCredentialsGrant(config)).toHaveProperty('access_token')
  })

  test('leave their thumbprints in the trail', async () => {
    const rows = await server.deps.db.select().from(auditLogs)
    const row = rows.find(({ action, resourceId }) => action === 'agent_client.set_keys' && resourceId === agent.id)
    expect(row).toMatchObject({ metadata: { clientId: agent.clientId, thumbprints: [expect.any(String)] } })
  })
})
