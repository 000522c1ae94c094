import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { eq, sql } from 'drizzle-orm'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { userAgentSubscriptions } from '#src/db/schema/index.ts'
import { reconcileAll, watchDrift } from '#src/features/usage/index.ts'
import { partsOfAll, reconcileDue } from '#src/features/usage/reconcile/reconcile.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { addMeteredAgent, addSubscriber, call } from './market.ts'
import type { MeteredAgent, Subscriber } from './market.ts'

let server: TestServer
let agent: MeteredAgent
let logged: { level: number; msg: string; subscriptionId?: string }[] = []
const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(JSON.parse(line)) })

beforeAll(async () => {
  server = await startTestServer({ environment: { RIALTO_ROLE: 'web' } })
  agent = await addMeteredAgent(server, { messages: { quota: 100_000 }, seats: { kind: 'gauge', quota: 10 } })
  watchDrift(server.deps)
})
afterAll(() => server.stop())
beforeEach(() => {
  logged = []
})

const use = ({ userId }: Subscriber, values: Readonly<Record<string, unknown>> = {}) =>
  call(server, {
    token: agent.token,
    path: '/usage',
    body: { clientReqId: randomUUID(), userId, metric: 'messages', ...values },
  })

/** Every kind of entry. */
async function usedSubscriber(): Promise<Subscriber> {
  const subscriber = await addSubscriber(server, agent)
  const { body } = await use(subscriber, { delta: 7 })
  await use(subscriber, { metric: 'seats', delta: 3 })
  await use(subscriber, { metric: 'seats', delta: -1 })
  const refund = { clientReqId: randomUUID(), entryId: body['entryId'], amount: 2 }
  await call(server, { token: agent.token, path: '/usage/refund', body: refund })
  const hold = { clientReqId: randomUUID(), userId: subscriber.userId, metric: 'messages', amount: 4, ttlSeconds: 600 }
  expect((await call(server, { token: agent.token, path: '/reservations', body: hold })).body).toMatchObject({
    allowed: true,
  })
  return subscriber
}

/** As a bug would: the counter without its entry, and nothing that says when. */
const plant = ({ subscriptionId }: Subscriber, by: number) =>
  server.deps.db.execute(sql`
    UPDATE subscription_usage SET used = used + ${by}::integer
    WHERE subscription_id = ${subscriptionId} AND period_start > '2000-01-01'`)

const due = (options = {}) => reconcileDue({ db: server.deps.db, log }, options)

const aDayLater = () =>
  server.deps.db.execute(sql`
    UPDATE job_positions SET position = position || jsonb_build_object('walkedAt', (position->>'walkedAt')::float8 - 86400000)
    WHERE job = 'usage-reconcile'`)

/** Nothing before today is a change. */
const weeksLater = () =>
  server.deps.db.execute(sql`UPDATE subscription_usage SET updated_at = now() - interval '20 days'`)

async function gauge(): Promise<string | undefined> {
  const text = await server.deps.metrics.registry.metrics()
  return text.match(/^rialto_usage_drift_counters (.+)$/m)?.[1]
}

async function trailOf({ subscriptionId }: Subscriber): Promise<readonly unknown[]> {
  const { rows } = await server.deps.db.execute(sql`
    SELECT result, metadata FROM audit_logs WHERE action = 'usage.drift_found' AND resource_id = ${subscriptionId}`)
  return rows
}

it('finds nothing wrong with whatever was consumed, refunded and held', async () => {
  expect(await gauge()).toBe('Nan')
  await usedSubscriber()
  const { subscriptions, drifts } = await reconcileAll({ db: server.deps.db, log })
  expect(subscriptions).toBeGreaterThan(0)
  expect(drifts).toEqual([])
  await due()
  expect(await gauge()).toBe('0')
  expect(logged).toEqual([])
})

it('reports a counter that differs once, shows it until it is right again, and repairs nothing', async () => {
  const subscriber = await usedSubscriber()
  await plant(subscriber, 1)
  await aDayLater()
  await due()
  expect(await gauge()).toBe('1')
  expect(logged).toMatchObject([{ level: 50, subscriptionId: subscriber.subscriptionId, used: '10', ledger: '9' }])
  expect(await trailOf(subscriber)).toMatchObject([
    { result: 'failure', metadata: { used: '10', ledger: '9', held: '4' } },
  ])

  await weeksLater()
  await aDayLater()
  await due()
  expect(await gauge()).toBe('1')
  expect(await trailOf(subscriber)).toHaveLength(1)

  await plant(subscriber, -1)
  await aDayLater()
  await due()
  expect(await gauge()).toBe('0')
})

