// What the ledger of authorization codes knows, and what a code that comes twice does.
import { eq, sql } from 'drizzle-orm'
import * as oidc from 'openid-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { auditLogs, oauthAuthorizationCode, oauthRefreshToken, outboxEvents } from '#src/db/schema/index.ts'
import { hashCode } from '#src/identity/authorization-codes/code-hash.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import {
  addAgent,
  allow,
  discover,
  me,
  newPerson,
  openConnections,
  redeem,
  redirectUri,
  signInRequest,
} from './market.ts'
import type { Browser, SignInRequest, TestAgent } from './market.ts'

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

interface Issued {
  readonly request: SignInRequest
  readonly callback: URL
  readonly code: string
}

async function issueCode(): Promise<Issued> {
  const request = await signInRequest(config)
  const callback = await allow(person, request.url)
  return { request, callback, code: callback.searchParams.get('code') ?? '' }
}

const redeemed = ({ callback, request }: Issued) => redeem(config, callback, request)

async function ledgerRow(code: string) {
  const rows = await server.deps.db
    .select()
    .from(oauthAuthorizationCode)
    .where(eq(oauthAuthorizationCode.codeHash, hashCode(code)))
  const [row] = rows
  if (row === undefined || rows.length > 1) throw new Error(`The ledger has ${rows.length} rows of the code`)
  return row
}

test('an issued code is written down before it leaves, as a hash, and lives a minute', async () => {
  const { code } = await issueCode()
  const row = await ledgerRow(code)
  expect(row).toMatchObject({
    clientId: agent.clientId,
    redirectUri,
    claimedAt: null,
    redeemedAt: null,
    replayCount: 0,
  })
  expect(row.scopes).toContain('usage:write')
  expect(row.expiresAt.getTime() - Date.now()).toBeLessThanOrEqual(60_000)
  const { rows } = await server.deps.db.execute(sql`
    SELECT count(*)::int AS n FROM oauth_authorization_code AS r WHERE strpos(r::text, ${code}) > 0`)
  expect(rows[0]?.['n']).toBe(0)
})

test('a code that was not redeemed within its minute is worth nothing', async () => {
  const issued = await issueCode()
  await server.deps.db.execute(sql`
    UPDATE verification SET expires_at = now() - interval '1 second' WHERE identifier = ${hashCode(issued.code)}`)
  await expect(redeemed(issued)).rejects.toMatchObject({ error: 'invalid_grant' })
})

test('its redemption is noted, and its tokens name it', async () => {
  const issued = await issueCode()
  await redeemed(issued)
  expect(await ledgerRow(issued.code)).toMatchObject({ redeemedAt: expect.any(Date), replayedAt: null, replayCount: 0 })
  const tokens = await server.deps.db
    .select()
    .from(oauthRefreshToken)
    .where(eq(oauthRefreshToken.authorizationCodeId, hashCode(issued.code)))
  expect(tokens).toHaveLength(1)
})

const userInfo = (init: RequestInit) => fetch(`${server.origin}/api/auth/oauth2/userinfo`, { method: 'POST', ...init })

test('a living token is taken in the header or in the form, never in both', async () => {
  const { access_token } = await redeemed(await issueCode())
  const headers = { authorization: `Bearer ${access_token}` }
  const body = new URLSearchParams({ access_token })
  expect((await userInfo({ headers })).status).toBe(200)
  expect((await userInfo({ body })).status).toBe(200)
  expect((await userInfo({ headers, body })).status).toBe(400)
  expect((await userInfo({ body: new URLSearchParams([...body, ...body]) })).status).toBe(400)
  expect((await userInfo({})).status).toBe(401)
})

test('a replay ends every token of the code, also refreshed ones, is audited, and the publisher is told once', async () => {
  const [issued, untouched] = [await issueCode(), await issueCode()]
  const first = await redeemed(issued)
  const second = await oidc.refreshTokenGrant(config, first.refresh_token ?? '')
  const other = await redeemed(untouched)
  expect((await me(server, first.access_token)).status).toBe(200)

  for (const replayCount of [1, 2]) {
    await expect(redeemed(issued)).rejects.toMatchObject({ error: 'invalid_grant' })
    expect(await ledgerRow(issued.code)).toMatchObject({ replayCount, revokedAt: expect.any(Date) })
  }
  for (const { access_token } of [first, second]) {
    await expect.poll(async () => (await me(server, access_token)).status).toBe(401)
    await expect(oidc.fetchUserInfo(config, access_token, oidc.skipSubjectCheck)).rejects.toThrow()
    expect((await userInfo({ body: new URLSearchParams({ access_token }) })).status).toBe(401)
    const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ access_token }) }
    expect((await userInfo(json)).status).toBe(401)
    expect(await oidc.tokenIntrospection(config, access_token)).toEqual({ active: false })
  }
  await expect(oidc.refreshTokenGrant(config, second.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
  })
  expect((await me(server, other.access_token)).status).toBe(200)

  const { id } = await ledgerRow(issued.code)
  const audited = await server.deps.db.select().from(auditLogs).where(eq(auditLogs.resourceId, id))
  expect(audited.map(({ action, result }) => [action, result])).toEqual([['oauth_grant.end_replayed', 'denied']])
  const told = await server.deps.db
    .select()
    .from(outboxEvents)
    .where(eq(outboxEvents.subject, `oauth_client:${agent.clientId}`))
  expect(told.filter(({ payload }) => payload['grantId'] === id).map(({ type }) => type)).toEqual([
    'oauth.code_replayed',
  ])
})

test('of 50 redemptions at once exactly one wins, and what it got lives', async () => {
  const issued = await issueCode()
  await openConnections(server, 50)
  const results = await Promise.allSettled(Array.from({ length: 50 }, () => redeemed(issued)))
  const winners = results.filter((result) => result.status === 'fulfilled')
  const losers = results.filter((result) => result.status === 'rejected')
  expect(winners).toHaveLength(1)
  expect(losers.map(({ reason }) => reason.error)).toEqual(Array<string>(49).fill('invalid_grant'))
  const tokens = winners[0]?.value
  expect((await me(server, tokens?.access_token ?? '')).status).toBe(200)
  expect(await oidc.refreshTokenGrant(config, tokens?.refresh_token ?? '')).toHaveProperty('access_token')
  expect(await ledgerRow(issued.code)).toMatchObject({ replayCount: 0, revokedAt: null })
})

test('a code nobody issued leaves no trace', async () => {
  const count = () => server.deps.db.$count(oauthAuthorizationCode)
  const before = await count()
  const request = await signInRequest(config)
  const callback = new URL(redirectUri)
  callback.search = `?code=${'x'.repeat(32)}&state=${request.state}&iss=${encodeURIComponent(`${server.origin}/api/auth`)}`
  await expect(redeem(config, callback, request)).rejects.toMatchObject({ error: 'invalid_grant' })
  expect(await count()).toBe(before)
})

test('signing out keeps the code known', async () => {
  const issued = await issueCode()
  await redeemed(issued)
  const { userId } = await ledgerRow(issued.code)
  await server.deps.db.execute(sql`DELETE FROM session WHERE user_id = ${userId}`)
  expect(await ledgerRow(issued.code)).toMatchObject({ sessionId: null, redeemedAt: expect.any(Date) })
})
