// Sign-out that an agent asks for.
import * as oidc from 'openid-client'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { setPostLogoutRedirectUris } from '#src/features/agent-clients/index.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { addAgent, discover, me, newPerson, redirectUri, signInAt, signedOutUri } from './market.ts'
import type { Browser, TestAgent } from './market.ts'

let server: TestServer
let agent: TestAgent
let config: oidc.Configuration

beforeAll(async () => {
  server = await startTestServer()
  agent = await addAgent(server)
  config = await discover(server, agent)
})
afterAll(() => server.stop())

const isSignedIn = async (person: Browser): Promise<boolean> => (await person.open('/')).text.includes('Account of Ada')

async function newUse() {
  const person = await newPerson(server)
  const tokens = await signInAt(config, person)
  expect(await isSignedIn(person)).toBe(true)
  return { person, tokens }
}

test('with its ID token the session ends, the access token with it, and the browser goes back to the agent', async () => {
  const { person, tokens } = await newUse()
  const url = oidc.buildEndSessionUrl(config, {
    id_token_hint: tokens.id_token ?? '',
    post_logout_redirect_uri: signedOutUri,
    state: 'a state of the agent',
  })
  const { leaveTo } = await person.open(url)
  expect(leaveTo?.href).toBe(`${signedOutUri}?state=a+state+of+the+agent`)
  expect(await isSignedIn(person)).toBe(false)
  await expect.poll(async () => (await me(server, tokens.access_token)).status).toBe(401)
  // Staying connected while the person is away was allowed, and goes on.
  const next = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '')
  expect((await me(server, next.access_token)).status).toBe(200)
})

test('sent as a form it does the same', async () => {
  const { person, tokens } = await newUse()
  const form = { id_token_hint: tokens.id_token ?? '', post_logout_redirect_uri: signedOutUri }
  const { leaveTo } = await person.submit('/api/auth/oauth2/end-session', form, 'https://agent.example')
  expect(leaveTo?.href).toBe(signedOutUri)
  expect(await isSignedIn(person)).toBe(false)
})

const endSession = (parameters: Readonly<Record<string, string>>): string =>
  `/api/auth/oauth2/end-session?${new URLSearchParams(parameters)}`

describe('an address that is not registered', () => {
  const addresses = [
    'https://evil.example/',
    `${signedOutUri}/`,
    `${signedOutUri}?x=1`,
    redirectUri,
    'javascript:alert(1)',
  ]

  test.each(addresses)('is not gone to, and ends nothing: %j', async (post_logout_redirect_uri) => {
    const { person, tokens } = await newUse()
    const hint = { id_token_hint: tokens.id_token ?? '' }
    const client = { client_id: agent.clientId }
    for (const who of [hint, client, { ...hint, ...client }]) {
      const page = await person.open(endSession({ ...who, post_logout_redirect_uri }))
      expect([page.leaveTo, page.url.pathname, page.status]).toEqual([undefined, '/auth-error', 400])
      expect(page.text).toContain('This address is not the agent’s')
      expect(page.text).not.toContain(post_logout_redirect_uri)
    }
    expect(await isSignedIn(person)).toBe(true)
    expect((await me(server, tokens.access_token)).status).toBe(200)
  })

  test('is shown beside the registered ones to the agent’s own people alone', async () => {
    const [{ person: member }, stranger] = [await newUse(), await newPerson(server)]
    await server.deps.db.execute(sql`
      INSERT INTO organization_member (id, organization_id, user_id, created_at)
      SELECT ${crypto.randomUUID()}, ${agent.organizationId}, id, now() FROM "user" WHERE email = ${member.email}`)
    const wrong = endSession({ client_id: agent.clientId, post_logout_redirect_uri: 'https://agent.example/bye' })
    const seen = (await member.open(wrong)).text
    for (const text of ['https://agent.example/bye', signedOutUri]) expect(seen).toContain(text)
    expect(seen).not.toContain(redirectUri)
    expect((await stranger.open(wrong)).text).not.toContain(signedOutUri)
  })
})

