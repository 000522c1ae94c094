// How sure an agent can be of who signed in (OpenID Connect Core §2, RFC 9470), and how it asks for more.
import { createHash } from 'node:crypto'
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import * as oidc from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { totpOf } from '#test/support/totp.ts'
import {
  addAgent,
  allow,
  discover,
  me,
  newBrowser,
  newPerson,
  password,
  redeem,
  redirectUri,
  signInAt,
  signInRequest,
} from './market.ts'
import type { Browser, SignInRequest, TestAgent } from './market.ts'

let server: TestServer
let agent: TestAgent
let config: oidc.Configuration

const [pwd, mfa] = ['urn:rialto:acr:pwd', 'urn:rialto:acr:mfa']

beforeAll(async () => {
  server = await startTestServer()
  agent = await addAgent(server)
  config = await discover(server, agent)
})
afterAll(() => server.stop())

interface CarefulPerson {
  readonly browser: Browser
  /** A code of the authenticator app that was not used yet: each counts once. */
  code(): string
}

/** Somebody with an authenticator app, who has let the agent in before. */
async function carefulPerson(): Promise<CarefulPerson> {
  const browser = await newPerson(server)
  await signInAt(config, browser)
  const page = '/account/security/two-factor'
  const { text } = await browser.submit(page, { intent: 'begin', password })
  const uri = /name="uri"[^>]*value="([^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? ''
  const used = new Set<number>()
  const code = (): string => {
    const now = Math.floor(Date.now() / 30_000)
    // The next one first: it is still good when the half minute ends on the way.
    const step = [now + 1, now, now - 1].find((one) => !used.has(one)) ?? now
    used.add(step)
    return totpOf(uri, step - now)
  }
  const confirmed = await browser.submit(page, { intent: 'confirm', code: code(), uri })
  if (confirmed.status !== 200) throw new Error(`The second step was not turned on: ${confirmed.status}`)
  return { browser, code }
}

/** The same person in a browser that may skip the second step, signed in by the password alone. */
async function trustedBrowser({ browser: { email }, code }: CarefulPerson): Promise<Browser> {
  const browser = newBrowser(server, email)
  const step = await browser.submit('/sign-in', { email, password })
  expect(step.url.pathname).toBe('/sign-in/two-factor')
  await browser.submit(step.url, { code: code(), trust: 'on' })
  await browser.submit('/sign-out', {})
  const again = await browser.submit('/sign-in', { email, password })
  expect(again.url.pathname).toBe('/')
  return browser
}

const methods = (email: string, amr: readonly string[] | null) =>
  server.deps.pool.query('UPDATE session SET amr = $2 FROM "user" WHERE "user".id = user_id AND email = $1', [
    email,
    amr,
  ])

const addPasskey = (email: string) =>
  server.deps.pool.query(
    `INSERT INTO passkey (id, public_key, user_id, credential_id, counter, device_type)
     SELECT $2, 'key', id, $2, 0, 'singleDevice' FROM "user" WHERE email = $1`,
    [email, crypto.randomUUID()],
  )

const finish = async (callback: URL | undefined, request: SignInRequest) =>
  (await redeem(config, callback ?? new URL(redirectUri), request)).claims()

async function refusalOf(browser: Browser, parameters: Readonly<Record<string, string>>) {
  const request = await signInRequest(config, parameters)
  const { leaveTo } = await browser.open(request.url)
  expect(leaveTo?.searchParams.get('state')).toBe(request.state)
  expect(leaveTo?.searchParams.get('iss')).toBe(`${server.origin}/api/auth`)
  return leaveTo?.searchParams.get('error')
}

test('discovery names the classes', () => {
  expect(config.serverMetadata().acr_values_supported).toEqual(['phr', mfa, pwd])
  expect(config.serverMetadata()['claims_supported']).toEqual(expect.arrayContaining(['acr', 'amr', 'auth_time']))
})

