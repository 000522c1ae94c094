import { randomUUID } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  subscriptionUsage,
  usageLedger,
  usageNotices,
  usageReservations,
  userAgentSubscriptions,
} from '#src/db/schema/index.ts'
import { usageJobs } from '#src/features/usage/index.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { addAddon, addMeteredAgent, addPerson, addSubscriber, backendToken, call, drift } from './market.ts'
import type { MeteredAgent, Subscriber } from './market.ts'

type Fields = Readonly<Record<string, unknown>>

let database: TestDatabase
let server: TestServer
let agent: MeteredAgent

beforeAll(async () => {
  database = await createTestDatabase({ start: 'started' })
  // No jobs by the clock: the sweep runs when a test says so.
  server = await startTestServer({ databaseUrl: database.url, environment: { RIALTO_ROLE: 'web' } })
  agent = await addMeteredAgent(server, {
    messages: { quota: 100 },
    tokens: { quota: null },
    seats: { kind: 'gauge', quota: 3 },
  })
})
afterAll(async () => {
  await server.stop()
  await database.drop()
})

const post = (path: string, body: Fields, { token } = agent) => call(server, { token, path, body })
const reserve = (fields: Fields, by = agent) =>
  post('/reservations', { clientReqId: randomUUID(), metric: 'messages', ...fields }, by)
const use = (fields: Fields) => post('/usage', { clientReqId: randomUUID(), metric: 'messages', ...fields })
const commit = (id: unknown, amount: number, by = agent) => post(`/reservations/${String(id)}/commit`, { amount }, by)
const release = (id: unknown, by = agent) => post(`/reservations/${String(id)}/release`, {}, by)

async function held(subscriber: Subscriber, amount: number, fields: Fields = {}): Promise<string> {
  const { body } = await reserve({ userId: subscriber.userId, amount, ...fields })
  return String(body['reservationId'])
}

/** As if its time had passed. */
const expire = (id: string) =>
  database.db
    .update(usageReservations)
    .set({ expiresAt: sql`rialto_now()` })
    .where(eq(usageReservations.id, id))

const sweep = () => usageJobs.find(({ name }) => name === 'usage-lapse-holds')?.run(server.deps)

async function counter({ subscriptionId }: Subscriber) {
  const [row] = await database.db
    .select({ used: subscriptionUsage.used, held: subscriptionUsage.held })
    .from(subscriptionUsage)
    .where(eq(subscriptionUsage.subscriptionId, subscriptionId))
  return row
}

async function entries({ subscriptionId }: Subscriber) {
  const rows = await database.db
    .select()
    .from(usageLedger)
    .where(eq(usageLedger.subscriptionId, subscriptionId))
    .orderBy(usageLedger.seq)
  return rows.map(({ eventType, delta }) => `${eventType} ${delta}`)
}