describe('without an ID token', () => {
  const asked = { post_logout_redirect_uri: signedOutUri, state: 'a state & more' }

  test('the person is asked, and goes back to the agent then', async () => {
    const { person } = await newUse()
    const page = await person.open(oidc.buildEndSessionUrl(config, asked))
    expect([page.leaveTo, page.url.pathname]).toEqual([undefined, '/sign-out'])
    expect(page.text).toContain('agent.example')
    expect(page.text).toContain('Lector')
    expect(await isSignedIn(person)).toBe(true)

    const { leaveTo } = await person.submit(page.url, {})
    expect(leaveTo?.href.startsWith(`${signedOutUri}?`)).toBe(true)
    expect(leaveTo?.searchParams.get('state')).toBe('a state & more')
    expect(await isSignedIn(person)).toBe(false)
    // The agent may ask again: then there is nothing left to ask about.
    expect((await person.open(oidc.buildEndSessionUrl(config, asked))).leaveTo?.href).toBe(leaveTo?.href)
  })

  test('nor a client it is nobody’s address, and the person stays here', async () => {
    const { person } = await newUse()
    const page = await person.open(endSession(asked))
    expect([page.url.pathname, page.url.search]).toEqual(['/sign-out', ''])
    expect((await person.submit(page.url, {})).leaveTo).toBeUndefined()
    expect(await isSignedIn(person)).toBe(false)
  })

  test.each([
    ['another address', { post_logout_redirect_uri: 'https://evil.example/' }],
    ['another client', { client_id: 'nobody' }],
    ['an endless state', { state: 'x'.repeat(3_000) }],
  ])('our page does not lead away with %s written into it', async (_, change) => {
    const { person } = await newUse()
    const page = await person.open(oidc.buildEndSessionUrl(config, asked))
    for (const [name, value] of Object.entries(change)) page.url.searchParams.set(name, value)
    expect((await person.open(page.url)).text).not.toContain('You go back to')
    const signedOut = new URL(`/signed-out${page.url.search}`, server.origin)
    expect((await person.open(signedOut)).leaveTo).toBeUndefined()
    expect((await person.submit(page.url, {})).leaveTo).toBeUndefined()
    expect(await isSignedIn(person)).toBe(false)
  })

  test('an address that was taken away while the page stood open is not gone to', async () => {
    const other = await addAgent(server)
    const { person } = await newUse()
    const page = await person.open(endSession({ client_id: other.clientId, ...asked }))
    expect(page.text).toContain('You go back to')
    await setPostLogoutRedirectUris(server.deps, { agentId: other.id, userId: undefined, postLogoutRedirectUris: [] })
    expect((await person.submit(page.url, {})).leaveTo).toBeUndefined()
    expect(await isSignedIn(person)).toBe(false)
  })
})

test('the ID token of another session asks, and one that is forged does too', async () => {
  const [{ person }, other] = [await newUse(), await newUse()]
  for (const id_token_hint of [other.tokens.id_token ?? '', `${other.tokens.id_token?.slice(0, -4)}AAAA`]) {
    const page = await person.open(oidc.buildEndSessionUrl(config, { id_token_hint }))
    expect(page.url.pathname).toBe('/sign-out')
    expect(await isSignedIn(person)).toBe(true)
  }
  expect(await isSignedIn(other.person)).toBe(true)
})

test('after an ID token of another session the person goes back to the agent, after a forged one not', async () => {
  const [first, second, other] = [await newUse(), await newUse(), await newUse()]
  const genuine = other.tokens.id_token ?? ''
  const leaveAfterAsking = async (person: Browser, id_token_hint: string) => {
    const page = await person.open(endSession({ id_token_hint, post_logout_redirect_uri: signedOutUri }))
    expect(page.url.pathname).toBe('/sign-out')
    return (await person.submit(page.url, {})).leaveTo?.href
  }
  expect(await leaveAfterAsking(first.person, genuine)).toBe(signedOutUri)
  const forged = `${genuine.slice(0, genuine.lastIndexOf('.'))}.${'A'.repeat(86)}`
  expect(await leaveAfterAsking(second.person, forged)).toBeUndefined()
  expect(await isSignedIn(second.person)).toBe(false)
})

test('of an agent nobody knows it has a page, and ends nothing', async () => {
  const { person } = await newUse()
  const page = await person.open('/api/auth/oauth2/end-session?client_id=nobody')
  expect([page.url.pathname, page.status]).toEqual(['/auth-error', 400])
  expect(await isSignedIn(person)).toBe(true)
})
