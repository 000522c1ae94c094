// A Stripe that doesn't answer holds up those who wait for it, and nobody else: not who uses an agent, and not who sends webhooks.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { agentPricingTiers } from '#src/db/schema/index.ts'
import { reconcileSubscription, startCheckout } from '#src/features/billing/index.ts'
import { createSandbox } from '#src/integrations/stripe/index.ts'
import { addMeteredAgent, addPerson, addSubscriber, call, drift } from '#test/integration/usage/market.ts'
import type { MeteredAgent, Subscriber } from '#test/integration/usage/market.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { eventually } from '#test/support/start-process.ts'
import { eventOf, signatureOf } from './events/endpoint.ts'
import { slowStripe } from './slow-network.ts'

/** Of the whole server. */
const connections = 5
const checkouts = 30
const reconciles = 20
const webhooks = 20
/** What a process works on at once (events/queue.ts). */
const webhooksAtOnce = 8
/** Far more than a report takes on a busy machine, and far less than Stripe takes here. */
const reportMsMax = 5_000

let database: TestDatabase
let server: TestServer
let agent: MeteredAgent
let subscriber: Subscriber
let waiting = 0
const stripeAnswers = Promise.withResolvers<void>()

beforeAll(async () => {
  database = await createTestDatabase({ start: 'started' })
  const sandbox = createSandbox({
    pool: database.pool,
    baseUrl: 'https://market.example',
    onError: (error) => {
      throw error
    },
  })
  const stripe = slowStripe({
    sandbox,
    wait: async (_, way) => {
      if (way === 'back') return
      waiting += 1
      await stripeAnswers.promise
      waiting -= 1
    },
  })
  server = await startTestServer({
    databaseUrl: database.url,
    environment: { RIALTO_DATABASE_POOL: String(connections) },
    overrides: { payments: { environment: 'sandbox', stripe, webhookSecret: 'whsec_test', sandbox } },
  })
  agent = await addMeteredAgent(server, { messages: { quota: null } })
  subscriber = await addSubscriber(server, agent)
})
afterAll(async () => {
  stripeAnswers.resolve()
  await server.stop()
  await database.drop()
})

async function report(): Promise<number> {
  const body = { clientReqId: crypto.randomUUID(), userId: subscriber.userId, metric: 'messages' }
  const startedAt = performance.now()
  expect(await call(server, { token: agent.token, path: '/usage', body })).toMatchObject({
    status: 200,
    body: { allowed: true },
  })
  return performance.now() - startedAt
}

const sendWebhook = async (number: number): Promise<number> => {
  const object = { id: `sub_slow${number}`, object: 'subscription', metadata: { rialto: 'subscription' } }
  const body = JSON.stringify(eventOf({ type: 'customer.subscription.updated', object }))
  const signature = signatureOf(body, { secret: 'whsec_test' })
  const headers = { 'content-type': 'application/json', 'stripe-signature': signature }
  return (await fetch(`${server.origin}/api/webhooks/stripe`, { method: 'POST', body, headers })).status
}

const times = <T>(count: number, work: (number: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, number) => work(number)))

test('reports of usage are answered while everything that asks Stripe waits for it', { timeout: 60_000 }, async () => {
  const { deps } = server
  const paid = { agentId: agent.id, tierName: 'Pro', price: 1_000, currency: 'EUR', isFree: false }
  const [tier] = await deps.db.insert(agentPricingTiers).values(paid).returning()
  const people = await times(checkouts, () => addPerson(deps.db))
  const buying = people.map((userId) =>
    startCheckout(deps, { userId, agentSlug: agent.slug, tierId: tier?.id ?? '', withTrial: false }),
  )
  const reconciling = times(reconciles, (number) =>
    reconcileSubscription(deps, { stripeSubscriptionId: `sub_none${number}` }),
  )
  expect(new Set(await times(webhooks, sendWebhook))).toEqual(new Set([200]))
  await eventually(async () => waiting >= checkouts + reconciles + webhooksAtOnce, 20_000)

  const clients = await times(4, async () => {
    const took: number[] = []
    for (let count = 0; count < 25; count += 1) took.push(await report())
    return took
  })
  expect(Math.max(...clients.flat())).toBeLessThan(reportMsMax)
  expect(waiting).toBeGreaterThanOrEqual(checkouts + reconciles + webhooksAtOnce)
  // None of those who wait has a connection.
  await eventually(async () => deps.pool.waitingCount === 0 && deps.pool.idleCount === deps.pool.totalCount, 5_000)

  stripeAnswers.resolve()
  expect(new Set((await reconciling).map(({ outcome }) => outcome))).toEqual(new Set(['foreign']))
  const begun = await Promise.all(buying)
  expect(new Set(begun.map(({ url }) => url)).size).toBe(checkouts)
  await report()
  expect(await drift(server)).toEqual([])
})
