// What only the sandbox can show: concurrent processes, its own limits, faults.
import { Stripe } from 'stripe'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createSandbox, createStripe } from '#src/integrations/stripe/index.ts'
import { startTestSandbox } from './sandbox.ts'
import type { TestSandbox } from './sandbox.ts'

let running: TestSandbox

beforeAll(async () => {
  running = await startTestSandbox()
})
afterAll(() => running.stop())

const request = (path: string, init: RequestInit = {}): Promise<Response> =>
  running.sandbox.fetch(
    new Request(`https://api.stripe.com${path}`, { headers: { authorization: 'Bearer sk_test_1' }, ...init }),
  )

it('takes test keys only, so that it is never mistaken for the real thing', async () => {
  for (const authorization of ['', 'Bearer sk_live_1', 'Bearer pk_test_1']) {
    expect((await request('/v1/account', { headers: { authorization } })).status).toBe(401)
  }
})

it('refuses another version of the API', async () => {
  const headers = { authorization: 'Bearer sk_test_1', 'stripe-version': '2020-08-27' }
  expect((await request('/v1/account', { headers })).status).toBe(400)
})

it('does a call once when the same key comes to several processes at the same time', async () => {
  const others = Array.from({ length: 3 }, () =>
    createStripe({
      sandbox: createSandbox({ pool: running.database.pool, baseUrl: 'https://market.example', onError: () => {} }),
    }),
  )
  const calls = others.map((stripe) => stripe.customers.create({ name: 'Once' }, { idempotencyKey: 'at-once' }))
  const ids = (await Promise.all(calls)).map(({ id }) => id)
  expect(new Set(ids).size).toBe(1)
})

it('keeps a declined charge under its key, and answers it again', async () => {
  const { stripe } = running
  const customer = await stripe.customers.create()
  const method = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: customer.id })
  const pay = () =>
    stripe.paymentIntents
      .create(
        { amount: 500, currency: 'usd', customer: customer.id, payment_method: method.id, confirm: true },
        { idempotencyKey: 'declined-once' },
      )
      .catch((error: unknown) => (error instanceof Stripe.errors.StripeCardError ? error.payment_intent?.id : error))
  expect(await pay()).toBe(await pay())
  expect((await stripe.charges.list({ customer: customer.id })).data).toHaveLength(1)
})

it('forgets a refused call, so that its key can be used with what was meant', async () => {
  const { stripe } = running
  const idempotencyKey = 'refused-first'
  await expect(
    stripe.prices.create({ unit_amount: -1, currency: 'usd', product_data: { name: 'A' } }, { idempotencyKey }),
  ).rejects.toMatchObject({ statusCode: 400 })
  const price = await stripe.prices.create(
    { unit_amount: 1, currency: 'usd', product_data: { name: 'A' } },
    { idempotencyKey },
  )
  expect(price.unit_amount).toBe(1)
})

it('leaves nothing of a call that failed', async () => {
  const { stripe } = running
  const before = (await stripe.events.list({ limit: 100 })).data.length
  const customer = await stripe.customers.create()
  await expect(
    stripe.customers.update(customer.id, { name: 'Changed', invoice_settings: { default_payment_method: 'pm_none' } }),
  ).rejects.toMatchObject({ code: 'resource_missing' })
  expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ name: null })
  expect((await stripe.events.list({ limit: 100 })).data.length).toBe(before + 1)
})

it('keeps whole amounts in currencies without minor units', async () => {
  const { stripe } = running
  const price = await stripe.prices.create({
    unit_amount: 500,
    currency: 'jpy',
    recurring: { interval: 'month' },
    product_data: { name: 'A' },
  })
  const customer = await stripe.customers.create()
  await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id })
  const [method] = (await stripe.customers.listPaymentMethods(customer.id)).data
  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    default_payment_method: method?.id ?? '',
    expand: ['latest_invoice'],
  })
  expect(subscription.latest_invoice).toMatchObject({ currency: 'jpy', total: 500 })
})

it('answers 500 for its own faults, tells who runs it, and the client tries again', async () => {
  const faults: unknown[] = []
  const sandbox = createSandbox({
    pool: running.database.pool,
    baseUrl: 'https://market.example',
    onError: (error) => faults.push(error),
  })
  await running.stripe.accounts.retrieveCurrent()
  await running.database.pool.query('ALTER TABLE stripe_sandbox.objects RENAME TO hidden')
  try {
    expect(
      (
        await sandbox.fetch(
          new Request('https://api.stripe.com/v1/products', { headers: { authorization: 'Bearer sk_test_1' } }),
        )
      ).status,
    ).toBe(500)
  } finally {
    await running.database.pool.query('ALTER TABLE stripe_sandbox.hidden RENAME TO objects')
  }
  expect(faults).toHaveLength(1)
})
