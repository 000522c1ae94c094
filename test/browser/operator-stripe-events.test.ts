import { chromium } from 'playwright-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { parseEvent } from '#src/features/billing/events/event.ts'
import { storeEvent } from '#src/features/billing/events/store-event.ts'
import { startCheckout } from '#src/features/billing/index.ts'
import { axeFindings } from '#test/support/looks.ts'
import { eventually } from '#test/support/start-process.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { eventOf } from '../integration/billing/events/endpoint.ts'
import { startBilling } from '../integration/billing/harness.ts'
import type { Billing } from '../integration/billing/harness.ts'
import { signedIn } from '../integration/pricing/publisher.ts'

// What an operator sees of Stripe's events, without JavaScript: nothing yet, one that came through, one that failed.

let billing: Billing
let server: TestServer
let browser: Browser
let operator: BrowserContext
let reader: BrowserContext

beforeAll(async () => {
  billing = await startBilling()
  const { payments, subjectHash } = billing.deps
  server = await startTestServer({ databaseUrl: billing.database.url, overrides: { payments, subjectHash } })
  browser = await chromium.connect(inject('browserWsEndpoint'))
  operator = await contextOf('admin')
  reader = await contextOf('admin', { javaScriptEnabled: true })
})
afterAll(async () => {
  await browser.close()
  await server.stop()
  await billing.stop()
})

async function contextOf(role: 'admin' | 'user', options: Parameters<Browser['newContext']>[0] = {}) {
  const context = await browser.newContext({ baseURL: server.origin, javaScriptEnabled: false, ...options })
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

/** Its scripts run in the page, so it looks at the same address where scripts may run. */
async function requireAccessible(path: string): Promise<void> {
  const page = await open(reader, path)
  expect(await axeFindings(page)).toEqual([])
  await page.close()
}

const mainText = (page: Page): Promise<string> => page.getByRole('main').innerText()

async function buy(): Promise<string> {
  const [agent, userId] = [await billing.addAgent(), await billing.addPerson()]
  const asked = { userId, agentSlug: agent.slug, tierId: agent.tiers.monthly, withTrial: false }
  const { url } = await startCheckout(billing.deps, asked)
  await billing.sandbox.completeCheckout(url.split('/').at(-1) ?? '', {
    card: { number: '4242424242424242', expMonth: 12, expYear: 2060 },
  })
  const to = { url: `${server.origin}/api/webhooks/stripe`, secret: billing.deps.payments.webhookSecret, fetch }
  for (let waiting = 1; waiting > 0;) ({ waiting } = await billing.sandbox.deliver(to))
  return userId
}

const unprocessed = async (): Promise<number> => {
  const { rows } = await billing.database.pool.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM stripe_events WHERE processed_at IS NULL',
  )
  return rows[0]?.count ?? 0
}

test('before anything was told the page says so, and who is no operator sees none of it', async () => {
  const page = await open(operator, '/operator/stripe-events')
  expect(await mainText(page)).toContain('Stripe has told nothing yet')
  await requireAccessible(page.url())
  const somebody = await contextOf('user')
  for (const path of ['/operator/stripe-events', `/operator/stripe-events/${crypto.randomUUID()}`]) {
    expect((await somebody.request.get(path)).status()).toBe(403)
  }
  await somebody.close()
  const stranger = await browser.newContext({ baseURL: server.origin })
  expect((await open(stranger, '/operator/stripe-events?state=failed')).url()).toBe(
    `${server.origin}/sign-in?returnTo=${encodeURIComponent('/operator/stripe-events?state=failed')}`,
  )
  await stranger.close()
})

test('events are found by the filter, opened, and replayed; the page says what changed', async () => {
  const userId = await buy()
  await eventually(async () => (await unprocessed()) === 0)
  const page = await open(operator, '/operator/stripe-events')
  await requireAccessible(page.url())
  await page.getByLabel('Type').fill('customer.subscription')
  await page.getByRole('button', { name: 'Filter' }).click()
  await page.waitForLoadState('load')
  expect(new URL(page.url()).searchParams.get('type')).toBe('customer.subscription')
  expect(await mainText(page)).not.toContain('invoice.paid')
  await page
    .getByRole('link', { name: /^customer\.subscription/ })
    .first()
    .click()
  await page.waitForLoadState('load')
  const text = await mainText(page)
  for (const shown of ['Agrees with Stripe', 'Reader · Basic', 'active', '"object": "event"'])
    expect(text).toContain(shown)
  await requireAccessible(page.url())

  await billing.database.pool.query(
    'UPDATE user_agent_subscriptions SET cancel_at_period_end = true WHERE user_id = $1',
    [userId],
  )
  await page.getByRole('button', { name: 'Replay' }).click()
  await page.waitForLoadState('load')
  expect(await mainText(page)).toContain('Cancels at the end of the period: yes → no')
  await page.getByRole('button', { name: 'Replay' }).click()
  await page.waitForLoadState('load')
  expect(await mainText(page)).toContain('Nothing changed: what is stored was right.')
})

test('a failure is shown with its error and its attempts, on a phone too', async () => {
  billing.breakNetwork({ when: 'before', at: 0, isHit: () => true })
  const object = { id: 're_1', object: 'refund', charge: 'ch_1', payment_intent: 'pi_1' }
  const event = parseEvent(eventOf({ id: 'evt_failed', type: 'refund.created', object }))
  if (event !== undefined) await storeEvent(server.deps, { event })
  await eventually(async () => {
    const { rows } = await billing.database.pool.query(
      `SELECT FROM stripe_events WHERE stripe_event_id = 'evt_failed' AND error_message IS NOT NULL`,
    )
    return rows.length > 0
  })
  await billing.database.pool.query(
    `UPDATE stripe_events SET error_message = error_message || repeat('x', 300) WHERE stripe_event_id = 'evt_failed'`,
  )
  const wide = parseEvent(eventOf({ type: 'billing_portal.configuration_that_is_named_at_length.updated' }))
  if (wide !== undefined) await storeEvent(server.deps, { event: wide })
  const phone = await contextOf('admin', { viewport: { width: 320, height: 700 } })
  const widthOf = (shown: Page) => shown.evaluate(() => document.documentElement.scrollWidth)
  expect(await widthOf(await open(phone, '/operator/stripe-events'))).toBeLessThanOrEqual(320)
  const page = await open(phone, '/operator/stripe-events?state=failed')
  expect(await mainText(page)).toContain('unavailable')
  await page.getByRole('link', { name: 'refund.created' }).click()
  await page.waitForLoadState('load')
  const text = await mainText(page)
  for (const shown of ['The last attempt failed', 'tried again by itself', 'unavailable: Payments can’t be reached']) {
    expect(text).toContain(shown)
  }
  expect(await widthOf(page)).toBeLessThanOrEqual(320)
  await requireAccessible(page.url())
  await phone.close()
})
