import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createUsageEngine } from '#src/metering/index.ts'
import type { UsageEngine } from '#src/metering/index.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { eventually } from '#test/support/start-process.ts'
import { addMeteredAgent, addSubscriber, call, drift } from './market.ts'
import type { MeteredAgent } from './market.ts'

interface Answer {
  readonly status: number
  readonly retryAfter: number
}

const answerOf = ({ status, headers }: { readonly status: number; readonly headers: Headers }): Answer => ({
  status,
  retryAfter: Number(headers.get('retry-after') ?? 0),
})

interface Customer {
  readonly agent: MeteredAgent
  readonly userId: string
}

async function use(server: TestServer, { agent, userId }: Customer): Promise<Answer> {
  const body = { clientReqId: crypto.randomUUID(), userId, metric: 'messages' }
  return answerOf(await call(server, { token: agent.token, path: '/usage', body }))
}

const times = <T>(count: number, work: (number: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, number) => work(number)))

describe('500 clients on a pool of five connections', { timeout: 180_000 }, () => {
  const connections = 5
  const clients = 500
  /** Two waits for a connection, one of them in the queue, and a busy machine. */
  const answerMsMax = 20_000
  const recoveryMsMax = 60_000
  let server: TestServer
  let customer: Customer
  beforeAll(async () => {
    server = await startTestServer({ environment: { RIALTO_DATABASE_POOL: String(connections) } })
    const agent = await addMeteredAgent(server, { messages: { quota: null } })
    customer = { agent, ...(await addSubscriber(server, agent)) }
  })
  afterAll(() => server.stop())

  /** One of them: a report, a question or a page. */
  async function ask(number: number): Promise<Answer> {
    if (number % 5 === 0)
      return answerOf(await fetch(`${server.origin}/api/v1/agents?q=editor&limit=${1 + (number % 50)}`))
    if (number % 5 > 1) return use(server, customer)
    const body = { userId: customer.userId, metric: 'messages', delta: 1 + number }
    return answerOf(await call(server, { token: customer.agent.token, path: '/usage/check', body }))
  }

  /** All of them, at once. */
  async function crowd(): Promise<{ readonly answers: readonly Answer[]; readonly ms: number }> {
    const startedAt = performance.now()
    const answers = await times(clients, ask)
    return { answers, ms: performance.now() - startedAt }
  }

  /** Whom a machine that others keep busy tells to come again does so, as clients do. */
  const allAnswered = () =>
    times(clients, (number) =>
      eventually(async () => {
        const { status, retryAfter } = await ask(number)
        if (status === 200) return true
        expect([503, 504]).toContain(status)
        await sleep(retryAfter * 1_000)
        return false
      }, recoveryMsMax),
    )

  it('are answered, all of them', async () => {
    await allAnswered()
  })

  it('are told to come again while every connection is taken, and the server is well again afterwards', async () => {
    const taken = times(connections, () => server.deps.pool.query('SELECT pg_sleep(8)'))
    const { answers, ms } = await crowd()
    const busy = answers.filter(({ status }) => status !== 200)
    expect(busy.length).toBeGreaterThan(0)
    // A search that got its connection late may run into its own limit.
    expect(new Set(busy.map(({ status }) => status).filter((status) => status !== 504))).toEqual(new Set([503]))
    expect(Math.min(...busy.map(({ retryAfter }) => retryAfter))).toBeGreaterThan(0)
    expect(ms).toBeLessThan(answerMsMax)

    await taken
    await allAnswered()
    expect(await drift(server)).toEqual([])
  })
})

describe('a queue that is full', () => {
  const limits = { waitingMax: 30, agentWaitingMax: 10 }
  let database: TestDatabase
  let server: TestServer
  let customers: readonly Customer[]
  let arrived = 0
  beforeAll(async () => {
    database = await createTestDatabase({ start: 'started' })
    const engine = createUsageEngine({ pool: database.pool, graceMs: 0, onNotice: () => undefined, limits })
    const usage: UsageEngine = {
      ...engine,
      consume: (event) => {
        arrived += 1
        return engine.consume(event)
      },
    }
    server = await startTestServer({ databaseUrl: database.url, overrides: { usage } })
    customers = await times(4, async () => {
      const agent = await addMeteredAgent(server)
      return { agent, ...(await addSubscriber(server, agent)) }
    })
    await times(customers.length, (number) => use(server, customerOf(number)))
  })
  afterAll(async () => {
    await server.stop()
    await database.drop()
  })

  const customerOf = (number: number): Customer => {
    const customer = customers[number]
    if (customer === undefined) throw new Error(`There is no customer ${number}`)
    return customer
  }

  /** Makes the database slow for these people: their counters are held meanwhile. */
  async function whileHeld(slow: readonly Customer[], work: () => Promise<void>): Promise<void> {
    const done = Promise.withResolvers<void>()
    const holding = database.db.transaction(async (tx) => {
      await tx.execute(sql`
        SELECT FROM subscription_usage AS counter
          JOIN user_agent_subscriptions AS subscription ON subscription.id = counter.subscription_id
        WHERE subscription.user_id = ANY (${sql.param(slow.map(({ userId }) => userId))}) FOR UPDATE OF counter`)
      done.resolve(work())
      await done.promise
    })
    await holding
  }

  it('refuses a greedy agent with 429 once its share is waiting, and lets another’s requests through', async () => {
    await whileHeld([customerOf(0)], async () => {
      const greedy = times(25, () => use(server, customerOf(0)))
      const others = await times(5, () => use(server, customerOf(1)))
      expect(others.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
      const answers = await greedy
      const refused = answers.filter(({ status }) => status === 429)
      expect(refused).toHaveLength(25 - limits.agentWaitingMax)
      expect(Math.min(...refused.map(({ retryAfter }) => retryAfter))).toBeGreaterThan(0)
      // Those that got in waited for the counter as long as anybody does.
      expect(new Set(answers.filter(({ status }) => status !== 429).map(({ status }) => status))).toEqual(
        new Set([504]),
      )
    })
    expect((await use(server, customerOf(0))).status).toBe(200)
  })

  it('answers everybody 503 with Retry-After when all of it is waiting, and is well again afterwards', async () => {
    const slow = [customerOf(0), customerOf(1), customerOf(2)]
    await whileHeld(slow, async () => {
      const before = arrived
      const waiting = Promise.all(slow.map((customer) => times(limits.agentWaitingMax, () => use(server, customer))))
      // Who asks before all of them have arrived is let in, and waits behind them.
      await eventually(async () => arrived - before >= limits.waitingMax)
      const { status, retryAfter } = await eventually(async () => {
        const answer = await use(server, customerOf(3))
        return answer.status !== 200 && answer
      })
      expect(status).toBe(503)
      expect(retryAfter).toBeGreaterThan(0)
      const answers = (await waiting).flat()
      expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([504]))
    })
    const after = await times(4, (number) => use(server, customerOf(number)))
    expect(after.map((answer) => answer.status)).toEqual([200, 200, 200, 200])
    expect(await drift(server)).toEqual([])
  })
})
