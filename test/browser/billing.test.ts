import { randomUUID } from 'node:crypto'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { agentAddonOffers, agentPricingTiers, tierMetricQuotas } from '#src/db/schema/index.ts'
import { signedIn } from '#test/integration/pricing/publisher.ts'
import type { Session } from '#test/integration/pricing/publisher.ts'
import { addMeteredAgent, call } from '#test/integration/usage/market.ts'
import type { MeteredAgent } from '#test/integration/usage/market.ts'
import { axeFindings } from '#test/support/looks.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'

// A subscription's whole life without any keys: with JavaScript off from the agent's page to the last click of resuming it, and then,
// with JavaScript on, what its person holds in their own hands. Axe looks at each page on the way.

let server: TestServer
let browser: Browser
let agent: MeteredAgent
let buyer: Session
let page: Page
let reader: Page
let operator: Page

beforeAll(async () => {
  server = await startTestServer()
  browser = await chromium.connect(inject('browserWsEndpoint'))
  agent = await addMeteredAgent(server, { messages: { quota: 5 } })
  await addPaidTiers()
  buyer = await signedIn(server)
  page = await openAs(buyer, { javaScriptEnabled: false })
  reader = await openAs(buyer)
  operator = await openAs(await signedIn(server, { role: 'admin' }))
})
afterAll(async () => {
  await browser.close()
  await server.stop()
})

async function addPaidTiers(): Promise<void> {
  const { db } = server.deps
  const common = { agentId: agent.id, currency: 'EUR' }
  const tiers = await db
    .insert(agentPricingTiers)
    .values([
      { ...common, tierName: 'Reader', price: 900, trialDays: 14, sortOrder: 1 },
      { ...common, tierName: 'Studio', price: 2_900, sortOrder: 2 },
    ])
    .returning()
  const metricId = agent.metricIds['messages'] ?? ''
  await db.insert(tierMetricQuotas).values(tiers.map(({ id, price }) => ({ tierId: id, metricId, quotaLimit: price })))
  await db.insert(agentAddonOffers).values({
    agentId: agent.id,
    metricId,
    displayName: '100 more',
    amount: 100,
    scope: 'one_cycle',
    price: 400,
    currency: 'EUR',
  })
}

async function openAs({ cookie }: Session, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
  const context: BrowserContext = await browser.newContext({ baseURL: server.origin, ...options })
  await context.addCookies(
    cookie.split('; ').map((pair) => {
      const [name = '', ...value] = pair.split('=')
      return { name, value: value.join('='), url: server.origin }
    }),
  )
  const opened = await context.newPage()
  opened.setDefaultTimeout(30_000)
  return opened
}

const main = () => page.getByRole('main')
const words = () => main().innerText()
const heading = () => page.getByRole('heading', { level: 1 }).innerText()

async function press(name: string | RegExp, on = page): Promise<void> {
  await on.getByRole('main').getByRole('button', { name }).click()
  await on.waitForLoadState('load')
}

async function follow(name: string | RegExp): Promise<void> {
  await main().getByRole('link', { name }).first().click()
  await page.waitForLoadState('load')
}

async function goTo(path: string): Promise<void> {
  await page.goto(path)
  await page.waitForLoadState('load')
}

/** What axe finds, by page. */
const findings: string[] = []

/** Beside the page, where scripts run: axe is one. */
async function look(name: string): Promise<void> {
  await reader.goto(page.url())
  findings.push(...(await axeFindings(reader, name)))
}

async function passAMonth(): Promise<void> {
  await operator.goto('/sandbox/clock')
  await press('+1 month', operator)
  await operator.getByText('happened at Stripe').waitFor()
}

/** Past this day, whatever the time is: Stripe charges a renewal an hour after it is due. */
async function goBeyond(day: string): Promise<void> {
  await operator.goto('/sandbox/clock')
  const next = new Date(Date.parse(`${day} UTC`) + 2 * 86_400_000)
  await operator.getByLabel('Or to the beginning of a day').fill(next.toISOString().slice(0, 10))
  await press('Go there', operator)
  await operator.getByText('happened at Stripe').waitFor()
}

const subscriptionPath = () => new URL(page.url()).pathname
const chargeOf = (text: string) => /€[\d.]+ on \d+ \w+ \d{4}/.exec(text)?.[0]

