import { chromium } from 'playwright-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'

// The whole way of a newcomer, at the running marketplace and the running sample agent, with JavaScript off.

let server: TestServer
let browser: Browser
let context: BrowserContext
let page: Page

beforeAll(async () => {
  server = await startTestServer({ runsSamples: true })
  browser = await chromium.connect(inject('browserWsEndpoint'))
  context = await browser.newContext({ baseURL: server.origin, javaScriptEnabled: false })
  page = await context.newPage()
  page.setDefaultTimeout(10_000)
})
afterAll(async () => {
  await browser.close()
  await server.stop()
})

const main = () => page.getByRole('main')
const text =
  'The bridge was built in 1591. Merchants kept small shops on the bridge. The bridge still carries shops and people.'

test('launch, sign up, let it in, use it, disconnect it: and it has forgotten who you are', async () => {
  await page.goto('/agents?q=readabilty')
  await page.getByRole('link', { name: 'Readability' }).click()
  await main().getByRole('link', { name: 'Launch' }).click()

  await page.getByRole('link', { name: 'Create an account' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Nina Newcomer')
  await page.getByLabel('E-mail address').fill('nina@example.com')
  await page.getByLabel('Password', { exact: true }).fill('seven blue gondolas')
  await page.getByRole('button', { name: 'Create account' }).click()

  // A notice about the verification mail may stand between; then consent names the agent and what it may know.
  const onward = page.getByRole('link', { name: /continue/i })
  if (await onward.isVisible()) await onward.click()
  await expect.poll(() => page.getByRole('heading', { level: 1 }).innerText()).toContain('Readability')
  const reason = 'To show at the top of the page whom it takes you for.'
  await page.getByText(`Readability says: “${reason}”`).waitFor()
  expect(await page.getByText('doesn’t say why').count()).toBe(0)
  await page.getByRole('button', { name: /^allow/i }).click()
  await page.waitForURL((url) => url.origin !== server.origin)
  expect(await page.locator('header').innerText()).toContain('Nina Newcomer')

  await page.getByLabel(/your text/i).fill(text)
  await page.getByRole('button', { name: 'Read it' }).click()
  await page.locator('dl').waitFor()
  await page.waitForLoadState('load')
  expect(await page.locator('dl').innerText()).toMatch(/Reading ease\s+\d+ of 100/)
  expect(await page.locator('li').allInnerTexts()).toHaveLength(3)
  const agentOrigin = new URL(page.url()).origin

  await page.goto(`${server.origin}/account/connected-agents`)
  await page.getByRole('row').filter({ hasText: 'Readability' }).getByText(reason).waitFor()
  await page.getByRole('button', { name: 'Disconnect Readability' }).click()
  await page.getByText('No agent is connected').waitFor()
  await page.waitForLoadState('load')
  expect(await main().innerText()).toContain('The agent is disconnected')
  expect(await main().innerText()).toContain('No agent is connected')

  await expect
    .poll(
      async () => {
        await page.goto(agentOrigin)
        return page.locator('body').innerText()
      },
      { timeout: 5_000 },
    )
    .toContain('Sign in with Rialto')
})

test('the second time it does not ask again, and refusing leaves nothing behind', async () => {
  await page.goto('/agents/readability/launch')
  await page.getByRole('button', { name: /^don.t allow/i }).click()
  await page.waitForURL((url) => url.origin !== server.origin)
  expect(await page.locator('[role=alert]').innerText()).toContain('did not sign you in')

  await page.goto(`${server.origin}/agents/readability/launch`)
  await page.getByRole('button', { name: /^allow/i }).click()
  await page.waitForURL((url) => url.origin !== server.origin)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.goto(`${server.origin}/agents/readability/launch`)
  await page.waitForURL((url) => url.origin !== server.origin)
  expect(await page.locator('header').innerText()).toContain('Nina Newcomer')
})