it('reports a counter that holds what no reservation does', async () => {
  const subscriber = await usedSubscriber()
  await server.deps.db.execute(sql`
    UPDATE subscription_usage SET held = held - 1 WHERE subscription_id = ${subscriber.subscriptionId} AND held > 0`)
  const { drifts } = await reconcileAll({ db: server.deps.db, log })
  expect(drifts).toMatchObject([{ subscriptionId: subscriber.subscriptionId, held: '3', reserved: '4' }])
  expect(await gauge()).toBe('1')

  // Who leaves takes it along.
  await server.deps.db.delete(userAgentSubscriptions).where(eq(userAgentSubscriptions.id, subscriber.subscriptionId))
  await aDayLater()
  await due()
  expect(await gauge()).toBe('0')
})

it('looks at what did not change within so many days, too', async () => {
  const subscriber = await usedSubscriber()
  await due()
  await plant(subscriber, 5)
  let days = 0
  while ((await trailOf(subscriber)).length === 0 && days < partsOfAll + 1) {
    await weeksLater()
    await aDayLater()
    await due()
    days += 1
  }
  expect(days).toBeLessThanOrEqual(partsOfAll)
  await plant(subscriber, -5)
})

it('works once a day, and goes on where it was cut off', async () => {
  const { db } = server.deps
  const state = async () =>
    (await db.execute(sql`SELECT position FROM job_positions WHERE job = 'usage-reconcile'`)).rows[0]?.['position'] as {
      walk?: { after: string }
      walkedAt: number
    }
  await aDayLater()
  await due({ runMs: 0 })
  const cut = await state()
  expect(cut.walk?.after).toMatch(/^[\da-f-]{36}$/)
  await due()
  const done = await state()
  expect(done.walk).toBeUndefined()
  expect(done.walkedAt).toBeGreaterThan(cut.walkedAt)
  await due()
  expect(await state()).toEqual(done)
})

it('sums more entries than it reads at once', async () => {
  const subscriber = await addSubscriber(server, agent)
  await use(subscriber)
  await server.deps.db.execute(sql`
    INSERT INTO usage_ledger (subscription_id, metric_id, event_type, delta, client_req_id, used_after, period_start)
    SELECT subscription_id, metric_id, 'consume', 1, gen_random_uuid(), 1, period_start
    FROM subscription_usage, generate_series(1, 25000) WHERE subscription_id = ${subscriber.subscriptionId}`)
  await plant(subscriber, 25_000)
  expect((await reconcileAll({ db: server.deps.db, log })).drifts).toEqual([])
  await plant(subscriber, -1)
  expect((await reconcileAll({ db: server.deps.db, log })).drifts).toMatchObject([{ used: '25000', ledger: '25001' }])
  await plant(subscriber, 1)
})

it('takes nothing that is consumed meanwhile for a difference', async () => {
  const people = await Promise.all([addSubscriber(server, agent), addSubscriber(server, agent)])
  let looks = 0
  for (const burst of [200, 200, 200]) {
    const pending = new Set<ReturnType<typeof use>>()
    for (let n = 0; n < burst; n += 1) {
      const answer = use(people[n % people.length] ?? people[0])
      pending.add(answer)
      void answer.finally(() => pending.delete(answer))
    }
    const answers = Promise.all(pending)
    for (; pending.size > 0; looks += 1) {
      expect((await reconcileAll({ db: server.deps.db, log })).drifts).toEqual([])
    }
    for (const { body } of await answers) expect(body).toMatchObject({ allowed: true })
  }
  // At least once in each burst, while some of it was still under way.
  expect(looks).toBeGreaterThanOrEqual(3)
})

describe('pnpm rialto usage:reconcile', () => {
  const run = (...options: string[]) =>
    new Promise<{ code: number; said: string }>((resolve) => {
      const rootDir = join(import.meta.dirname, '..', '..', '..')
      // Nothing else of the test run’s own: some of its variables would be settings.
      const env = { PATH: process.env['PATH'], DATABASE_URL: server.deps.pool.options.connectionString }
      execFile(process.execPath, ['scripts/rialto/main.ts', ...options], { cwd: rootDir, env }, (error, _, said) => {
        resolve({ code: Number(error?.code ?? 0), said })
      })
    })

  it('says that everything agrees, or what does not, and ends with 1 then', async () => {
    expect(await run('usage:reconcile')).toMatchObject({
      code: 0,
      said: expect.stringMatching(/✓ Every counter is the sum of its ledger entries \(\d+ subscriptions\)/),
    })
    const subscriber = await usedSubscriber()
    await plant(subscriber, 3)
    const { code, said } = await run('usage:reconcile')
    expect(code).toBe(1)
    expect(said).toContain(`subscription ${subscriber.subscriptionId}`)
    expect(said).toContain('counter 12, ledger 9, held 4, reserved 4')
  })

  it('names the commands that there are', async () => {
    expect(await run('usage:repair')).toMatchObject({ code: 1, said: expect.stringContaining('usage:reconcile') })
  })
})
