import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import type * as oidc from 'openid-client'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { addAgent, discover, newPerson, password, redeem, signInRequest } from '#test/integration/oauth/market.ts'
import { axeFindings } from '#test/support/looks.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'

// Which sign-in an agent gets from a real authenticator, and as whom a person goes on, in a real browser.

let server: TestServer
let agentServer: Server
let callbackUri: string
let config: oidc.Configuration
let browser: Browser

beforeAll(async () => {
  server = await startTestServer()
  agentServer = createServer((_, response) => response.end('Back at the agent')).listen(0, '127.0.0.1')
  await once(agentServer, 'listening')
  callbackUri = `http://127.0.0.1:${(agentServer.address() as AddressInfo).port}/callback`
  config = await discover(server, await addAgent(server, { redirectUris: [callbackUri] }))
  browser = await chromium.connect(inject('browserWsEndpoint'))
})
afterAll(async () => {
  await browser.close()
  agentServer.close()
  await server.stop()
})

const request = (parameters: Readonly<Record<string, string>>) =>
  signInRequest(config, { redirect_uri: callbackUri, ...parameters })

async function enter(page: Page, email: string): Promise<void> {
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('main').getByRole('button', { name: 'Sign in', exact: true }).click()
}

const press = (page: Page, name: string) => page.getByRole('main').getByRole('button', { name, exact: true }).click()

async function callback(page: Page): Promise<URL> {
  await page.waitForURL(`${callbackUri}?**`)
  return new URL(page.url())
}

test('an agent that asks for a passkey gets one from who signed in by password', async () => {
  const { email } = await newPerson(server)
  const context = await browser.newContext({ baseURL: server.origin })
  const page = await context.newPage()
  const devTools = await context.newCDPSession(page)
  await devTools.send('WebAuthn.enable')
  await devTools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  await page.goto('/sign-in?returnTo=/account/security')
  await enter(page, email)
  await page.getByRole('textbox', { name: 'Name of the passkey' }).fill('Laptop')
  await press(page, 'Add a passkey')
  await page.getByText('The passkey is added').waitFor()

  const before = await request({})
  await page.goto(before.url.href)
  await press(page, 'Allow')
  const claims = (await redeem(config, await callback(page), before)).claims()
  expect(claims).toMatchObject({ acr: 'urn:rialto:acr:pwd', amr: ['pwd'] })

  const wish = await request({ acr_values: 'phr' })
  await page.goto(wish.url.href)
  await page.getByText('The agent asks for a passkey').waitFor()
  expect(await axeFindings(page)).toEqual([])
  await press(page, 'Sign in with a passkey')
  const tokens = await redeem(config, await callback(page), wish)
  expect(tokens.claims()).toMatchObject({ acr: 'phr', amr: ['pop', 'user', 'mfa'], email })
  await context.close()
})

test('the person goes on as who is signed in, or as somebody else', async () => {
  const [first, second] = [await newPerson(server), await newPerson(server)]
  const context = await browser.newContext({ baseURL: server.origin, javaScriptEnabled: false })
  const page = await context.newPage()
  await page.goto('/sign-in')
  await enter(page, first.email)
  await page.waitForURL(`${server.origin}/`)

  for (const email of [first.email, second.email]) {
    const asked = await request({ prompt: 'select_account' })
    await page.goto(asked.url.href)
    await page.getByRole('heading', { name: 'Who goes on?' }).waitFor()
    expect(await page.getByRole('main').innerText()).toContain(first.email)
    if (email === first.email) await page.getByRole('link', { name: 'Continue as Ada Lovelace' }).click()
    else await enter(page, email)
    await press(page, 'Allow')
    expect((await redeem(config, await callback(page), asked)).claims()?.['email']).toBe(email)
  }
  await context.close()
})
