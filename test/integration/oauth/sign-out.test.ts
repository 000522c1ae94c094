// Sign-out that an agent asks for.
import * as oidc from 'openid-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { addAgent, discover, me, newPerson, signInAt, signedOutUri } from './market.ts'
import type { Browser } from './market.ts'

let server: TestServer
let config: oidc.Configuration

beforeAll(async () => {
  server = await startTestServer()
  config = await discover(server, await addAgent(server))
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
  await expect.poll(async () => (await me(server, tokens.access_token)).status, { timeout: 5_000 }).toBe(401)
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

test('an address that is not registered is not gone to', async () => {
  const { person, tokens } = await newUse()
  const parameters = { id_token_hint: tokens.id_token ?? '', post_logout_redirect_uri: 'https://evil.example/' }
  const page = await person.open(oidc.buildEndSessionUrl(config, parameters))
  expect([page.leaveTo, page.url.pathname]).toEqual([undefined, '/signed-out'])
})

test('without an ID token the person is asked', async () => {
  const { person } = await newUse()
  const page = await person.open(oidc.buildEndSessionUrl(config, { post_logout_redirect_uri: signedOutUri }))
  expect([page.leaveTo, page.url.pathname]).toEqual([undefined, '/sign-out'])
  expect(await isSignedIn(person)).toBe(true)
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

test('of an agent nobody knows it has a page, and ends nothing', async () => {
  const { person } = await newUse()
  const page = await person.open('/api/auth/oauth2/end-session?client_id=nobody')
  expect([page.url.pathname, page.status]).toEqual(['/auth-error', 400])
  expect(await isSignedIn(person)).toBe(true)
})
