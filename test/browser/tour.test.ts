import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { freePort } from '#test/support/free-port.ts'
import { usabilityFindings } from '#test/support/looks.ts'
import { startProcess } from '#test/support/start-process.ts'
import type { StartedProcess } from '#test/support/start-process.ts'

// The whole tour at a real process, which is killed on the way: one who does it with JavaScript off, and one who only watches the
// page with JavaScript on. Each tick is waited for where it is watched.

let database: TestDatabase
let dataDir: string
let environment: Readonly<Record<string, string>>
let server: StartedProcess
let origin: string
let browser: Browser
let page: Page
let watched: Page

beforeAll(async () => {
  database = await createTestDatabase()
  dataDir = await mkdtemp(join(tmpdir(), 'rialto-test-'))
  environment = { RIALTO_DATA_DIR: dataDir, DATABASE_URL: database.url, PORT: String(await freePort()) }
  server = startProcess(environment)
  origin = await server.origin()
  browser = await chromium.connect(inject('browserWsEndpoint'))
  page = await open({ javaScriptEnabled: false })
  watched = await open({ reducedMotion: 'reduce' })
})
afterAll(async () => {
  await browser.close()
  server.child.kill('SIGTERM')
  await server.ended()
  await database.drop()
  await rm(dataDir, { recursive: true, force: true })
})

async function open(options: Parameters<Browser['newContext']>[0]): Promise<Page> {
  const opened = await (await browser.newContext({ baseURL: origin, ...options })).newPage()
  opened.setDefaultTimeout(15_000)
  return opened
}

const main = () => page.getByRole('main')

async function press(name: string | RegExp): Promise<void> {
  await page.getByRole('button', { name }).first().click()
  await page.waitForLoadState('load')
}

async function follow(name: string | RegExp): Promise<void> {
  await page.getByRole('link', { name }).first().click()
  await page.waitForLoadState('load')
}

/** What the tour says of a step, once it says something: nobody reloads it. */
async function fact(step: string, words: RegExp): Promise<string> {
  const shown = watched.locator(`#step-${step}`).filter({ has: watched.getByRole('img', { name: 'Done' }) })
  await shown.getByText(words).waitFor()
  return shown.innerText()
}

/** What keeps somebody from using it, by how far it has come. */
const findings: string[] = []
const look = async (state: string) => void findings.push(...(await usabilityFindings(watched, state)))

test('the tour is completed in under three minutes, kill -9 included', { timeout: 180_000 }, async () => {
  expect(server.output()).toContain(`Open        ${origin}/tour`)
  await watched.goto('/tour')
  expect(await watched.getByRole('status').innerText()).toBe('0 of 9 steps are facts')
  await look('fresh')
  await page.goto('/tour')
  await press('Continue as the demo buyer')
  expect(await main().innerText()).toContain('1 of 9 steps are facts; you are Bianca Buyer')

  // The form opens another tab, where it can.
  const found = page.context().waitForEvent('page')
  await press('Search')
  page = await found
  page.setDefaultTimeout(15_000)
  await page.getByRole('link', { name: 'Readability' }).first().click()
  await press('Add to favourites: Readability')

  await page.goto('/agents/readability')
  await follow(/^Start 14-day trial/)
  await press('Start 14-day trial')
  await press('Start trial')

  await page.goto('/agents/readability/launch')
  await press(/^allow/i)
  await page.waitForURL((url) => url.origin !== origin)

  await page.goto(new URL('/?proverbs', page.url()).href)
  await press('Read it')
  await page.getByText('200 of 210 texts read').waitFor()
  await fact('buyer', /Session of Bianca Buyer since/)
  await fact('find', /Favourite since/)
  await fact('trial', /to Reader since .* on trial until/)
  await fact('launch', /consent since/)
  await fact('stop', /Line 200 of 200/)
  expect(await watched.getByRole('table').innerText()).toContain('200/200')
  await look('half-way')

  await follow('See what lifts it')
  await press(/^Buy 100 more texts for/)
  // The way that the tour itself shows, for whom the agent's tab is gone; the agent's own way back leads to the same form.
  const back = await page.getByRole('link', { name: 'Back to Readability' }).getAttribute('href')
  const tour = await (await page.context().request.get(`${origin}/tour`)).text()
  expect(tour).toContain(`href="${back}"`)
  await follow('Back to Readability')
  await press('Read it')
  await page.getByText('210 of 210 texts read').waitFor()
  await fact('more', /100 more for \$4\.00/)
  await fact('again', /200 lines before the add-on, 10 after it, none of them twice/)
  const { rows } = await database.pool.query('SELECT count(*)::int AS lines FROM usage_ledger')
  expect(rows).toEqual([{ lines: 210 }])

  const pid = server.child.pid ?? 0
  process.kill(pid, 'SIGKILL')
  await server.ended()
  await watched.getByText('The server does not answer').waitFor()
  server = startProcess(environment)
  expect(await server.origin()).toBe(origin)
  await fact('kill', new RegExp(`Process ${pid}, .* last committed line said 210, and the counter says 210`))

  await page.goto(`${origin}/tour`)
  await press('Continue as the demo operator')
  await press('+1 month')
  await page.getByText('happened at Stripe').waitFor()
  await fact('month', /\$9\.00 charged on .* invoice \S+;/)
  await watched.getByText('All of it is in the database').waitFor()
  await page.goto(`${origin}/tour`)
  expect(await main().innerText()).toContain('9 of 9 steps are facts; you are Olivia Operator')
  await press('See the invoice as the buyer')
  expect(await main().innerText()).toContain('$9.00')
})

test('a tick goes when its fact is gone, and none is claimed for a counter that is wrong', async () => {
  await database.pool.query('DELETE FROM agent_favourites')
  await watched.getByRole('status').getByText('8 of 9').waitFor()
  await database.pool.query('UPDATE subscription_usage SET used = used - 1 WHERE used = 210')
  await watched.getByRole('status').getByText('7 of 9').waitFor()
  await watched.getByText('that must never be').waitFor()
  await database.pool.query('UPDATE subscription_usage SET used = used + 1 WHERE used = 209')
  await watched.getByRole('status').getByText('8 of 9').waitFor()
})

test('what has the focus keeps it when the page brings itself up to date', async () => {
  const next = watched.locator('[aria-current=step]')
  await next.getByRole('button', { name: 'Continue as the demo buyer' }).focus()
  await database.pool.query(`DELETE FROM oauth_consent`)
  await watched.getByRole('status').getByText('7 of 9').waitFor()
  expect(await next.locator(':focus').innerText()).toBe('Continue as the demo buyer')
})

test('a message to the samples’ publisher reaches the demo’s', async () => {
  await page.goto(`${origin}/agents/readability/contact`)
  expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Write to Rialto samples')
})

test('the tour is usable for everybody, in both themes and at 320 pixels', async () => {
  await look('nearly complete')
  expect(findings).toEqual([])
})
