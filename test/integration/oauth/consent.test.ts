// The pages between an agent's sign-in button and its callback.
import { eq, sql } from 'drizzle-orm'
import type * as oidc from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agents, oauthConsent } from '#src/db/schema/index.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import {
  addAgent,
  allow,
  discover,
  newBrowser,
  newPerson,
  password,
  redeem,
  redirectUri,
  signInRequest,
} from './market.ts'
import type { TestAgent } from './market.ts'

let server: TestServer
let agent: TestAgent
let config: oidc.Configuration

beforeAll(async () => {
  server = await startTestServer()
  agent = await addAgent(server, { name: 'Lector the Reader' })
  config = await discover(server, agent)
})
afterAll(() => server.stop())

const consents = () => server.deps.db.$count(oauthConsent)

test('the page says who asks, whether it is verified, and what each scope means', async () => {
  const person = await newPerson(server)
  const page = await person.open((await signInRequest(config)).url)
  expect(page.url.pathname).toBe('/consent')
  for (const text of [
    'Lector the Reader',
    'Acme Publishing',
    'Publisher not verified',
    person.email,
    'See your e-mail address, and whether it is confirmed.',
    'Count what you use against your plan.',
    'agent.example',
  ]) {
    expect(page.text).toContain(text)
  }
  await server.deps.db.update(agents).set({ verifiedAt: new Date() }).where(eq(agents.id, agent.id))
  expect((await person.open(page.url)).text).toContain('Publisher verified')
})

test('it is kept by nobody, runs no script and stands in no frame', async () => {
  const person = await newPerson(server)
  const { headers, text } = await person.open((await signInRequest(config)).url)
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.get('x-frame-options')).toBe('DENY')
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  expect(text).not.toMatch(/<script(?![^>]*ld\+json)/)
})

test('what was allowed is remembered, and asked again only for more', async () => {
  const person = await newPerson(server)
  await allow(person, (await signInRequest(config, { scope: 'openid profile' })).url)
  const again = await person.open((await signInRequest(config, { scope: 'openid profile' })).url)
  expect(again.leaveTo?.searchParams.get('code')).toBeTruthy()
  expect((await person.open((await signInRequest(config)).url)).url.pathname).toBe('/consent')
  const asked = await person.open((await signInRequest(config, { scope: 'openid', prompt: 'consent' })).url)
  expect(asked.url.pathname).toBe('/consent')
})

test.each(['deny', '', 'something else'])(
  'decision=%j goes back to the agent and leaves nothing behind',
  async (decision) => {
    const person = await newPerson(server)
    const request = await signInRequest(config)
    const page = await person.open(request.url)
    const before = await consents()
    const { leaveTo } = await person.submit(page.url, { decision })
    expect(leaveTo?.href.startsWith(`${redirectUri}?`)).toBe(true)
    expect(Object.fromEntries(leaveTo?.searchParams ?? [])).toMatchObject({
      error: 'access_denied',
      state: request.state,
      iss: `${server.origin}/api/auth`,
    })
    expect(await consents()).toBe(before)
    const { rows } = await server.deps.db.execute(sql`
    SELECT FROM oauth_authorization_code AS code JOIN "user" AS person ON person.id = code.user_id WHERE email = ${person.email}`)
    expect(rows).toEqual([])
  },
)

test('a request that is too old, or not ours, allows nothing and can be started again', async () => {
  const person = await newPerson(server)
  const page = await person.open((await signInRequest(config)).url)
  const forged = new URL(page.url)
  forged.searchParams.set('scope', 'openid email usage:write')
  const before = await consents()
  for (const answer of [await person.open(forged), await person.submit(forged, { decision: 'allow' })]) {
    expect(answer.status).toBe(410)
    expect(answer.text).toContain('This request is too old')
  }
  expect(await consents()).toBe(before)
  const restart = /href="(\/api\/auth\/oauth2\/authorize[^"]*)"/.exec((await person.open(forged)).text)?.[1]
  expect((await person.open(restart?.replaceAll('&amp;', '&') ?? '')).url.pathname).toBe('/consent')
})

