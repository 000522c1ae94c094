import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { readCatalogueSeed } from '#src/db/seed/index.ts'
import { seedCatalogue } from '#src/features/catalog/index.ts'
import { startTestServer, type TestServer } from '#test/support/server.ts'
import { addLongAgent } from './long-agent.ts'

let server: TestServer
let browser: Browser

beforeAll(async () => {
  server = await startTestServer()
  await seedSecondPage(server)
  browser = await chromium.connect(inject('browserWsEndpoint'))
})
afterAll(async () => {
  await browser.close()
  await server.stop()
})

describe('finding an agent', () => {
  it('takes a visitor from a typo to the agent by keyboard alone', () =>
    visit({}, async (page) => {
      await page.goto(server.origin)
      await tabTo(page, 'input[name="q"]')
      await page.keyboard.type('opnhands')
      await page.keyboard.press('Enter')
      await page.waitForURL('**/agents?q=opnhands')
      await page.getByText('Showing results for openhands').waitFor()
      expect(await page.locator('output').textContent()).toBe('1 agent')

      await tabTo(page, 'a[href="/agents/openhands"]')
      const ring = await page.evaluate(
        () => getComputedStyle(document.activeElement ?? document.body, '::after').outlineStyle,
      )
      expect(ring).toBe('solid')
      await page.keyboard.press('Enter')
      await page.waitForURL('**/agents/openhands')
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('OpenHands')
    }))

  it('searches for exactly what was typed when asked to', () =>
    visit({}, async (page) => {
      await page.goto(`${server.origin}/agents?q=opnhands`)
      await page.getByRole('link', { name: /^Search for exactly/ }).click()
      await page.getByRole('heading', { name: 'No agent matches “opnhands”' }).waitFor()
    }))

  it('narrows by tag, widens again by the chip, and keeps the order', () =>
    visit({}, async (page) => {
      await page.goto(`${server.origin}/agents?sort=name`)
      const all = await page.locator('output').textContent()
      await page.getByRole('navigation', { name: 'Tags' }).getByRole('link', { name: 'Research' }).click()
      await page.waitForURL('**/agents?tag=research&sort=name')
      await page.waitForLoadState('load')
      expect(await page.locator('output').textContent()).not.toBe(all)
      await page.getByRole('link', { name: 'Remove filter: Research' }).click()
      await page.waitForURL('**/agents?sort=name')
      await page.waitForLoadState('load')
      expect(await page.locator('output').textContent()).toBe(all)
    }))

  it('pages forward and back through the same search', () =>
    visit({}, async (page) => {
      await page.goto(`${server.origin}/agents?tag=self-hosted&sort=name`)
      const first = await names(page)
      await page.getByRole('link', { name: 'Next' }).click()
      await page.waitForURL(/tag=self-hosted&sort=name&cursor=/)
      const second = await names(page)
      expect(second.filter((name) => first.includes(name))).toEqual([])
      expect([...first, ...second]).toHaveLength(
        Number.parseInt((await page.locator('output').textContent()) ?? '', 10),
      )
      await page.getByRole('link', { name: 'Previous' }).click()
      await page.waitForURL(/cursor=/)
      expect(await names(page)).toEqual(first)
    }))

  it('leads from a broken cursor to the first page instead of an error', () =>
    visit({}, async (page) => {
      await page.goto(`${server.origin}/agents?q=browser&cursor=broken`)
      expect(page.url()).toBe(`${server.origin}/agents?q=browser`)
    }))
})

describe('the theme', () => {
  it('stays as chosen, from the first paint on', () =>
    visit({ colorScheme: 'light' }, async (page) => {
      await page.goto(`${server.origin}/agents/openhands`)
      const light = await background(page)
      await page.getByRole('button', { name: 'Theme' }).click()
      await page.getByRole('button', { name: 'Dark' }).click()
      await page.waitForURL('**/agents/openhands')
      const dark = await background(page)
      expect(dark).not.toBe(light)

      // The document itself says it, so there is no moment in which it could be light.
      const html = (await (await page.reload())?.text()) ?? ''
      expect(html).toMatch(/<html[^>]* data-theme="dark"/)
      expect(await background(page)).toBe(dark)
      await page.goto(server.origin)
      expect(await background(page)).toBe(dark)
    }))

  it('follows the system until one is chosen', () =>
    visit({ colorScheme: 'dark' }, async (page) => {
      const html = (await (await page.goto(server.origin))?.text()) ?? ''
      expect(html).not.toContain('data-theme')
      const dark = await background(page)
      await page.emulateMedia({ colorScheme: 'light' })
      expect(await background(page)).not.toBe(dark)
    }))
})

