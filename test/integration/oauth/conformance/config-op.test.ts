// What the OpenID Foundation's Config OP plan reads in the discovery document (docs/CONFORMANCE.md).
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'

let server: TestServer
let answer: Response
let metadata: Record<string, unknown>

beforeAll(async () => {
  server = await startTestServer()
  answer = await fetch(`${server.origin}/api/auth/.well-known/openid-configuration`)
  metadata = (await answer.json()) as Record<string, unknown>
})
afterAll(() => server.stop())

test('oidcc-discovery-endpoint-verification: the document is JSON and names the issuer it lies under', () => {
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
  expect(metadata['issuer']).toBe(`${server.origin}/api/auth`)
})

test('oidcc-discovery-endpoint-verification: what must be there is there', () => {
  expect(metadata).toMatchObject({
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    scopes_supported: expect.arrayContaining(['openid']),
    claims_supported: expect.arrayContaining(['sub', 'iss', 'aud']),
    grant_types_supported: expect.arrayContaining(['authorization_code']),
    code_challenge_methods_supported: ['S256'],
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
  })
})

test('oidcc-discovery-endpoint-verification: ID tokens are signed by ES256 alone', () => {
  expect(metadata['id_token_signing_alg_values_supported']).toEqual(['ES256'])
})

test('oidcc-discovery-endpoint-verification: every endpoint is on the issuer’s origin, and so over https where that is', () => {
  const addresses = Object.entries(metadata).filter(([name]) => name === 'jwks_uri' || name.endsWith('_endpoint'))
  expect(addresses.map(([name]) => name)).toEqual(
    expect.arrayContaining([
      'authorization_endpoint',
      'token_endpoint',
      'userinfo_endpoint',
      'registration_endpoint',
      'jwks_uri',
    ]),
  )
  for (const [, address] of addresses) expect(new URL(String(address)).origin).toBe(server.origin)
})

test('oidcc-discovery-endpoint-verification: the published keys are public, for signatures, each with a name of its own', async () => {
  // The first key is made when the first is asked for.
  const { keys } = (await (await fetch(String(metadata['jwks_uri']))).json()) as { keys: Record<string, unknown>[] }
  expect(keys.length).toBeGreaterThan(0)
  expect(new Set(keys.map(({ kid }) => kid)).size).toBe(keys.length)
  for (const key of keys) {
    expect(key).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256', kid: expect.any(String) })
    for (const secret of ['d', 'p', 'q', 'k']) expect(key).not.toHaveProperty(secret)
  }
})
