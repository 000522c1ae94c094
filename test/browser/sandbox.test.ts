import { chromium } from 'playwright-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import type { Stripe } from 'stripe'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { usabilityFindings } from '#test/support/looks.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { signedIn } from '../integration/pricing/publisher.ts'

// The sandbox's own pages, as somebody sees them who pays with test cards.

let server: TestServer
let browser: Browser
let stripe: Stripe
let customer: string
let price: string

beforeAll(async () => {
  // Without its workers: what pages do is seen here, not what webhooks do.
  server = await startTestServer({ environment: { RIALTO_ROLE: 'web' } })
  browser = await chromium.connect(inject('browserWsEndpoint'))
  stripe = server.deps.payments.stripe
  customer = (await stripe.customers.create({ name: 'Nina', email: 'nina@example.com' })).id
  const recurring = { interval: 'month' } as const
  const product_data = { name: 'Readability: Reader' }
  price = (await stripe.prices.create({ currency: 'eur', unit_amount: 900, recurring, product_data })).id
})
afterAll(async () => {
  await browser.close()
  await server.stop()
})

async function checkout(more: Partial<Stripe.Checkout.SessionCreateParams> = {}) {
  const { id, url } = await stripe.checkout.sessions.create({
    mode: 'subscription',
    customer,
    line_items: [{ price, quantity: 1 }],
    success_url: `${server.origin}/agents?session={CHECKOUT_SESSION_ID}`,
    cancel_url: `${server.origin}/agents/readability`,
    ...more,
  })
  return { id, url: url ?? '' }
}

async function openPage(options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
  const context = await browser.newContext({ baseURL: server.origin, reducedMotion: 'reduce', ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  return page
}

async function signIn(context: BrowserContext, role: 'admin' | 'user'): Promise<void> {
  const { cookie } = await signedIn(server, { role })
  await context.addCookies(
    cookie.split('; ').map((pair) => {
      const [name = '', ...value] = pair.split('=')
      return { name, value: value.join('='), url: server.origin }
    }),
  )
}

const banner = (page: Page) => page.getByText('Sandbox: no money moves')

for (const javaScriptEnabled of [false, true]) {
  test(`paying, with JavaScript ${javaScriptEnabled ? 'on' : 'off'}`, async () => {
    const page = await openPage({ javaScriptEnabled })
    const { id, url } = await checkout()
    await page.goto(url)
    await banner(page).waitFor()
    await page.getByLabel('Name on the card').fill('Nina Newcomer')

    await page.getByLabel('Is declined …0002').check()
    await page.getByRole('button', { name: 'Subscribe for €9.00' }).click()
    await page.getByRole('alert').getByText('Your card was declined.').waitFor()
    expect(await page.getByLabel('Is declined …0002').isChecked()).toBe(true)
    expect(await page.getByLabel('Name on the card').inputValue()).toBe('Nina Newcomer')

    await page.getByText('Type another test number').click()
    await page.getByLabel('Card number').fill('4111 1111 1111 1111')
    await page.getByRole('button', { name: 'Subscribe for €9.00' }).click()
    await page.getByText('That is not one of Stripe’s test numbers').waitFor()
    expect(await page.content()).not.toContain('4111')

    await page.getByLabel('Asks its owner every time').check()
    await page.getByRole('button', { name: 'Subscribe for €9.00' }).click()
    await page.getByRole('heading', { name: 'Your bank asks' }).waitFor()
    await banner(page).waitFor()
    await page.getByRole('button', { name: 'Refuse' }).click()
    await page.getByRole('alert').getByText('unable to authenticate').waitFor()
    expect(await page.getByLabel('Asks its owner every time').isChecked()).toBe(true)
    await page.getByRole('button', { name: 'Subscribe for €9.00' }).click()
    await page.getByRole('button', { name: 'Approve' }).click()
    await page.waitForURL(`${server.origin}/agents?session=${id}`)

    await page.goto(url)
    await page.getByRole('heading', { name: 'This is done' }).waitFor()
    await page.getByRole('link', { name: 'Go on' }).click()
    await page.waitForURL(`${server.origin}/agents?session=${id}`)
    await page.context().close()
  })
}

test('a trial says when the first charge comes, and begins without a card where none is needed', async () => {
  const page = await openPage({ javaScriptEnabled: false })
  const end_behavior = { missing_payment_method: 'cancel' } as const
  const { url } = await checkout({
    payment_method_collection: 'if_required',
    subscription_data: { trial_period_days: 14, trial_settings: { end_behavior } },
  })
  await page.goto(url)
  const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })
  const words = await page.getByText('Free until').innerText()
  expect(words).toContain(`Free until ${day.format(Date.now() + 14 * 86_400_000)}. The first charge is €9.00`)
  expect(words).toContain('Without a card by then it ends')
  expect(await page.getByRole('row', { name: 'Due today' }).innerText()).toContain('€0.00')
  await page.getByRole('button', { name: 'Start trial' }).click()
  await page.waitForURL(/\/agents\?session=/)
})

