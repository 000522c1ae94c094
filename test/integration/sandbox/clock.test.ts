// The business clock, as an operator moves it over HTTP.
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { eq } from 'drizzle-orm'
import type { Stripe } from 'stripe'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApp } from '#src/app.ts'
import { auditLogs, installation } from '#src/db/schema/index.ts'
import { createSandboxServices } from '#src/features/sandbox/index.ts'
import { createPayments } from '#src/integrations/stripe/index.ts'
import { loadBuiltWeb } from '#src/web/mount.ts'
import { call, signedIn } from '../pricing/publisher.ts'
import type { Session } from '../pricing/publisher.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'

const path = '/operator/sandbox/clock'

let server: TestServer
let operator: Session
let stripe: Stripe
beforeAll(async () => {
  server = await startTestServer()
  operator = await signedIn(server, { role: 'admin' })
  stripe = server.deps.payments.stripe
})
afterAll(() => server.stop())

const advance = (body: object) => operator.call('POST', path, { body })

const installed = async () => (await server.deps.db.select().from(installation))[0]

async function subscribe(): Promise<string> {
  const customer = await stripe.customers.create({ name: 'Ada' })
  const price = await stripe.prices.create({
    currency: 'eur',
    unit_amount: 900,
    recurring: { interval: 'month' },
    product_data: { name: 'Reader' },
  })
  const card = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id })
  const { id } = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    default_payment_method: card.id,
  })
  return id
}

test('only operators see it or move it', async () => {
  expect((await call(server, 'GET', path)).status).toBe(401)
  const person = await signedIn(server)
  expect((await person.call('GET', path)).status).toBe(403)
  expect((await person.call('POST', path, { body: { by: 'day' } })).status).toBe(403)
  const { status, body } = await operator.call('GET', path)
  expect(status).toBe(200)
  expect(body).toMatchObject({ offsetMs: 0, upcoming: [], undelivered: 0 })
  // Looking made nothing.
  expect(await server.deps.payments.sandbox?.isInUse()).toBe(false)
  expect(await installed()).toMatchObject({ environment: null, clockOffsetMs: 0 })
})

test('the first move ties the database to the sandbox, and is kept in the audit trail', async () => {
  const { status, body } = await advance({ by: 'hour' })
  expect({ status, body }).toMatchObject({ status: 200, body: { happened: 0, delivered: 0, undelivered: 0 } })
  expect(Date.parse(body.to) - Date.parse(body.from)).toBeGreaterThan(3_599_000)
  const { environment, stripeAccountId, clockOffsetMs } = (await installed()) ?? {}
  expect({ environment, stripeAccountId }).toEqual({
    environment: 'sandbox',
    stripeAccountId: expect.stringMatching(/^acct_/),
  })
  expect(Math.abs((clockOffsetMs ?? 0) - 3_600_000)).toBeLessThan(1_000)
  const [entry] = await server.deps.db.select().from(auditLogs).where(eq(auditLogs.action, 'sandbox.advance_clock'))
  expect(entry).toMatchObject({ userId: operator.userId, resource: 'installation', metadata: { to: body.to } })
})

test('it goes forward only, five years at most, and to what is due where something is', async () => {
  const { now, furthest } = (await operator.call('GET', path)).body
  for (const to of ['2020-01-01T00:00:00.000Z', now, new Date(Date.parse(furthest) + 86_400_000).toISOString()]) {
    expect(await advance({ to })).toMatchObject({ status: 400, body: { errors: [{ path: 'to' }] } })
  }
  const to = new Date(Date.parse(now) + 60_000).toISOString()
  for (const body of [{}, { by: 'day', to }, { by: 'year' }, { to: 'tomorrow' }, { by: 'day', faster: true }]) {
    expect((await advance(body)).status).toBe(400)
  }
  expect(await advance({ by: 'next_due' })).toMatchObject({ status: 409 })
  expect(((await installed())?.clockOffsetMs ?? 0) / 3_600_000).toBeCloseTo(1, 2)
})

test('a year of renewals takes seconds, and Rialto takes every webhook of it', async () => {
  await advance({ to: '2027-01-31T10:00:00.000Z' })
  const id = await subscribe()
  const { upcoming } = (await operator.call('GET', path)).body
  expect(upcoming[0]).toMatchObject({ what: 'subscription_renews', objectId: id, about: 'Reader' })
  const startedAt = performance.now()
  const { body } = await advance({ to: '2028-01-31T12:00:00.000Z' })
  expect(performance.now() - startedAt).toBeLessThan(15_000)
  // Each renewal is drafted and, an hour later, collected.
  expect(body).toMatchObject({ happened: 24, undelivered: 0 })
  expect(body.delivered).toBeGreaterThanOrEqual(12 * 5)
  const invoices = (await stripe.invoices.list({ subscription: id, limit: 20 })).data
  expect(invoices.map(({ status }) => status)).toEqual(Array.from({ length: 13 }, () => 'paid'))
  const days = invoices.map(({ lines }) =>
    new Date((lines.data[0]?.period.start ?? 0) * 1_000).toISOString().slice(5, 10),
  )
  // Month ends are kept.
  expect(days.slice(-5)).toEqual(['05-31', '04-30', '03-31', '02-28', '01-31'])
})

