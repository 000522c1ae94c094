// The days on which somebody signed in at an agent, which a review rests on: written by the real flow, and by nothing else.
import { eq, sql } from 'drizzle-orm'
import * as oidc from 'openid-client'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { agentSignIns } from '#src/db/schema/index.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { addAgent, allow, discover, newPerson, redeem, signInAt, signInRequest } from './market.ts'
import type { Browser, TestAgent } from './market.ts'

let server: TestServer
let person: Browser
let agent: TestAgent
let config: oidc.Configuration

beforeAll(async () => {
  server = await startTestServer()
  person = await newPerson(server)
})
beforeEach(async () => {
  agent = await addAgent(server)
  config = await discover(server, agent)
})
afterAll(() => server.stop())

const days = () => server.deps.db.select().from(agentSignIns).where(eq(agentSignIns.agentId, agent.id))

test('a day is written once, however often somebody signs in on it', async () => {
  const request = await signInRequest(config)
  const callback = await allow(person, request.url)
  expect(await days()).toEqual([])
  const { rows } = await server.deps.db.execute(sql`SELECT (rialto_now() AT TIME ZONE 'UTC')::date::text AS day`)
  await redeem(config, callback, request)
  expect(await days()).toMatchObject([{ day: rows[0]?.['day'] }])
  await signInAt(config, person)
  expect(await days()).toHaveLength(1)
})

test('another day is another row', async () => {
  await signInAt(config, person)
  await server.deps.db
    .update(agentSignIns)
    .set({ day: sql`day - 1` })
    .where(eq(agentSignIns.agentId, agent.id))
  await signInAt(config, person)
  expect(await days()).toHaveLength(2)
})

test('what the agent does on its own is no sign-in: refreshing, its own token, a code that fails', async () => {
  const tokens = await signInAt(config, person)
  await server.deps.db.delete(agentSignIns).where(eq(agentSignIns.agentId, agent.id))
  await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '')
  await oidc.clientCredentialsGrant(config, { scope: 'usage:read', resource: `${server.origin}/api` })
  const request = await signInRequest(config)
  const callback = await allow(person, request.url)
  await expect(redeem(config, callback, { ...request, verifier: oidc.randomPKCECodeVerifier() })).rejects.toThrow()
  expect(await days()).toEqual([])
})
