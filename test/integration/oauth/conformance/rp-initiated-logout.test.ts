// What the OpenID Foundation's RP-Initiated Logout OP plan asks beyond test/integration/oauth/sign-out.test.ts
// (docs/CONFORMANCE.md).
import { SignJWT, decodeJwt, decodeProtectedHeader, generateKeyPair } from 'jose'
import * as oidc from 'openid-client'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { addAgent, discover, newPerson, signInAt, signInRequest, signedOutUri } from '../market.ts'
import type { Browser } from '../market.ts'

let server: TestServer
let config: oidc.Configuration
let person: Browser
let idToken: string

beforeAll(async () => {
  server = await startTestServer()
  config = await discover(server, await addAgent(server))
})
beforeEach(async () => {
  person = await newPerson(server)
  idToken = (await signInAt(config, person)).id_token ?? ''
})
afterAll(() => server.stop())

const isSignedIn = async (): Promise<boolean> => (await person.open('/')).text.includes('Account of Ada')
const leave = (parameters: Readonly<Record<string, string>>) => person.open(oidc.buildEndSessionUrl(config, parameters))

/** Ours asks first, and sends nobody to the agent afterwards. */
async function leaveAfterAsking(query: string): Promise<void> {
  const page = await person.open(`/api/auth/oauth2/end-session${query}`)
  expect([page.leaveTo, page.url.pathname]).toEqual([undefined, '/sign-out'])
  expect((await person.submit(page.url, {})).leaveTo).toBeUndefined()
  expect(await isSignedIn()).toBe(false)
}

test('oidcc-rp-initiated-logout-discovery-endpoint-verification', () => {
  expect(config.serverMetadata().end_session_endpoint).toBe(`${server.origin}/api/auth/oauth2/end-session`)
})

test('oidcc-rp-initiated-logout-no-state: the browser comes back without one', async () => {
  const { leaveTo } = await leave({ id_token_hint: idToken, post_logout_redirect_uri: signedOutUri })
  expect(leaveTo?.href).toBe(signedOutUri)
  expect(await isSignedIn()).toBe(false)
})

test('oidcc-rp-initiated-logout-no-post-logout-redirect-uri: signs out, and says so on our page', async () => {
  const page = await leave({ id_token_hint: idToken, state: 'x' })
  expect([page.leaveTo, page.url.pathname]).toEqual([undefined, '/signed-out'])
  expect(await isSignedIn()).toBe(false)
})

test.each([
  ['oidcc-rp-initiated-logout-bad-post-logout-redirect-uri', 'https://agent.example/another'],
  ['oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri', `${signedOutUri}?foo=bar`],
])('%s: an error, not gone there', async (_, post_logout_redirect_uri) => {
  const page = await leave({ id_token_hint: idToken, post_logout_redirect_uri, state: 'x' })
  expect([page.leaveTo, page.url.pathname, page.status]).toEqual([undefined, '/auth-error', 400])
  expect(await isSignedIn()).toBe(true)
})

test('oidcc-rp-initiated-logout-no-id-token-hint: asks, and goes nowhere', () =>
  leaveAfterAsking(`?${new URLSearchParams({ post_logout_redirect_uri: signedOutUri, state: 'x' })}`))

test('oidcc-rp-initiated-logout-no-params: asks, then signs out', () => leaveAfterAsking(''))

test('oidcc-rp-initiated-logout-only-state: asks, then signs out', () => leaveAfterAsking('?state=x'))

const tokenOf = (header: object): string =>
  `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${idToken.split('.')[1]}.`

test.each(['oidcc-rp-initiated-logout-bad-id-token-hint', 'oidcc-rp-initiated-logout-modified-id-token-hint'])(
  '%s: asks, and goes nowhere',
  async (name) => {
    const { privateKey } = await generateKeyPair('ES256')
    const { kid } = decodeProtectedHeader(idToken)
    const hint = name.includes('modified')
      ? tokenOf({ alg: 'none' })
      : await new SignJWT(decodeJwt(idToken)).setProtectedHeader({ alg: 'ES256', kid: String(kid) }).sign(privateKey)
    const page = await leave({ id_token_hint: hint, post_logout_redirect_uri: signedOutUri, state: 'x' })
    expect([page.leaveTo, page.url.pathname]).toEqual([undefined, '/sign-out'])
    expect(await isSignedIn()).toBe(true)
    expect((await person.submit(page.url, {})).leaveTo).toBeUndefined()
  },
)

test('oidcc-rp-initiated-logout: afterwards prompt=none finds nobody signed in', async () => {
  const { leaveTo } = await leave({ id_token_hint: idToken, post_logout_redirect_uri: signedOutUri, state: 'x' })
  expect(leaveTo?.href).toBe(`${signedOutUri}?state=x`)
  const again = await person.open((await signInRequest(config, { prompt: 'none' })).url)
  expect(again.leaveTo?.searchParams.get('error')).toBe('login_required')
})