describe('holding', () => {
  it('takes the units until they are settled, and says when they lapse', async () => {
    const somebody = await addSubscriber(server, agent)
    const { status, body } = await reserve({ userId: somebody.userId, amount: 60, ttlSeconds: 60 })
    expect(status).toBe(200)
    expect(body).toMatchObject({ allowed: true, state: 'held', amount: 60, used: 60, remaining: 40 })
    expect(body['reservationId']).toBe(body['entryId'])
    const inMs = new Date(String(body['expiresAt'])).getTime() - Date.now()
    expect(inMs).toBeGreaterThan(50_000)
    expect(inMs).toBeLessThan(61_000)
    expect(await counter(somebody)).toEqual({ used: 60, held: 60 })
    expect((await use({ userId: somebody.userId, delta: 41 })).body).toMatchObject({ allowed: false, used: 60 })
  })

  it('holds nothing when it is denied', async () => {
    const { userId } = await addSubscriber(server, agent)
    const { body } = await reserve({ userId, amount: 101 })
    expect(body).toMatchObject({ allowed: false, reason: 'quota_exceeded' })
    expect(body).not.toHaveProperty('reservationId')
    expect((await reserve({ userId: await addPerson(database.db), amount: 1 })).body).toMatchObject({
      allowed: false,
      reason: 'no_subscription',
    })
  })

  it('answers the same id the same, and refuses it for something else', async () => {
    const { userId } = await addSubscriber(server, agent)
    const clientReqId = randomUUID()
    const first = await reserve({ userId, clientReqId, amount: 10 })
    const second = await reserve({ userId, clientReqId, amount: 10 })
    expect(second.body).toEqual({ ...first.body, replayed: true })
    expect(await reserve({ userId, clientReqId, amount: 11 })).toMatchObject({ status: 409 })
    expect(await use({ userId, clientReqId, delta: 10 })).toMatchObject({ status: 409 })
  })

  it('is for counters, and for the agent’s backend', async () => {
    const { userId } = await addSubscriber(server, agent)
    expect(await reserve({ userId, metric: 'seats', amount: 1 })).toMatchObject({
      status: 422,
      body: { code: 'counter_only' },
    })
    expect(await reserve({ amount: 1 })).toMatchObject({ status: 400 })
    expect((await call(server, { path: '/reservations', body: {} })).status).toBe(401)
  })

  it.each([
    ['no amount', {}],
    ['amount 0', { amount: 0 }],
    ['amount −1', { amount: -1 }],
    ['amount 1.5', { amount: 1.5 }],
    ['amount 2^53', { amount: 2 ** 53 }],
    ['no time to live', { amount: 1, ttlSeconds: 0 }],
    ['more than a day', { amount: 1, ttlSeconds: 86_401 }],
  ])('%s: 400', async (_, fields) => {
    const { userId } = await addSubscriber(server, agent)
    expect((await reserve({ userId, ...fields })).status).toBe(400)
  })
})