test('a trial, its renewal, a declined card, an upgrade, the end and the way back', { timeout: 120_000 }, async () => {
  await goTo(`/agents/${agent.slug}`)
  await look('agent')
  await follow('Start 14-day trial: Reader')
  const offered = /Free until (\d+ \w+ \d{4}), then €9\.00 per month/.exec(await words())
  expect(offered).not.toBeNull()
  expect(await words()).toContain('Sandbox: no money moves')
  await look('subscribe')
  await press('Start 14-day trial')
  await look('sandbox checkout')
  await press('Start trial')

  // Right at once: no webhook was waited for.
  expect(new URL(page.url()).pathname).toMatch(/^\/checkout\//)
  expect(await heading()).toBe('Lector Reader is yours')
  expect(await words()).toContain(`€9.00 on ${offered?.[1]}`)
  expect(await words()).toContain(`Trial until ${offered?.[1]}`)
  await look('checkout, done')
  const done = page.url()
  await follow('Your invoices')
  expect(await words()).toContain('€0.00')
  await page.goto(done)
  await follow(/your subscription/i)
  const subscription = subscriptionPath()
  await look('subscription, trial')

  await passAMonth()
  await goTo('/account/invoices')
  expect(await main().getByRole('row').filter({ hasText: '€9.00' }).filter({ hasText: 'Paid' }).count()).toBe(1)
  await look('invoices')
  await goTo(subscription)
  expect(await words()).toContain('Active')
  const renewal = /€9\.00 on (\d+ \w+ \d{4})/.exec(await words())?.[1] ?? ''
  expect(renewal).not.toBe('')

  // Another card, which the bank declines when it is charged.
  await goTo('/account/billing')
  await look('billing')
  await press('Add a card')
  await main().getByText('Add a card').click()
  await main()
    .getByLabel(/is declined when charged/)
    .check()
  await press('Add card')
  await page.goto('/account/billing?notice=cards')
  expect(await main().getByRole('row').filter({ hasText: '0341' }).innerText()).toContain('Pays')
  await goBeyond(renewal)
  await goTo(subscription)
  expect(await words()).toContain('The last payment did not go through')
  expect(await words()).toContain('Payment failed')
  await look('subscription, payment failed')
  await follow('Pay now')
  await main()
    .getByLabel(/^Works/)
    .first()
    .check()
  await press('Pay €9.00')
  await goTo(subscription)
  expect(await words()).toContain('Active')
  expect(await words()).not.toContain('did not go through')

  await follow('Change tier')
  await look('change, choice')
  await follow('Choose Studio')
  const due = /To pay now\s+(€[\d.]+)/.exec(await words())?.[1]
  expect(due).toMatch(/^€(?!0\.00)\d/)
  await look('change, preview')
  await press(`Pay ${due} and change`)
  expect(await words()).toContain('Your tier is changed')
  expect(await words()).toContain('Studio · €29.00 per month')
  await goTo('/account/invoices')
  const newest = await main().getByRole('row').nth(1).innerText()
  expect(newest).toContain(due)
  expect(newest).toContain('Paid')

  await goTo(subscription)
  await follow('Buy an add-on')
  await follow('Buy 100 more')
  expect(await words()).toContain('Visa ending in 4242')
  await look('add-on')
  await press('Pay €4.00')
  expect(await words()).toContain('The add-on is yours')
  expect(await words()).toContain('0 of 3,000 unit')

  // Two clicks, and one to take it back.
  await follow('Cancel Lector')
  await look('cancel')
  await press('Cancel Lector')
  expect(await words()).toContain('Your subscription is cancelled')
  expect(await words()).toMatch(/Ends \d+ \w+ \d{4}/)
  await look('subscription, cancelled')
  await press('Resume')
  expect(await words()).toContain('Your subscription goes on')
  expect(chargeOf(await words())).toMatch(/^€29\.00 on /)
  await goTo('/account/subscriptions')
  await look('subscriptions')
  expect(findings).toEqual([])
})

test(
  'a cap stops a purchase until it is raised, a line is credited, and a cheaper tier waits for its day',
  { timeout: 120_000 },
  async () => {
    page = reader
    findings.length = 0
    await goTo('/account/subscriptions')
    await follow(/Lector/)
    const subscription = subscriptionPath()
    const paid = async () => {
      await goTo('/account/invoices')
      return main().getByRole('row').count()
    }
    const invoices = await paid()

    await goTo('/account/spending')
    await look('spending')
    await setCap('30')
    await buyMore(subscription)
    expect(await words()).toContain('Your spending cap stops this')
    expect(await words()).toMatch(/Your cap is €30\.00 a month/)
    await look('add-on, stopped by the cap')
    expect(await paid()).toBe(invoices)
    await setCap('500')
    await buyMore(subscription)
    expect(await words()).toContain('The add-on is yours')
    expect(await words()).toContain('0 of 3,100 unit')
    expect(await paid()).toBe(invoices + 1)

    const body = { clientReqId: randomUUID(), userId: buyer.userId, metric: 'messages', delta: 7 }
    expect((await call(server, { token: agent.token, path: '/usage', body })).body).toMatchObject({ allowed: true })
    await goTo(`${subscription}/usage`)
    await look('receipts')
    await main().getByRole('table').getByRole('link').first().click()
    await page.waitForLoadState('load')
    await page.getByLabel('What is wrong').fill('That was one text, not seven.')
    await press(/^Dispute/)
    await look('receipt, disputed')
    await operator.goto('/operator/disputes')
    await operator.getByRole('main').getByRole('table').getByRole('link').first().click()
    await operator.getByLabel('What the person is told').fill('You are right: six are given back.')
    await operator.getByLabel(/^Units to give back/).fill('6')
    await press('Give back', operator)
    await goTo(subscription)
    expect(await words()).toContain('1 of 3,100 unit')

    await follow('Change tier')
    await follow('Choose Reader')
    await look('change, later')
    await main().getByRole('button').first().click()
    await page.getByText('The change is noted').waitFor()
    expect(await words()).toMatch(/Reader on \d+ \w+ \d{4}/)
    await passAMonth()
    await goTo(subscription)
    expect(await words()).toContain('Reader · €9.00 per month')
    expect(findings).toEqual([])
  },
)

async function setCap(amount: string): Promise<void> {
  await goTo('/account/spending')
  await page.getByLabel(/^The most to be charged in a month/).fill(amount)
  await press(/^(Set|Change) the cap$/)
  expect(await words()).toContain(`€${amount}.00`)
}

async function buyMore(subscription: string): Promise<void> {
  await goTo(subscription)
  await follow('Buy an add-on')
  await follow('Buy 100 more')
  await press('Pay €4.00')
}
