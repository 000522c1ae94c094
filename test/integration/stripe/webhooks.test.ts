// Signed webhooks over real HTTP, as Stripe's servers would send them.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Stripe } from 'stripe'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { apiVersion } from '#src/integrations/stripe/index.ts'
import type { DeliveryResult, Disorder } from '#src/integrations/stripe/index.ts'
import { differences } from './shape-check.ts'
import { startTestSandbox } from './sandbox.ts'
import type { TestSandbox } from './sandbox.ts'

const secret = 'whsec_test_of_the_sandbox'

let running: TestSandbox
let endpoint: Server
let url: string
let received: Stripe.Event[]
let answers: (status: number) => number

beforeEach(async () => {
  running = await startTestSandbox()
  received = []
  answers = () => 200
  endpoint = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const signature = request.headers['stripe-signature'] ?? ''
      const event = Stripe.webhooks.constructEvent(Buffer.concat(parts), signature, secret)
      const status = answers(received.length)
      if (status === 200) received.push(event)
      response.writeHead(status).end()
    })
  })
  endpoint.listen(0, '127.0.0.1')
  await once(endpoint, 'listening')
  url = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/api/webhooks/stripe`
})
afterEach(async () => {
  endpoint.close()
  await running.stop()
})

const deliver = (disorder?: Disorder): Promise<DeliveryResult> =>
  running.sandbox.deliver({ url, secret, fetch, disorder })

/** Equal seeds give equal sequences. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

async function makeEvents(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await running.stripe.customers.create({ name: `Customer ${index}` })
}

const dueAgain = (): Promise<unknown> =>
  running.database.pool.query(
    'UPDATE stripe_sandbox.deliveries SET next_attempt_at = now() WHERE next_attempt_at IS NOT NULL',
  )

it('delivers every event once, in order, signed, in Stripe’s shape', async () => {
  await makeEvents(5)
  expect(await deliver()).toEqual({ delivered: 5, failed: 0, waiting: 0 })
  expect(received.map(({ data }) => (data.object as Stripe.Customer).name)).toEqual(
    [0, 1, 2, 3, 4].map((index) => `Customer ${index}`),
  )
  expect(received.flatMap((event) => differences(event))).toEqual([])
  expect(received[0]).toMatchObject({ api_version: apiVersion, livemode: false, type: 'customer.created' })
  expect(await deliver()).toEqual({ delivered: 0, failed: 0, waiting: 0 })
})

it('says what changed', async () => {
  const customer = await running.stripe.customers.create({ name: 'Before' })
  await running.stripe.customers.update(customer.id, { name: 'After' })
  await deliver()
  expect(received.at(-1)?.data).toMatchObject({ object: { name: 'After' }, previous_attributes: { name: 'Before' } })
})

it('tries again what was not taken, and lists it as undelivered meanwhile', async () => {
  await makeEvents(2)
  answers = () => 500
  expect(await deliver()).toEqual({ delivered: 0, failed: 2, waiting: 0 })
  expect((await running.stripe.events.list({ delivery_success: false })).data).toHaveLength(2)
  answers = () => 200
  expect(await deliver()).toEqual({ delivered: 0, failed: 0, waiting: 0 })
  await dueAgain()
  expect(await deliver()).toMatchObject({ delivered: 2 })
  expect((await running.stripe.events.list({ delivery_success: false })).data).toEqual([])
  expect((await running.stripe.events.list({ delivery_success: true })).data).toMatchObject([
    { pending_webhooks: 0 },
    { pending_webhooks: 0 },
  ])
})

it('gives up after three days of attempts', async () => {
  await makeEvents(1)
  answers = () => 503
  let attempts = 0
  for (let failed = 1; failed > 0; attempts += failed) {
    await dueAgain()
    failed = (await deliver()).failed
  }
  expect(attempts).toBe(18)
})

it('counts an endpoint that is not there as a failure', async () => {
  await makeEvents(1)
  endpoint.close()
  expect(await deliver()).toMatchObject({ failed: 1 })
})

it('doubles, shuffles and drops on request, the same for the same seed', async () => {
  await makeEvents(30)
  const result = await deliver({ random: seeded(7), duplicated: 0.3, dropped: 0.2, isShuffled: true })
  const names = received.map(({ id }) => id)
  const distinct = new Set(names)
  expect(result.delivered).toBe(distinct.size)
  expect(result.failed).toBe(30 - distinct.size)
  expect(result.failed).toBeGreaterThan(0)
  expect(names.length).toBeGreaterThan(distinct.size)
  const order = [...distinct]
  const created = (await running.stripe.events.list({ limit: 100 })).data.map(({ id }) => id).toReversed()
  expect(order).not.toEqual(created.filter((id) => distinct.has(id)))
  expect((await running.stripe.events.list({ delivery_success: false, limit: 100 })).data).toHaveLength(result.failed)
})

it('delays on request', async () => {
  await makeEvents(3)
  expect(await deliver({ random: () => 0.5, delaySecondsMax: 60 })).toMatchObject({ delivered: 0, waiting: 3 })
  await dueAgain()
  expect(await deliver({ random: () => 0.5, delaySecondsMax: 60 })).toMatchObject({ delivered: 3 })
})

it('sends nothing twice when several processes deliver', async () => {
  await makeEvents(20)
  const results = await Promise.all(Array.from({ length: 4 }, () => deliver()))
  expect(results.reduce((sum, { delivered }) => sum + delivered, 0)).toBe(20)
  expect(new Set(received.map(({ id }) => id)).size).toBe(20)
  expect(received).toHaveLength(20)
})
