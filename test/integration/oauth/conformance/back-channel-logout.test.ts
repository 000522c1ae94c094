// What the OpenID Foundation's Back-Channel Logout OP plan asks (docs/CONFORMANCE.md).
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import * as oidc from 'openid-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { setBackchannelLogout } from '#src/features/agent-clients/index.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { addAgent, discover, newPerson, signInAt, signInRequest, signedOutUri } from '../market.ts'
import type { TestAgent } from '../market.ts'

let server: TestServer
let agent: TestAgent
let config: oidc.Configuration
let receiver: Server
const received: URLSearchParams[] = []

beforeAll(async () => {
  server = await startTestServer()
  agent = await addAgent(server)
  config = await discover(server, agent)
  receiver = createServer((request, response) => {
    void text(request).then((body) => {
      received.push(new URLSearchParams(body))
      response.end()
    })
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  const { port } = receiver.address() as AddressInfo
  const backchannelLogoutUri = `http://127.0.0.1:${port}/`
  await setBackchannelLogout(server.deps, { agentId: agent.id, userId: undefined, backchannelLogoutUri })
})
afterAll(async () => {
  receiver.close()
  await server.stop()
})

test('oidcc-backchannel-logout-discovery-endpoint-verification', () => {
  expect(config.serverMetadata()).toMatchObject({
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    end_session_endpoint: `${server.origin}/api/auth/oauth2/end-session`,
  })
})

test('oidcc-backchannel-rp-initiated-logout: the agent is told by a logout token of that very session', async () => {
  const person = await newPerson(server)
  const tokens = await signInAt(config, person)
  const parameters = { id_token_hint: tokens.id_token ?? '', post_logout_redirect_uri: signedOutUri, state: 'x' }
  expect((await person.open(oidc.buildEndSessionUrl(config, parameters))).leaveTo?.href).toBe(`${signedOutUri}?state=x`)
  const again = await person.open((await signInRequest(config, { prompt: 'none' })).url)
  expect(again.leaveTo?.searchParams.get('error')).toBe('login_required')
  await expect.poll(() => received.length).toBe(1)

  const { payload, protectedHeader } = await jwtVerify(
    received[0]?.get('logout_token') ?? '',
    createRemoteJWKSet(new URL(`${server.origin}/api/auth/jwks`)),
    { issuer: `${server.origin}/api/auth`, audience: agent.clientId, requiredClaims: ['iat', 'exp', 'jti'] },
  )
  expect(protectedHeader).toMatchObject({ alg: 'ES256', typ: 'logout+jwt' })
  expect(payload).toMatchObject({
    sub: tokens.claims()?.sub,
    sid: tokens.claims()?.['sid'],
    events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
  })
  expect(payload['sid']).toEqual(expect.any(String))
  expect(payload).not.toHaveProperty('nonce')
})
