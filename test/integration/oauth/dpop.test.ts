// Tokens bound to a key (RFC 9449), with clients that others wrote; and what happens to who has the token without the key.
import { createHash } from 'node:crypto'
import { SignJWT, calculateJwkThumbprint, decodeJwt, exportJWK } from 'jose'
import type { CryptoKey, JWK } from 'jose'
import * as oauth from 'oauth4webapi'
import * as oidc from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, createPool } from '#src/db/client.ts'
import { provesPossession } from '#src/identity/guards/dpop.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { addAgent, discover, me, newPerson, signInAt } from './market.ts'
import type { Browser, TestAgent } from './market.ts'

let server: TestServer
let agent: TestAgent
let person: Browser
let config: oidc.Configuration
let keys: oidc.CryptoKeyPair
let handle: oidc.DPoPHandle

beforeAll(async () => {
  server = await startTestServer()
  agent = await addAgent(server)
  person = await newPerson(server)
  config = await discover(server, agent)
  keys = await oidc.randomDPoPKeyPair('ES256', { extractable: true })
  handle = oidc.getDPoPHandle(config, keys)
})
afterAll(() => server.stop())

const meUrl = () => new URL(`${server.origin}/api/v1/me`)
const metadata = () => `resource_metadata="${server.origin}/.well-known/oauth-protected-resource/api"`
const algs = 'algs="EdDSA ES256 ES512 PS256 RS256"'

const ask = (accessToken: string, DPoP: oidc.DPoPHandle = handle) =>
  oidc.fetchProtectedResource(config, accessToken, meUrl(), 'GET', undefined, undefined, { DPoP })

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url')

interface Proof {
  readonly header?: object
  readonly claims?: object
  readonly signer?: oidc.CryptoKeyPair
}

/** A proof for GET /api/v1/me that is right but for what is given. */
async function proofFor(accessToken: string, { header = {}, claims = {}, signer = keys }: Proof = {}): Promise<string> {
  const jwk = await exportJWK(signer.publicKey as CryptoKey)
  const payload = { htm: 'GET', htu: meUrl().href, jti: crypto.randomUUID(), ath: hash(accessToken), ...claims }
  return new SignJWT({ iat: Math.floor(Date.now() / 1_000), ...payload })
    .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk, ...header } as { alg: string; jwk: JWK })
    .sign(signer.privateKey as CryptoKey)
}

const show = (accessToken: string, dpop?: string, scheme = 'DPoP'): Promise<Response> =>
  fetch(meUrl(), { headers: { authorization: `${scheme} ${accessToken}`, ...(dpop !== undefined && { dpop }) } })

test('every document says which algorithms count', async () => {
  const algorithms = ['EdDSA', 'ES256', 'ES512', 'PS256', 'RS256']
  expect(config.serverMetadata().dpop_signing_alg_values_supported).toEqual(algorithms)
  const resource = await fetch(`${server.origin}/.well-known/oauth-protected-resource/api`)
  expect(await resource.json()).toMatchObject({ dpop_signing_alg_values_supported: algorithms })
})

