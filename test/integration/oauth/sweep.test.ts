import { sql } from 'drizzle-orm'
import * as oidc from 'openid-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  dpopProofs,
  oauthAuthorizationCode,
  oauthClient,
  pushedAuthorizationRequests,
  revokedTokens,
} from '#src/db/schema/index.ts'
import { sweepGrants } from '#src/identity/jobs.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { addAgent, discover, me, newPerson, signInAt } from './market.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

test('sweeping removes what is over, and no grant that still gives tokens', async () => {
  const { db } = server.deps
  const config = await discover(server, await addAgent(server))
  const person = await newPerson(server)
  const [living, over] = [await signInAt(config, person), await signInAt(config, person)]
  await oidc.tokenRevocation(config, over.refresh_token ?? '')
  await fetch(`${server.origin}/api/auth/oauth2/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ redirect_uris: ['http://localhost:1/cb'] }),
  })
  const yesterday = new Date(Date.now() - 86_400_000)
  await db.insert(revokedTokens).values({ jti: 'of yesterday', expiresAt: yesterday })
  await db.insert(dpopProofs).values({ digest: 'of yesterday', expiresAt: yesterday })
  const { client_id: clientId } = config.clientMetadata()
  await db.insert(pushedAuthorizationRequests).values([
    { digest: 'of yesterday', clientId, query: 'a=b', expiresAt: yesterday },
    { digest: 'of now', clientId, query: 'a=b', expiresAt: new Date(Date.now() + 60_000) },
  ])
  await db.execute(sql`UPDATE oauth_authorization_code SET expires_at = now() - interval '31 days'`)
  await db.execute(sql`UPDATE oauth_client SET created_at = now() - interval '2 days'`)

  await sweepGrants(db)

  expect(await db.$count(revokedTokens)).toBe(0)
  expect(await db.$count(dpopProofs)).toBe(0)
  expect(await db.$count(pushedAuthorizationRequests)).toBe(1)
  expect(await db.$count(oauthAuthorizationCode)).toBe(1)
  expect(await db.$count(oauthClient)).toBe(1)
  const next = await oidc.refreshTokenGrant(config, living.refresh_token ?? '')
  expect((await me(server, next.access_token)).status).toBe(200)
})