describe('committing', () => {
  it('gives back what was not needed', async () => {
    const somebody = await addSubscriber(server, agent)
    const id = await held(somebody, 60)
    const { status, body } = await commit(id, 25)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      reservationId: id,
      state: 'committed',
      recorded: 25,
      short: 0,
      used: 25,
      remaining: 75,
    })
    expect(await entries(somebody)).toEqual(['hold 60', 'settle -35'])
    expect(await counter(somebody)).toEqual({ used: 25, held: 0 })
  })

  it('writes nothing where exactly that was held, and gives all back for 0', async () => {
    const somebody = await addSubscriber(server, agent)
    expect((await commit(await held(somebody, 7), 7)).body).toMatchObject({ recorded: 7, used: 7 })
    expect((await commit(await held(somebody, 5), 0)).body).toMatchObject({ state: 'committed', recorded: 0, used: 7 })
    expect(await entries(somebody)).toEqual(['hold 7', 'hold 5', 'settle -5'])
  })

  it('takes the rest where more was needed and fits', async () => {
    const somebody = await addSubscriber(server, agent)
    expect((await commit(await held(somebody, 10), 100)).body).toMatchObject({ recorded: 100, short: 0, used: 100 })
    expect(await entries(somebody)).toEqual(['hold 10', 'settle 90'])
  })

  it('records what fits and says what is short', async () => {
    const somebody = await addSubscriber(server, agent)
    const id = await held(somebody, 10)
    await use({ userId: somebody.userId, delta: 60 })
    const { body } = await commit(id, 50)
    expect(body).toMatchObject({ state: 'committed', recorded: 40, short: 10, used: 100, remaining: 0 })
    expect(body['purchaseUrl']).toMatch(/\/buy\//)
    expect((await commit(id, 50)).body).toMatchObject({ recorded: 40, short: 10, replayed: true })
    const full = await held(await addSubscriber(server, agent), 100)
    expect((await commit(full, 101)).body).toMatchObject({ recorded: 100, short: 1, used: 100 })
  })

  it('counts up to what a number can hold where there is no limit', async () => {
    const somebody = await addSubscriber(server, agent)
    const id = await held(somebody, 5, { metric: 'tokens' })
    const { body } = await commit(id, Number.MAX_SAFE_INTEGER)
    expect(body).toMatchObject({ unlimited: true, recorded: Number.MAX_SAFE_INTEGER, short: 0, remaining: null })
    const next = await reserve({ userId: somebody.userId, metric: 'tokens', amount: 1 })
    expect(next.body).toMatchObject({ allowed: false })
  })

  it('goes by the limit as it is now', async () => {
    const somebody = await addSubscriber(server, agent)
    const id = await held(somebody, 100)
    await addAddon(server, {
      subscriptionId: somebody.subscriptionId,
      metricId: agent.metricIds['messages'] ?? '',
      amount: 50,
    })
    expect((await commit(id, 140)).body).toMatchObject({
      recorded: 140,
      limit: 150,
      breakdown: [{ part: 'included' }, { part: 'permanent_granted', used: 40 }],
    })
  })

  it('takes nothing more for what is not paid, and all that was held', async () => {
    const somebody = await addSubscriber(server, agent)
    const id = await held(somebody, 10)
    await database.db
      .update(userAgentSubscriptions)
      .set({ status: 'unpaid' })
      .where(eq(userAgentSubscriptions.id, somebody.subscriptionId))
    expect((await commit(id, 30)).body).toMatchObject({ recorded: 10, short: 20, used: 10 })
  })

  it('makes room by what other expired reservations hold', async () => {
    const somebody = await addSubscriber(server, agent)
    const [id, other, open] = [await held(somebody, 10), await held(somebody, 80), await held(somebody, 10)]
    await expire(id)
    await expire(other)
    expect((await commit(id, 90)).body).toMatchObject({ state: 'committed', recorded: 90, short: 0, used: 100 })
    expect(await counter(somebody)).toEqual({ used: 100, held: 10 })
    expect((await commit(open, 10)).body).toMatchObject({ recorded: 10 })
  })

  it('still counts after its time, while nobody has taken the units', async () => {
    const somebody = await addSubscriber(server, agent)
    const id = await held(somebody, 60)
    await expire(id)
    expect((await commit(id, 50)).body).toMatchObject({ state: 'committed', recorded: 50, used: 50 })
    expect(await entries(somebody)).toEqual(['hold 60', 'settle -10'])
  })

  it('gives notice of thresholds that what it adds has reached', async () => {
    const somebody = await addSubscriber(server, agent)
    const notices = async () => {
      const rows = await database.db
        .select()
        .from(usageNotices)
        .where(eq(usageNotices.subscriptionId, somebody.subscriptionId))
      return rows.map(({ threshold }) => threshold).toSorted((a, b) => a - b)
    }
    await commit(await held(somebody, 10), 79)
    expect(await notices()).toEqual([])
    await commit(await held(somebody, 1), 21)
    expect(await notices()).toEqual([80, 100])
    const { rows } = await database.pool.query(
      `SELECT count(*)::int AS told FROM outbox_events WHERE type = 'usage.threshold_reached' AND subject = $1`,
      [somebody.subscriptionId],
    )
    expect(rows).toEqual([{ told: 2 }])
  })

  it('answers the same amount the same, and refuses another', async () => {
    const somebody = await addSubscriber(server, agent)
    const id = await held(somebody, 60)
    const first = await commit(id, 60)
    await use({ userId: somebody.userId, delta: 30 })
    expect((await commit(id.toUpperCase(), 60)).body).toEqual({ ...first.body, replayed: true })
    expect(await commit(id, 59)).toMatchObject({ status: 409, body: { code: 'reservation_settled', committed: 60 } })
    expect(await release(id)).toMatchObject({ status: 409, body: { code: 'reservation_settled' } })
    expect(await counter(somebody)).toEqual({ used: 90, held: 0 })
  })

  it.each([
    ['nothing', {}],
    ['−1', { amount: -1 }],
    ['2.5', { amount: 2.5 }],
    ['2^53', { amount: 2 ** 53 }],
    ['a field too many', { amount: 1, extra: true }],
  ])('of %s: 400', async (_, body) => {
    const id = await held(await addSubscriber(server, agent), 1)
    expect((await post(`/reservations/${id}/commit`, body)).status).toBe(400)
  })

  it('knows no reservation of another agent, nor one that never was', async () => {
    const stranger = await addMeteredAgent(server)
    const id = await held(await addSubscriber(server, agent), 1)
    const answers = [
      await commit(id, 1, stranger),
      await release(id, stranger),
      await commit(randomUUID(), 1),
      await release(randomUUID()),
    ]
    for (const answer of answers) expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } })
    expect((await commit('no-uuid', 1)).status).toBe(400)
    expect((await commit(id, 1)).status).toBe(200)
  })
})

