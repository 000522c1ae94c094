// Sign-in as an agent does it: with openid-client, from nothing but the issuer and its credentials.
import { createRemoteJWKSet, jwtVerify } from 'jose'
import * as oidc from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { addAgent, allow, discover, me, newPerson, openConnections, redeem, signInAt, signInRequest } from './market.ts'
import type { Browser, TestAgent } from './market.ts'

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

const issuer = () => `${server.origin}/api/auth`
const api = () => `${server.origin}/api`

describe('discovery', () => {
  test.each([
    '/api/auth/.well-known/openid-configuration',
    '/.well-known/openid-configuration/api/auth',
    '/.well-known/oauth-authorization-server/api/auth',
    '/api/auth/.well-known/oauth-authorization-server',
  ])('%s names the issuer, S256 alone and ES256', async (path) => {
    const answer = await fetch(server.origin + path)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({
      issuer: issuer(),
      code_challenge_methods_supported: ['S256'],
      response_types_supported: ['code'],
      id_token_signing_alg_values_supported: ['ES256'],
      authorization_response_iss_parameter_supported: true,
    })
  })

  test.each(['api', 'mcp'])('the resource %s says who issues tokens for it', async (name) => {
    const answer = await fetch(`${server.origin}/.well-known/oauth-protected-resource/${name}`)
    expect(await answer.json()).toMatchObject({
      resource: `${server.origin}/${name}`,
      authorization_servers: [issuer()],
    })
  })
})

describe('the code flow', () => {
  test('gives tokens that openid-client accepts, and the API knows the person', async () => {
    const request = await signInRequest(config)
    const callback = await allow(person, request.url)
    expect(callback.searchParams.get('iss')).toBe(issuer())
    const tokens = await redeem(config, callback, request)

    expect(tokens.claims()).toMatchObject({
      iss: issuer(),
      aud: agent.clientId,
      email: person.email,
      email_verified: false,
    })
    const { payload, protectedHeader } = await jwtVerify(
      tokens.access_token,
      createRemoteJWKSet(new URL(`${issuer()}/jwks`)),
      { issuer: issuer(), audience: api(), typ: 'at+jwt', algorithms: ['ES256'] },
    )
    expect(protectedHeader.alg).toBe('ES256')
    expect(payload).toMatchObject({
      sub: tokens.claims()?.sub,
      client_id: agent.clientId,
      scope: expect.stringContaining('usage:write'),
      sid: expect.any(String),
      jti: expect.any(String),
      grant_id: expect.any(String),
    })
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBeLessThanOrEqual(300)

    const answer = await me(server, tokens.access_token)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({
      kind: 'person',
      subject: payload.sub,
      clientId: agent.clientId,
      agent: agent.slug,
    })
  })

  test('userinfo tells the same person, with the address and whether it is confirmed', async () => {
    const tokens = await signInAt(config, person)
    const sub = tokens.claims()?.sub ?? ''
    expect(await oidc.fetchUserInfo(config, tokens.access_token, sub)).toMatchObject({
      sub,
      name: 'Ada Lovelace',
      email: person.email,
      email_verified: false,
    })
  })

  test.each([
    ['in the header', oidc.ClientSecretBasic],
    ['in the body', oidc.ClientSecretPost],
  ])('a secret counts %s', async (_, authentication) => {
    const other = await discover(server, agent, authentication(agent.clientSecret))
    expect((await signInAt(other, person)).token_type).toBe('bearer')
    const wrong = await discover(server, agent, authentication('a wrong one'))
    const request = await signInRequest(wrong)
    const callback = await allow(person, request.url)
    await expect(redeem(wrong, callback, request)).rejects.toMatchObject({ status: 401 })
    // Somebody without the secret has not used the code up.
    expect(await redeem(other, callback, request)).toHaveProperty('access_token')
  })
})

