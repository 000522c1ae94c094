import { randomUUID } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { agentMetricDefinitions, agentPricingTiers, user, userAgentSubscriptions } from '#src/db/schema/index.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { discover, newPerson, signInAt } from '#test/integration/oauth/market.ts'
import { addAddon, addMeteredAgent, addSubscriber, backendToken, call, drift } from './market.ts'
import type { MeteredAgent } from './market.ts'

let server: TestServer
let agent: MeteredAgent

beforeAll(async () => {
  server = await startTestServer({ environment: { RIALTO_ROLE: 'web' } })
  agent = await addMeteredAgent(server, {
    messages: { quota: 100 },
    tokens: { quota: null },
    images: {},
    seats: { kind: 'gauge', quota: 3 },
  })
})
afterAll(() => server.stop())

const meters = (id: string, token = agent.token) =>
  call(server, { token, path: `/subscriptions/${id}/usage`, method: 'GET' })
const post = (path: string, body: Readonly<Record<string, unknown>>, token = agent.token) =>
  call(server, { token, path, body: { clientReqId: randomUUID(), ...body } })

/** Somebody who signed in at the agent, with the token that it got. */
async function signedIn(at = agent): Promise<{ userId: string; token: string }> {
  const browser = await newPerson(server)
  const tokens = await signInAt(await discover(server, at), browser, { resource: `${server.origin}/api` })
  const [person] = await server.deps.db.select().from(user).where(eq(user.email, browser.email))
  return { userId: person?.id ?? '', token: tokens.access_token }
}

