// Programs at /mcp, by the MCP TypeScript SDK with its default settings: from the address alone to the answer of a tool.
import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { UnauthorizedError, auth } from '@modelcontextprotocol/sdk/client/auth.js'
import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { OAuthClientInformationMixed, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js'
import { CallToolResultSchema } from '@modelcontextprotocol/sdk/types.js'
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import { eq, sql } from 'drizzle-orm'
import * as oidc from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agents } from '#src/db/schema/index.ts'
import { refreshAgentSearch } from '#src/features/catalog/index.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { addAgent, allow, discover, me, newPerson } from './market.ts'
import type { Browser, TestAgent } from './market.ts'

let server: TestServer
let agent: TestAgent
let mcpUrl: URL

beforeAll(async () => {
  server = await startTestServer()
  mcpUrl = new URL('/mcp', server.origin)
  agent = await addAgent(server, { name: 'Calligrapher' })
  await server.deps.db.transaction((tx) => refreshAgentSearch(tx, [agent.id]))
})
afterAll(() => server.stop())

/** What the SDK asks of a program that uses it: to remember things, and to open a browser. */
class Program implements OAuthClientProvider {
  readonly redirectUrl = 'http://localhost:8976/callback'
  readonly clientMetadata = { client_name: 'A program with MCP', redirect_uris: [this.redirectUrl] }
  #client: OAuthClientInformationMixed | undefined
  #tokens: OAuthTokens | undefined
  #verifier = ''
  opened: URL | undefined

