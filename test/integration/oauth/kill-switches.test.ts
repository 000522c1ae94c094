// Two servers on one database: what is switched off at one is refused by both, within seconds, although the tokens are JWTs
// that each of them verifies by itself.
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { eq, sql } from 'drizzle-orm'
import * as oidc from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agents, auditLogs, user } from '#src/db/schema/index.ts'
import { rotateSecret, setSignIn } from '#src/features/agent-clients/index.ts'
import { createOAuthServices } from '#src/identity/index.ts'
import type { OAuthServices } from '#src/identity/index.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { addAgent, discover, me, newPerson, signInAt } from './market.ts'
import type { Browser, TestAgent } from './market.ts'

/** They are seconds where nothing else keeps the processors busy. */
const limitMs = 30_000
const environment = { AUTH_SECRET: 'one secret of both servers, long enough' }

let database: TestDatabase
let first: TestServer
let second: TestServer
let oauth: OAuthServices

beforeAll(async () => {
  database = await createTestDatabase({ start: 'started' })
  first = await startTestServer({ databaseUrl: database.url, environment })
  const port = await freePort()
  const other = await startTestServer({
    databaseUrl: database.url,
    environment: { ...environment, BASE_URL: first.origin, PORT: String(port) },
  })
  second = { ...other, origin: `http://localhost:${port}` }
  oauth = createOAuthServices(first.deps)
})
afterAll(async () => {
  await Promise.all([first.stop(), second.stop()])
  await database.drop()
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const statuses = (token: string) => Promise.all([first, second].map(async (server) => (await me(server, token)).status))

async function expectDead(tokens: readonly string[]): Promise<void> {
  for (const token of tokens) {
    await expect.poll(() => statuses(token), { timeout: limitMs, interval: 100 }).toEqual([401, 401])
  }
}

async function newUse() {
  const [agent, person] = [await addAgent(first), await newPerson(first)]
  const config = await discover(first, agent)
  const tokens = await signInAt(config, person)
  const machine = await oidc.clientCredentialsGrant(config)
  expect(await statuses(tokens.access_token)).toEqual([200, 200])
  expect(await statuses(machine.access_token)).toEqual([200, 200])
  return { agent, person, config, tokens, machine }
}

const setStatus = ({ id }: TestAgent, status: 'published' | 'suspended' | 'archived') =>
  first.deps.db
    .update(agents)
    .set({ status, archivedAt: status === 'archived' ? new Date() : null })
    .where(eq(agents.id, id))

const personId = async ({ email }: Browser): Promise<string> => {
  const [row] = await first.deps.db.select({ id: user.id }).from(user).where(eq(user.email, email))
  return row?.id ?? ''
}

test('any number of servers may start at once', async () => {
  const { db, auth } = first.deps
  await db.execute(sql`DELETE FROM oauth_resource`)
  await Promise.all(Array.from({ length: 20 }, () => auth.prepare()))
  expect((await db.execute(sql`SELECT FROM oauth_resource`)).rowCount).toBe(2)
})

describe('an agent that is', () => {
  const close = ({ id }: TestAgent) =>
    setSignIn(first.deps, { agentId: id, userId: undefined, state: 'closed', reason: 'unpublished' })

  test.each([
    ['suspended', (agent: TestAgent) => setStatus(agent, 'suspended')],
    ['archived', (agent: TestAgent) => setStatus(agent, 'archived')],
    ['switched off', close],
    [
      'deleted',
      ({ id }: TestAgent) =>
        first.deps.db.execute(sql`
      DELETE FROM oauth_client WHERE client_id = (SELECT oauth_client_id FROM agents WHERE id = ${id})`),
    ],
  ])('%s loses the tokens of its people and its own, and gets no new ones', async (_, switchOff) => {
    const { agent, config, tokens, machine } = await newUse()
    const bystander = await newUse()
    await switchOff(agent)
    await expectDead([tokens.access_token, machine.access_token])
    await expect(oidc.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject({ status: 401 })
    await expect(oidc.clientCredentialsGrant(config)).rejects.toMatchObject({ status: 401 })
    expect(await statuses(bystander.tokens.access_token)).toEqual([200, 200])
  })

  test('switched on again signs in again, and both steps are in the trail', async () => {
    const { agent, config } = await newUse()
    await close(agent)
    await setSignIn(first.deps, { agentId: agent.id, userId: undefined, state: 'open', reason: 'fixed' })
    expect(await oidc.clientCredentialsGrant(config)).toHaveProperty('access_token')
    const trail = await first.deps.db.select().from(auditLogs).where(eq(auditLogs.resourceId, agent.id))
    expect(trail.map(({ action }) => action).toSorted()).toEqual([
      'agent_client.close',
      'agent_client.create',
      'agent_client.open',
    ])
  })
})

test('a person who is suspended loses what every agent has of them', async () => {
  const { person, config, tokens, machine } = await newUse()
  await first.deps.db.update(user).set({ banned: true }).where(eq(user.email, person.email))
  await expectDead([tokens.access_token])
  await expect(oidc.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
  })
  expect(await statuses(machine.access_token)).toEqual([200, 200])
})

test('a person who is deleted leaves no living token', async () => {
  const { person, config, tokens } = await newUse()
  await first.deps.db.delete(user).where(eq(user.email, person.email))
  await expectDead([tokens.access_token])
  await expect(oidc.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
  })
})

test('signing out here ends the tokens of that session', async () => {
  const { person, tokens } = await newUse()
  await person.submit('/sign-out', {})
  await expectDead([tokens.access_token])
})

test('an agent that is disconnected loses consent and tokens of every device, and asks anew', async () => {
  const { agent, person, config, tokens } = await newUse()
  const device = await signInAt(config, person)
  const userId = await personId(person)
  expect(await oauth.listConnections(userId)).toMatchObject([
    { clientId: agent.clientId, slug: agent.slug, allowedAt: expect.any(Date), lastSignInAt: expect.any(Date) },
  ])

  expect(await oauth.disconnect(userId, agent.clientId)).toBe(true)
  await expectDead([tokens.access_token, device.access_token])
  for (const { refresh_token = '' } of [tokens, device]) {
    await expect(oidc.refreshTokenGrant(config, refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' })
  }
  expect(await oauth.listConnections(userId)).toEqual([])
  expect(await oauth.disconnect(userId, agent.clientId)).toBe(false)

  const again = await signInAt(config, person)
  expect(await statuses(again.access_token)).toEqual([200, 200])
  expect(await statuses(tokens.access_token)).toEqual([401, 401])
})

test('a new secret counts at once, the one before as long as it was given, and a third one ends the first', async () => {
  const { agent, config } = await newUse()
  const rotate = (overlapSeconds: number) =>
    rotateSecret(first.deps, { agentId: agent.id, userId: undefined, overlapSeconds })
  const works = async (credentials: { clientId: string; clientSecret: string }) =>
    oidc.clientCredentialsGrant(await discover(first, credentials)).then(
      () => true,
      () => false,
    )
  const second = await rotate(3_600)
  expect([await works(agent), await works(second)]).toEqual([true, true])
  const third = await rotate(3_600)
  expect([await works(agent), await works(second), await works(third)]).toEqual([false, true, true])
  const fourth = await rotate(0)
  expect([await works(third), await works(fourth)]).toEqual([false, true])
  await expect(oidc.clientCredentialsGrant(config)).rejects.toMatchObject({ status: 401 })
})
