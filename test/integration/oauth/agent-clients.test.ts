// What a publisher sets on an agent's client: where people go after signing out, where it hears of it, why it asks for what.
import { desc, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readConfig } from '#src/config.ts'
import { agentScopeReasons, agents, auditLogs, oauthClient } from '#src/db/schema/index.ts'
import { setBackchannelLogout, setPostLogoutRedirectUris, setScopeReasons } from '#src/features/agent-clients/index.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { addAgent, allow, discover, newPerson, signInRequest, signedOutUri } from './market.ts'
import type { TestAgent } from './market.ts'

let server: TestServer
let agent: TestAgent

beforeAll(async () => {
  server = await startTestServer()
})
beforeEach(async () => {
  agent = await addAgent(server)
})
afterAll(() => server.stop())

const acting = () => ({ agentId: agent.id, userId: undefined })

async function client() {
  const [row] = await server.deps.db.select().from(oauthClient).where(eq(oauthClient.clientId, agent.clientId))
  return row
}

/** The newest entry of the agent's trail. */
async function lastAudit() {
  const [row] = await server.deps.db
    .select()
    .from(auditLogs)
    .where(eq(auditLogs.resourceId, agent.id))
    .orderBy(desc(auditLogs.timestamp))
    .limit(1)
  return row
}

/** From another agent's verbs: none of them is half done when its audit row can't be written. */
async function withoutTrail(change: () => Promise<void>): Promise<void> {
  await server.deps.pool.query(`ALTER TABLE audit_logs ADD CONSTRAINT no_more CHECK (action = '') NOT VALID`)
  try {
    await expect(change()).rejects.toThrow()
  } finally {
    await server.deps.pool.query('ALTER TABLE audit_logs DROP CONSTRAINT no_more')
  }
}

const harmful = [
  'javascript:alert(1)',
  'http://agent.example/',
  'https://agent.example/#x',
  'https://user@agent.example/',
  'https://agent.example/a/../b',
  `https://agent.example/${'x'.repeat(2_000)}`,
  'signed-out',
]

describe('where people go after the agent signed them out', () => {
  const set = (...postLogoutRedirectUris: readonly string[]) =>
    setPostLogoutRedirectUris(server.deps, { ...acting(), postLogoutRedirectUris })

  test('is replaced, with its trail, and may be nowhere', async () => {
    await set('https://agent.example/bye', 'http://localhost:4000/bye', 'https://agent.example/bye')
    const uris = ['https://agent.example/bye', 'http://localhost:4000/bye']
    expect(await client()).toMatchObject({ postLogoutRedirectUris: uris })
    expect(await lastAudit()).toMatchObject({
      action: 'agent_client.set_post_logout_redirect_uris',
      orgId: agent.organizationId,
      metadata: { before: [signedOutUri], after: uris },
    })
    await set()
    expect(await client()).toMatchObject({ postLogoutRedirectUris: [] })
  })

  test.each(harmful)('is not %j', async (uri) => {
    await expect(set(signedOutUri, uri)).rejects.toMatchObject({
      code: 'invalid_request',
      details: { postLogoutRedirectUris: [uri] },
    })
    expect(await client()).toMatchObject({ postLogoutRedirectUris: [signedOutUri] })
  })

  test('is at most twenty addresses', async () => {
    const uris = Array.from({ length: 21 }, (_, index) => `https://agent.example/${index}`)
    await expect(set(...uris)).rejects.toMatchObject({ code: 'invalid_request' })
    await set(...uris.slice(1))
  })

  test('is never changed without its trail', async () => {
    await withoutTrail(() => set('https://agent.example/bye'))
    expect(await client()).toMatchObject({ postLogoutRedirectUris: [signedOutUri] })
  })
})

