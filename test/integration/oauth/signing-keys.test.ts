// The keys that sign tokens: how one follows another without a client noticing, and how a leaked one is got rid of.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import * as oidc from 'openid-client'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { auditLogs, jwks } from '#src/db/schema/index.ts'
import { createAuth } from '#src/identity/index.ts'
import type { Auth } from '#src/identity/index.ts'
import { rotateNow, rotateWhenDue } from '#src/identity/signing-keys/index.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { eventually } from '#test/support/start-process.ts'
import { addAgent, discover, me, newPerson, signInAt } from './market.ts'
import type { TestAgent } from './market.ts'

const secret = 'only for these tests, and long enough'
const [hour, day] = [3_600, 86_400]
const [rotation, publishedAhead, keptFor] = [90 * day, hour, 7 * day]
/** Every process knows of a change by then; within seconds, where nothing else keeps the processors busy. */
const seenEverywhereMs = 30_000

let database: TestDatabase
let server: TestServer
let agent: TestAgent
let config: oidc.Configuration

beforeEach(async () => {
  database = await createTestDatabase({ start: 'started' })
  server = await startTestServer({ databaseUrl: database.url, environment: { AUTH_SECRET: secret } })
  agent = await addAgent(server)
  config = await discover(server, agent)
})
afterEach(async () => {
  await server.stop()
  await database.drop()
})

const jwksUrl = () => new URL(`${server.origin}/api/auth/jwks`)
const published = async () => {
  const { keys } = (await (await fetch(jwksUrl())).json()) as { keys: { kid: string }[] }
  return keys.map(({ kid }) => kid)
}
const machineToken = async () => (await oidc.clientCredentialsGrant(config)).access_token
const kidOf = (token: string) => decodeProtectedHeader(token).kid
const keeper = () => ({ db: server.deps.db, secret })
const isAccepted = async (token: string) => (await me(server, token)).status === 200

/** Makes every key so much older. The clock of the tokens goes on as ever. */
const pass = (seconds: number) =>
  database.pool.query(
    `UPDATE jwks SET created_at = created_at - $1 * interval '1 second', expires_at = expires_at - $1 * interval '1 second'`,
    [seconds],
  )

const trail = async () =>
  (await server.deps.db.select().from(auditLogs).orderBy(auditLogs.timestamp))
    .filter(({ resource }) => resource === 'signing_key')
    .map(({ action, resourceId, metadata }) => ({ action, resourceId, ...(metadata as { reason: string }) }))

/** What another process would be: the same database, its own memory. */
async function anotherProcess(authSecret = secret): Promise<Auth> {
  const { db, mail, log } = server.deps
  const auth = createAuth({ config: { authSecret }, baseUrl: server.origin, db, mail, log })
  await auth.prepare()
  return auth
}

/** A client that read the keys now and never reads them again. */
async function readKeysOnce() {
  const keys = createRemoteJWKSet(jwksUrl(), { cacheMaxAge: Infinity, cooldownDuration: Infinity })
  await keys.reload()
  return (token: string) => jwtVerify(token, keys, { audience: `${server.origin}/api`, typ: 'at+jwt' })
}