describe('with JavaScript off', () => {
  it('searching, filtering on a phone, sorting and the theme all work', () =>
    visit({ javaScriptEnabled: false, viewport: { width: 390, height: 800 }, colorScheme: 'light' }, async (page) => {
      await page.goto(server.origin)
      await page.getByRole('searchbox', { name: 'Search agents' }).fill('opnhands')
      await page.getByRole('button', { name: 'Search' }).click()
      await page.getByRole('link', { name: 'OpenHands', exact: true }).waitFor()

      await page.goto(`${server.origin}/agents`)
      await page.getByText('Filters', { exact: true }).click()
      await page.getByRole('link', { name: /^Research/ }).click()
      await page.getByRole('link', { name: 'Remove filter: Research' }).waitFor()

      await page.getByText('Sort Best match').click()
      await page.getByRole('link', { name: 'Name', exact: true }).click()
      await page.waitForURL('**/agents?tag=research&sort=name')

      await page.getByRole('button', { name: 'Menu' }).click()
      await page.getByRole('button', { name: 'Dark' }).click()
      await page.waitForURL('**/agents?tag=research&sort=name')
      await page.locator('html[data-theme=dark]').waitFor()
    }))
})

describe('an agent’s page', () => {
  it('tells machines only what it shows people', () =>
    visit({}, async (page) => {
      await page.goto(`${server.origin}/agents/openhands`)
      const data = JSON.parse((await page.locator('script[type="application/ld+json"]').textContent()) ?? '') as {
        '@graph': object[]
      }
      const [software] = data['@graph']
      expect(software).toMatchObject({
        '@type': 'SoftwareApplication',
        name: 'OpenHands',
        url: `${server.origin}/agents/openhands`,
      })
      expect(software).not.toHaveProperty('aggregateRating')
      expect(software).not.toHaveProperty('offers')
      expect(await page.getByRole('button', { name: /subscribe|trial/i }).count()).toBe(0)
      expect(await page.getByText('not affiliated with the project').count()).toBe(1)
    }))

  it('keeps the one red button in view on a phone, and nothing that is focused behind it', async () => {
    const { slug } = await addLongAgent(server, 3)
    await visit({ viewport: { width: 390, height: 844 } }, async (page) => {
      await page.goto(`${server.origin}/agents/${slug}`)
      await page.waitForLoadState('load')
      const hidden = await page.evaluate(() => {
        const bar = document.querySelector('.buy-bar')
        const links = [...document.querySelectorAll<HTMLElement>('main a, main button, main summary, footer a')]
        const isBehind = (link: HTMLElement): boolean => {
          link.focus()
          return link.getBoundingClientRect().bottom > (bar?.getBoundingClientRect().top ?? 0)
        }
        return links.filter((link) => bar?.contains(link) === false && link.checkVisibility() && isBehind(link)).length
      })
      expect(hidden).toBe(0)
      const red = page.locator('main').getByRole('link', { name: 'Subscribe', exact: true })
      expect(await red.count()).toBe(1)
      expect((await red.boundingBox())?.y).toBeGreaterThan(700)
    })
  })

  it('fits 320 pixels with the longest words, and so do the pages around it', async () => {
    const { slug } = await addLongAgent(server, 9)
    await visit({ viewport: { width: 320, height: 640 } }, async (page) => {
      for (const path of [`/agents/${slug}`, `/agents/${slug}/changelog`, `/publishers/${slug}`]) {
        await page.goto(server.origin + path)
        await page.waitForLoadState('load')
        expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBe(320)
      }
    })
  })

  it('keeps the rows of its tiers level beside each other', async () => {
    const { slug } = await addLongAgent(server, 4)
    await visit({ viewport: { width: 1280, height: 800 } }, async (page) => {
      await page.goto(`${server.origin}/agents/${slug}`)
      await page.waitForLoadState('load')
      const topsOf = (selector: string) =>
        page.locator(selector).evaluateAll((parts) => parts.map((part) => Math.round(part.getBoundingClientRect().top)))
      for (const selector of ['.plan', '.plan-action', '.plan-cell']) {
        const tops = await topsOf(selector)
        expect(tops, selector).toHaveLength(4)
        expect(new Set(tops).size, selector).toBe(1)
      }
    })
  })

  it('is a 404 for a slug that nobody has', async () => {
    const response = await fetch(`${server.origin}/agents/no-such-agent`)
    expect(response.status).toBe(404)
    expect(await response.text()).toContain('There is nothing at this address')
  })
})

/** A page in a browser profile of its own. */
async function visit(options: BrowserContextOptions, use: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
  try {
    await use(await context.newPage())
  } finally {
    await context.close()
  }
}

/** Presses Tab until an element has the focus; a person would have given up after 60. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab')
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) === true, selector)) return
  }
  throw new Error(`The keyboard never came to ${selector}.`)
}

const names = (page: Page): Promise<string[]> => page.locator('main article h2').allTextContents()

const background = (page: Page): Promise<string> =>
  page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)

/** Copies of one entry, so that a list has more than one page. */
async function seedSecondPage({ deps }: TestServer): Promise<void> {
  const { tags, entries } = await readCatalogueSeed()
  const [model] = entries
  if (model === undefined) throw new Error('The directory has no entries.')
  const copies = Array.from({ length: 30 }, (_, place) => ({
    ...model,
    slug: `copy-${place}`,
    name: `Copy ${place}`,
    tags: ['self-hosted'],
  }))
  await seedCatalogue(deps.db, { tags, entries: [...entries, ...copies] })
}