describe('where the agent hears that a session ended', () => {
  const set = (backchannelLogoutUri: string | null, deps = server.deps) =>
    setBackchannelLogout(deps, { ...acting(), backchannelLogoutUri })

  test('is set, with its trail, and taken away', async () => {
    await set('https://agent.example/logout')
    expect(await client()).toMatchObject({
      backchannelLogoutUri: 'https://agent.example/logout',
      backchannelLogoutSessionRequired: true,
    })
    expect(await lastAudit()).toMatchObject({
      action: 'agent_client.set_backchannel_logout',
      metadata: { before: null, after: 'https://agent.example/logout' },
    })
    await set(null)
    expect(await client()).toMatchObject({ backchannelLogoutUri: null, backchannelLogoutSessionRequired: false })
  })

  test.each([
    ...harmful,
    'https://10.0.0.1/',
    'https://169.254.169.254/latest',
    'https://[fd00::1]/',
    'https://127.0.0.2/',
  ])('is not %j', async (uri) => {
    await expect(set(uri)).rejects.toMatchObject({ code: 'invalid_request' })
    expect(await client()).toMatchObject({ backchannelLogoutUri: null })
  })

  test.each(['http://localhost:4000/logout', 'https://127.0.0.1/logout', 'http://[::1]:4000/logout'])(
    'is %j only where the marketplace is a demo on one’s own machine',
    async (uri) => {
      const config = readConfig({
        BASE_URL: 'https://market.example',
        AUTH_SECRET: 'a secret of at least thirty-two letters',
        DATABASE_URL: 'postgres://localhost/rialto',
        SMTP_URL: 'smtp://localhost',
        MAIL_FROM: 'rialto@market.example',
      })
      await expect(set(uri, { ...server.deps, config })).rejects.toMatchObject({ code: 'invalid_request' })
      await set(uri)
      expect(await client()).toMatchObject({ backchannelLogoutUri: uri })
    },
  )

  test('is never changed without its trail', async () => {
    await withoutTrail(() => set('https://agent.example/logout'))
    expect(await client()).toMatchObject({ backchannelLogoutUri: null })
  })
})

test.each([
  ['addresses', () => setPostLogoutRedirectUris(server.deps, { ...acting(), postLogoutRedirectUris: [] })],
  ['a logout address', () => setBackchannelLogout(server.deps, { ...acting(), backchannelLogoutUri: null })],
])('an agent without a client takes no %s', async (_, change) => {
  await server.deps.db.update(agents).set({ oauthClientId: null }).where(eq(agents.id, agent.id))
  await expect(change()).rejects.toMatchObject({ code: 'conflict' })
})

