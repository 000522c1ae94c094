import { chromium } from 'playwright-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { axeFindings, usabilityFindings } from '#test/support/looks.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'

// The whole way of a newcomer, at the running marketplace and the running sample agent, with JavaScript off.

let server: TestServer
let browser: Browser
let context: BrowserContext
let page: Page
/** Of the denial that the journey ends with. */
let liftLink: string
let agentOrigin: string

beforeAll(async () => {
  server = await startTestServer({ runsSamples: true })
  browser = await chromium.connect(inject('browserWsEndpoint'))
  context = await browser.newContext({ baseURL: server.origin, javaScriptEnabled: false })
  page = await context.newPage()
  page.setDefaultTimeout(30_000)
})
afterAll(async () => {
  await browser.close()
  await server.stop()
})

const main = () => page.getByRole('main')
const text =
  'The bridge was built in 1591. Merchants kept small shops on the bridge. The bridge still carries shops and people.'

/** What is left, as the agent says it. */
const left = async () => /(\d+) of 5 texts left/.exec(await page.locator('form[action="/analyse"]').innerText())?.[1]

async function read(): Promise<void> {
  await page.getByLabel(/your text/i).fill(text)
  await page.getByRole('button', { name: 'Read it' }).click()
  await page.waitForLoadState('load')
}

async function signUp({ name, email }: { name: string; email: string }): Promise<void> {
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password', { exact: true }).fill('seven blue gondolas')
  await page.getByRole('button', { name: 'Create account' }).click()
  // A notice about the verification mail may stand between.
  const onward = page.getByRole('link', { name: /continue/i })
  await page.waitForLoadState('load')
  if (await onward.isVisible()) await onward.click()
}

test('launch, sign up, let it in, start free, use it until it stops, and see why', async () => {
  await page.goto('/agents?q=readabilty')
  await page.getByRole('link', { name: 'Readability' }).first().click()
  await main().getByRole('link', { name: 'Launch' }).click()
  await page.getByRole('link', { name: 'Create an account' }).click()
  await signUp({ name: 'Nina Newcomer', email: 'nina@example.com' })

  await expect.poll(() => page.getByRole('heading', { level: 1 }).innerText()).toContain('Readability')
  const reason = 'To show at the top of the page whom it takes you for.'
  await page.getByText(`Readability says: “${reason}”`).waitFor()
  expect(await page.getByText('doesn’t say why').count()).toBe(0)
  await page.getByRole('button', { name: /^allow/i }).click()
  await page.waitForURL((url) => url.origin !== server.origin)
  agentOrigin = new URL(page.url()).origin
  expect(await page.locator('header').innerText()).toContain('Nina Newcomer')

  // Nothing is subscribed yet: it says so before it is used, and the way there leads back.
  await page.getByRole('link', { name: 'Start at Rialto' }).click()
  await page.getByRole('heading', { name: 'Start Readability' }).waitFor()
  await main().getByText('5 texts a month').waitFor()
  await main().getByRole('button', { name: 'Start free' }).click()
  await page.getByRole('heading', { name: '5 texts left' }).waitFor()
  await main().getByText('You are subscribed').waitFor()
  await main().getByRole('link', { name: 'Back to Readability' }).click()
  await page.waitForURL(`${agentOrigin}/`)
  expect(await left()).toBe('5')

  const requestId = await page.locator('input[name=requestId]').inputValue()
  await read()
  expect(await page.locator('dl').innerText()).toMatch(/Reading ease\s+\d+ of 100/)
  expect(await page.locator('li').allInnerTexts()).toHaveLength(3)
  expect(await left()).toBe('4')
  // The same form once more, as a reload of the answer sends it: read again, counted once.
  const headers = { origin: agentOrigin }
  const again = await context.request.post(`${agentOrigin}/analyse`, { form: { text, requestId }, headers })
  expect(await again.text()).toContain('4 of 5 texts left')
  for (const expected of ['3', '2', '1', '0']) {
    await read()
    expect(await left()).toBe(expected)
  }

  await read()
  expect(await page.getByRole('alert').innerText()).toContain('You have used all 5 texts')
  expect(await page.locator('dl').count()).toBe(0)
  expect(await page.getByLabel(/your text/i).inputValue()).toBe(text)
  await page.getByRole('link', { name: 'See what lifts it' }).click()
  await page.getByRole('heading', { name: 'No texts left' }).waitFor()
  liftLink = page.url()
  await main()
    .getByText(/5 of 5 texts · resets \d+ \w+ \d{4}/)
    .waitFor()
  await main().getByText('Yours').waitFor()
  expect(await main().getByRole('button', { name: 'Start free' }).count()).toBe(0)
  await main().getByRole('link', { name: 'Back to Readability' }).click()
  await page.waitForURL(`${agentOrigin}/`)
})