describe('tokens say how the person signed in', () => {
  test('by password: the ID token, the access token, introspection, and all of it after a refresh', async () => {
    const person = await newPerson(server)
    const before = Math.floor(Date.now() / 1_000) - 5
    const tokens = await signInAt(config, person)
    const told = { acr: pwd, amr: ['pwd'], auth_time: expect.any(Number) }
    expect(tokens.claims()).toMatchObject(told)
    expect(Number(tokens.claims()?.auth_time)).toBeGreaterThanOrEqual(before)
    expect(decodeJwt(tokens.access_token)).toMatchObject(told)
    expect(await oidc.tokenIntrospection(config, tokens.access_token)).toMatchObject({ active: true, ...told })
    expect((await me(server, tokens.access_token)).status).toBe(200)

    const next = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '')
    const { auth_time } = tokens.claims() ?? {}
    expect(next.claims()).toMatchObject({ acr: pwd, amr: ['pwd'], auth_time })
    expect(decodeJwt(next.access_token)).toMatchObject({ acr: pwd, auth_time })
  })

  test('and verify like any other: by the published keys, the one bound to the other', async () => {
    const tokens = await signInAt(config, await newPerson(server))
    const keys = createRemoteJWKSet(new URL(`${server.origin}/api/auth/jwks`))
    const { payload } = await jwtVerify(tokens.id_token ?? '', keys, { audience: agent.clientId })
    const digest = createHash('sha256').update(tokens.access_token).digest()
    expect(payload['at_hash']).toBe(digest.subarray(0, 16).toString('base64url'))
    await jwtVerify(tokens.access_token, keys, { audience: `${server.origin}/api`, typ: 'at+jwt' })
  })

  test('by password and code', async () => {
    const { browser, code } = await carefulPerson()
    const elsewhere = newBrowser(server, browser.email)
    const step = await elsewhere.submit('/sign-in', { email: browser.email, password })
    await elsewhere.submit(step.url, { code: code() })
    expect((await signInAt(config, elsewhere)).claims()).toMatchObject({ acr: mfa, amr: ['pwd', 'otp', 'mfa'] })
  })

  test('a browser that is trusted to skip the code has proved the password alone', async () => {
    const browser = await trustedBrowser(await carefulPerson())
    expect((await signInAt(config, browser)).claims()).toMatchObject({ acr: pwd, amr: ['pwd'] })
  })

  test('a session of which nobody noted it claims nothing', async () => {
    const person = await newPerson(server)
    await methods(person.email, null)
    const claims = (await signInAt(config, person)).claims()
    expect(claims).toMatchObject({ acr: '0' })
    expect(claims).not.toHaveProperty('amr')
  })
})