describe('refresh', () => {
  test('gives a new pair, and keeps the scopes', async () => {
    const first = await signInAt(config, person)
    const second = await oidc.refreshTokenGrant(config, first.refresh_token ?? '')
    expect(second.refresh_token).not.toBe(first.refresh_token)
    expect(second.scope).toBe(first.scope)
    expect((await me(server, second.access_token)).status).toBe(200)
  })

  test('a token used twice ends its grant, and another device goes on', async () => {
    const [stolen, other] = [await signInAt(config, person), await signInAt(config, person)]
    const next = await oidc.refreshTokenGrant(config, stolen.refresh_token ?? '')
    await expect(oidc.refreshTokenGrant(config, stolen.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    })
    await expect(oidc.refreshTokenGrant(config, next.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    })
    for (const { access_token } of [stolen, next]) expect((await me(server, access_token)).status).toBe(401)
    expect((await me(server, other.access_token)).status).toBe(200)
    expect(await oidc.refreshTokenGrant(config, other.refresh_token ?? '')).toHaveProperty('access_token')
  })

  test('of 20 at once one wins, and what it got lives', async () => {
    const { refresh_token = '' } = await signInAt(config, person)
    await openConnections(server, 20)
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, () => oidc.refreshTokenGrant(config, refresh_token)),
    )
    const [winner, ...others] = results.filter((result) => result.status === 'fulfilled')
    expect(others).toEqual([])
    expect((await me(server, winner?.value.access_token ?? '')).status).toBe(200)
    expect(await oidc.refreshTokenGrant(config, winner?.value.refresh_token ?? '')).toHaveProperty('access_token')
  })
})

describe('an agent’s backend', () => {
  test('gets a token in its own name', async () => {
    const tokens = await oidc.clientCredentialsGrant(config, { scope: 'usage:write', resource: api() })
    const answer = await me(server, tokens.access_token)
    expect(await answer.json()).toMatchObject({
      kind: 'agent',
      subject: agent.clientId,
      agent: agent.slug,
      scopes: ['usage:write'],
    })
  })

  test('needs to name neither scope nor resource', async () => {
    const tokens = await oidc.clientCredentialsGrant(config)
    expect(await (await me(server, tokens.access_token)).json()).toMatchObject({
      scopes: ['usage:read', 'usage:write'],
    })
  })

  test.each([
    [{ scope: 'openid' }, 'invalid_scope'],
    [{ resource: 'https://elsewhere.example/api' }, 'invalid_target'],
  ])('%j is refused with %s', async (parameters, error) => {
    await expect(oidc.clientCredentialsGrant(config, parameters)).rejects.toMatchObject({ error })
  })
})

describe('introspection and revocation', () => {
  test('a living token is active, and a revoked one is not, whatever its kind', async () => {
    const tokens = await signInAt(config, person)
    expect(await oidc.tokenIntrospection(config, tokens.access_token)).toMatchObject({
      active: true,
      client_id: agent.clientId,
    })
    expect(await oidc.tokenIntrospection(config, tokens.refresh_token ?? '')).toMatchObject({ active: true })

    await oidc.tokenRevocation(config, tokens.access_token)
    expect(await oidc.tokenIntrospection(config, tokens.access_token)).toEqual({ active: false })
    await expect(oidc.fetchUserInfo(config, tokens.access_token, oidc.skipSubjectCheck)).rejects.toThrow()

    const next = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '')
    await oidc.tokenRevocation(config, next.refresh_token ?? '')
    expect(await oidc.tokenIntrospection(config, next.access_token)).toEqual({ active: false })
    await expect(oidc.refreshTokenGrant(config, next.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    })
  })

  test('another agent learns nothing about a token and can’t revoke it', async () => {
    const tokens = await signInAt(config, person)
    const other = await discover(server, await addAgent(server))
    for (const token of [tokens.access_token, tokens.refresh_token ?? '']) {
      expect(await oidc.tokenIntrospection(other, token)).toEqual({ active: false })
      await oidc.tokenRevocation(other, token)
      expect(await oidc.tokenIntrospection(config, token)).toMatchObject({ active: true })
    }
  })
})