describe('a rotation by the clock', () => {
  test('leaves every token good, also at a client that read the keys before the new one signed', async () => {
    const before = await machineToken()
    const first = kidOf(before)
    const earlyClient = await readKeysOnce()

    await pass(rotation - publishedAhead)
    await rotateWhenDue(keeper())
    const [next, ...others] = await eventually(async () => {
      const kids = await published()
      return kids.length === 2 && kids
    })
    expect(others).toEqual([first])
    const lateClient = await readKeysOnce()
    const meanwhile = await machineToken()
    expect(kidOf(meanwhile)).toBe(first)

    await pass(publishedAhead)
    const after = await eventually(async () => {
      const token = await machineToken()
      return kidOf(token) === next && token
    })
    for (const token of [before, meanwhile, after]) {
      expect(await isAccepted(token)).toBe(true)
      expect((await lateClient(token)).payload.client_id).toBe(agent.clientId)
    }
    await earlyClient(meanwhile)
    // Why a key is published before it signs.
    await expect(earlyClient(after)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' })
  })

  // Within five minutes it reads the published keys once, whatever it meets.
  test('openid-client checks every ID token and reads the keys once, while both sign', async () => {
    oidc.enableNonRepudiationChecks(config)
    const person = await newPerson(server)
    await pass(rotation - publishedAhead)
    await rotateWhenDue(keeper())
    await eventually(async () => (await published()).length === 2)
    const first = await signInAt(config, person)
    await pass(publishedAhead)
    const second = await eventually(async () => {
      const tokens = await signInAt(config, person)
      return kidOf(tokens.id_token ?? '') !== kidOf(first.id_token ?? '') && tokens
    })
    expect(second.claims()?.sub).toBe(first.claims()?.sub)
  })

  test('removes a key a week after it last signed, and what it signed is refused from then on', async () => {
    const old = await machineToken()
    await pass(rotation - publishedAhead)
    await rotateWhenDue(keeper())
    await pass(publishedAhead + keptFor - 60)
    await rotateWhenDue(keeper())
    expect(await published()).toContain(kidOf(old))
    expect(await isAccepted(old)).toBe(true)

    await pass(61)
    await eventually(async () => !(await isAccepted(old)), seenEverywhereMs)
    await rotateWhenDue(keeper())
    expect(await server.deps.db.$count(jwks)).toBe(1)
    await eventually(async () => !(await published()).includes(kidOf(old) ?? ''), seenEverywhereMs)
    const [next] = await published()
    expect(await trail()).toEqual([
      { action: 'signing_key.create', resourceId: kidOf(old), reason: 'first' },
      { action: 'signing_key.create', resourceId: next, reason: 'scheduled', after: kidOf(old) },
      { action: 'signing_key.remove', resourceId: kidOf(old), reason: 'scheduled' },
    ])
  })

  test('does nothing before it is due', async () => {
    await pass(rotation - publishedAhead - 60)
    await rotateWhenDue(keeper())
    expect(await server.deps.db.$count(jwks)).toBe(1)
  })

  test('a key without a successor signs on, however late the rotation is', async () => {
    await pass(3 * rotation)
    await database.pool.query('UPDATE jwks SET expires_at = created_at')
    const token = await machineToken()
    expect(await isAccepted(token)).toBe(true)
  })

  test('ten at once make one key', async () => {
    await pass(rotation)
    await Promise.all(Array.from({ length: 10 }, () => rotateWhenDue(keeper())))
    expect(await server.deps.db.$count(jwks)).toBe(2)
  })
})

describe('a key that leaked', () => {
  test('is gone at once: its tokens are refused in every process, and new ones are good', async () => {
    await pass(day)
    const other = await anotherProcess()
    const stolen = await machineToken()
    expect(await isAccepted(stolen)).toBe(true)
    expect(await other.tokens.verify(stolen)).toBeDefined()

    await rotateNow(keeper(), 'compromised')
    expect(await oidc.tokenIntrospection(config, stolen)).toEqual({ active: false })
    await eventually(async () => !(await isAccepted(stolen)), seenEverywhereMs)
    await eventually(async () => (await other.tokens.verify(stolen)) === undefined, seenEverywhereMs)
    const [key, ...others] = await published()
    expect(others).toEqual([])
    const token = await machineToken()
    expect(kidOf(token)).toBe(key)
    expect(await isAccepted(token)).toBe(true)
    expect((await trail()).map(({ action, reason }) => [action, reason])).toEqual([
      ['signing_key.create', 'first'],
      ['signing_key.create', 'compromised'],
      ['signing_key.remove', 'compromised'],
    ])
  })

  test.each(['compromised', 'planned'] as const)('ten operators at once make one key (%s)', async (why) => {
    await pass(day)
    const results = await Promise.all(Array.from({ length: 10 }, () => rotateNow(keeper(), why)))
    expect(results.filter(({ kind }) => kind === 'rotated')).toHaveLength(1)
    expect(new Set(results.map(({ keyId }) => keyId)).size).toBe(1)
    expect(await server.deps.db.$count(jwks)).toBe(why === 'compromised' ? 1 : 2)
  })

  test('is removed although somebody began a planned rotation a moment before', async () => {
    await pass(day)
    const stolen = await machineToken()
    await rotateNow(keeper(), 'planned')
    await rotateNow(keeper(), 'compromised')
    expect(await server.deps.db.$count(jwks)).toBe(1)
    await eventually(async () => !(await isAccepted(stolen)), seenEverywhereMs)
  })
})

describe('the published keys', () => {
  test('say how long they may be kept, and show no private part', async () => {
    const answer = await fetch(jwksUrl())
    expect(answer.headers.get('cache-control')).toBe('public, max-age=300')
    expect(await answer.json()).toEqual({
      keys: [
        {
          kty: 'EC',
          crv: 'P-256',
          alg: 'ES256',
          use: 'sig',
          kid: expect.any(String),
          x: expect.any(String),
          y: expect.any(String),
        },
      ],
    })
  })

  test('private halves lie in the database encrypted', async () => {
    const [row] = await server.deps.db.select().from(jwks)
    expect(row?.privateKey).toMatch(/^"[0-9a-f]+"$/)
  })
})

test('processes that start together on an empty database make one key, and all sign with it', async () => {
  for (let round = 0; round < 5; round += 1) {
    await database.pool.query('TRUNCATE jwks')
    const processes = await Promise.all(Array.from({ length: 5 }, () => anotherProcess()))
    const [row, ...others] = await server.deps.db.select().from(jwks)
    expect(others).toEqual([])
    for (const process of processes) {
      const { token } = await process.server.api.signJWT({ body: { payload: { sub: 'somebody' } } })
      expect(kidOf(token)).toBe(row?.id)
    }
  }
})

test('with another secret than before, a new key signs, and tokens of the old one count on', async () => {
  const old = await machineToken()
  const other = await anotherProcess('another secret, and long enough as well')
  expect(await server.deps.db.$count(jwks)).toBe(2)
  expect(await other.tokens.verify(old)).toBeDefined()
  const answer = await other.handler(
    new Request(`${server.origin}/api/auth/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: agent.clientId,
        client_secret: agent.clientSecret,
      }),
    }),
    { clientAddress: '127.0.0.1' },
  )
  const { access_token: token } = (await answer.json()) as { access_token: string }
  expect(kidOf(token)).not.toBe(kidOf(old))
  await eventually(() => isAccepted(token))
})

describe('pnpm keys:rotate', () => {
  const run = async (...options: readonly string[]) => {
    const script = join(import.meta.dirname, '../../../scripts/operator/rotate-keys.ts')
    const env = { PATH: process.env['PATH'], DATABASE_URL: database.url, AUTH_SECRET: secret }
    const { stderr } = await promisify(execFile)(process.execPath, [script, ...options], { env })
    return stderr
  }

  test('publishes the next key, and says when it signs', async () => {
    await pass(day)
    const said = await run()
    const [next = ''] = await eventually(async () => {
      const kids = await published()
      return kids.length === 2 && kids
    })
    expect(said).toContain(`Key ${next} is published and signs from `)
    expect(await run()).toContain(`Another rotation is under way: its key is ${next}`)
  })

  test('with --compromised ends everything that the others signed', async () => {
    await pass(day)
    const stolen = await machineToken()
    expect(await run('--compromised')).toContain('All others are gone')
    await eventually(async () => !(await isAccepted(stolen)), seenEverywhereMs)
  })

  test('refuses another option and changes nothing', async () => {
    await expect(run('--force')).rejects.toMatchObject({ code: 1 })
    expect(await server.deps.db.$count(jwks)).toBe(1)
  })
})
