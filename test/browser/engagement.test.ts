import { chromium } from 'playwright-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { agents } from '#src/db/schema/index.ts'
import { addPublisher, signedIn } from '#test/integration/pricing/publisher.ts'
import type { TestPublisher } from '#test/integration/pricing/publisher.ts'
import { usabilityFindings } from '#test/support/looks.ts'
import { eventually } from '#test/support/start-process.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'

// Waiting for an agent, keeping it in mind and installing it, without JavaScript; and what an operator sees of it.

let server: TestServer
let browser: Browser
let agent: TestPublisher

beforeAll(async () => {
  server = await startTestServer()
  browser = await chromium.connect(inject('browserWsEndpoint'))
  agent = await addPublisher(server.deps.db)
})
afterAll(async () => {
  await browser.close()
  await server.stop()
})

const setComingSoon = (comingSoon: boolean) =>
  server.deps.db.update(agents).set({ comingSoon }).where(eq(agents.id, agent.agentId))

async function contextOf(role: 'admin' | 'user' | undefined, javaScriptEnabled = false): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: server.origin, javaScriptEnabled, reducedMotion: 'reduce' })
  if (role === undefined) return context
  const { cookie } = await signedIn(server, { role })
  await context.addCookies(
    cookie.split('; ').map((pair) => {
      const [name = '', ...value] = pair.split('=')
      return { name, value: value.join('='), url: server.origin }
    }),
  )
  return context
}

async function open(context: BrowserContext, path: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(path)
  await page.waitForLoadState('load')
  return page
}

async function press(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name }).click()
  await page.waitForLoadState('load')
}

/** By axe in both themes, and without sideways scrolling on the narrowest screen. Its scripts need a page where they may run. */
async function requireAccessible(reader: BrowserContext, paths: readonly string[]): Promise<void> {
  await Promise.all(
    paths.map(async (path) => {
      const page = await open(reader, path)
      expect(await usabilityFindings(page, path)).toEqual([])
      await page.close()
    }),
  )
}

test('a visitor waits for an agent, after their mailbox said so', async () => {
  await setComingSoon(true)
  const visitor = await contextOf(undefined)
  const page = await open(visitor, `/agents/${agent.slug}`)
  await page.getByLabel('E-mail address').fill('nobody')
  await press(page, 'Join the waitlist')
  await page.getByText('This is not a complete e-mail address.').first().waitFor()
  await page.getByLabel('E-mail address').fill('grace@example.com')
  await press(page, 'Join the waitlist')
  await page.getByRole('heading', { name: 'Look into your mail' }).waitFor()
  const link = await eventually(async () => {
    const mail = (await server.deps.mailPreview?.list())?.find(({ to }) => to === 'grace@example.com')
    return /\/confirm\/mailbox\/\S+/.exec(mail?.text ?? '')?.[0]
  })
  const opened = await open(visitor, link ?? '')
  await press(opened, 'Yes, tell me')
  await opened.getByRole('heading', { name: 'You are waiting for Lector' }).waitFor()
  const reader = await contextOf(undefined, true)
  await requireAccessible(reader, [`/agents/${agent.slug}`, `/agents/${agent.slug}/waitlist`, link ?? ''])
  await visitor.close()
  await reader.close()
})

test('a member keeps an agent in mind and installs it, and an operator sees it', async () => {
  await setComingSoon(false)
  const member = await contextOf('user')
  const page = await open(member, `/agents/${agent.slug}`)
  await press(page, 'Add to favourites: Lector')
  await page.getByRole('button', { name: 'Remove from favourites: Lector' }).waitFor()
  await press(page, 'Install Lector')
  await page.getByRole('button', { name: 'Uninstall Lector' }).waitFor()
  const list = await open(member, '/account/favourites')
  await list.getByRole('link', { name: 'Lector' }).waitFor()
  await press(list, 'Remove Lector')
  await list.getByText('No favourites yet').waitFor()
  await press(page, 'Uninstall Lector')
  await page.getByText('The agent is uninstalled').waitFor()

  const operator = await contextOf('admin', true)
  const acts = await open(operator, '/operator/interactions?type=installed')
  await acts.getByRole('link', { name: 'Installed' }).click()
  await acts.getByRole('heading', { name: 'Installed' }).waitFor()
  await requireAccessible(operator, ['/operator/interactions', new URL(acts.url()).pathname, '/account/favourites'])
  await member.close()
  await operator.close()
})
