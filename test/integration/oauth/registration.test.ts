// Programs that register themselves, as MCP clients do: from the 401 of a resource to a token for it.
import { createHash } from 'node:crypto'
import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { allow, me, newPerson } from './market.ts'

let server: TestServer
const insecure = { [oauth.allowInsecureRequests]: true }

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

const register = (metadata: unknown): Promise<Response> =>
  fetch(`${server.origin}/api/auth/oauth2/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof metadata === 'string' ? metadata : JSON.stringify(metadata),
  })

/** As the MCP specification tells a client to go: challenge, resource metadata, server metadata. */
async function findServer(): Promise<{ as: oauth.AuthorizationServer; resource: string }> {
  const challenge = (await fetch(`${server.origin}/api/v1/me`)).headers.get('www-authenticate') ?? ''
  const metadataUrl = /resource_metadata="([^"]+)"/.exec(challenge)?.[1] ?? ''
  const metadata = (await (await fetch(metadataUrl)).json()) as { resource: string; authorization_servers: string[] }
  const issuer = new URL(metadata.authorization_servers[0] ?? '')
  const answer = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure })
  return { as: await oauth.processDiscoveryResponse(issuer, answer), resource: metadata.resource }
}

test('from the challenge to a token, on a port that was not registered', async () => {
  const { as, resource } = await findServer()
  const registered = await oauth.dynamicClientRegistrationRequest(
    as,
    {
      client_name: 'A command line',
      redirect_uris: ['http://127.0.0.1:3333/callback'],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
    },
    insecure,
  )
  const client = await oauth.processDynamicClientRegistrationResponse(registered)
  expect(client['application_type']).toBe('native')

  const redirectUri = 'http://127.0.0.1:4444/callback'
  const [verifier, state] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomState()]
  const url = new URL(as.authorization_endpoint ?? '')
  url.search = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid offline_access usage:read',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    resource,
    state,
  }).toString()

  const person = await newPerson(server)
  const consent = await person.open(url)
  expect(consent.text).toContain('A command line')
  expect(consent.text).toContain('Not in the catalogue')
  const callback = oauth.validateAuthResponse(as, client, await allow(person, url), state)
  const answer = await oauth.authorizationCodeGrantRequest(
    as,
    client,
    oauth.None(),
    callback,
    redirectUri,
    verifier,
    insecure,
  )
  const tokens = await oauth.processAuthorizationCodeResponse(as, client, answer)
  expect(await (await me(server, tokens.access_token)).json()).toMatchObject({ kind: 'person', agent: null })

  const refreshed = await oauth.refreshTokenGrantRequest(as, client, oauth.None(), tokens.refresh_token ?? '', insecure)
  expect(await oauth.processRefreshTokenResponse(as, client, refreshed)).toHaveProperty('access_token')
})

test('it may not ask to meter, whatever it says', async () => {
  const answer = await register({ redirect_uris: ['http://localhost:1/cb'], scope: 'openid usage:write' })
  const body = (await answer.json()) as { scope?: string }
  expect(answer.status === 400 || !body.scope?.includes('usage:write')).toBe(true)
})

describe('a registration is refused', () => {
  test.each([
    [{ redirect_uris: ['javascript:alert(1)'] }],
    [{ redirect_uris: ['data:text/html,x'] }],
    [{ redirect_uris: ['http://evil.example/cb'] }],
    [{ redirect_uris: ['http://127.0.0.1.evil.example/cb'] }],
    [{ redirect_uris: ['https://agent.example/cb#x'] }],
    [{ redirect_uris: [] }],
    [{ redirect_uris: ['http://localhost:1/cb'], client_name: 'x'.repeat(200) }],
    [{ redirect_uris: ['http://localhost:1/cb'], client_name: 'Ria\u202Elto' }],
    [{ redirect_uris: ['http://localhost:1/cb'], grant_types: ['client_credentials'] }],
    [{ redirect_uris: ['http://localhost:1/cb'], grant_types: ['password'] }],
    [{}],
    ['not JSON'],
  ])('%j', async (body) => {
    const answer = await register(body)
    expect([answer.status, await answer.json()]).toEqual([400, expect.objectContaining({ error: expect.any(String) })])
  })
})

test('what was not asked about is not kept', async () => {
  const answer = await register({
    redirect_uris: ['http://localhost:1/cb'],
    skip_consent: true,
    require_pkce: false,
    disabled: false,
  })
  expect(answer.status).toBe(201)
  const { client_id } = (await answer.json()) as { client_id: string }
  const { rows } = await server.deps.pool.query(
    'SELECT skip_consent, require_pkce, reference_id, user_id FROM oauth_client WHERE client_id = $1',
    [client_id],
  )
  expect(rows[0]).toMatchObject({ skip_consent: null, reference_id: null, user_id: null })
  expect(rows[0].require_pkce).not.toBe(false)
})

test('thirty an hour from one network are the last', async () => {
  const statuses: number[] = []
  for (let count = 0; count < 31; count += 1) statuses.push((await register({})).status)
  expect(statuses.at(-1)).toBe(429)
})
