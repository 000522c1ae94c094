// Through the real endpoints: what the ledger of authorization codes knows after a sign-in at an agent.
import { createHash, randomBytes } from 'node:crypto'
import { betterAuth } from 'better-auth'
import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as schema from '#src/db/schema/index.ts'
import { authOptions } from '#src/identity/auth-options.ts'
import { hashCode } from '#src/identity/authorization-codes/code-hash.ts'
import { newId } from '#src/lib/ids.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'

const baseUrl = 'http://localhost:3999'
const redirectUri = 'https://agent.example/callback'

let database: TestDatabase
let auth: ReturnType<typeof createAuth>
let cookie = ''
let client: { client_id: string; client_secret: string }

const createAuth = (db: TestDatabase['db']) =>
  betterAuth({
    ...authOptions({ baseUrl, secret: randomBytes(32).toString('hex'), newId, audiences: [] }),
    database: drizzleAdapter(db, { provider: 'pg', schema }),
    logger: { disabled: true },
  })

beforeAll(async () => {
  database = await createTestDatabase()
  auth = createAuth(database.db)
  const signUp = await post('/sign-up/email', {
    name: 'Ada',
    email: 'ada@example.com',
    password: 'correct horse battery',
  })
  cookie = signUp.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
  client = (await auth.api.adminCreateOAuthClient({
    headers: new Headers({ cookie }),
    body: {
      redirect_uris: [redirectUri],
      skip_consent: true,
      scope: 'openid offline_access',
      token_endpoint_auth_method: 'client_secret_post',
    },
  })) as { client_id: string; client_secret: string }
})
afterAll(() => database.drop())

function post(path: string, body: object): Promise<Response> {
  return auth.handler(
    new Request(`${baseUrl}/api/auth${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: baseUrl, cookie },
      body: JSON.stringify(body),
    }),
  )
}

interface IssuedCode {
  readonly code: string
  readonly verifier: string
}

async function issueCode(): Promise<IssuedCode> {
  const verifier = randomBytes(32).toString('base64url')
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: redirectUri,
    scope: 'openid offline_access',
    state: 'a-state-of-the-agent',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  const response = await auth.handler(
    new Request(`${baseUrl}/api/auth/oauth2/authorize?${query}`, { headers: { cookie } }),
  )
  const location = new URL(response.headers.get('location') ?? '')
  const code = location.searchParams.get('code')
  if (code === null) throw new Error(`No code in ${location.href}`)
  return { code, verifier }
}

const redeem = ({ code, verifier }: IssuedCode): Promise<Response> =>
  auth.handler(
    new Request(`${baseUrl}/api/auth/oauth2/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        code_verifier: verifier,
        redirect_uri: redirectUri,
        client_id: client.client_id,
        client_secret: client.client_secret,
      }),
    }),
  )

async function ledgerRow(code: string) {
  const rows = await database.db
    .select()
    .from(schema.oauthAuthorizationCode)
    .where(eq(schema.oauthAuthorizationCode.codeHash, hashCode(code)))
  if (rows.length !== 1) throw new Error(`The ledger has ${rows.length} rows of the code`)
  return rows[0]
}

test('an issued code is written down before it leaves, as a hash', async () => {
  const { code } = await issueCode()
  expect(await ledgerRow(code)).toMatchObject({
    clientId: client.client_id,
    scopes: ['openid', 'offline_access'],
    redirectUri,
    sessionId: expect.any(String),
    redeemedAt: null,
    replayCount: 0,
  })
  const plain = await database.pool.query(
    'SELECT count(*)::int AS n FROM oauth_authorization_code r WHERE r::text LIKE $1',
    [`%${code}%`],
  )
  expect(plain.rows[0]?.n).toBe(0)
})

test('its redemption is noted, and the tokens it gave name it', async () => {
  const issued = await issueCode()
  const response = await redeem(issued)
  expect([response.status, Object.keys((await response.json()) as object)]).toEqual([
    200,
    expect.arrayContaining(['refresh_token']),
  ])
  expect(await ledgerRow(issued.code)).toMatchObject({ redeemedAt: expect.any(Date), replayedAt: null, replayCount: 0 })
  const tokens = await database.db
    .select()
    .from(schema.oauthRefreshToken)
    .where(eq(schema.oauthRefreshToken.authorizationCodeId, hashCode(issued.code)))
  expect(tokens).toHaveLength(1)
})

test('every later use is counted as a replay and refused', async () => {
  const issued = await issueCode()
  await redeem(issued)
  const redeemedAt = (await ledgerRow(issued.code))?.redeemedAt
  for (const count of [1, 2]) {
    const replay = await redeem(issued)
    expect(replay.status).toBe(400)
    expect(await replay.json()).toMatchObject({ error: 'invalid_grant' })
    expect(await ledgerRow(issued.code)).toMatchObject({ redeemedAt, replayedAt: expect.any(Date), replayCount: count })
  }
})

test('a code nobody issued leaves no trace', async () => {
  const before = await database.pool.query('SELECT count(*) FROM oauth_authorization_code')
  expect((await redeem({ code: 'x'.repeat(32), verifier: 'y'.repeat(43) })).status).toBe(400)
  expect((await database.pool.query('SELECT count(*) FROM oauth_authorization_code')).rows).toEqual(before.rows)
})

test('signing out keeps the code known', async () => {
  const issued = await issueCode()
  await redeem(issued)
  await database.pool.query('DELETE FROM session')
  expect(await ledgerRow(issued.code)).toMatchObject({ sessionId: null, redeemedAt: expect.any(Date) })
})