  clientInformation = () => this.#client
  saveClientInformation = (client: OAuthClientInformationMixed) => void (this.#client = client)
  tokens = () => this.#tokens
  saveTokens = (tokens: OAuthTokens) => void (this.#tokens = tokens)
  redirectToAuthorization = (url: URL) => void (this.opened = url)
  saveCodeVerifier = (verifier: string) => void (this.#verifier = verifier)
  codeVerifier = () => this.#verifier
}

const newClient = () => new Client({ name: 'a-program', version: '1.0.0' })

/** A program that somebody let in, connected. */
async function connected(): Promise<{ client: Client; program: Program; person: Browser }> {
  const program = new Program()
  const first = new StreamableHTTPClientTransport(mcpUrl, { authProvider: program })
  await expect(newClient().connect(first)).rejects.toBeInstanceOf(UnauthorizedError)
  const person = await newPerson(server)
  const callback = await allow(person, program.opened ?? mcpUrl)
  await first.finishAuth(callback.searchParams.get('code') ?? '')
  const client = newClient()
  await client.connect(new StreamableHTTPClientTransport(mcpUrl, { authProvider: program }))
  return { client, program, person }
}

const call = async (client: Client, name: string, args: Record<string, unknown> = {}): Promise<CallToolResult> =>
  CallToolResultSchema.parse(await client.callTool({ name, arguments: args }))

const textOf = ({ content: [first] }: CallToolResult): string => (first?.type === 'text' ? first.text : '')

test('from a 401 the SDK finds the way, registers, signs somebody in and calls a tool', async () => {
  const { client } = await connected()
  expect(client.getServerVersion()).toMatchObject({ name: 'rialto' })
  const { tools } = await client.listTools()
  expect(tools.map(({ name }) => name).toSorted()).toEqual(['get_agent', 'search_agents', 'who_am_i'])
  expect(tools.every(({ annotations }) => annotations?.readOnlyHint === true)).toBe(true)

  const found = await call(client, 'search_agents', { query: 'caligrapher' })
  const pageUrl = `${server.origin}/agents/${agent.slug}`
  expect(found.structuredContent).toMatchObject({
    items: [{ slug: agent.slug, name: 'Calligrapher', publisherName: 'Acme Publishing', pageUrl }],
    total: { count: 1, isExact: true },
    correction: { to: 'calligrapher' },
    nextCursor: null,
  })
  expect(JSON.parse(textOf(found))).toEqual(found.structuredContent)
  await client.close()
})

test('the consent page names the program; its token is for this server alone, and can be refreshed', async () => {
  const program = new Program()
  const serverUrl = mcpUrl.href
  expect(await auth(program, { serverUrl })).toBe('REDIRECT')
  const person = await newPerson(server)
  const opened = program.opened ?? mcpUrl
  const consent = await person.open(opened)
  expect(consent.text).toContain('A program with MCP')
  const callback = await allow(person, opened)
  expect(await auth(program, { serverUrl, authorizationCode: callback.searchParams.get('code') ?? '' })).toBe(
    'AUTHORIZED',
  )
  const verify = () => server.deps.auth.tokens.verify(program.tokens()?.access_token ?? '')
  const first = await verify()
  expect(first).toMatchObject({ kind: 'person', agent: undefined })
  expect(first?.audiences).toContain(serverUrl)
  expect(first?.audiences).not.toContain(`${server.origin}/api`)
  expect(await auth(program, { serverUrl })).toBe('AUTHORIZED')
  expect((await verify())?.jti).not.toBe(first?.jti)
})

describe('a program that was let in', () => {
  let client: Client
  let program: Program
  beforeAll(async () => {
    ;({ client, program } = await connected())
  })
  afterAll(() => client.close())

  test('learns for whom it is here', async () => {
    const token = await server.deps.auth.tokens.verify(program.tokens()?.access_token ?? '')
    expect((await call(client, 'who_am_i')).structuredContent).toEqual({
      kind: 'person',
      subject: token?.subject,
      clientId: token?.clientId,
      agent: null,
      scopes: ['usage:read', 'offline_access'],
      expiresAt: token?.expiresAt.toISOString(),
    })
  })

  test('goes on by itself when its token has ended', async () => {
    const { access_token: before = '', ...rest } = program.tokens() ?? { token_type: 'Bearer' }
    program.saveTokens({ ...rest, access_token: `${before}x` })
    expect((await call(client, 'who_am_i')).isError).toBeUndefined()
    expect(program.tokens()?.access_token).not.toBe(`${before}x`)
  })

  test('reads an agent, also by a slug it had before', async () => {
    const old = `old-${crypto.randomUUID()}`
    await server.deps.db.execute(sql`INSERT INTO agent_slug_history (slug, agent_id) VALUES (${old}, ${agent.id})`)
    for (const slug of [agent.slug, old]) {
      const { structuredContent } = await call(client, 'get_agent', { slug })
      expect(structuredContent).toMatchObject({ slug: agent.slug, name: 'Calligrapher', capabilities: [], steps: [] })
    }
  })

  test('pages through everything, each agent once', async () => {
    const seen: string[] = []
    let cursor: unknown
    do {
      const page = await call(client, 'search_agents', { limit: 7, ...(cursor !== undefined && { cursor }) })
      const { items, nextCursor } = page.structuredContent as { items: { slug: string }[]; nextCursor: string | null }
      seen.push(...items.map(({ slug }) => slug))
      cursor = nextCursor ?? undefined
    } while (cursor !== undefined && seen.length < 200)
    expect(seen.length).toBe(await server.deps.db.$count(agents, eq(agents.status, 'published')))
    expect(new Set(seen).size).toBe(seen.length)
  })

  test('hears of an agent that is not there, of drafts as of none', async () => {
    const draft = await addAgent(server)
    await server.deps.db.update(agents).set({ status: 'draft' }).where(eq(agents.id, draft.id))
    for (const slug of ['nobody-made-this', draft.slug]) {
      const result = await call(client, 'get_agent', { slug })
      expect([result.isError, JSON.parse(textOf(result))]).toEqual([true, { code: 'not_found', slug }])
    }
  })

  test('hears of a tool that is not there', async () => {
    const result = await call(client, 'delete_agent')
    expect([result.isError, textOf(result)]).toEqual([true, expect.stringContaining('delete_agent not found')])
  })

  test.each([
    ['search_agents', { query: 'x'.repeat(201) }],
    ['search_agents', { limit: 51 }],
    ['search_agents', { limit: 0 }],
    ['search_agents', { tags: ['NOT A SLUG'] }],
    ['search_agents', { tag: 'coding' }],
    ['search_agents', { query: 7 }],
    ['search_agents', { cursor: 'forged' }],
    ['get_agent', {}],
    ['get_agent', { slug: "x' OR 1=1" }],
    ['get_agent', { slug: '\0' }],
    ['who_am_i', { as: 'operator' }],
  ])('is told what is wrong with %s %j', async (name, args) => {
    const result = await call(client, name, args)
    expect(result.isError).toBe(true)
    expect(textOf(result)).toMatch(/invalid/i)
    expect(textOf(result)).not.toMatch(/select|failed query/i)
  })
})

interface Posted {
  readonly token?: string | undefined
  readonly body?: BodyInit
  readonly headers?: Readonly<Record<string, string>>
  readonly method?: string
}

const listTools = { jsonrpc: '2.0', id: 1, method: 'tools/list' }
const post = ({ token, body = JSON.stringify(listTools), headers = {}, method = 'POST' }: Posted): Promise<Response> =>
  fetch(mcpUrl, {
    method,
    headers: {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(method === 'POST' && { body, duplex: 'half' }),
  })

const machineToken = async (resource: string): Promise<string> =>
  (await oidc.clientCredentialsGrant(await discover(server, agent), { resource })).access_token

describe('without a token for it', () => {
  const metadata = () => `resource_metadata="${server.origin}/.well-known/oauth-protected-resource/mcp"`

  test('the answer says where to get one', async () => {
    const answer = await post({})
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, expect.stringContaining(metadata())])
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
    const document = await fetch(`${server.origin}/.well-known/oauth-protected-resource/mcp`)
    expect(await document.json()).toMatchObject({ resource: mcpUrl.href })
  })

  test('one for the API is refused, and the API refuses one for it', async () => {
    const [api, mcp] = [await machineToken(`${server.origin}/api`), await machineToken(mcpUrl.href)]
    expect([(await post({ token: mcp })).status, (await me(server, api)).status]).toEqual([200, 200])
    const refused = await post({ token: api })
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining('error="invalid_token"'),
    ])
    expect((await me(server, mcp)).status).toBe(401)
  })

  test.each(['', 'x', 'eyJhbGciOiJub25lIn0.e30.'])('%j is none', async (token) => {
    expect((await post({ token })).status).toBe(401)
  })

  test('one that was revoked counts no more, nor one of a program that was disconnected', async () => {
    const [revoked, config] = [await machineToken(mcpUrl.href), await discover(server, agent)]
    expect((await post({ token: revoked })).status).toBe(200)
    await oidc.tokenRevocation(config, revoked)
    await expect.poll(async () => (await post({ token: revoked })).status).toBe(401)

    const { client, program, person } = await connected()
    const [token, id] = [program.tokens()?.access_token, program.clientInformation()?.client_id ?? '']
    await person.submit('/account/connected-agents', { clientId: id })
    await expect.poll(async () => (await post({ token })).status).toBe(401)
    await client.close()
  })
})