describe('releasing', () => {
  it('gives all back, and again changes nothing', async () => {
    const somebody = await addSubscriber(server, agent)
    await use({ userId: somebody.userId, delta: 5 })
    const id = await held(somebody, 60)
    const { status, body } = await release(id)
    expect(status).toBe(200)
    expect(body).toMatchObject({ reservationId: id, state: 'released', recorded: 0, short: 0, used: 5, limit: 100 })
    await use({ userId: somebody.userId, delta: 5 })
    expect((await release(id)).body).toEqual({ ...body, replayed: true })
    expect(await entries(somebody)).toEqual(['consume 5', 'hold 60', 'settle -60', 'consume 5'])
  })

  it('can’t be undone by committing', async () => {
    const id = await held(await addSubscriber(server, agent), 60)
    await release(id)
    expect(await commit(id, 60)).toMatchObject({
      status: 409,
      body: { code: 'reservation_settled', state: 'released' },
    })
  })
})

describe('lapsing', () => {
  it('gives expired holds back in a job, and leaves the others', async () => {
    const several = await Promise.all(Array.from({ length: 5 }, () => addSubscriber(server, agent)))
    for (const somebody of several) {
      const [first, second] = [await held(somebody, 10), await held(somebody, 20)]
      await held(somebody, 30)
      await expire(first)
      await expire(second)
    }
    await sweep()
    for (const somebody of several) {
      expect(await counter(somebody)).toEqual({ used: 30, held: 30 })
      expect((await entries(somebody)).slice(3).toSorted()).toEqual(['lapse -10', 'lapse -20'])
    }
    await sweep()
    expect(await counter(several[0] as Subscriber)).toEqual({ used: 30, held: 30 })
  })

  it('does not wait for a counter that somebody works on', async () => {
    const [busy, free] = [await addSubscriber(server, agent), await addSubscriber(server, agent)]
    for (const somebody of [busy, free]) await expire(await held(somebody, 10))
    await database.db.transaction(async (tx) => {
      await tx
        .select()
        .from(subscriptionUsage)
        .where(eq(subscriptionUsage.subscriptionId, busy.subscriptionId))
        .for('no key update')
      await sweep()
      expect(await counter(free)).toEqual({ used: 0, held: 0 })
      expect(await counter(busy)).toEqual({ used: 10, held: 10 })
    })
    await sweep()
    expect(await counter(busy)).toEqual({ used: 0, held: 0 })
  })

  it('happens at once to whoever needs the units', async () => {
    const somebody = await addSubscriber(server, agent)
    await expire(await held(somebody, 90))
    expect((await use({ userId: somebody.userId, delta: 100 })).body).toMatchObject({ allowed: true, used: 100 })
  })

  it('makes a commit a new use, decided and counted once', async () => {
    const somebody = await addSubscriber(server, agent)
    const id = await held(somebody, 60)
    await expire(id)
    await sweep()
    await use({ userId: somebody.userId, delta: 50 })
    const denied = await commit(id, 60)
    expect(denied.status).toBe(200)
    expect(denied.body).toMatchObject({
      state: 'lapsed',
      allowed: false,
      reason: 'quota_exceeded',
      recorded: 0,
      short: 60,
      used: 50,
    })
    await addAddon(server, {
      subscriptionId: somebody.subscriptionId,
      metricId: agent.metricIds['messages'] ?? '',
      amount: 50,
    })
    const first = await commit(id, 60)
    expect(first.body).toMatchObject({ state: 'lapsed', allowed: true, recorded: 60, short: 0, used: 110 })
    expect((await commit(id, 60)).body).toEqual({ ...first.body, replayed: true })
    expect(await commit(id, 61)).toMatchObject({ status: 409, body: { code: 'reservation_settled' } })
    expect(await release(id)).toMatchObject({ status: 409, body: { code: 'reservation_settled' } })
    expect(await entries(somebody)).toEqual(['hold 60', 'lapse -60', 'consume 50', 'consume 60'])
  })

  it('leaves nothing to release, nor to commit when the work took nothing', async () => {
    const somebody = await addSubscriber(server, agent)
    const id = await held(somebody, 60)
    await expire(id)
    await sweep()
    expect((await release(id)).body).toMatchObject({ state: 'lapsed', recorded: 0, used: 0 })
    expect((await commit(id, 0)).body).toMatchObject({ state: 'lapsed', recorded: 0, short: 0 })
    expect(await entries(somebody)).toEqual(['hold 60', 'lapse -60'])
  })
})

