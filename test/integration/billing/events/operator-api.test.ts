// A purchase that only webhooks tell of, and what operators can see and do about it; over HTTP.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startCheckout } from '#src/features/billing/index.ts'
import { signedIn } from '#test/integration/pricing/publisher.ts'
import type { Answer, Session } from '#test/integration/pricing/publisher.ts'
import { eventually } from '#test/support/start-process.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { startBilling } from '../harness.ts'
import type { Billing } from '../harness.ts'

const path = '/operator/stripe-events'

let billing: Billing
let server: TestServer
let operator: Session
beforeAll(async () => {
  billing = await startBilling()
  const { payments, subjectHash } = billing.deps
  server = await startTestServer({ databaseUrl: billing.database.url, overrides: { payments, subjectHash } })
  operator = await signedIn(server, { role: 'admin' })
})
afterAll(async () => {
  await server.stop()
  await billing.stop()
})

const list = async (query = ''): Promise<Answer> => operator.call('GET', `${path}${query}`)

/** Every event that Stripe has to tell, twice and in any order, until all of them are processed. */
async function deliverAll(): Promise<void> {
  const to = { url: `${server.origin}/api/webhooks/stripe`, secret: billing.deps.payments.webhookSecret, fetch }
  const disorder = { random: Math.random, duplicated: 1, isShuffled: true }
  for (let waiting = 1; waiting > 0;) ({ waiting } = await billing.sandbox.deliver({ ...to, disorder }))
  await eventually(async () => (await list('?state=waiting')).body.items.length === 0)
}

async function buy(): Promise<{ readonly userId: string; readonly agentId: string }> {
  const [agent, userId] = [await billing.addAgent(), await billing.addPerson()]
  const asked = { userId, agentSlug: agent.slug, tierId: agent.tiers.monthly, withTrial: false }
  const { url } = await startCheckout(billing.deps, asked)
  await billing.sandbox.completeCheckout(url.split('/').at(-1) ?? '', {
    card: { number: '4242424242424242', expMonth: 12, expYear: 2060 },
  })
  return { userId, agentId: agent.agentId }
}

interface Stored {
  readonly id: string
  readonly status: string
  readonly stripe_subscription_id: string
}

/** An event that met another one at work on the same subscription failed, and is tried again a little later. */
const subscriptionOf = (userId: string): Promise<Stored> =>
  eventually(async () => {
    const { rows } = await billing.database.pool.query<Stored>(
      'SELECT id, status, stripe_subscription_id FROM user_agent_subscriptions WHERE user_id = $1',
      [userId],
    )
    return rows.length === 1 && rows[0]
  })

test('a purchase becomes a subscription by webhooks alone, doubled and in any order', async () => {
  const { userId } = await buy()
  await deliverAll()
  expect((await subscriptionOf(userId)).status).toBe('active')
  expect((await list('?state=failed')).body.items).toEqual([])
  const { items } = (await list('?type=invoice')).body
  expect(items.map(({ type }: { type: string }) => type)).toContain('invoice.paid')
})

test('the list is filtered and paged, newest first, without gaps', async () => {
  const all = (await list('?limit=100')).body.items as { id: string; type: string; receivedAt: string }[]
  expect(all.length).toBeGreaterThan(5)
  expect(all.map(({ receivedAt }) => receivedAt)).toEqual(
    all
      .map(({ receivedAt }) => receivedAt)
      .toSorted()
      .toReversed(),
  )
  const paged: string[] = []
  for (let cursor = ''; ;) {
    const { items, nextCursor } = (await list(`?limit=2${cursor}`)).body
    paged.push(...items.map(({ id }: { id: string }) => id))
    if (nextCursor === undefined) break
    cursor = `&cursor=${nextCursor}`
  }
  expect(paged).toEqual(all.map(({ id }) => id))
  const whole = (await list('?type=customer.created')).body.items
  expect(new Set(whole.map(({ type }: { type: string }) => type))).toEqual(new Set(['customer.created']))
  expect((await list('?type=cust')).body.items).toEqual([])
  expect((await list('?from=2100-01-01T00:00:00Z')).body.items).toEqual([])
  expect((await list('?to=2000-01-01T00:00:00Z')).body.items).toEqual([])
  for (const wrong of [
    'state=lost',
    'type=%25',
    'type=a.%27',
    'from=yesterday',
    'cursor=1',
    'limit=101',
    'order=asc',
  ]) {
    expect([wrong, (await list(`?${wrong}`)).status]).toEqual([wrong, 400])
  }
})