test('an expired checkout leads back', async () => {
  const page = await openPage({ javaScriptEnabled: false })
  const { id, url } = await checkout()
  await stripe.checkout.sessions.expire(id)
  expect((await page.goto(url))?.status()).toBe(410)
  await page.getByRole('heading', { name: 'This checkout has expired' }).waitFor()
  expect(await page.getByRole('link', { name: 'Go back' }).getAttribute('href')).toBe(
    `${server.origin}/agents/readability`,
  )
})

async function openInvoice() {
  const invoice = await stripe.invoices.create({ customer, currency: 'eur' })
  const item = { customer, invoice: invoice.id, amount: 1200, currency: 'eur', description: '200 more texts' }
  await stripe.invoiceItems.create(item)
  return stripe.invoices.finalizeInvoice(invoice.id)
}

test('an open invoice is paid with a card that asks, which is saved in the portal', async () => {
  const page = await openPage({ javaScriptEnabled: false })
  const { number, invoice_pdf: url } = await openInvoice()
  await page.goto(url ?? '')
  await page.getByRole('heading', { name: `Invoice ${number}` }).waitFor()
  await page.getByLabel('Asks its owner once').check()
  await page.getByRole('button', { name: 'Pay €12.00' }).click()
  await page.getByRole('button', { name: 'Approve' }).click()
  await page.getByText('No money has moved.').waitFor()

  const portal = await stripe.billingPortal.sessions.create({ customer, return_url: `${server.origin}/agents` })
  await page.goto(portal.url)
  const pays = page.getByRole('row').filter({ hasText: '…3155' })
  await pays.getByText('Pays').waitFor()
  expect(
    await page
      .getByRole('row')
      .filter({ hasText: String(number) })
      .innerText(),
  ).toMatch(/Paid\s+€12\.00/)
  await page.getByText('Add a card').click()
  await page.getByLabel('Works (Mastercard)').check()
  await page.getByRole('button', { name: 'Add card' }).click()
  await page.getByText('The card is saved').waitFor()
  await page.getByRole('button', { name: 'Remove the card ending in 3155' }).click()
  await page.getByText('The card is removed').waitFor()
  expect(await pays.count()).toBe(0)
})

test('an operator moves the clock; anybody else may not see it', async () => {
  const page = await openPage({ javaScriptEnabled: false })
  await page.goto('/sandbox/clock')
  expect(new URL(page.url()).pathname).toBe('/sign-in')
  await signIn(page.context(), 'user')
  expect((await page.goto('/sandbox/clock'))?.status()).toBe(403)
  await page.context().clearCookies()
  await signIn(page.context(), 'admin')
  await page.goto('/sandbox/clock')
  await page.getByLabel('Or to the beginning of a day').fill('2020-01-01')
  await page.getByRole('button', { name: 'Go there' }).click()
  await page.getByText('The clock goes forward only.').waitFor()
  await page.getByRole('button', { name: '+1 month' }).click()
  await page.getByText(/\d+ things happened at Stripe/).waitFor()
  expect(await page.locator('dl').innerText()).toMatch(/\b(28|29|30|31)\s+days/)
})

test('all of it is usable for everybody, and nothing is cut off at 320 pixels', async () => {
  const page = await openPage({})
  await signIn(page.context(), 'admin')
  const open = await checkout()
  const invoice = await openInvoice()
  const portal = await stripe.billingPortal.sessions.create({ customer, return_url: `${server.origin}/agents` })
  const findings: string[] = []
  const look = async (name: string): Promise<void> => {
    findings.push(...(await usabilityFindings(page, name)))
  }
  for (const url of [open.url, invoice.hosted_invoice_url ?? '', portal.url, '/sandbox/clock']) {
    await page.goto(url)
    await look(url)
  }
  await page.goto(open.url)
  await page.getByLabel('Is declined …0002').check()
  await page.getByRole('button', { name: 'Subscribe for €9.00' }).click()
  await page.getByRole('alert').waitFor()
  await look('declined')
  await page.getByLabel('Asks its owner every time').check()
  await page.getByRole('button', { name: 'Subscribe for €9.00' }).click()
  await page.getByRole('heading', { name: 'Your bank asks' }).waitFor()
  await look('bank')
  expect(findings).toEqual([])
})
