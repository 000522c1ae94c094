// The consoles' endpoints over HTTP, in the whole server: each once, and what they refuse.
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { userAgentSubscriptions } from '#src/db/schema/index.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { addPublisher, signedIn, subscribe } from './publisher.ts'
import type { Session, TestPublisher } from './publisher.ts'
import { addSubscriber } from './subscriber.ts'

let server: TestServer
let owner: Session
let operator: Session
let publisher: TestPublisher
let base: string
beforeAll(async () => {
  server = await startTestServer()
  owner = await signedIn(server)
  operator = await signedIn(server, { role: 'admin' })
  publisher = await addPublisher(server.deps.db, owner.userId)
  base = `/publisher/agents/${publisher.slug}`
})
afterAll(() => server.stop())

const newMetric = (slug: string) => ({ slug, displayName: 'Messages', unit: 'message' })

test('a publisher makes metrics and tiers, sells one, and changes it', async () => {
  expect((await owner.call('POST', `${base}/metrics`, { body: newMetric('messages') })).status).toBe(201)
  expect((await owner.call('POST', `${base}/metrics`, { body: newMetric('tokens') })).status).toBe(201)
  const metrics = await owner.call('PUT', `${base}/metrics/order`, { body: { metrics: ['tokens', 'messages'] } })
  expect(metrics.body.items.map(({ slug }: { slug: string }) => slug)).toEqual(['tokens', 'messages'])
  const edited = await owner.call('PATCH', `${base}/metrics/tokens`, {
    body: { unit: 'token', thresholds: [90, 50, 90] },
  })
  expect(edited).toMatchObject({ status: 200, body: { unit: 'token', thresholds: [50, 90] } })
  expect((await owner.call('POST', `${base}/metrics/tokens/archive`)).body.archivedAt).not.toBeNull()
  expect((await owner.call('POST', `${base}/metrics/tokens/unarchive`)).body.archivedAt).toBeNull()
  expect((await owner.call('DELETE', `${base}/metrics/tokens`)).status).toBe(204)

  const body = { tierName: 'Pro', priceMinor: 1_900, currency: 'EUR', quotas: [{ metric: 'messages', limit: 100 }] }
  const tier = await owner.call('POST', `${base}/tiers`, { body })
  expect(tier).toMatchObject({ status: 201, body: { version: 1, quotas: [{ metric: 'messages', limit: 100 }] } })
  await subscribe(server.deps.db, { agentId: publisher.agentId, tierId: tier.body.id })
  const path = `${base}/tiers/${tier.body.id}`
  const raised = await owner.call('PATCH', `${path}/quotas`, {
    body: { quotas: [{ metric: 'messages', limit: 'unlimited' }] },
  })
  expect(raised).toMatchObject({ status: 200, body: { id: tier.body.id, version: 1 } })
  const second = await owner.call('PATCH', path, { body: { priceMinor: 2_900 } })
  expect(second).toMatchObject({ status: 200, body: { version: 2, familyId: tier.body.familyId, isInUse: false } })
  expect((await owner.call('DELETE', path)).status).toBe(409)
  expect((await owner.call('PUT', `${base}/tiers/order`, { body: { tiers: [tier.body.id] } })).status).toBe(409)
  expect((await owner.call('PUT', `${base}/tiers/order`, { body: { tiers: [second.body.id] } })).status).toBe(200)
  expect((await owner.call('POST', `${path}/archive`)).body.archivedAt).not.toBeNull()
  expect((await owner.call('POST', `${path}/unarchive`)).body.archivedAt).toBeNull()
  const list = await owner.call('GET', `${base}/tiers`)
  expect(list.body.items).toMatchObject([{ id: second.body.id, version: 2, priceMinor: 2_900 }])
  const unsold = await owner.call('POST', `${base}/tiers`, { body: { tierName: 'Unsold', priceMinor: 0 } })
  expect((await owner.call('DELETE', `${base}/tiers/${unsold.body.id}`)).status).toBe(204)
})