describe('races', () => {
  it('settles once when 10 commit and 10 release at once', async () => {
    const somebody = await addSubscriber(server, agent)
    const id = await held(somebody, 60)
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, place) => (place % 2 === 0 ? commit(id, 40) : release(id))),
    )
    const states = answers.filter(({ status }) => status === 200).map(({ body }) => body['state'])
    expect(states).toHaveLength(10)
    expect(new Set(states).size).toBe(1)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(10)
    expect(await counter(somebody)).toEqual({ used: states[0] === 'committed' ? 40 : 0, held: 0 })
    expect(await entries(somebody)).toHaveLength(2)
  })

  it('counts 20 commits of exactly what was held once, and leaves what others hold', async () => {
    const somebody = await addSubscriber(server, agent)
    const id = await held(somebody, 10)
    await held(somebody, 90)
    const answers = await Promise.all(Array.from({ length: 20 }, () => commit(id, 10)))
    expect(answers.filter(({ body }) => body['replayed'] === undefined)).toHaveLength(1)
    expect(await counter(somebody)).toEqual({ used: 100, held: 90 })
  })

  it('counts 20 commits of the same amount once, of different amounts the first', async () => {
    const somebody = await addSubscriber(server, agent)
    const [same, different] = [await held(somebody, 30), await held(somebody, 30)]
    const alike = await Promise.all(Array.from({ length: 20 }, () => commit(same, 35)))
    expect(alike.map(({ body }) => body['recorded'])).toEqual(Array(20).fill(35))
    expect(alike.filter(({ body }) => body['replayed'] === undefined)).toHaveLength(1)
    const answers = await Promise.all(Array.from({ length: 20 }, (_, place) => commit(different, 10 + place)))
    const won = answers.filter(({ status }) => status === 200)
    expect(won).toHaveLength(1)
    expect(await counter(somebody)).toEqual({ used: 35 + Number(won[0]?.body['recorded']), held: 0 })
  })

  it('counts a commit once that meets the sweep', async () => {
    const several = await Promise.all(Array.from({ length: 15 }, () => addSubscriber(server, agent)))
    const ids = await Promise.all(several.map((somebody) => held(somebody, 60)))
    await Promise.all(ids.map(expire))
    const [answers] = await Promise.all([Promise.all(ids.map((id) => commit(id, 40))), sweep(), sweep()])
    for (const { status, body } of answers) {
      expect(status).toBe(200)
      expect(body).toMatchObject({ recorded: 40, short: 0, used: 40 })
    }
    await sweep()
    for (const somebody of several) expect(await counter(somebody)).toEqual({ used: 40, held: 0 })
  })

  it('never goes over the limit when commits take more while others consume', async () => {
    const somebody = await addSubscriber(server, agent)
    const ids = [await held(somebody, 5), await held(somebody, 5), await held(somebody, 5)]
    const [settled, used] = await Promise.all([
      Promise.all(ids.map((id) => commit(id, 30))),
      Promise.all(Array.from({ length: 60 }, () => use({ userId: somebody.userId }))),
    ])
    const recorded = settled.reduce((sum, { body }) => sum + Number(body['recorded']), 0)
    const allowed = used.filter(({ body }) => body['allowed'] === true).length
    expect(recorded + allowed).toBe(100)
    expect(settled.reduce((sum, { body }) => sum + Number(body['short']), 0)).toBe(90 - recorded)
    expect(await counter(somebody)).toEqual({ used: 100, held: 0 })
  })
})