describe('an agent that wants a second step', () => {
  test('gets one from somebody who skipped it, and not without', async () => {
    const person = await carefulPerson()
    const browser = await trustedBrowser(person)
    const request = await signInRequest(config, { acr_values: mfa })
    const page = await browser.open(request.url)
    expect(page.url.pathname).toBe('/sign-in')
    expect(page.text).toContain('The agent asks for your second step')

    // Whoever only opens it again has not done it.
    expect((await browser.open(`/api/auth/oauth2/authorize${page.url.search}`)).url.pathname).toBe('/sign-in')
    const step = await browser.submit(page.url, { email: browser.email, password })
    expect(step.url.pathname).toBe('/sign-in/two-factor')
    expect((await browser.open(`/api/auth/oauth2/authorize${page.url.search}`)).url.pathname).toBe('/sign-in')

    const { leaveTo } = await browser.submit(step.url, { code: person.code() })
    expect(await finish(leaveTo, request)).toMatchObject({ acr: mfa, amr: ['pwd', 'otp', 'mfa'] })
    // From here on it is there.
    const again = await signInRequest(config, { acr_values: mfa, prompt: 'none' })
    expect(await finish((await browser.open(again.url)).leaveTo, again)).toMatchObject({ acr: mfa })
  })

  test.each([
    ['acr_values', { acr_values: mfa }],
    [
      'an essential claim',
      { claims: JSON.stringify({ id_token: { acr: { essential: true, values: [mfa, 'phr'] } } }) },
    ],
  ])('asks by %s; with prompt=none it hears that a sign-in is needed', async (_, wish) => {
    const browser = await trustedBrowser(await carefulPerson())
    expect((await browser.open((await signInRequest(config, wish)).url)).url.pathname).toBe('/sign-in')
    expect(await refusalOf(browser, { ...wish, prompt: 'none' })).toBe('login_required')
  })

  test.each([
    ['acr_values', { acr_values: mfa }],
    ['acr_values with prompt=none', { acr_values: `phr ${mfa}`, prompt: 'none' }],
    ['an essential claim', { claims: JSON.stringify({ id_token: { acr: { essential: true, value: 'phr' } } }) }],
    ['an essential class nobody knows', { claims: '{"id_token":{"acr":{"essential":true,"values":["loa-9"]}}}' }],
  ])('hears at once that somebody has none: %s', async (_, wish) => {
    const person = await newPerson(server)
    await signInAt(config, person)
    expect(await refusalOf(person, wish)).toBe('unmet_authentication_requirements')
  })

  test('hears it after the sign-in of somebody who was not signed in', async () => {
    const { email } = await newPerson(server)
    const browser = newBrowser(server, email)
    const page = await browser.open((await signInRequest(config, { acr_values: mfa })).url)
    expect(page.url.pathname).toBe('/sign-in')
    const { leaveTo } = await browser.submit(page.url, { email, password })
    expect(leaveTo?.searchParams.get('error')).toBe('unmet_authentication_requirements')
  })

  test.each([
    ['a weaker class will do, too', { acr_values: `${mfa} ${pwd}` }],
    ['nobody knows the class', { acr_values: 'loa-9' }],
    ['it is no more than a wish', { claims: '{"id_token":{"acr":{"values":["loa-9"]}}}' }],
    ['any will do', { claims: '{"id_token":{"acr":{"essential":true}}}' }],
  ])('is not in the way when %s', async (_, wish) => {
    const person = await newPerson(server)
    await signInAt(config, person)
    const request = await signInRequest(config, wish)
    expect(await finish((await person.open(request.url)).leaveTo, request)).toMatchObject({ acr: pwd })
  })
})

describe('an agent that wants a passkey', () => {
  test('is asked for on the sign-in page, and a code is not enough', async () => {
    const person = await carefulPerson()
    await addPasskey(person.browser.email)
    await methods(person.browser.email, ['pwd', 'otp', 'mfa'])
    const page = await person.browser.open((await signInRequest(config, { acr_values: 'phr' })).url)
    expect(page.url.pathname).toBe('/sign-in')
    expect(page.text).toContain('The agent asks for a passkey')
    const step = await person.browser.submit(page.url, { email: person.browser.email, password })
    const after = await person.browser.submit(step.url, { code: person.code() })
    expect([after.url.pathname, after.leaveTo]).toEqual(['/sign-in', undefined])
  })

  test('gets what it asked for, in its own words', async () => {
    const person = await newPerson(server)
    await signInAt(config, person)
    await addPasskey(person.email)
    await methods(person.email, ['pop', 'user', 'mfa'])
    for (const [wish, acr] of [
      ['phr', 'phr'],
      [mfa, mfa],
      [`loa-9 ${mfa} phr`, mfa],
      ['', 'phr'],
    ] as const) {
      const request = await signInRequest(config, wish === '' ? {} : { acr_values: wish })
      const { leaveTo } = await person.open(request.url)
      expect(await finish(leaveTo, request)).toMatchObject({ acr, amr: ['pop', 'user', 'mfa'] })
    }
  })
})

test('a password that was changed is no second step', async () => {
  const { browser } = await carefulPerson()
  const fields = { intent: 'password', password, newPassword: 'another horse battery' }
  const changed = await browser.submit('/account/security', fields)
  expect(changed.status).toBe(200)
  const request = await signInRequest(config, { prompt: 'consent' })
  expect(await finish(await allow(browser, request.url), request)).toMatchObject({ acr: pwd, amr: ['pwd'] })
})
