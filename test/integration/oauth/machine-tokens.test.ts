// Tokens in an agent's own name. The plain ones don't come from the provider, and must be what it would have given.
import { eq } from 'drizzle-orm'
import { decodeJwt, decodeProtectedHeader, generateKeyPair } from 'jose'
import * as oidc from 'openid-client'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { oauthClient } from '#src/db/schema/index.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { addAgent, discover, me } from './market.ts'
import type { TestAgent } from './market.ts'

let server: TestServer
let agent: TestAgent

beforeAll(async () => {
  server = await startTestServer()
})
beforeEach(async () => {
  agent = await addAgent(server)
})
afterAll(() => server.stop())

interface TokenAnswer {
  readonly access_token: string
  readonly expires_at: number
  readonly error?: string
}

const api = () => `${server.origin}/api`
const mcp = () => `${server.origin}/mcp`
const tokenEndpoint = () => `${server.origin}/api/auth/oauth2/token`
const basic = () => `Basic ${Buffer.from(`${agent.clientId}:${agent.clientSecret}`).toString('base64')}`
const change = (columns: Partial<typeof oauthClient.$inferInsert>) =>
  server.deps.db.update(oauthClient).set(columns).where(eq(oauthClient.clientId, agent.clientId))

const ask = (parameters: Readonly<Record<string, string>>, authorization: string | undefined = basic()) =>
  fetch(tokenEndpoint(), {
    method: 'POST',
    headers: authorization === '' ? {} : { authorization },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...parameters }),
  })

async function askProvider(parameters: Readonly<Record<string, string>>): Promise<Response> {
  const headers = new Headers({ authorization: basic() })
  const request = new Request(tokenEndpoint(), { method: 'POST', headers })
  const body = { grant_type: 'client_credentials', ...parameters }
  const answer: unknown = await server.deps.auth.server.api.oauth2Token({ body, headers, request })
  if (!(answer instanceof Response)) throw new Error('The provider gave no response')
  return answer
}

/** What is the same for each token that is asked for in the same way. */
async function comparable(answer: Response) {
  const { access_token: token, expires_at: expiresAt, ...body } = (await answer.json()) as TokenAnswer
  const { jti, iat = 0, exp = 0, ...claims } = decodeJwt(token)
  return {
    status: answer.status,
    headers: ['content-type', 'cache-control', 'pragma'].map((name) => answer.headers.get(name)),
    body,
    header: decodeProtectedHeader(token),
    claims,
    livesFor: exp - iat,
    endsTogether: exp === expiresAt,
    hasId: typeof jti,
  }
}

describe('a plain one is what the provider gives', () => {
  test.each<[string, () => Record<string, string>]>([
    ['for the API', () => ({ resource: api() })],
    ['for the MCP server', () => ({ resource: mcp() })],
    ['with one scope', () => ({ resource: api(), scope: 'usage:read' })],
    ['with both in another order', () => ({ resource: api(), scope: 'usage:write usage:read' })],
  ])('%s', async (_, parameters) => {
    const ours = await comparable(await ask(parameters()))
    expect(ours).toEqual(await comparable(await askProvider(parameters())))
    expect(ours).toMatchObject({ status: 200, livesFor: 300, endsTogether: true, hasId: 'string' })
  })

  test('also with the secret in the form, and for the API when no audience is named', async () => {
    const inForm = { client_id: agent.clientId, client_secret: agent.clientSecret }
    expect(await comparable(await ask(inForm, ''))).toEqual(await comparable(await askProvider({ resource: api() })))
  })

  test('each has an id of its own, so that one can be ended and the others live', async () => {
    const config = await discover(server, agent)
    const [ended, living] = [await oidc.clientCredentialsGrant(config), await oidc.clientCredentialsGrant(config)]
    await oidc.tokenRevocation(config, ended.access_token)
    expect(await oidc.tokenIntrospection(config, ended.access_token)).toEqual({ active: false })
    expect(await oidc.tokenIntrospection(config, living.access_token)).toMatchObject({ active: true })
    expect((await me(server, living.access_token)).status).toBe(200)
  })
})

describe('what is not plain is the provider’s to answer', () => {
  test.each<[string, () => Record<string, string>, string]>([
    ['a scope of people', () => ({ scope: 'openid' }), 'invalid_scope'],
    ['a scope nobody has', () => ({ scope: 'usage:read usage:own' }), 'invalid_scope'],
    ['an empty scope', () => ({ scope: ' ' }), 'invalid_scope'],
    ['an audience nobody knows', () => ({ resource: 'https://elsewhere.example/api' }), 'invalid_target'],
    ['an audience that is almost ours', () => ({ resource: `${api()}/` }), 'invalid_target'],
    ['an audience that is none', () => ({ resource: 'api' }), 'invalid_request'],
  ])('%s is refused', async (_, parameters, error) => {
    expect(await (await ask(parameters())).json()).toMatchObject({ error })
  })

  test.each<[string, Partial<typeof oauthClient.$inferInsert>, string]>([
    ['that may not have such tokens', { grantTypes: ['authorization_code'] }, 'unauthorized_client'],
    ['without a scope for itself', { clientCredentialsScopes: [] }, 'unauthorized_client'],
    ['whose tokens are always bound to a key', { dpopBoundAccessTokens: true }, 'invalid_dpop_proof'],
    ['whose registration says so', { metadata: { dpop_bound_access_tokens: true } }, 'invalid_dpop_proof'],
    ['that is switched off', { disabled: true }, 'invalid_client'],
  ])('a client %s is refused', async (_, columns, error) => {
    await change(columns)
    expect(await (await ask({})).json()).toMatchObject({ error })
  })

  test('a client gets no scope that it lost', async () => {
    await change({ clientCredentialsScopes: ['usage:read'] })
    expect(await (await ask({ scope: 'usage:write' })).json()).toMatchObject({ error: 'invalid_scope' })
    expect(await (await ask({})).json()).toMatchObject({ scope: 'usage:read' })
  })

  test('two audiences are both in the token, and a proof binds it', async () => {
    const config = await discover(server, agent)
    const both = new URLSearchParams([
      ['resource', api()],
      ['resource', mcp()],
    ])
    const two = await oidc.clientCredentialsGrant(config, both)
    expect(decodeJwt(two.access_token).aud).toEqual([api(), mcp()])

    const DPoP = oidc.getDPoPHandle(config, await generateKeyPair('ES256'))
    const bound = await oidc.clientCredentialsGrant(config, {}, { DPoP })
    expect(decodeJwt(bound.access_token)).toMatchObject({ cnf: { jkt: expect.any(String) } })
  })
})