describe('somebody who is not signed in', () => {
  test('signs in, and is led on to the agent', async () => {
    const { email } = await newPerson(server)
    const browser = newBrowser(server, email)
    const request = await signInRequest(config)
    const page = await browser.open(request.url)
    expect(page.url.pathname).toBe('/sign-in')
    const consent = await browser.submit(page.url, { email, password })
    expect(consent.url.pathname).toBe('/consent')
    const { leaveTo } = await browser.submit(consent.url, { decision: 'allow' })
    expect((await redeem(config, leaveTo ?? new URL(redirectUri), request)).claims()?.['email']).toBe(email)
  })

  test('signs up, and is led on to the agent', async () => {
    const browser = newBrowser(server)
    const request = await signInRequest(config)
    const page = await browser.open(request.url)
    const link = /href="(\/sign-up\?[^"]*)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const sent = await browser.submit(link, { name: 'Ada', email: browser.email, password })
    const onward = /href="(\/api\/auth\/oauth2\/authorize[^"]*)"/.exec(sent.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const callback = await allow(browser, new URL(onward, server.origin))
    expect((await redeem(config, callback, request)).claims()?.['email']).toBe(browser.email)
  })

  test('is not asked when the agent forbids it', async () => {
    const { leaveTo } = await newBrowser(server).open((await signInRequest(config, { prompt: 'none' })).url)
    expect(leaveTo?.searchParams.get('error')).toBe('login_required')
  })
})

describe('an agent that wants a fresh sign-in', () => {
  test.each([{ prompt: 'login' }, { max_age: '0' }])('gets one with %j, once', async (demand) => {
    const person = await newPerson(server)
    await allow(person, (await signInRequest(config)).url)
    const request = await signInRequest(config, demand)
    const page = await person.open(request.url)
    expect(page.url.pathname).toBe('/sign-in')
    const before = Math.floor(Date.now() / 1_000)
    const { leaveTo } = await person.submit(page.url, { email: person.email, password })
    const tokens = await redeem(config, leaveTo ?? new URL(redirectUri), request)
    expect(Number(tokens.claims()?.auth_time)).toBeGreaterThanOrEqual(before)
  })

  test('gets none from somebody who only opens the page again', async () => {
    const person = await newPerson(server)
    const page = await person.open((await signInRequest(config, { prompt: 'login' })).url)
    const authorize = new URL('/api/auth/oauth2/authorize', server.origin)
    authorize.search = page.url.search
    expect((await person.open(authorize)).url.pathname).toBe('/sign-in')
  })
})

describe('a refusal that can’t go back to the agent', () => {
  test.each([
    [{ client_id: 'nobody' }, 'Nobody here knows this agent'],
    [{ redirect_uri: 'https://evil.example/callback' }, 'This address is not the agent’s'],
  ])('%j has its page', async (parameters, title) => {
    const page = await newBrowser(server).open((await signInRequest(config, parameters)).url)
    expect([page.url.pathname, page.status]).toEqual(['/auth-error', 400])
    expect(page.text).toContain(title)
    expect(page.text).not.toContain('https://evil.example')
    expect(page.text).not.toContain(redirectUri)
  })

  test('shows sent and registered addresses to the agent’s own people alone', async () => {
    const [member, stranger] = [await newPerson(server), await newPerson(server)]
    await server.deps.db.execute(sql`
      INSERT INTO organization_member (id, organization_id, user_id, created_at)
      SELECT ${crypto.randomUUID()}, ${agent.organizationId}, id, now() FROM "user" WHERE email = ${member.email}`)
    const { url } = await signInRequest(config, { redirect_uri: 'https://agent.example/calback' })
    const seen = await member.open(url)
    expect(seen.text).toContain('https://agent.example/calback')
    expect(seen.text).toContain(redirectUri)
    expect((await stranger.open(url)).text).not.toContain(redirectUri)
  })

  test('says that an agent is switched off', async () => {
    const closed = await addAgent(server)
    const closedConfig = await discover(server, closed)
    await server.deps.db.update(agents).set({ status: 'suspended' }).where(eq(agents.id, closed.id))
    const page = await newBrowser(server).open((await signInRequest(closedConfig)).url)
    expect(page.text).toContain('This agent is switched off')
  })
})