describe('what a publisher sends is refused with the name of the field', () => {
  test.each([
    ['slug', { ...newMetric('Messages') }],
    ['slug', { ...newMetric('a'.repeat(65)) }],
    ['kind', { ...newMetric('m'), kind: 'level' }],
    ['displayName', { ...newMetric('m'), displayName: '   ' }],
    ['unit', { ...newMetric('m'), unit: 'a\u0000b' }],
    ['thresholds', { ...newMetric('m'), thresholds: [1, 2, 3, 4, 5, 6] }],
    ['thresholds.0', { ...newMetric('m'), thresholds: [101] }],
  ])('of a metric: %s', async (path, body) => {
    const answer = await owner.call('POST', `${base}/metrics`, { body })
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
    expect(answer.body.errors.map((error: { path: string }) => error.path)).toContain(path)
  })

  test.each([
    ['priceMinor', { priceMinor: -1 }],
    ['priceMinor', { priceMinor: 1.5 }],
    ['priceMinor', { priceMinor: 100_000_000 }],
    ['priceMinor', { priceMinor: '1900' }],
    ['currency', { currency: 'EURO' }],
    ['currency', { currency: 'CUP' }],
    ['priceMinor', { currency: 'ISK', priceMinor: 1_950 }],
    ['priceMinor', { currency: 'KWD', priceMinor: 5_124 }],
    ['trialEndsWith', { trialEndsWith: 'free_tier' }],
    ['trialDays', { trialDays: 731 }],
    ['trialDays', { priceMinor: 0, trialDays: 1 }],
    ['usageInterval', { usageInterval: 'year' }],
    ['quotas.0.limit', { quotas: [{ metric: 'messages', limit: -1 }] }],
    ['quotas.0.limit', { quotas: [{ metric: 'messages', limit: 2 ** 53 }] }],
    ['quotas.0.metric', { quotas: [{ metric: 'pages', limit: 1 }] }],
    [
      'quotas',
      {
        quotas: [
          { metric: 'messages', limit: 1 },
          { metric: 'messages', limit: 2 },
        ],
      },
    ],
  ])('of a tier: %s of %j', async (path, change) => {
    const body = { tierName: crypto.randomUUID(), priceMinor: 1_900, ...change }
    const answer = await owner.call('POST', `${base}/tiers`, { body })
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
    expect(answer.body.errors.map((error: { path: string }) => error.path)).toContain(path)
  })

  test('a metric’s slug and kind, and a tier’s version, are not anybody’s to change', async () => {
    await owner.call('POST', `${base}/metrics`, { body: newMetric('fixed') })
    for (const body of [{ slug: 'other' }, { kind: 'gauge' }]) {
      expect((await owner.call('PATCH', `${base}/metrics/fixed`, { body })).status).toBe(400)
    }
    const [tier] = (await owner.call('GET', `${base}/tiers`)).body.items
    for (const body of [{ version: 9 }, { archivedAt: null }, { stripePriceId: 'price_1' }, { agentId: tier.id }]) {
      expect((await owner.call('PATCH', `${base}/tiers/${tier.id}`, { body })).status).toBe(400)
    }
  })
})