describe('a hold', () => {
  it('is there after a restart', async () => {
    const somebody = await addSubscriber(server, agent)
    const id = await held(somebody, 60)
    const after = await startTestServer({ databaseUrl: database.url, environment: { RIALTO_ROLE: 'web' } })
    try {
      const { body } = await call(after, {
        token: await backendToken(after, agent),
        path: `/reservations/${id}/commit`,
        body: { amount: 45 },
      })
      expect(body).toMatchObject({ state: 'committed', recorded: 45, used: 45 })
    } finally {
      await after.stop()
    }
    expect((await commit(id, 45)).body).toMatchObject({ recorded: 45, replayed: true })
  })

  it('is settled in its own period, by that period’s limit, when another has begun', async () => {
    const sandbox = await createTestDatabase({ start: 'started' })
    const own = await startTestServer({ databaseUrl: sandbox.url, environment: { RIALTO_ROLE: 'web' } })
    try {
      const metered = await addMeteredAgent(own)
      const somebody = await addSubscriber(own, metered)
      const send = (path: string, body: Fields) => call(own, { token: metered.token, path, body })
      const report = { userId: somebody.userId, metric: 'messages' }
      const reservations = []
      for (let count = 0; count < 3; count++) {
        const { body } = await send('/reservations', { ...report, clientReqId: randomUUID(), amount: 20 })
        reservations.push(String(body['reservationId']))
      }
      await sandbox.pool.query(`UPDATE installation SET environment = 'sandbox'`)
      await sandbox.pool.query(`UPDATE installation SET clock_offset_ms = ${32 * 86_400_000}`)
      const addon = {
        subscriptionId: somebody.subscriptionId,
        metricId: metered.metricIds['messages'] ?? '',
        amount: 50,
      }
      await addAddon(own, addon)
      const [first, second, third] = reservations
      const less = await send(`/reservations/${first}/commit`, { amount: 5 })
      expect(less.body).toMatchObject({ recorded: 5, used: 45, limit: 100 })
      const more = await send(`/reservations/${second}/commit`, { amount: 200 })
      // The third has expired, so its units are free.
      expect(more.body).toMatchObject({ recorded: 95, short: 105, used: 100, limit: 100 })
      expect(new Date(String(more.body['periodEnd'])).getTime()).toBeLessThan(Date.now() + 32 * 86_400_000)
      const late = await send(`/reservations/${third}/commit`, { amount: 20 })
      expect(late.body).toMatchObject({ state: 'lapsed', allowed: true, used: 20, limit: 150 })
      expect(await drift(own)).toEqual([])
    } finally {
      await own.stop()
      await sandbox.drop()
    }
  })
})

it('has counters that equal the ledger after all of this, and hold what is held', async () => {
  expect(await drift(server)).toEqual([])
  const { rows } = await database.pool.query(`
    SELECT counter.id FROM subscription_usage AS counter WHERE counter.held <> (
      SELECT coalesce(sum(amount), 0) FROM usage_reservations WHERE usage_id = counter.id AND state = 'held')`)
  expect(rows).toEqual([])
})