test('a month is one of the calendar, and the next thing due is neither missed nor passed', async () => {
  const first = (await advance({ by: 'month' })).body
  expect([first.from.slice(0, 10), first.to.slice(0, 10)]).toEqual(['2028-01-31', '2028-02-29'])
  const [next] = (await operator.call('GET', path)).body.upcoming
  const { to, happened } = (await advance({ by: 'next_due' })).body
  expect(happened).toBeGreaterThanOrEqual(1)
  expect(Date.parse(to) - Date.parse(next.at)).toBeGreaterThanOrEqual(0)
  expect(Date.parse(to) - Date.parse(next.at)).toBeLessThan(2_000)
})

test('two who ask for the same moment at once get there once', async () => {
  const { now } = (await operator.call('GET', path)).body
  const to = new Date(Date.parse(now) + 86_400_000).toISOString()
  const answers = await Promise.all([advance({ to }), advance({ to })])
  // The second one may come too late to ask for that moment at all.
  expect(answers.map(({ status }) => status).toSorted()[0]).toBe(200)
  const after = (await operator.call('GET', path)).body.now
  expect(Date.parse(after) - Date.parse(to)).toBeLessThan(5_000)
})

test('on request its webhooks come twice, and in any order', async () => {
  const received: string[] = []
  const endpoint = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      received.push(JSON.parse(Buffer.concat(parts).toString()).id)
      response.writeHead(200).end()
    })
  })
  endpoint.listen(0, '127.0.0.1')
  await once(endpoint, 'listening')
  const elsewhere = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}`
  // A web process of the same installation, whose own clock page this is: the server's delivery must not come first.
  const { db, pool, payments } = server.deps
  const other = createPayments({
    stripe: undefined,
    pool,
    baseUrl: elsewhere,
    authSecret: 'x',
    onError: () => undefined,
  })
  const pages = createSandboxServices({ baseUrl: elsewhere, db, payments: other })
  const viewer = { id: operator.userId, name: 'Ada', email: 'ada@example.com', emailVerified: true, isOperator: true }
  await payments.sandbox?.inTurn(async () => {
    const clock = await pages?.advanceClock(viewer, {
      target: { kind: 'step', step: 'month' },
      disorder: { isTwice: true, isShuffled: true, isDelayed: false },
    })
    expect(clock?.delivered).toBeGreaterThan(5)
    expect(received).toHaveLength((clock?.delivered ?? 0) * 2)
  })
  const distinct = [...new Set(received)]
  expect(received).toHaveLength(distinct.length * 2)
  const created = (await stripe.events.list({ limit: 100 })).data.map(({ id }) => id).toReversed()
  expect(distinct).not.toEqual(created.filter((id) => distinct.includes(id)))
  endpoint.close()
})

test('where payments are real there is no such clock, and no hosted page', async () => {
  const stripeKeys = { secretKey: 'sk_test_12345678', webhookSecret: 'whsec_x', environment: 'test' } as const
  const { deps, origin } = server
  const { pool, baseUrl, config } = deps
  const payments = createPayments({ stripe: stripeKeys, pool, baseUrl, authSecret: 'x', onError: () => undefined })
  const web = await loadBuiltWeb(config.rootDir)
  const app = createApp({ deps: { ...deps, payments }, web, lifecycle: { state: 'ready' } })
  const ask = async (page: string): Promise<number> => {
    const request = new Request(`${origin}${page}`, {
      headers: { cookie: operator.cookie, host: new URL(origin).host },
    })
    const response = await app.fetch(request, { incoming: { socket: { remoteAddress: '127.0.0.1' } } })
    await response.body?.cancel()
    return response.status
  }
  expect((await fetch(`${origin}/sandbox/clock`, { headers: { cookie: operator.cookie } })).status).toBe(200)
  for (const page of ['clock', 'checkout/cs_test_1', 'portal/bps_test_1', 'invoices/in_1'])
    expect({ page, status: await ask(`/sandbox/${page}`) }).toEqual({ page, status: 404 })
  expect(await ask(`/api/v1${path}`)).toBe(404)
  expect(createSandboxServices({ ...deps, payments })).toBeUndefined()
})