test('a replay says what it changed, and does no harm when there is nothing to change', async () => {
  const { userId } = await buy()
  await deliverAll()
  const { id, stripe_subscription_id: stripeId } = await subscriptionOf(userId)
  const events = (await list('?type=customer.subscription&limit=100')).body.items as { id: string }[]
  const details = await Promise.all(events.map((event) => operator.call('GET', `${path}/${event.id}`)))
  const detail = details.find(({ body }) => body.payload.data.object.id === stripeId)?.body
  expect(detail).toMatchObject({
    state: 'processed',
    outcome: 'reconciled',
    traces: { subscription: { id, status: 'active', agent: 'Reader', tier: 'Basic' } },
  })
  await billing.database.pool.query('UPDATE user_agent_subscriptions SET cancel_at_period_end = true WHERE id = $1', [
    id,
  ])
  const first = await operator.call('POST', `${path}/${detail.id}/replay`)
  expect(first).toMatchObject({
    status: 200,
    body: {
      event: { state: 'processed', outcome: 'reconciled', attempts: 1 },
      changes: [{ kind: 'subscription', field: 'cancelsAtPeriodEnd', before: 'yes', after: 'no' }],
    },
  })
  const second = await operator.call('POST', `${path}/${detail.id}/replay`)
  expect(second.body.changes).toEqual([])
  const { rows } = await billing.database.pool.query(
    `SELECT count(*)::int AS entries FROM billing_entries WHERE subscription_ref = $1`,
    [id],
  )
  expect(rows).toEqual([{ entries: 1 }])
})

test('a subscription is made to agree with Stripe when an operator asks for it, which is kept in the trail', async () => {
  const { userId } = await buy()
  await deliverAll()
  const { id } = await subscriptionOf(userId)
  await billing.database.pool.query('UPDATE user_agent_subscriptions SET cancel_at_period_end = true WHERE id = $1', [
    id,
  ])
  const answer = await operator.call('POST', `/operator/subscriptions/${id}/reconcile`)
  expect(answer).toMatchObject({
    status: 200,
    body: { outcome: 'reconciled', changes: [{ field: 'cancelsAtPeriodEnd', after: 'no' }] },
  })
  const { rows } = await billing.database.pool.query(
    `SELECT user_id FROM audit_logs WHERE action = 'subscription.reconcile' AND resource_id = $1`,
    [id],
  )
  expect(rows).toContainEqual({ user_id: operator.userId })
})

test('a free subscription has nothing to agree with', async () => {
  const [agent, userId] = [await billing.addAgent(), await billing.addPerson()]
  const { rows } = await billing.database.pool.query<{ id: string }>(
    `INSERT INTO user_agent_subscriptions (user_id, agent_id, tier_id, status) VALUES ($1, $2, $3, 'active') RETURNING id`,
    [userId, agent.agentId, agent.tiers.free],
  )
  expect(await operator.call('POST', `/operator/subscriptions/${rows[0]?.id}/reconcile`)).toMatchObject({
    status: 409,
    body: { code: 'conflict' },
  })
})

test('only operators get in, and only from our own pages', async () => {
  const id = crypto.randomUUID()
  const somebody = await signedIn(server)
  const calls = [
    ['GET', path],
    ['GET', `${path}/${id}`],
    ['POST', `${path}/${id}/replay`],
    ['POST', `/operator/subscriptions/${id}/reconcile`],
  ] as const
  for (const [method, where] of calls) {
    expect((await somebody.call(method, where)).status).toBe(403)
    expect(
      (await fetch(`${server.origin}/api/v1${where}`, { method, headers: { origin: server.origin } })).status,
    ).toBe(401)
    const elsewhere = { headers: { origin: 'https://evil.example' } }
    expect((await operator.call(method, where, elsewhere)).status).toBe(403)
  }
  for (const [method, where] of calls.slice(1)) expect((await operator.call(method, where)).status).toBe(404)
  expect((await operator.call('GET', `${path}/not-an-id`)).status).toBe(400)
})