describe('an operator', () => {
  test('previews, grants and revokes an add-on, and sets a level right', async () => {
    const { subscriptionId } = await addSubscriber(server.deps)
    const path = `/operator/subscriptions/${subscriptionId}`
    const body = { metric: 'messages', amount: 5, scope: 'permanent', reason: 'Goodwill' }
    const preview = await operator.call('POST', `${path}/addons`, { body: { ...body, preview: true } })
    expect(preview).toMatchObject({ status: 200, body: { preview: true, before: { limit: 10 }, after: { limit: 15 } } })
    expect((await operator.call('GET', `${path}/addons`)).body.items).toEqual([])
    const granted = await operator.call('POST', `${path}/addons`, { body })
    expect(granted).toMatchObject({ status: 200, body: { preview: false, after: preview.body.after } })
    const { addon } = granted.body
    expect((await operator.call('GET', `${path}/addons`)).body.items).toEqual([addon])
    const revoked = await operator.call('POST', `${path}/addons/${addon.id}/revoke`, { body: { reason: 'Mistake' } })
    expect(revoked).toMatchObject({ status: 200, body: { before: { limit: 15 }, after: { limit: 10 } } })
    expect(
      (await operator.call('POST', `${path}/addons/${addon.id}/revoke`, { body: { reason: 'Mistake' } })).status,
    ).toBe(409)

    const clientReqId = crypto.randomUUID()
    const level = { clientReqId, metric: 'seats', delta: 3, reason: 'Lost in the import' }
    const adjusted = await operator.call('POST', `${path}/adjustments`, { body: level })
    expect(adjusted).toMatchObject({ status: 200, body: { usedBefore: 0, usedAfter: 3, replayed: false } })
    const again = await operator.call('POST', `${path}/adjustments`, { body: level })
    expect(again).toMatchObject({ status: 200, body: { entryId: adjusted.body.entryId, replayed: true } })
    const inCapitals = { ...level, clientReqId: level.clientReqId.toUpperCase() }
    const loud = `/operator/subscriptions/${subscriptionId.toUpperCase()}/adjustments`
    expect(await operator.call('POST', loud, { body: inCapitals })).toMatchObject({
      status: 200,
      body: { replayed: true },
    })
    const below = { ...level, clientReqId: crypto.randomUUID(), delta: -4 }
    expect(await operator.call('POST', `${path}/adjustments`, { body: below })).toMatchObject({
      status: 422,
      body: { code: 'below_zero' },
    })
    expect((await operator.call('POST', `${path}/adjustments`, { body: { ...level, delta: 2 } })).status).toBe(409)
  })

  test.each([
    ['reason', { reason: undefined }],
    ['reason', { reason: '  ' }],
    ['amount', { amount: 0 }],
    ['amount', { amount: 2 ** 53 }],
    ['scope', { scope: 'for_ever' }],
    ['', { source: 'purchased' }],
    ['', { stripeObjectId: 'pi_1' }],
    ['', { grantedAt: '2020-01-01T00:00:00Z' }],
  ])('is told that %s is wrong in %j', async (path, change) => {
    const { subscriptionId } = await addSubscriber(server.deps)
    const body = { metric: 'messages', amount: 5, scope: 'permanent', reason: 'Goodwill', ...change }
    const answer = await operator.call('POST', `/operator/subscriptions/${subscriptionId}/addons`, { body })
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
    expect(answer.body.errors.map((error: { path: string }) => error.path)).toContain(path)
  })

  test('is told what is not there or over', async () => {
    const { subscriptionId } = await addSubscriber(server.deps)
    const body = { metric: 'messages', amount: 5, scope: 'permanent', reason: 'Goodwill' }
    const nowhere = `/operator/subscriptions/${crypto.randomUUID()}/addons`
    expect((await operator.call('POST', nowhere, { body })).status).toBe(404)
    expect((await operator.call('GET', nowhere)).status).toBe(404)
    expect((await operator.call('GET', '/operator/subscriptions/not-an-id/addons')).status).toBe(400)
    await server.deps.db
      .update(userAgentSubscriptions)
      .set({ status: 'canceled' })
      .where(eq(userAgentSubscriptions.id, subscriptionId))
    expect((await operator.call('POST', `/operator/subscriptions/${subscriptionId}/addons`, { body })).status).toBe(409)
  })
})

test('the OpenAPI document describes every one of these calls, with who may call it and an example', async () => {
  const document = (await (await fetch(`${server.origin}/api/openapi.json`)).json()) as OpenApi
  const calls = Object.entries(document.paths)
    .filter(([path]) => /^\/v1\/(publisher|operator)\//.test(path))
    .flatMap(([path, methods]) => Object.entries(methods).map(([method, call]) => ({ path, method, call })))
  // Those of other features, too: whatever a console calls is described alike.
  expect(calls.length).toBeGreaterThanOrEqual(19)
  for (const { path, call } of calls) {
    expect(call.security).toEqual([{ session: [] }])
    const refusals = path.includes('{') ? ['401', '403', '404'] : ['401', '403']
    expect(Object.keys(call.responses)).toEqual(expect.arrayContaining(refusals))
  }
  expect(document.components.securitySchemes['session']).toMatchObject({ type: 'apiKey', in: 'cookie' })
  for (const name of ['Metric', 'Tier', 'AddonChange', 'UsageAdjustmentAnswer', 'QuotaEdit']) {
    expect(document.components.schemas[name]).toHaveProperty('example')
  }
})

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { security: unknown; responses: object }>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, unknown>>
    readonly securitySchemes: Readonly<Record<string, unknown>>
  }
}