describe('a token asked for with a proof', () => {
  test('of a person is bound, works with proofs, refreshed too, and names its key when introspected', async () => {
    const tokens = await signInAt(config, person, {}, { DPoP: handle })
    expect(tokens.token_type).toBe('dpop')
    expect((await ask(tokens.access_token)).status).toBe(200)

    const jkt = await calculateJwkThumbprint(await exportJWK(keys.publicKey as CryptoKey))
    expect(await oidc.tokenIntrospection(config, tokens.access_token)).toMatchObject({
      active: true,
      token_type: 'DPoP',
      cnf: { jkt },
    })
    const next = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, { DPoP: handle })
    expect(next.token_type).toBe('dpop')
    expect((await ask(next.access_token)).status).toBe(200)
  })

  test('of an agent’s backend is bound', async () => {
    const tokens = await oidc.clientCredentialsGrant(config, {}, { DPoP: handle })
    expect(tokens.token_type).toBe('dpop')
    expect(await (await ask(tokens.access_token)).json()).toMatchObject({ kind: 'agent', agent: agent.slug })
    expect((await me(server, tokens.access_token)).status).toBe(401)
  })

  test('works with oauth4webapi, and with an EdDSA key', async () => {
    const as = config.serverMetadata() as oauth.AuthorizationServer
    const client: oauth.Client = { client_id: agent.clientId }
    const insecure = { [oauth.allowInsecureRequests]: true } as const
    const remap = {
      [oauth.modifyAssertion]: (header: Record<string, unknown>) => {
        if (header['alg'] === 'Ed25519') header['alg'] = 'EdDSA'
      },
    }
    const pairs = [await oauth.generateKeyPair('ES256'), await oauth.generateKeyPair('Ed25519')]
    for (const pair of pairs) {
      const DPoP = oauth.DPoP(client, pair, remap)
      const authentication = oauth.ClientSecretPost(agent.clientSecret)
      const parameters = new URLSearchParams({ scope: 'usage:read' })
      const answer = await oauth.clientCredentialsGrantRequest(as, client, authentication, parameters, {
        DPoP,
        ...insecure,
      })
      const { access_token } = await oauth.processClientCredentialsResponse(as, client, answer)
      const options = { DPoP, ...insecure }
      const me = await oauth.protectedResourceRequest(access_token, 'GET', meUrl(), undefined, undefined, options)
      expect(await me.json()).toMatchObject({ scopes: ['usage:read'] })
    }
  })

  test('is not given for a proof that is none, and an agent that always wants bound tokens gets no others', async () => {
    const { clientId, clientSecret } = await addAgent(server)
    const post = (dpop?: string) =>
      fetch(`${server.origin}/api/auth/oauth2/token`, {
        method: 'POST',
        headers: dpop === undefined ? {} : { dpop },
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: clientId,
          client_secret: clientSecret,
        }),
      })
    const wrongUrl = await proofFor('', { claims: { htm: 'POST' } })
    for (const proof of ['x', wrongUrl]) {
      const answer = await post(proof)
      expect([answer.status, await answer.json()]).toMatchObject([400, { error: 'invalid_dpop_proof' }])
    }
    expect((await post()).status).toBe(200)
    await server.deps.pool.query('UPDATE oauth_client SET dpop_bound_access_tokens = true WHERE client_id = $1', [
      clientId,
    ])
    expect([(await post()).status, await (await post()).json()]).toMatchObject([400, { error: 'invalid_dpop_proof' }])
  })

  test('is not given for a proof that came before', async () => {
    const htu = `${server.origin}/api/auth/oauth2/token`
    const proof = await proofFor('', { claims: { htm: 'POST', htu } })
    const post = () =>
      fetch(htu, {
        method: 'POST',
        headers: { dpop: proof },
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: agent.clientId,
          client_secret: agent.clientSecret,
        }),
      })
    const answers = await Promise.all(Array.from({ length: 5 }, post))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400, 400, 400, 400])
  })
})

describe('the key of a refresh token', () => {
  const other = async (): Promise<oidc.DPoPHandle> => oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair())

  test('is the public client’s one key for good', async () => {
    const answer = await fetch(`${server.origin}/api/auth/oauth2/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris: ['http://127.0.0.1/cb'], token_endpoint_auth_method: 'none' }),
    })
    const { client_id: clientId } = (await answer.json()) as { client_id: string }
    const program = await discover(server, { clientId, clientSecret: '' }, oidc.None())
    const redirect = { redirect_uri: 'http://127.0.0.1:4711/cb', scope: 'openid offline_access usage:read' }
    const tokens = await signInAt(program, person, redirect, { DPoP: handle })
    const refresh = (options: oidc.DPoPOptions) =>
      oidc.refreshTokenGrant(program, tokens.refresh_token ?? '', undefined, options)

    await expect(refresh({})).rejects.toMatchObject({ error: 'invalid_dpop_proof' })
    await expect(refresh({ DPoP: await other() })).rejects.toMatchObject({ error: 'invalid_dpop_proof' })
    // Neither used it up.
    expect((await refresh({ DPoP: handle })).token_type).toBe('dpop')
  })

  test('is demanded by a client that registered so', async () => {
    const answer = await fetch(`${server.origin}/api/auth/oauth2/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        redirect_uris: ['http://127.0.0.1/cb'],
        token_endpoint_auth_method: 'none',
        dpop_bound_access_tokens: true,
      }),
    })
    const { client_id: clientId } = (await answer.json()) as { client_id: string }
    const program = await discover(server, { clientId, clientSecret: '' }, oidc.None())
    const redirect = { redirect_uri: 'http://127.0.0.1:4711/cb', scope: 'openid usage:read' }
    await expect(signInAt(program, person, redirect)).rejects.toMatchObject({ error: 'invalid_dpop_proof' })
    expect((await signInAt(program, person, redirect, { DPoP: handle })).token_type).toBe('dpop')
  })

  test('may change with a client that proves itself anyway', async () => {
    const tokens = await signInAt(config, person, {}, { DPoP: handle })
    const DPoP = await other()
    const next = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, { DPoP })
    expect((await ask(next.access_token, DPoP)).status).toBe(200)
    await expect(ask(next.access_token)).rejects.toMatchObject({ status: 401 })
  })
})

