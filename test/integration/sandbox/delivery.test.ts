// What Stripe's servers would do by themselves, done by this process: webhooks over real HTTP, and time that passes.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { Stripe } from 'stripe'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startSandboxDelivery } from '#src/features/sandbox/index.ts'
import type { SandboxDelivery } from '#src/features/sandbox/delivery/start-sandbox-delivery.ts'
import { createPayments } from '#src/integrations/stripe/index.ts'
import type { Payments } from '#src/integrations/stripe/index.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'

let database: TestDatabase
let payments: Payments
let endpoint: Server
let baseUrl: string
let received: Stripe.Event[]
let answer: () => number
let delivery: SandboxDelivery | undefined

beforeEach(async () => {
  database = await createTestDatabase()
  received = []
  answer = () => 200
  endpoint = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const status = request.url === '/api/webhooks/stripe' ? answer() : 404
      const signature = request.headers['stripe-signature'] ?? ''
      if (status === 200)
        received.push(Stripe.webhooks.constructEvent(Buffer.concat(parts), signature, payments.webhookSecret))
      response.writeHead(status).end()
    })
  })
  endpoint.listen(0, '127.0.0.1')
  await once(endpoint, 'listening')
  baseUrl = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}`
  payments = paymentsOf(undefined)
})
afterEach(async () => {
  await delivery?.stop()
  endpoint.close()
  await database.drop()
})

const paymentsOf = (stripe: Parameters<typeof createPayments>[0]['stripe']): Payments =>
  createPayments({ stripe, pool: database.pool, baseUrl, authSecret: 's'.repeat(32), onError: () => undefined })

const start = (by = payments, log = pino({ level: 'silent' })): void => {
  delivery = startSandboxDelivery({ payments: by, baseUrl, log })
}

const names = (): unknown[] => received.map(({ data }) => (data.object as Stripe.Customer).name)

test('what a call has changed is told at once, in order and signed', async () => {
  await payments.stripe.customers.create({ name: 'Customer 0' })
  start()
  await expect.poll(names).toEqual(['Customer 0'])
  const startedAt = performance.now()
  for (let count = 1; count <= 5; count += 1) {
    await payments.stripe.customers.create({ name: `Customer ${count}` })
    await expect.poll(() => names().at(-1), { interval: 10 }).toBe(`Customer ${count}`)
  }
  expect(names()).toEqual([0, 1, 2, 3, 4, 5].map((count) => `Customer ${count}`))
  // Five of the looks that it takes by itself would take five seconds.
  expect(performance.now() - startedAt).toBeLessThan(3_000)
})

test('what another process did is told a moment later', async () => {
  await payments.stripe.customers.create({ name: 'First' })
  start()
  await expect.poll(names).toEqual(['First'])
  await paymentsOf(undefined).stripe.customers.create({ name: 'Elsewhere' })
  await expect.poll(names).toEqual(['First', 'Elsewhere'])
})

test('an endpoint that fails sometimes gets everything in the end', async () => {
  for (let count = 0; count < 12; count += 1) await payments.stripe.customers.create({ name: `Customer ${count}` })
  let asked = 0
  answer = () => (asked++ % 3 === 0 ? 503 : 200)
  start()
  await expect.poll(() => asked).toBeGreaterThanOrEqual(12)
  expect(received.length).toBeLessThan(12)
  // Stripe would wait ten seconds and more.
  const makeDue = 'UPDATE stripe_sandbox.deliveries SET next_attempt_at = now() WHERE next_attempt_at IS NOT NULL'
  await expect
    .poll(
      async () => {
        await database.pool.query(makeDue)
        return new Set(names()).size
      },
      { timeout: 30_000, interval: 100 },
    )
    .toBe(12)
})

test('real time makes trials end, without anybody asking', async () => {
  const { stripe, sandbox } = payments
  const customer = await stripe.customers.create({ name: 'Ada' })
  const price = await stripe.prices.create({
    currency: 'eur',
    unit_amount: 900,
    recurring: { interval: 'month' },
    product_data: { name: 'Reader' },
  })
  const card = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id })
  await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    default_payment_method: card.id,
    trial_period_days: 1,
  })
  await database.pool.query(`UPDATE installation SET environment = 'sandbox', clock_offset_ms = 90000000`)
  start()
  await expect.poll(() => received.map(({ type }) => type)).toContain('invoice.created')
  expect(await sandbox?.isDeliveryDue()).toBe(false)
})

/** It looks when it starts; that takes a few milliseconds. */
const firstLook = () => new Promise((resolve) => setTimeout(resolve, 400))

test('a database in which nobody has paid stays as it is', async () => {
  start()
  await firstLook()
  const { rows } = await database.pool.query(`SELECT to_regnamespace('stripe_sandbox') AS made`)
  expect(rows).toEqual([{ made: null }])
  expect(received).toEqual([])
})

test('with a key it leaves alone what an earlier sandbox had still to say', async () => {
  await payments.stripe.customers.create({ name: 'Played' })
  start(paymentsOf({ secretKey: 'sk_test_12345678', webhookSecret: 'whsec_x', environment: 'test' }))
  await firstLook()
  expect(received).toEqual([])
})

test('a database that is away is said once, and waited for', async () => {
  await payments.stripe.customers.create({ name: 'First' })
  const lines: string[] = []
  start(payments, pino({ level: 'warn' }, { write: (line) => void lines.push(line) }))
  await expect.poll(names).toEqual(['First'])
  await database.pool.query('ALTER SCHEMA stripe_sandbox RENAME TO away')
  await expect.poll(() => lines.length).toBe(1)
  await database.pool.query('ALTER SCHEMA away RENAME TO stripe_sandbox')
  await paymentsOf(undefined).stripe.customers.create({ name: 'After' })
  await expect.poll(names).toEqual(['First', 'After'])
  expect(lines).toHaveLength(1)
})

test('stopping interrupts what is under way', async () => {
  endpoint.removeAllListeners('request')
  const asked = once(endpoint, 'request')
  await payments.stripe.customers.create({ name: 'Never answered' })
  start()
  await asked
  const startedAt = performance.now()
  await delivery?.stop()
  expect(performance.now() - startedAt).toBeLessThan(2_000)
  endpoint.closeAllConnections()
})
