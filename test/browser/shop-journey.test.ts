import { chromium } from 'playwright-core'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { signedIn } from '#test/integration/pricing/publisher.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'

// From a search with a typo to being signed in at the running agent on a trial, and how few clicks it takes.

const clicksMax = 6

let server: TestServer
let browser: Browser

beforeAll(async () => {
  server = await startTestServer({ runsSamples: true })
  browser = await chromium.connect(inject('browserWsEndpoint'))
})
afterAll(async () => {
  await browser.close()
  await server.stop()
})

async function openAsMember({ javaScriptEnabled }: { readonly javaScriptEnabled: boolean }): Promise<Page> {
  const { cookie } = await signedIn(server)
  const context = await browser.newContext({ baseURL: server.origin, javaScriptEnabled })
  await context.addCookies(
    cookie.split('; ').map((pair) => {
      const [name = '', ...value] = pair.split('=')
      return { name, value: value.join('='), url: server.origin }
    }),
  )
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  await page.goto('/')
  await page.waitForLoadState('load')
  return page
}

const main = (page: Page) => page.getByRole('main')
const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name }).waitFor()

interface Journey {
  readonly click: (target: Locator) => Promise<void>
  /** One card has one trial of an agent, so each journey here brings its own; a person has theirs chosen already. */
  readonly card: string
}

/** From the agent's page on everything is the same, with scripts or without. */
async function tryAndLaunch(page: Page, { click, card }: Journey): Promise<void> {
  await heading(page, 'Readability')
  await click(
    main(page)
      .getByRole('link', { name: /^Start 14-day trial/ })
      .first(),
  )
  await heading(page, 'Try Readability Reader')
  expect(await main(page).innerText()).toMatch(/Free until \d+ \w+ \d{4}, then \$9\.00 per month/)
  await click(main(page).getByRole('button', { name: 'Start 14-day trial' }))
  await heading(page, 'Start your trial')
  await main(page).getByLabel(card).check()
  await click(main(page).getByRole('button', { name: 'Start trial' }))
  await heading(page, 'Readability Reader is yours')
  await click(main(page).getByRole('link', { name: 'Launch Readability' }))
  await heading(page, 'Sign in to Readability?')
  await click(page.getByRole('button', { name: 'Allow', exact: true }))
  await page.getByText('200 of 200 texts left').waitFor()
  expect(new URL(page.url()).origin).not.toBe(server.origin)
}

test('by the palette: its suggestion, the trial, paying, launching and letting the agent in', async () => {
  const page = await openAsMember({ javaScriptEnabled: true })
  let clicks = 0
  const click = (target: Locator) => target.click().then(() => void (clicks += 1))
  await page.keyboard.press('Control+k')
  await page.keyboard.type('readabilty')
  await click(page.getByRole('option', { name: /^Readability/ }))
  await page.waitForURL('**/agents/readability')
  await tryAndLaunch(page, { click, card: 'Works …4242' })
  expect(clicks).toBeLessThanOrEqual(clicksMax)
  await page.context().close()
})

test('without scripts: the search, which Enter sends, and the same clicks', async () => {
  const page = await openAsMember({ javaScriptEnabled: false })
  let clicks = 0
  const click = (target: Locator) => target.click().then(() => void (clicks += 1))
  await main(page).getByRole('searchbox', { name: 'Search agents' }).fill('readabilty')
  await page.keyboard.press('Enter')
  await page.getByText('Showing results for readability').waitFor()
  await click(main(page).getByRole('link', { name: 'Readability', exact: true }))
  await tryAndLaunch(page, { click, card: 'Works (Mastercard) …4444' })
  expect(clicks).toBeLessThanOrEqual(clicksMax)

  // It is theirs now, and where they look for it.
  await page.goto('/account/subscriptions')
  await main(page)
    .getByRole('link', { name: /Readability/ })
    .first()
    .waitFor()
  await page.context().close()
})

test('what a member may not do yet, or at all, is said with what may be done instead', async () => {
  const page = await openAsMember({ javaScriptEnabled: false })
  await page.goto('/agents/readability/reviews/new')
  await heading(page, 'Use Readability first')
  await page.goto('/account/favourites')
  await main(page).getByText('No favourites yet').waitFor()

  await page.goto('/agents?q=readabilty')
  await main(page)
    .getByRole('link', { name: /^Compare/ })
    .first()
    .click()
  await page.waitForURL('**/compare?agent=readability')
  await page.goto('/compare?agent=readability&agent=rota')
  await page.waitForLoadState('load')
  for (const name of ['Readability', 'Rota']) expect(await main(page).getByRole('table').innerText()).toContain(name)

  const refused = await page.goto('/operator/interactions')
  expect(refused?.status()).toBe(403)
  await page.waitForLoadState('load')
  expect(await main(page).innerText()).toMatch(/signed in/i)
  await page.context().close()
})
