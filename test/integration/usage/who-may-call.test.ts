// Who may meter what: a backend its own subscribers, a person themself, and nobody anything of others.
import { randomUUID } from 'node:crypto'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allScopes, discover, newPerson, signInAt } from '#test/integration/oauth/market.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { addMeteredAgent, addSubscriber, backendToken, call } from './market.ts'
import type { MeteredAgent } from './market.ts'

let server: TestServer
let agent: MeteredAgent
let person: { readonly userId: string; readonly token: string }

beforeAll(async () => {
  server = await startTestServer()
  agent = await addMeteredAgent(server, { messages: { quota: 100 }, seats: { kind: 'gauge', quota: 5 } })
  person = await signedIn(agent)
  await addSubscriber(server, agent, { userId: person.userId })
})
afterAll(() => server.stop())

/** Somebody who signed in at the agent, and the access token it got of them. */
async function signedIn(at: MeteredAgent, scope = allScopes): Promise<{ userId: string; token: string }> {
  const tokens = await signInAt(await discover(server, at), await newPerson(server), {
    scope,
    resource: `${server.origin}/api`,
  })
  return { userId: decodeJwt(tokens.access_token).sub ?? '', token: tokens.access_token }
}

const use = (token: string, body: Readonly<Record<string, unknown>>, path = '/usage') =>
  call(server, { token, path, body: { clientReqId: randomUUID(), metric: 'messages', ...body } })
const check = (token: string, body: Readonly<Record<string, unknown>>) =>
  call(server, { token, path: '/usage/check', body: { metric: 'messages', ...body } })

describe('a person’s own token', () => {
  it('consumes and checks for that person, named or not', async () => {
    expect((await use(person.token, { delta: 2 })).body).toMatchObject({ allowed: true, used: 2 })
    expect((await use(person.token, { userId: person.userId })).body).toMatchObject({ allowed: true, used: 3 })
    expect((await check(person.token, {})).body).toMatchObject({ allowed: true, used: 3 })
  })

  it('finds nothing of another person', async () => {
    const other = await addSubscriber(server, agent)
    expect(await use(person.token, { userId: other.userId })).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    })
    expect(await check(person.token, { userId: other.userId })).toMatchObject({ status: 404 })
  })

  it('neither lowers nor sends batches', async () => {
    expect(await use(person.token, { metric: 'seats', delta: -1 })).toMatchObject({ status: 403 })
    const batch = { events: [{ clientReqId: randomUUID(), metric: 'messages' }] }
    expect(await call(server, { token: person.token, path: '/usage/batch', body: batch })).toMatchObject({
      status: 403,
    })
  })

  it('is not enough without the scope, and then says which one', async () => {
    const reader = await signedIn(agent, 'openid usage:read')
    const refused = await use(reader.token, {})
    expect(refused.status).toBe(403)
    expect(refused.headers.get('www-authenticate')).toContain('scope="usage:write"')
    expect((await check(reader.token, {})).body).toMatchObject({ allowed: false, reason: 'no_subscription' })
  })
})

describe('a backend’s token', () => {
  it('sees nothing of another agent’s subscriber: neither subscription nor use', async () => {
    const stranger = await addMeteredAgent(server)
    const asked = await check(stranger.token, { userId: person.userId })
    expect(asked.body).toMatchObject({ allowed: false, reason: 'no_subscription', used: 0, subscriptionId: null })
    expect((await use(stranger.token, { userId: person.userId })).body).toMatchObject({ reason: 'no_subscription' })
  })

  it('must name a person', async () => {
    expect(await use(agent.token, {})).toMatchObject({ status: 400, body: { errors: [{ path: 'userId' }] } })
  })

  it('does not count when it was issued for another audience', async () => {
    const response = await fetch(`${server.origin}/api/auth/oauth2/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${agent.clientId}:${agent.clientSecret}`)}` },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope: 'usage:write',
        resource: `${server.origin}/mcp`,
      }),
    })
    const { access_token: token } = (await response.json()) as { access_token: string }
    expect(await use(token, { userId: person.userId })).toMatchObject({ status: 401 })
  })

  it('only reads with the scope to read', async () => {
    const token = await backendToken(server, agent, 'usage:read')
    expect((await check(token, { userId: person.userId })).status).toBe(200)
    expect((await use(token, { userId: person.userId })).status).toBe(403)
  })
})
