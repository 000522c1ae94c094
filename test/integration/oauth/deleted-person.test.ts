// Somebody who deletes their account: every agent's tokens are dead at every endpoint, agents are told, and the rest goes by
// itself.
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { eq, sql } from 'drizzle-orm'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import * as oidc from 'openid-client'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { oauthClient, user } from '#src/db/schema/index.ts'
import { setBackchannelLogout } from '#src/features/agent-clients/index.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { addAgent, discover, me, newBrowser, newPerson, password, signInAt, signInRequest } from './market.ts'
import type { Browser, TestAgent } from './market.ts'

const soon = { timeout: 30_000, interval: 100 }

let server: TestServer
let receiver: Server
let receiverUrl: string
const received = new Map<string, string[]>()

beforeAll(async () => {
  server = await startTestServer()
  receiver = createServer((request, response) => {
    void text(request).then((body) => {
      const at = request.url ?? ''
      received.set(at, [...(received.get(at) ?? []), new URLSearchParams(body).get('logout_token') ?? ''])
      response.writeHead(at === '/fails' ? 500 : 200).end()
    })
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  receiverUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
})
afterAll(async () => {
  receiver.close()
  await server.stop()
})

/** An agent that wants to hear at this path that a session ended. */
async function listeningAgent(path: string): Promise<TestAgent> {
  const agent = await addAgent(server)
  const backchannelLogoutUri = `${receiverUrl}${path}`
  await setBackchannelLogout(server.deps, { agentId: agent.id, userId: undefined, backchannelLogoutUri })
  return agent
}

const idOf = async ({ email }: Browser): Promise<string | undefined> => {
  const [row] = await server.deps.db.select({ id: user.id }).from(user).where(eq(user.email, email))
  return row?.id
}

const deleteAccount = (person: Browser) => person.submit('/account/delete', { email: person.email, password: '' })

const tokenAt = async (path: string, audience: string) =>
  jwtVerify(received.get(path)?.[0] ?? '', createRemoteJWKSet(new URL(`${server.origin}/api/auth/jwks`)), {
    issuer: `${server.origin}/api/auth`,
    audience,
    requiredClaims: ['iat', 'exp', 'jti'],
  })

test('every token of every agent is refused within seconds, and so is signing in', async () => {
  const person = await newPerson(server)
  const config = await discover(server, await addAgent(server))
  const other = await discover(server, await addAgent(server))
  const signIns = [
    { config, tokens: await signInAt(config, person) },
    { config: other, tokens: await signInAt(other, person) },
  ]
  const phone = newBrowser(server, person.email)
  await phone.submit('/sign-in', { email: person.email, password })
  expect((await phone.open('/account')).url.pathname).toBe('/account')

  const left = await deleteAccount(person)
  expect([left.status, left.url.pathname]).toEqual([200, '/account/deleted'])
  for (const browser of [person, phone]) {
    expect((await browser.open('/account')).url.pathname).toBe('/sign-in')
    const again = await browser.open((await signInRequest(config, { prompt: 'none' })).url)
    expect(again.leaveTo?.searchParams.get('error')).toBe('login_required')
  }
  for (const { config: at, tokens } of signIns) {
    const { access_token, refresh_token = '' } = tokens
    await expect.poll(async () => (await me(server, access_token)).status, soon).toBe(401)
    await expect(oidc.fetchUserInfo(at, access_token, oidc.skipSubjectCheck)).rejects.toMatchObject({ status: 401 })
    await expect(oidc.refreshTokenGrant(at, refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' })
    expect(await oidc.tokenIntrospection(at, access_token)).toMatchObject({ active: false })
  }
})

test('agents are told once, each of its session or of the person, and the rest goes by itself', async () => {
  const person = await newPerson(server)
  const [bySession, byPerson, failing, absent] = [
    await listeningAgent('/session'),
    await listeningAgent('/person'),
    await listeningAgent('/fails'),
    await listeningAgent('/absent'),
  ]
  const { db } = server.deps
  await db
    .update(oauthClient)
    .set({ backchannelLogoutSessionRequired: false })
    .where(eq(oauthClient.clientId, byPerson.clientId))
  await db
    .update(oauthClient)
    .set({ backchannelLogoutUri: 'http://127.0.0.1:1/' })
    .where(eq(oauthClient.clientId, absent.clientId))
  const tokens = await signInAt(await discover(server, bySession), person)
  for (const agent of [byPerson, failing, absent]) await signInAt(await discover(server, agent), person)
  const userId = await idOf(person)

  await deleteAccount(person)
  await vi.waitFor(async () => expect(await idOf(person)).toBeUndefined(), { timeout: 30_000, interval: 100 })

  const told = await tokenAt('/session', bySession.clientId)
  expect(told.protectedHeader).toMatchObject({ alg: 'ES256', typ: 'logout+jwt' })
  expect(told.payload).toMatchObject({
    sub: userId,
    sid: tokens.claims()?.['sid'],
    events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
  })
  expect(told.payload).not.toHaveProperty('nonce')
  const toldOfPerson = await tokenAt('/person', byPerson.clientId)
  expect(toldOfPerson.payload['sub']).toBe(userId)
  expect(toldOfPerson.payload).not.toHaveProperty('sid')
  expect([...received].map(([path, times]) => [path, times.length]).toSorted()).toEqual([
    ['/fails', 1],
    ['/person', 1],
    ['/session', 1],
  ])
  const outbox = () => server.deps.mailPreview?.list()
  await vi.waitFor(
    async () =>
      expect((await outbox())?.filter(({ to }) => to === person.email).at(0)?.template).toBe('account-deleted'),
    { timeout: 30_000, interval: 100 },
  )
  expect((await db.execute(sql`SELECT FROM pgboss.job WHERE data->>'to' = ${person.email}`)).rowCount).toBe(0)
})
