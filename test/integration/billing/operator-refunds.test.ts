// Giving money back over HTTP, in the whole server: by operators alone.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { settleCheckout, startCheckout } from '#src/features/billing/index.ts'
import { newTierSchema } from '#src/features/pricing/schema.ts'
import { createTier } from '#src/features/pricing/tiers/create-tier.ts'
import { addPerson, addPublisher, call, signedIn } from '#test/integration/pricing/publisher.ts'
import type { Session } from '#test/integration/pricing/publisher.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'

let server: TestServer
let operator: Session
let path: string
let invoice: string
beforeAll(async () => {
  server = await startTestServer()
  operator = await signedIn(server, { role: 'admin' })
  path = `/operator/subscriptions/${await subscribed()}`
  invoice = (await operator.call('GET', `${path}/invoices`)).body.items[0].id
})
afterAll(() => server.stop())

async function subscribed(): Promise<string> {
  const { deps } = server
  const by = await addPublisher(deps.db)
  const tier = newTierSchema.parse({ tierName: 'Pro', priceMinor: 1_900, currency: 'EUR' })
  const { id: tierId } = await createTier({ db: deps.db }, { by, tier })
  const userId = await addPerson(deps.db)
  const { url, intentId } = await startCheckout(deps, { userId, agentSlug: by.slug, tierId, withTrial: false })
  const card = { number: '4242424242424242', expMonth: 12, expYear: 2060 }
  await deps.payments.sandbox?.completeCheckout(url.split('/').at(-1) ?? '', { card })
  const settled = await settleCheckout(deps, { intentId, userId })
  if (settled.kind !== 'done') throw new Error(settled.kind)
  return settled.subscriptionId
}

const refund = (body: object) =>
  operator.call('POST', `${path}/refunds`, { body: { invoice, reason: 'Bought by mistake', ...body } })

test('an operator sees what was paid, looks first, gives a part back, and sees that', async () => {
  const list = await operator.call('GET', `${path}/invoices`)
  expect(list).toMatchObject({
    status: 200,
    body: {
      items: [{ id: invoice, paid: { amountMinor: 1_900, currency: 'EUR' }, state: 'paid', agentName: 'Lector' }],
    },
  })
  const seen = await refund({ amountMinor: 900, preview: true })
  expect(seen).toMatchObject({ status: 200, body: { amount: { amountMinor: 900 }, preview: true } })
  const id = crypto.randomUUID()
  const made = await refund({ id, amountMinor: 900 })
  expect(made).toMatchObject({
    status: 200,
    body: { id, amount: { amountMinor: 900 }, left: { amountMinor: 1_000 }, replayed: false, preview: false },
  })
  expect((await refund({ id, amountMinor: 900 })).body).toMatchObject({ id, replayed: true })
  expect((await operator.call('GET', `${path}/invoices`)).body.items).toMatchObject([
    { refunded: { amountMinor: 900 } },
  ])
})

describe('a refund is refused', () => {
  test.each([
    ['amountMinor', { amountMinor: 5_000 }],
    ['amountMinor', { amountMinor: 0 }],
    ['reason', { reason: ' ' }],
    ['invoice', { invoice: 'ch_1' }],
    ['id', { id: 'x' }],
  ])('with the name of the field: %s', async (field, body) => {
    const answer = await refund(body)
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
    expect(answer.body.errors.map((error: { path: string }) => error.path)).toContain(field)
  })

  test('for what is not there', async () => {
    const elsewhere = `/operator/subscriptions/${crypto.randomUUID()}`
    expect((await operator.call('GET', `${elsewhere}/invoices`)).status).toBe(404)
    const body = { invoice, reason: 'Bought by mistake' }
    expect((await operator.call('POST', `${elsewhere}/refunds`, { body })).status).toBe(404)
    const removal = `${path}/addons/${crypto.randomUUID()}/remove`
    expect((await operator.call('POST', removal, { body: { reason: 'Asked by mail' } })).status).toBe(404)
    expect((await operator.call('POST', removal, { body: {} })).status).toBe(400)
  })

  test('to everybody else, and from other sites', async () => {
    const body = { invoice, reason: 'Bought by mistake' }
    const person = await signedIn(server)
    for (const [method, where] of [
      ['GET', `${path}/invoices`],
      ['POST', `${path}/refunds`],
    ] as const) {
      const sent = method === 'POST' ? { body } : {}
      const headers = { origin: server.origin }
      expect((await call(server, method, where, { ...sent, headers })).status).toBe(401)
      expect((await person.call(method, where, sent)).status).toBe(403)
    }
    const headers = { origin: 'https://evil.example' }
    expect((await operator.call('POST', `${path}/refunds`, { body, headers })).status).toBe(403)
  })
})
