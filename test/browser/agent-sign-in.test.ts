import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import * as oidc from 'openid-client'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { setPostLogoutRedirectUris, setScopeReasons } from '#src/features/agent-clients/index.ts'
import {
  addAgent,
  discover,
  newPerson,
  password,
  redeem,
  signInRequest,
  signedOutUri,
} from '#test/integration/oauth/market.ts'
import type { TestAgent } from '#test/integration/oauth/market.ts'
import { usabilityFindings } from '#test/support/looks.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'

// An agent's sign-in in a real browser, which enforces our content policy on every redirect. Without JavaScript.

let server: TestServer
let agentServer: Server
let agent: TestAgent
let callbackUri: string
let config: oidc.Configuration
let browser: Browser
let context: BrowserContext
let page: Page

beforeAll(async () => {
  server = await startTestServer()
  agentServer = createServer((_, response) => response.end('Back at the agent')).listen(0, '127.0.0.1')
  await once(agentServer, 'listening')
  callbackUri = `http://127.0.0.1:${(agentServer.address() as AddressInfo).port}/callback`
  agent = await addAgent(server, { redirectUris: [callbackUri] })
  config = await discover(server, agent)
  browser = await chromium.connect(inject('browserWsEndpoint'))
})
afterAll(async () => {
  await browser.close()
  agentServer.close()
  await server.stop()
})
beforeEach(async () => {
  context = await browser.newContext({ baseURL: server.origin, javaScriptEnabled: false })
  page = await context.newPage()
})
afterEach(() => context.close())

const request = (parameters: Readonly<Record<string, string>> = {}) =>
  signInRequest(config, { redirect_uri: callbackUri, ...parameters })
const press = (name: string) => page.getByRole('main').getByRole('button', { name, exact: true }).click()

async function signIn(email: string): Promise<void> {
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password').fill(password)
  await press('Sign in')
}

async function callback(): Promise<URL> {
  await page.waitForURL(`${callbackUri}?**`)
  expect(await page.locator('body').innerText()).toBe('Back at the agent')
  return new URL(page.url())
}

test('signing in leads to consent, consent to the agent, and the second time straight there', async () => {
  const { email } = await newPerson(server)
  const first = await request()
  await page.goto(first.url.href)
  await signIn(email)
  await page.getByRole('heading', { name: 'Sign in to Lector?' }).waitFor()
  await press('Allow')
  expect((await redeem(config, await callback(), first)).claims()?.['email']).toBe(email)

  const second = await request()
  await page.goto(second.url.href)
  expect(await redeem(config, await callback(), second)).toHaveProperty('access_token')

  await context.clearCookies()
  const third = await request()
  await page.goto(third.url.href)
  await signIn(email)
  expect(await redeem(config, await callback(), third)).toHaveProperty('access_token')
})

test('who does not allow it is back at the agent, which hears so', async () => {
  const { email } = await newPerson(server)
  await page.goto((await request()).url.href)
  await signIn(email)
  await press('Don’t allow')
  expect((await callback()).searchParams.get('error')).toBe('access_denied')
})

test('who is signed out by the agent is asked, and back at the agent', async () => {
  const { email } = await newPerson(server)
  await page.goto((await request()).url.href)
  await signIn(email)
  await press('Allow')
  await callback()
  const afterwards = new URL('/bye', callbackUri).href
  await setPostLogoutRedirectUris(server.deps, {
    agentId: agent.id,
    userId: undefined,
    postLogoutRedirectUris: [afterwards],
  })
  await page.goto(oidc.buildEndSessionUrl(config, { post_logout_redirect_uri: afterwards, state: 'x' }).href)
  await page.getByText('Lector asks to sign you out of Rialto, too.').waitFor()
  await press('Sign out on this device')
  await page.waitForURL(`${afterwards}?state=x`)
  await page.goto(`${server.origin}/account`)
  await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor()
})

test('the pages are usable for everybody, in both themes and at 320 pixels', async () => {
  const { email } = await newPerson(server)
  await page.goto((await request()).url.href)
  await signIn(email)
  await page.getByRole('heading', { name: 'Sign in to Lector?' }).waitFor()
  await press('Allow')
  await callback()
  const reasons = { email: 'W'.repeat(200), profile: '<b>“To greet you”</b> by the name you chose' }
  await setScopeReasons(server.deps, { agentId: agent.id, userId: undefined, reasons })
  await page.goto((await request({ prompt: 'consent' })).url.href)
  await page.getByRole('heading', { name: 'Sign in to Lector?' }).waitFor()
  const consent = page.url()
  const asked = new URLSearchParams({ client_id: agent.clientId, post_logout_redirect_uri: signedOutUri })
  const postLogoutRedirectUris = [signedOutUri]
  await setPostLogoutRedirectUris(server.deps, { agentId: agent.id, userId: undefined, postLogoutRedirectUris })
  const signOut = `/sign-out?${asked}`
  const expired = consent.replace(/sig=[^&]*/, 'sig=x')
  const cookies = await context.cookies()
  const findings: string[] = []
  const looking = await browser.newContext()
  await looking.addCookies(cookies)
  const reader = await looking.newPage()
  const connected = `${server.origin}/account/connected-agents`
  const others = ['/auth-error?code=redirect_mismatch', '/auth-error?code=sign_out_address', signOut]
  for (const url of [consent, expired, connected, ...others.map((path) => `${server.origin}${path}`)]) {
    await reader.goto(url)
    if (url === consent || url === connected) await reader.getByText(reasons.profile).waitFor()
    findings.push(...(await usabilityFindings(reader, url)))
  }
  await looking.close()
  expect(findings).toEqual([])
})