describe('the meters of a subscription', () => {
  it('say where it stands with every metric', async () => {
    const { userId, subscriptionId } = await addSubscriber(server, agent)
    await post('/usage', { userId, metric: 'messages', delta: 30 })
    await post('/reservations', { userId, metric: 'messages', amount: 80 })
    await addAddon(server, { subscriptionId, metricId: agent.metricIds['messages'] ?? '', amount: 50 })
    await post('/reservations', { userId, metric: 'messages', amount: 80 })
    await post('/usage', { userId, metric: 'seats', delta: 2 })
    const { status, headers, body } = await meters(subscriptionId)
    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(body).toMatchObject({
      subscriptionId,
      userId,
      status: 'active',
      tier: { id: agent.tierId, name: 'Free', isFree: true },
    })
    const shown = body['meters'] as Record<string, unknown>[]
    expect(shown.map(({ metric }) => metric).toSorted()).toEqual(['images', 'messages', 'seats', 'tokens'])
    expect(Object.fromEntries(shown.map((meter) => [meter['metric'], meter]))).toMatchObject({
      messages: {
        used: 110,
        held: 80,
        limit: 150,
        remaining: 40,
        kind: 'counter',
        displayName: 'messages',
        unit: 'unit',
      },
      tokens: { used: 0, held: 0, limit: null, unlimited: true, breakdown: [] },
      images: { used: 0, limit: 0, remaining: 0 },
      seats: { used: 2, limit: 3, kind: 'gauge', periodStart: null, resetsAt: null },
    })
  })

  it('don’t count what expired reservations hold', async () => {
    const { userId, subscriptionId } = await addSubscriber(server, agent)
    await post('/reservations', { userId, metric: 'messages', amount: 80 })
    await server.deps.db.execute(
      sql`UPDATE usage_reservations SET expires_at = rialto_now() WHERE subscription_id = ${subscriptionId}`,
    )
    const { body } = await meters(subscriptionId)
    expect(body['meters']).toContainEqual(expect.objectContaining({ metric: 'messages', used: 0, held: 0 }))
  })

  it('name the tier that has taken over, also before any job has', async () => {
    const { subscriptionId } = await addSubscriber(server, agent)
    const [next] = await server.deps.db
      .insert(agentPricingTiers)
      .values({ agentId: agent.id, tierName: 'Small', isFree: true, price: 0 })
      .returning()
    const change = (nextTierAt: unknown) =>
      server.deps.db
        .update(userAgentSubscriptions)
        .set({ nextTierId: next?.id ?? '', nextTierAt: sql`${nextTierAt}` })
        .where(eq(userAgentSubscriptions.id, subscriptionId))
    await change(sql`rialto_now() + interval '1 hour'`)
    expect((await meters(subscriptionId)).body['tier']).toMatchObject({ name: 'Free' })
    await change(sql`rialto_now()`)
    const { body } = await meters(subscriptionId)
    expect(body['tier']).toMatchObject({ name: 'Small' })
    expect(body['meters']).toContainEqual(expect.objectContaining({ metric: 'messages', limit: 0 }))
  })

  it('leave out a metric that is out of use, unless something was used of it', async () => {
    const own = await addMeteredAgent(server, { old: { quota: 5 }, older: {} })
    const { userId, subscriptionId } = await addSubscriber(server, own)
    await post('/usage', { userId, metric: 'old' }, own.token)
    await server.deps.db
      .update(agentMetricDefinitions)
      .set({ archivedAt: new Date() })
      .where(eq(agentMetricDefinitions.agentId, own.id))
    const { body } = await meters(subscriptionId, own.token)
    expect(body['meters']).toMatchObject([{ metric: 'old', used: 1 }])
  })

  it('are none once it has ended', async () => {
    const { subscriptionId } = await addSubscriber(server, agent, { status: 'canceled', canceledAt: new Date() })
    expect((await meters(subscriptionId)).body).toMatchObject({ status: 'canceled', meters: [] })
  })

  it('are nobody else’s: not another agent’s, not another person’s', async () => {
    const { subscriptionId } = await addSubscriber(server, agent)
    const stranger = await addMeteredAgent(server)
    const person = await signedIn()
    const own = await addSubscriber(server, agent, { userId: person.userId })
    const elsewhere = await addSubscriber(server, stranger, { userId: person.userId })
    expect(await meters(subscriptionId, stranger.token)).toMatchObject({ status: 404, body: { code: 'not_found' } })
    expect((await meters(randomUUID())).status).toBe(404)
    expect((await meters(subscriptionId, person.token)).status).toBe(404)
    expect((await meters(elsewhere.subscriptionId, person.token)).status).toBe(404)
    expect(await meters(own.subscriptionId, person.token)).toMatchObject({
      status: 200,
      body: { userId: person.userId },
    })
    expect((await meters('no-uuid')).status).toBe(400)
    expect((await meters(own.subscriptionId, 'nonsense')).status).toBe(401)
  })

  it('need a token that may read', async () => {
    const { subscriptionId } = await addSubscriber(server, agent)
    const token = await backendToken(server, agent, 'usage:write')
    expect((await meters(subscriptionId, token)).status).toBe(403)
  })
})

describe('a person’s own token', () => {
  it('holds nothing, settles nothing and refunds nothing', async () => {
    const person = await signedIn()
    await addSubscriber(server, agent, { userId: person.userId })
    const { body } = await post('/usage', { metric: 'messages', delta: 2 }, person.token)
    expect(body).toMatchObject({ allowed: true, used: 2 })
    const { userId } = person
    const reserved = await post('/reservations', { userId, metric: 'messages', amount: 1 })
    const id = String(reserved.body['reservationId'])
    const answers = [
      await post('/reservations', { metric: 'messages', amount: 1 }, person.token),
      await call(server, { token: person.token, path: `/reservations/${id}/commit`, body: { amount: 1 } }),
      await call(server, { token: person.token, path: `/reservations/${id}/release`, body: {} }),
      await post('/usage/refund', { entryId: body['entryId'] }, person.token),
    ]
    for (const answer of answers) expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  })
})

it('has counters that equal the ledger after all of this', async () => {
  expect(await drift(server)).toEqual([])
})
