import { chromium } from 'playwright-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { agents, organization } from '#src/db/schema/index.ts'
import { addMember, signedIn } from '#test/integration/pricing/publisher.ts'
import type { Session } from '#test/integration/pricing/publisher.ts'
import { usabilityFindings } from '#test/support/looks.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'

// An entry becomes its makers': from the link on its page to the operator's yes, without JavaScript.

let server: TestServer
let browser: Browser
const records: string[][] = []
const slug = 'lector'

beforeAll(async () => {
  server = await startTestServer({ overrides: { resolveTxt: () => Promise.resolve(records) } })
  browser = await chromium.connect(inject('browserWsEndpoint'))
  const homepageUrl = 'https://lector.example/'
  const listed = { status: 'published', listing: 'directory_entry', publishedAt: sql`now()` } as const
  await server.deps.db.insert(agents).values({ slug, name: 'Lector', tagline: 'Reads', homepageUrl, ...listed })
})
afterAll(async () => {
  await browser.close()
  await server.stop()
})

async function contextOf({ cookie }: Session, javaScriptEnabled = false): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: server.origin, javaScriptEnabled, reducedMotion: 'reduce' })
  await context.addCookies(
    cookie.split('; ').map((pair) => {
      const [name = '', ...value] = pair.split('=')
      return { name, value: value.join('='), url: server.origin }
    }),
  )
  return context
}

async function press(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name }).click()
  await page.waitForLoadState('load')
}

async function findingsOn(reader: BrowserContext, paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    paths.map(async (path) => {
      const page = await reader.newPage()
      await page.goto(path)
      return usabilityFindings(page, path)
    }),
  )
  return found.flat()
}

test('whoever makes a project proves it, an operator approves, and the page names them', async () => {
  const maker = await signedIn(server)
  const organizationId = crypto.randomUUID()
  await server.deps.db.insert(organization).values({ id: organizationId, name: 'Analytical Engines', slug: 'engines' })
  await addMember(server.deps.db, { organizationId, userId: maker.userId, role: 'owner' })
  const makers = await contextOf(maker)
  const page = await makers.newPage()
  await page.goto(`/agents/${slug}`)
  await page.getByRole('link', { name: 'Is it yours? Claim it' }).click()
  await page.getByRole('heading', { name: 'Claim Lector' }).waitFor()
  await press(page, 'Begin the claim')
  await page.getByText('https://lector.example/.well-known/rialto-claim.txt').waitFor()
  const token = (await page.getByText(/^rialto-claim-/).textContent()) ?? ''
  await press(page, 'Check the DNS now')
  await page.getByText('TXT records of _rialto-claim.lector.example and got none').waitFor()
  const reader = await contextOf(maker, true)
  expect(await findingsOn(reader, [`/agents/${slug}/claim`, `/agents/${slug}/report`])).toEqual([])
  records.push([token])
  await press(page, 'Check the DNS now')
  await page.getByText('An operator looks at it next').waitFor()

  const staff = await signedIn(server, { role: 'admin' })
  const operators = await contextOf(staff)
  const desk = await operators.newPage()
  await desk.goto('/operator/claims')
  await desk.getByRole('link', { name: 'Claims 1 open' }).waitFor()
  await desk.getByRole('link', { name: 'Lector' }).click()
  await desk.getByRole('heading', { name: 'Hand it over' }).waitFor()
  const path = new URL(desk.url()).pathname
  const desks = await contextOf(staff, true)
  expect(await findingsOn(desks, ['/operator/claims', path, '/operator/reports', '/operator/recipients'])).toEqual([])
  await press(desk, 'Check and approve')
  await desk.getByText('Approved').waitFor()

  await page.goto(`/agents/${slug}`)
  await page.getByText('Verified publisher').first().waitFor()
  await page.getByRole('link', { name: 'Contact the publisher' }).click()
  await page.getByRole('heading', { name: 'Write to Analytical Engines' }).waitFor()
  expect(await findingsOn(reader, [`/agents/${slug}/contact`])).toEqual([])
  await Promise.all([makers, reader, operators, desks].map((context) => context.close()))
})
