import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { axeFindings, cutOffPx } from '#test/support/looks.ts'
import { startTestServer, type TestServer } from '#test/support/server.ts'

let server: TestServer
let browser: Browser

beforeAll(async () => {
  server = await startTestServer()
  browser = await chromium.connect(inject('browserWsEndpoint'))
})
afterAll(async () => {
  await browser.close()
  await server.stop()
})

const field = (page: Page) => page.getByRole('combobox', { name: 'Search agents, tags and pages' })
const dialog = (page: Page) => page.getByRole('dialog', { name: 'Search and go' })

describe('the command palette', () => {
  it('takes somebody to an agent by keyboard alone', () =>
    visit('/agents/openhands', {}, async (page) => {
      await page.keyboard.press('Control+k')
      await expect.poll(() => focused(page)).toBe('Search agents, tags and pages')
      await page.keyboard.type('rese')
      const option = page.getByRole('option', { name: /^GPT Researcher/ })
      await option.waitFor()
      expect(await field(page).getAttribute('aria-activedescendant')).toBeNull()

      await page.keyboard.press('ArrowDown')
      expect(await field(page).getAttribute('aria-activedescendant')).toBe(await option.getAttribute('id'))
      expect(await option.getAttribute('aria-selected')).toBe('true')
      // Up from the first is the field again, and from there the last.
      await page.keyboard.press('ArrowUp')
      expect(await field(page).getAttribute('aria-activedescendant')).toBeNull()
      await page.keyboard.press('ArrowUp')
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('Enter')
      await page.waitForURL('**/agents/gpt-researcher')
    }))

  it('searches for what was typed when nothing is chosen, and leads to tags and pages', () =>
    visit('/', {}, async (page) => {
      await page.keyboard.press('/')
      await page.keyboard.type('codi')
      await page.getByRole('option', { name: 'Coding', exact: true }).waitFor()
      await page.keyboard.press('Enter')
      await page.waitForURL('**/agents?q=codi')
      await page.waitForLoadState('load')
      await page.keyboard.press('Control+k')
      await page.getByRole('option', { name: 'Compare agents' }).click()
      await page.waitForURL('**/compare')
    }))

  it('closes by Escape, gives the focus back, and leaves / to whoever is typing', () =>
    visit('/agents/openhands', {}, async (page) => {
      const opener = page.getByRole('button', { name: 'Search agents' })
      await opener.click()
      await dialog(page).waitFor()
      await page.keyboard.type('a/b')
      expect(await field(page).inputValue()).toBe('a/b')
      await page.keyboard.press('Escape')
      await dialog(page).waitFor({ state: 'hidden' })
      expect(await focused(page)).toBe('Search agents')

      await page.goto(`${server.origin}/agents`)
      await page.getByRole('searchbox', { name: 'Search agents' }).focus()
      await page.keyboard.type('/')
      expect(await dialog(page).isVisible()).toBe(false)
      expect(await page.getByRole('searchbox', { name: 'Search agents' }).inputValue()).toBe('/')
    }))

  it('shows what was found for the last letters, however late the first answer comes', () =>
    visit('/agents/openhands', {}, async (page) => {
      let isFirst = true
      await page.route('**/api/v1/suggestions?q=*', async (route) => {
        const isLate = isFirst
        isFirst = false
        if (isLate) await new Promise((resolve) => setTimeout(resolve, 600))
        await route.continue().catch(() => undefined)
      })
      await page.keyboard.press('Control+k')
      const late = page.waitForRequest('**/suggestions?q=a')
      await page.keyboard.type('a')
      await late
      await page.keyboard.type('ider')
      await page.getByRole('option', { name: /^Aider/ }).waitFor()
      await page.waitForTimeout(700)
      expect(await page.getByRole('group', { name: 'Agents' }).getByRole('option').count()).toBe(1)
    }))

  it('still searches when suggestions fail', () =>
    visit('/agents/openhands', {}, async (page) => {
      await page.route('**/api/v1/suggestions?q=*', (route) => route.abort())
      await page.keyboard.press('Control+k')
      await page.keyboard.type('aider')
      await page.getByRole('option', { name: 'Search for “aider”' }).click()
      await page.waitForURL('**/agents?q=aider')
    }))

  it('is for everybody: nothing that axe finds while it is open, and nothing cut off at 320 px', () =>
    visit('/agents/openhands', {}, async (page) => {
      await page.keyboard.press('Control+k')
      await page.keyboard.type('co')
      await page.getByRole('option', { name: /^Codex CLI/ }).waitFor()
      expect(await axeFindings(page)).toEqual([])
      expect(await cutOffPx(page)).toBe(0)
    }))
})

describe('with JavaScript off', () => {
  it('the header has a plain search instead', () =>
    visit('/agents/openhands', { javaScriptEnabled: false }, async (page) => {
      expect(await page.getByRole('button', { name: 'Search agents' }).count()).toBe(0)
      await page.getByRole('searchbox', { name: 'Search agents' }).fill('gpt reseacher')
      await page.keyboard.press('Enter')
      await page.waitForURL('**/agents?q=gpt+reseacher')
      await page.getByRole('link', { name: 'GPT Researcher', exact: true }).waitFor()
    }))
})

/** A page in a browser profile of its own, loaded. */
async function visit(path: string, options: BrowserContextOptions, use: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
  try {
    const page = await context.newPage()
    await page.goto(server.origin + path)
    await page.waitForLoadState('load')
    await use(page)
  } finally {
    await context.close()
  }
}

/** The name of what has the focus. */
const focused = (page: Page): Promise<string | undefined> =>
  page.evaluate(() => {
    const element = document.activeElement
    return element?.getAttribute('aria-label') ?? element?.querySelector('.truncate')?.textContent ?? undefined
  })