test('who disconnects it is forgotten there', async () => {
  const reason = 'To show at the top of the page whom it takes you for.'
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
      { timeout: 30_000 },
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

test('who starts free at the agent’s page is led on to the agent', async () => {
  const other = await browser.newContext({ baseURL: server.origin, reducedMotion: 'reduce' })
  page = await other.newPage()
  page.setDefaultTimeout(30_000)
  await page.goto('/agents/readability')
  await main().getByRole('link', { name: 'Start free', exact: true }).click()
  await page.getByRole('link', { name: 'Create an account' }).click()
  await signUp({ name: 'Otto Other', email: 'otto@example.com' })
  await page.getByRole('heading', { name: 'Start Readability free' }).waitFor()
  await main().getByText('5 texts a month').waitFor()
  expect(await axeFindings(page)).toEqual([])
  await main().getByRole('button', { name: 'Start free' }).click()
  await page.getByRole('button', { name: /^allow/i }).click()
  await page.waitForURL((url) => url.origin !== server.origin)
  expect(await left()).toBe('5')

  await page.goto(liftLink)
  await page.getByRole('heading', { name: 'This link is for another account' }).waitFor()
  expect(await main().innerText()).toContain('gave it to n•••@…')
  await other.close()
})

test('what is kept is a level that goes down again, and a search pays for the steps that it took', async () => {
  const pia = await browser.newContext({ baseURL: server.origin, javaScriptEnabled: false })
  page = await pia.newPage()
  page.setDefaultTimeout(30_000)
  const startFree = async (slug: string) => {
    await page.getByRole('heading', { name: /^Start .* free$/ }).waitFor()
    await main().getByRole('button', { name: 'Start free' }).click()
    await page.getByRole('button', { name: /^allow/i }).click()
    await page.waitForURL((url) => url.origin !== server.origin)
    expect(await page.locator('header').innerText()).toContain(slug)
  }
  await page.goto('/agents/termbase')
  await main().getByRole('link', { name: 'Start free', exact: true }).click()
  await page.getByRole('link', { name: 'Create an account' }).click()
  await signUp({ name: 'Pia Projects', email: 'pia@example.com' })
  await startFree('Termbase')

  const keep = async (name: string) => {
    await page.getByLabel('A new project').fill(name)
    await page.getByRole('button', { name: 'Keep it' }).click()
    await page.waitForLoadState('load')
  }
  await keep('Bridges')
  await page.getByLabel(/add a text/i).fill(text)
  await page.getByRole('button', { name: 'Find its terms' }).click()
  await page.getByText('bridge (3)').waitFor()
  expect(await page.locator('main').innerText()).toContain('9 of 10 texts left')
  for (const name of ['Boats', 'Palaces']) {
    await page.getByRole('link', { name: 'All projects' }).click()
    await keep(name)
  }
  expect(await page.getByRole('alert').innerText()).toContain('You keep 2 projects, and no more fit')
  expect(await page.getByLabel('A new project').inputValue()).toBe('Palaces')
  await page.getByRole('link', { name: 'Boats' }).click()
  await page.getByRole('button', { name: 'Delete Boats' }).click()
  await page.getByText('1 of 2 projects left').waitFor()

  await page.goto(`${server.origin}/agents/rota`)
  await main().getByRole('link', { name: 'Start free', exact: true }).click()
  await startFree('Rota')
  await page.getByRole('button', { name: 'Plan it' }).click()
  await page.getByText('It took 10 steps; 1,000 were held, and the other 990 given back.').waitFor()
  expect(await page.locator('main').innerText()).toContain('1,990 of 2,000 steps left')
  expect(await page.getByRole('row').allInnerTexts()).toHaveLength(10)
  await pia.close()
})

test('the pages about limits are usable for everybody, in both themes and at 320 pixels', async () => {
  const nina = (await context.cookies(server.origin)).filter(({ name }) => name !== 'rialto_theme')
  const pages = [liftLink, `${server.origin}/buy/nonsense`, `${server.origin}/agents/readability`, agentOrigin]
  const findings: string[] = []
  for (const cookies of [nina, []]) {
    const looking = await browser.newContext({ reducedMotion: 'reduce' })
    await looking.addCookies(cookies)
    const reader = await looking.newPage()
    for (const url of pages) {
      await reader.goto(url)
      findings.push(...(await usabilityFindings(reader, url)))
    }
    await looking.close()
  }
  expect(findings).toEqual([])
})

test('who was stopped buys more right there, and the same form that was denied is counted once', async () => {
  page = await context.newPage()
  page.setDefaultTimeout(30_000)
  await page.goto(agentOrigin)
  const requestId = await page.locator('input[name=requestId]').inputValue()
  const readAgain = async () => {
    const headers = { origin: agentOrigin }
    return (await context.request.post(`${agentOrigin}/analyse`, { form: { text, requestId }, headers })).text()
  }
  expect(await readAgain()).toContain('You have used all 5 texts')

  await page.reload()
  await page.getByRole('link', { name: 'See what lifts it' }).click()
  await main().getByRole('button', { name: 'Buy 100 more texts for' }).click()
  await page.getByRole('button', { name: /^Pay/ }).click()
  await page.getByRole('heading', { name: 'The add-on is yours' }).waitFor()
  await main().getByRole('link', { name: 'Back to Readability' }).click()
  await page.waitForURL(`${agentOrigin}/`)
  expect(await readAgain()).toContain('99 of 105 texts left')
  expect(await readAgain()).toContain('99 of 105 texts left')
})
