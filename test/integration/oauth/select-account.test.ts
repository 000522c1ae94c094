// prompt=select_account (OpenID Connect Core §3.1.2.1): as whom does the person go on?
import type * as oidc from 'openid-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
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
  signInAt,
  signInRequest,
} from './market.ts'
import type { Browser, SignInRequest, Visit } from './market.ts'

let server: TestServer
let config: oidc.Configuration

beforeAll(async () => {
  server = await startTestServer()
  config = await discover(server, await addAgent(server))
})
afterAll(() => server.stop())

const prompt = 'select_account'

/** Where the button of the page leads that goes on as who is signed in. */
const goOnLink = ({ text }: Visit): string =>
  /href="([^"]*rialto_account=present)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? ''

const emailOf = async (callback: URL | undefined, request: SignInRequest) =>
  (await redeem(config, callback ?? new URL(redirectUri), request)).claims()?.['email']

async function choose(person: Browser) {
  const request = await signInRequest(config, { prompt })
  const page = await person.open(request.url)
  expect(page.url.pathname).toBe('/sign-in')
  return { request, page }
}

test('the person goes on as who is signed in', async () => {
  const person = await newPerson(server)
  await signInAt(config, person)
  const { request, page } = await choose(person)
  expect(page.text).toContain('Who goes on?')
  expect(page.text).toContain(person.email)
  expect(await emailOf((await person.open(goOnLink(page))).leaveTo, request)).toBe(person.email)
})

test('the person goes on as somebody else', async () => {
  const [person, other] = [await newPerson(server), await newPerson(server)]
  await signInAt(config, person)
  await signInAt(config, other)
  const { request, page } = await choose(person)
  const { leaveTo } = await person.submit(page.url, { email: other.email, password })
  expect(await emailOf(leaveTo, request)).toBe(other.email)
})

test('who is not signed in chooses by signing in, and is not asked twice', async () => {
  const { email } = await newPerson(server)
  const browser = newBrowser(server, email)
  const { request, page } = await choose(browser)
  expect(page.text).not.toContain('Who goes on?')
  const consent = await browser.submit(page.url, { email, password })
  expect(consent.url.pathname).toBe('/consent')
  expect(await emailOf(await allow(browser, consent.url), request)).toBe(email)
})

test('whoever only opens the page again, or writes the choice into a request of their own, has not chosen', async () => {
  const person = await newPerson(server)
  await signInAt(config, person)
  const { request, page } = await choose(person)
  expect((await person.open(`/api/auth/oauth2/authorize${page.url.search}`)).url.pathname).toBe('/sign-in')
  request.url.searchParams.set('rialto_account', 'present')
  expect((await person.open(request.url)).url.pathname).toBe('/sign-in')
})

test('a sign-in that is demanded as well is not skipped by the choice', async () => {
  const person = await newPerson(server)
  await signInAt(config, person)
  const request = await signInRequest(config, { prompt: 'select_account login' })
  const page = await person.open(request.url)
  expect(page.text).not.toContain('Who goes on?')
  const forced = await person.open(`/api/auth/oauth2/authorize${page.url.search}&rialto_account=present`)
  expect(forced.url.pathname).toBe('/sign-in')
  const { leaveTo } = await person.submit(page.url, { email: person.email, password })
  expect(await emailOf(leaveTo, request)).toBe(person.email)
})

test('it can’t be asked for without a page', async () => {
  const person = await newPerson(server)
  await signInAt(config, person)
  const { leaveTo } = await person.open((await signInRequest(config, { prompt: 'none select_account' })).url)
  expect(leaveTo?.searchParams.get('error')).toBe('invalid_request')
})