describe('why the agent asks', () => {
  const set = (reasons: Readonly<Record<string, string>>) => setScopeReasons(server.deps, { ...acting(), reasons })
  const kept = async (): Promise<Record<string, string>> => {
    const rows = await server.deps.db.select().from(agentScopeReasons).where(eq(agentScopeReasons.agentId, agent.id))
    return Object.fromEntries(rows.map(({ scope, reason }) => [scope, reason]))
  }
  const consentPage = async (scope = 'openid profile email') => {
    const person = await newPerson(server)
    const { url } = await signInRequest(await discover(server, agent), { scope })
    return { person, url, page: await person.open(url) }
  }
  /** React puts empty comments between neighbouring texts. */
  const plain = (html: string): string => html.replaceAll('<!-- -->', '')

  test('stands on the consent page and under Connected agents, beside what the scope means', async () => {
    await set({ email: '  To send you the finished report.  ', profile: '' })
    const { person, url, page } = await consentPage()
    const text = plain(page.text)
    expect(text).toContain('See your e-mail address, and whether it is confirmed.')
    expect(text).toContain('<bdi>Lector</bdi> says: “<bdi>To send you the finished report.</bdi>”')
    expect(text.split('<bdi>Lector</bdi> doesn’t say why.')).toHaveLength(3)
    await allow(person, url)
    const connected = plain((await person.open('/account/connected-agents')).text)
    expect(connected).toContain('To send you the finished report.')
    expect(connected).toContain('that it is you, your name<span class="text-muted">: it doesn’t say why')
  })

  test('is said to be missing once, where nothing has a reason', async () => {
    const { page } = await consentPage()
    expect(plain(page.text).split('Lector doesn’t say why.')).toHaveLength(2)
  })

  test('stands where a device is let in, too', async () => {
    await set({ profile: 'To greet you on the television.' })
    const person = await newPerson(server)
    const answer = await fetch(`${server.origin}/api/auth/device/code`, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: agent.clientId,
        client_secret: agent.clientSecret,
        scope: 'openid profile',
      }),
    })
    const { user_code } = (await answer.json()) as { user_code: string }
    const page = await person.open(`/device?user_code=${user_code}`)
    expect(page.text).toContain('To greet you on the television.')
  })

  test.each([
    '<script>document.title = "mine"</script><img src=x onerror=alert(1)>',
    '</li></ul><form action="https://evil.example"><button>Allow</button></form>',
    '[click](javascript:alert(1)) {{constructor}} ${7*7} &lt;b&gt;',
  ])('is shown as it is, and does nothing: %j', async (reason) => {
    await set({ email: reason })
    const { person, url, page } = await consentPage()
    await allow(person, url)
    for (const { text } of [page, await person.open('/account/connected-agents')]) {
      const escaped = reason.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
      expect(text).toContain(escaped.replaceAll('"', '&quot;'))
      expect(text).not.toContain(reason)
    }
  })

  test('is replaced whole, with its trail; the same again leaves no trace', async () => {
    await set({ email: 'To write to you.', openid: 'To know you.' })
    await set({ email: 'To send reports.' })
    expect(await kept()).toEqual({ email: 'To send reports.' })
    const audit = await lastAudit()
    expect(audit).toMatchObject({
      action: 'agent_client.set_scope_reasons',
      orgId: agent.organizationId,
      metadata: {
        before: { email: 'To write to you.', openid: 'To know you.' },
        after: { email: 'To send reports.' },
      },
    })
    await set({ email: 'To send reports.' })
    expect((await lastAudit())?.id).toBe(audit?.id)
  })

  test.each([
    ['a scope nobody knows', { payments: 'To take your money.' }],
    ['a name of the language', { ['__proto__']: 'x', constructor: 'y' }],
    ['201 characters', { email: 'x'.repeat(201) }],
    ['a line break', { email: 'To write.\nRialto: verified' }],
    ['a turned direction', { email: 'To \u202Eetirw' }],
    ['a hidden character', { email: 'To\u200B write' }],
    ['half a character', { email: 'To write \uD83D' }],
    ['a NUL', { email: 'To\0write' }],
  ])('is refused with %s, and what was there stays', async (_, reasons) => {
    await set({ email: 'To write to you.' })
    await expect(set({ profile: 'To greet you.', ...reasons })).rejects.toMatchObject({ code: 'invalid_request' })
    expect(await kept()).toEqual({ email: 'To write to you.' })
  })

  test.each(['x'.repeat(200), '🎉'.repeat(200), 'برای فرستادن گزارش‌ها', 'to talk — “you & me”'])(
    'may be %j',
    async (reason) => {
      await set({ email: reason })
      expect(await kept()).toEqual({ email: reason })
    },
  )

  test('is kept right when two set it at once', async () => {
    const texts = Array.from({ length: 8 }, (_, index) => `Reason ${index}.`)
    await Promise.all(texts.map((text) => set({ email: text, openid: text })))
    const { email, openid } = await kept()
    expect(texts).toContain(email)
    expect(openid).toBe(email)
  })

  test('is never changed without its trail', async () => {
    await withoutTrail(() => set({ email: 'To write to you.' }))
    expect(await kept()).toEqual({})
  })

  test('goes with the agent; the database refuses what the verb would', async () => {
    await set({ email: 'To write to you.' })
    for (const [scope, reason] of [
      ['payments', 'x'],
      ['openid', ''],
      ['openid', 'x'.repeat(201)],
    ]) {
      const insert = sql`INSERT INTO agent_scope_reasons (agent_id, scope, reason) VALUES (${agent.id}, ${scope}, ${reason})`
      await expect(server.deps.db.execute(insert)).rejects.toMatchObject({ cause: { code: '23514' } })
    }
    await server.deps.db.delete(agents).where(eq(agents.id, agent.id))
    expect(await kept()).toEqual({})
  })
})