describe('what is no message', () => {
  let token: string
  beforeAll(async () => {
    token = await machineToken(mcpUrl.href)
  })

  test.each(['GET', 'DELETE', 'PUT', 'OPTIONS'])('%s is not taken', async (method) => {
    const answer = await post({ method, token })
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST'])
  })

  test.each([
    ['not JSON', -32_700],
    ['', -32_700],
    ['null', -32_700],
    ['{"id":1}', -32_700],
    [`[${'['.repeat(100_000)}`, -32_700],
    [JSON.stringify([listTools, { ...listTools, id: 2 }]), -32_600],
    ['[]', -32_600],
  ])('%#: a body that is refused as JSON-RPC says', async (body, code) => {
    const answer = await post({ token, body })
    expect([answer.status, await answer.json()]).toMatchObject([400, { jsonrpc: '2.0', error: { code }, id: null }])
  })

  test('a body over the limit is refused unread, announced or not', async () => {
    const bytes = new TextEncoder().encode(JSON.stringify({ ...listTools, params: { x: 'x'.repeat(1_100_000) } }))
    const stream = () => new Blob([bytes]).stream()
    for (const body of [bytes, stream()]) {
      const answer = await post({ token, body })
      expect([answer.status, answer.headers.get('content-type')]).toEqual([413, 'application/problem+json'])
    }
  })

  test.each([
    [{ 'content-type': 'text/plain' }, 415],
    [{ accept: 'text/html' }, 406],
    [{ 'mcp-protocol-version': '1999-01-01' }, 400],
    [{ origin: 'https://evil.example' }, 403],
  ])('%j is refused', async (headers, status) => {
    expect((await post({ token, headers })).status).toBe(status)
  })

  test('under another name the server is not there', async () => {
    const { port } = mcpUrl
    const headers = { host: 'evil.example', authorization: `Bearer ${token}` }
    const sent = request({ host: '127.0.0.1', port, path: '/mcp', method: 'POST', headers }).end()
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]
    expect(answer.resume().statusCode).toBe(403)
  })

  test('a method that is not there is an error of its message', async () => {
    const answer = await post({ token, body: JSON.stringify({ ...listTools, method: 'resources/list' }) })
    expect(await answer.json()).toMatchObject({ id: 1, error: { code: -32_601 } })
  })

  test('a notification is taken without an answer', async () => {
    const body = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })
    const answer = await post({ token, body })
    expect([answer.status, await answer.text()]).toEqual([202, ''])
  })
})

test('an answer is kept by nobody, and is plain JSON', async () => {
  const { headers } = await post({ token: await machineToken(mcpUrl.href) })
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.get('content-type')).toContain('application/json')
  expect(headers.get('mcp-session-id')).toBeNull()
})

test('while something it needs fails, it is the server’s failure, and tells nothing of it', async () => {
  const token = await machineToken(mcpUrl.href)
  const body = JSON.stringify({ ...listTools, method: 'tools/call', params: { name: 'search_agents', arguments: {} } })
  await server.deps.pool.query('ALTER TABLE agent_search RENAME TO agent_search_away')
  const answer = await post({ token, body })
  const text = await answer.text()
  await server.deps.pool.query('ALTER TABLE agent_search_away RENAME TO agent_search')
  expect([answer.status, JSON.parse(text)]).toMatchObject([500, { code: 'internal' }])
  expect(text).not.toContain('agent_search')
  expect((await post({ token, body })).status).toBe(200)
})
