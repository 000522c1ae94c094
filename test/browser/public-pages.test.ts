import { chromium } from 'playwright-core'
import type { Browser, Page, Response } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { agentPricingTiers } from '#src/db/schema/index.ts'
import { addPublisher } from '#test/integration/pricing/publisher.ts'
import { addReview } from '#test/integration/reviews/reviewers.ts'
import { cutOffPx } from '#test/support/looks.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import routes from '#web/routes.ts'
import { keyboardFindings, sightFindings, sourceFindings } from './page-checks.ts'

// Every page that a visitor can open, one after the other in one window, by the list of routes: a new one is missed here until
// it has an address below.

let server: TestServer
let browser: Browser
let page: Page
const problems: string[] = []

beforeAll(async () => {
  server = await startTestServer()
  browser = await chromium.connect(inject('browserWsEndpoint'))
  const context = await browser.newContext({ baseURL: server.origin, viewport: { width: 1280, height: 800 } })
  page = await context.newPage()
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
  page.on('pageerror', (error) => problems.push(error.message))
  const { db } = server.deps
  const { slug, agentId } = await addPublisher(db)
  sold = slug
  await db.insert(agentPricingTiers).values([
    { agentId, tierName: 'Reader', price: 900, currency: 'EUR', trialDays: 14, sortOrder: 1 },
    { agentId, tierName: 'Studio', price: 2_900, currency: 'EUR', sortOrder: 2 },
  ])
  for (const rating of [5, 2]) await addReview(db, { agentId, rating, title: `Worth ${rating} stars` })
})
afterAll(async () => {
  await browser.close()
  await server.stop()
})

/** The slug of an agent that is sold and reviewed, and of its publisher. */
let sold = ''

/** By route. `{sold}` is an agent with tiers and reviews. */
const addresses: Readonly<Record<string, readonly string[]>> = {
  '': ['/'],
  agents: ['/agents', '/agents?q=opnhands', '/agents?q=qqqqzzzz', '/agents?tag=coding&price=free&sort=newest'],
  'how-ranking-works': ['/how-ranking-works'],
  'agents/:slug': ['/agents/openhands', '/agents/{sold}', '/agents/no-such-agent'],
  compare: ['/compare', '/compare?agent=openhands&agent={sold}'],
  'collections/:slug': ['/collections/in-the-terminal', '/collections/no-such-collection'],
  'agents/:slug/changelog': ['/agents/openhands/changelog'],
  'agents/:slug/launch': ['/agents/openhands/launch'],
  'agents/:slug/reviews': ['/agents/{sold}/reviews'],
  'agents/:slug/waitlist': ['/agents/openhands/waitlist'],
  'agents/:slug/report': ['/agents/openhands/report'],
  'agents/:slug/removal': ['/agents/openhands/removal'],
  'agents/:slug/contact': ['/agents/openhands/contact', '/agents/{sold}/contact'],
  'publishers/:org': ['/publishers/{sold}'],
  'sign-in': ['/sign-in'],
  'sign-in/two-factor': ['/sign-in/two-factor'],
  'sign-up': ['/sign-up'],
  'sign-out': ['/sign-out'],
  'verify-email': ['/verify-email?token=x'],
  'forgot-password': ['/forgot-password'],
  'reset-password': ['/reset-password?token=x'],
  consent: ['/consent'],
  'auth-error': ['/auth-error?code=redirect_mismatch'],
  'signed-out': ['/signed-out'],
  'api/docs': ['/api/docs'],
  'account/deleted': ['/account/deleted'],
  'invitations/:id': ['/invitations/unknown'],
  'confirm/mailbox/:token': ['/confirm/mailbox/unknown'],
  'confirm/:token': ['/confirm/unknown'],
  'unsubscribe/:token': ['/unsubscribe/unknown'],
  'legal/:page': ['/legal/terms', '/legal/privacy', '/legal/refunds', '/legal/imprint'],
  'for-publishers': ['/for-publishers'],
  status: ['/status'],
  tour: ['/tour'],
  'dev/ui': ['/dev/ui'],
  'dev/mail': ['/dev/mail'],
  '*': ['/no-such-page'],
}

/** Visitors are led elsewhere; whose pages these are sees them in the other files here. */
const elsewhere = /^(account|operator|publish|sandbox)\/|^(account|continue|dev\/mail\/.*)$/
const behindSignIn: Readonly<Record<string, string>> = {
  'agents/:slug/reviews/new': '/agents/openhands/reviews/new',
  'agents/:slug/reviews/:id': '/agents/openhands/reviews/unknown',
  'agents/:slug/favourite': '/agents/openhands/favourite',
  'agents/:slug/claim': '/agents/openhands/claim',
  'agents/:slug/subscribe': '/agents/openhands/subscribe',
  'buy/:token': '/buy/unknown',
  'checkout/:intentId': '/checkout/unknown',
  device: '/device',
}

// A route in a .ts file answers without a page.
const pageRoutes = routes.filter(({ file }) => file.endsWith('.tsx')).map(({ path = '' }) => path)

it('is known of every route whether it has a public page', () => {
  const known = new Set([...Object.keys(addresses), ...Object.keys(behindSignIn)])
  expect(pageRoutes.filter((path) => !known.has(path) && !elsewhere.test(path))).toEqual([])
  expect([...known].filter((path) => !pageRoutes.includes(path))).toEqual([])
})

it.each(Object.values(behindSignIn))('%s asks visitors to sign in', async (path) => {
  const response = await fetch(server.origin + path, { redirect: 'manual' })
  expect(new URL(response.headers.get('location') ?? '', server.origin).pathname).toBe('/sign-in')
})

describe('everybody can use', () => {
  it.each(Object.values(addresses).flat())('%s', async (address) => {
    problems.length = 0
    const response = (await page.goto(address.replaceAll('{sold}', sold))) as Response
    await page.waitForLoadState('load')
    expect(await cutOffPx(page)).toBe(0)
    // It says the same of each of a hundred endpoints; axe would look at them for ten seconds.
    if (address === '/api/docs') await page.evaluate(keepFirstSections, 8)
    const findings = [
      ...(await sourceFindings(response)),
      ...(await sightFindings(page)),
      ...(await keyboardFindings(page)),
      ...problems.filter((problem) => response.ok() || !problem.includes('Failed to load resource')),
    ]
    expect(findings).toEqual([])
  })
})

function keepFirstSections(count: number): void {
  for (const section of [...document.querySelectorAll('main section')].slice(count)) section.remove()
  for (const item of [...document.querySelectorAll('main nav li')].slice(count)) item.remove()
}