describe('at our API', () => {
  let bound: string
  let bearer: string

  beforeAll(async () => {
    bound = (await signInAt(config, person, {}, { DPoP: handle })).access_token
    bearer = (await signInAt(config, person)).access_token
    if ((await show(bound, await proofFor(bound))).status !== 200) throw new Error('Nothing below would say anything')
  })

  test('a bound token sent as a bearer token is refused, with or without its proof', async () => {
    for (const proof of [undefined, await proofFor(bound)]) {
      const answer = await show(bound, proof, 'Bearer')
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toBe(
        `Bearer error="invalid_token", ${metadata()}, DPoP ${metadata()}, ${algs}`,
      )
    }
  })

  test('a bearer token sent with the DPoP scheme is refused', async () => {
    const answer = await show(bearer, await proofFor(bearer))
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe(
      `DPoP error="invalid_token", ${metadata()}, ${algs}, Bearer ${metadata()}`,
    )
    expect((await me(server, bearer)).status).toBe(200)
  })

  test.each<[what: string, proof: () => Promise<string | undefined>]>([
    ['no proof', async () => undefined],
    ['for another method', () => proofFor(bound, { claims: { htm: 'POST' } })],
    ['for another path', () => proofFor(bound, { claims: { htu: `${server.origin}/api/v1/agents` } })],
    ['for another host', () => proofFor(bound, { claims: { htu: 'https://rialto.example/api/v1/me' } })],
    ['for another token', () => proofFor(bearer)],
    ['for no token', () => proofFor(bound, { claims: { ath: undefined } })],
    ['without jti', () => proofFor(bound, { claims: { jti: undefined } })],
    ['too old', () => proofFor(bound, { claims: { iat: Math.floor(Date.now() / 1_000) - 125 } })],
    ['of the future', () => proofFor(bound, { claims: { iat: Math.floor(Date.now() / 1_000) + 60 } })],
    [
      'by another key',
      async () => proofFor(bound, { signer: await oidc.randomDPoPKeyPair('ES256', { extractable: true }) }),
    ],
    ['of another type', () => proofFor(bound, { header: { typ: 'JWT' } })],
    [
      'naming our key, signed by another',
      async () => {
        const jwk = await exportJWK(keys.publicKey as CryptoKey)
        return proofFor(bound, {
          header: { jwk },
          signer: await oidc.randomDPoPKeyPair('ES256', { extractable: true }),
        })
      },
    ],
    [
      'with the private key in it',
      async () => proofFor(bound, { header: { jwk: await exportJWK(keys.privateKey as CryptoKey) } }),
    ],
    ['two of them', async () => `${await proofFor(bound)}, ${await proofFor(bound)}`],
    ['far too long', () => proofFor(bound, { claims: { jti: 'x'.repeat(5_000) } })],
    ['no token at all', async () => 'x'],
  ])('a proof that is %s is refused', async (_, proof) => {
    const answer = await show(bound, await proof())
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe(
      `DPoP error="invalid_dpop_proof", ${metadata()}, ${algs}, Bearer ${metadata()}`,
    )
  })

  test.each(['none', 'HS256'])('a proof by %s is refused', async (alg) => {
    const [, payload] = (await proofFor(bound)).split('.')
    const jwk = await exportJWK(keys.publicKey as CryptoKey)
    const header = Buffer.from(JSON.stringify({ typ: 'dpop+jwt', alg, jwk })).toString('base64url')
    expect((await show(bound, `${header}.${payload}.`)).status).toBe(401)
    expect((await show(bound, `${header}.${payload}.${hash('x')}`)).status).toBe(401)
  })

  test('a proof counts once, of ten at once', async () => {
    const proof = await proofFor(bound)
    const answers = await Promise.all(Array.from({ length: 10 }, () => show(bound, proof)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  test('a proof that another process has seen does not count here, nor the other way round', async () => {
    const url = server.deps.pool.options.connectionString ?? ''
    const pool = createPool({ url, max: 1, onError: () => undefined })
    try {
      const elsewhere = (proof: string) =>
        provesPossession(createDatabase(pool), {
          proof,
          method: 'GET',
          url: meUrl().href,
          accessToken: bound,
          jkt: String((decodeJwt(bound)['cnf'] as { jkt?: unknown }).jkt),
        })
      const [first, second] = [await proofFor(bound), await proofFor(bound)]
      expect(await elsewhere(first)).toBe(true)
      expect((await show(bound, first)).status).toBe(401)
      expect((await show(bound, second)).status).toBe(200)
      expect(await elsewhere(second)).toBe(false)
    } finally {
      await pool.end()
    }
  })

  test.each(['/api/v1/usage', '/api/v1/usage/check', '/api/v1/usage/batch', '/mcp'])(
    '%s refuses a bound token that is sent as a bearer token',
    async (path) => {
      const resource = path === '/mcp' ? `${server.origin}/mcp` : `${server.origin}/api`
      const ours = await oidc.clientCredentialsGrant(config, { resource }, { DPoP: handle })
      const headers = { authorization: `Bearer ${ours.access_token}`, 'content-type': 'application/json' }
      const answer = await fetch(server.origin + path, { method: 'POST', headers, body: '{}' })
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_token", .*DPoP .*algs="/)

      const proven = await oidc.fetchProtectedResource(
        config,
        ours.access_token,
        new URL(server.origin + path),
        'POST',
        '{}',
        new Headers({ 'content-type': 'application/json' }),
        { DPoP: handle },
      )
      expect(proven.status).not.toBe(401)
    },
  )

  test('a query beside the path does not matter, as RFC 9449 has it', async () => {
    const headers = { authorization: `DPoP ${bound}`, dpop: await proofFor(bound) }
    expect((await fetch(`${meUrl().href}?a=b`, { headers })).status).toBe(200)
  })

  test('a token that was ended is refused with its proof, too', async () => {
    const { access_token } = await signInAt(config, person, {}, { DPoP: handle })
    await oidc.tokenRevocation(config, access_token)
    await expect.poll(async () => (await show(access_token, await proofFor(access_token))).status).toBe(401)
  })
})

describe('UserInfo', () => {
  const url = () => `${server.origin}/api/auth/oauth2/userinfo`
  const proof = (token: string, claims: object = {}) => proofFor(token, { claims: { htu: url(), ...claims } })
  const ask = (authorization: string, dpop?: string, method = 'GET') =>
    fetch(url(), { method, headers: { authorization, ...(dpop !== undefined && { dpop }) } })

  test.each(['openid email', 'openid email usage:read'])('tells the person to who has the key (%s)', async (scope) => {
    const tokens = await signInAt(config, person, { scope }, { DPoP: handle })
    const sub = tokens.claims()?.sub ?? ''
    expect(await oidc.fetchUserInfo(config, tokens.access_token, sub, { DPoP: handle })).toMatchObject({
      sub,
      email: person.email,
    })
    const posted = await ask(`DPoP ${tokens.access_token}`, await proof(tokens.access_token, { htm: 'POST' }), 'POST')
    expect(posted.status).toBe(200)

    const plain = await ask(`Bearer ${tokens.access_token}`)
    expect(plain.status).toBe(401)
    expect(plain.headers.get('www-authenticate')).toBe(`Bearer error="invalid_token", DPoP ${algs}`)
    const once = await proof(tokens.access_token)
    expect((await ask(`DPoP ${tokens.access_token}`, once)).status).toBe(200)
    for (const dpop of [undefined, once, await proof(tokens.access_token, { htm: 'PUT' })]) {
      const refused = await ask(`DPoP ${tokens.access_token}`, dpop)
      expect(refused.status).toBe(401)
      expect(refused.headers.get('www-authenticate')).toBe(`DPoP error="invalid_dpop_proof", ${algs}, Bearer`)
    }
  })

  test('a bearer token with the DPoP scheme is refused', async () => {
    const { access_token } = await signInAt(config, person)
    const refused = await ask(`DPoP ${access_token}`, await proof(access_token))
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toBe(`DPoP error="invalid_token", ${algs}, Bearer`)
  })
})
