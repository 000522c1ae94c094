import { randomUUID } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { subscriptionUsage, usageLedger } from '#src/db/schema/index.ts'
import { cancelSubscription, subscribeToFreeTier } from '#src/features/subscriptions/index.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { addMeteredAgent, addSubscriber, call, drift } from './market.ts'
import type { MeteredAgent, Subscriber } from './market.ts'

type Fields = Readonly<Record<string, unknown>>

let server: TestServer
let agent: MeteredAgent

beforeAll(async () => {
  server = await startTestServer({ environment: { RIALTO_ROLE: 'web' } })
  agent = await addMeteredAgent(server, { messages: { quota: 100 }, seats: { kind: 'gauge', quota: 3 } })
})
afterAll(() => server.stop())

const post = (path: string, body: Fields, { token } = agent) => call(server, { token, path, body })
const use = (fields: Fields) => post('/usage', { clientReqId: randomUUID(), metric: 'messages', ...fields })
const refund = (fields: Fields, by = agent) => post('/usage/refund', { clientReqId: randomUUID(), ...fields }, by)

async function used(userId: string, delta: number): Promise<string> {
  return String((await use({ userId, delta })).body['entryId'])
}

async function counters({ subscriptionId }: Pick<Subscriber, 'subscriptionId'>) {
  const rows = await server.deps.db
    .select()
    .from(subscriptionUsage)
    .where(eq(subscriptionUsage.subscriptionId, subscriptionId))
  return rows.map((row) => row.used)
}

describe('refunding', () => {
  it('gives back a part, then all that is left, and then nothing', async () => {
    const { userId, subscriptionId } = await addSubscriber(server, agent)
    const entryId = await used(userId, 10)
    const part = await refund({ entryId, amount: 3 })
    expect(part.status).toBe(200)
    expect(part.body).toMatchObject({
      refersToId: entryId,
      subscriptionId,
      refunded: 3,
      left: 7,
      used: 7,
      limit: 100,
      remaining: 93,
    })
    expect((await refund({ entryId: entryId.toUpperCase() })).body).toMatchObject({ refunded: 7, left: 0, used: 0 })
    expect(await refund({ entryId })).toMatchObject({ status: 409, body: { code: 'conflict', left: 0 } })
    const [row] = await server.deps.db
      .select()
      .from(usageLedger)
      .where(eq(usageLedger.id, String(part.body['entryId'])))
    expect(row).toMatchObject({ eventType: 'refund', delta: -3, refersToId: entryId, usedAfter: 7 })
  })

  it('never gives back more than was taken', async () => {
    const { userId } = await addSubscriber(server, agent)
    await used(userId, 50)
    const entryId = await used(userId, 10)
    expect(await refund({ entryId, amount: 11 })).toMatchObject({ status: 409, body: { code: 'conflict', left: 10 } })
    await refund({ entryId, amount: 6 })
    expect(await refund({ entryId, amount: 5 })).toMatchObject({ status: 409, body: { left: 4 } })
    expect((await use({ userId, delta: 1 })).body).toMatchObject({ used: 55 })
  })

  it('answers the same id the same, and refuses it for something else', async () => {
    const { userId } = await addSubscriber(server, agent)
    const [entryId, other] = [await used(userId, 10), await used(userId, 10)]
    const [clientReqId, all] = [randomUUID(), randomUUID()]
    const first = await refund({ clientReqId, entryId, amount: 4 })
    const rest = await refund({ clientReqId: all, entryId })
    await used(userId, 5)
    expect((await refund({ clientReqId, entryId, amount: 4 })).body).toEqual({ ...first.body, replayed: true })
    expect((await refund({ clientReqId: all, entryId })).body).toEqual({ ...rest.body, replayed: true })
    const conflicts = [
      await refund({ clientReqId, entryId, amount: 5 }),
      await refund({ clientReqId, entryId }),
      await refund({ clientReqId: all, entryId, amount: 6 }),
      await refund({ clientReqId, entryId: other, amount: 4 }),
      await use({ userId, clientReqId, delta: 4 }),
    ]
    for (const { status, body } of conflicts) {
      expect(status).toBe(409)
      expect(body).toMatchObject({ code: 'request_id_conflict' })
    }
    const consumed = randomUUID()
    const { body } = await use({ userId, clientReqId: consumed, delta: 2 })
    expect(await refund({ clientReqId: consumed, entryId: body['entryId'] })).toMatchObject({
      status: 409,
      body: { code: 'request_id_conflict' },
    })
  })

  it('is told to whoever reports the same use again', async () => {
    const { userId } = await addSubscriber(server, agent)
    const report = { userId, clientReqId: randomUUID(), delta: 10 }
    const { body } = await use(report)
    await refund({ entryId: body['entryId'], amount: 4 })
    expect((await use(report)).body).toEqual({ ...body, replayed: true, refunded: 4 })
  })

  it('knows no entry of another agent, nor one that never was', async () => {
    const { userId } = await addSubscriber(server, agent)
    const stranger = await addMeteredAgent(server)
    const entryId = await used(userId, 1)
    expect(await refund({ entryId }, stranger)).toMatchObject({ status: 404, body: { code: 'not_found' } })
    expect(await refund({ entryId: randomUUID() })).toMatchObject({ status: 404 })
    const clientReqId = randomUUID()
    const own = await addSubscriber(server, stranger)
    await post('/usage', { clientReqId, userId: own.userId, metric: 'messages' }, stranger)
    const conflict = await refund({ clientReqId, entryId })
    expect(conflict).toMatchObject({ status: 409, body: { code: 'request_id_conflict' } })
    expect(Object.keys(conflict.body).toSorted()).toEqual(['code', 'requestId', 'status', 'title', 'type'])
  })

  it('is for what was used of a counter', async () => {
    const { userId } = await addSubscriber(server, agent)
    const seat = await use({ userId, metric: 'seats' })
    expect(await refund({ entryId: seat.body['entryId'] })).toMatchObject({
      status: 422,
      body: { code: 'counter_only' },
    })
    const { body } = await refund({ entryId: await used(userId, 5) })
    expect(await refund({ entryId: body['entryId'] })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'entryId' }] },
    })
  })

  it.each([
    ['no entry', { entryId: undefined }],
    ['an entry that is no UUID', { entryId: 'abc' }],
    ['no id', { clientReqId: undefined }],
    ['amount 0', { amount: 0 }],
    ['amount −1', { amount: -1 }],
    ['amount 1.5', { amount: 1.5 }],
    ['amount 2^53', { amount: 2 ** 53 }],
  ])('%s: 400', async (_, fields) => {
    const { userId } = await addSubscriber(server, agent)
    const answer = await refund({ entryId: await used(userId, 5), ...fields })
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
  })
})

describe('a reservation', () => {
  const reserve = async (userId: string, amount: number): Promise<string> => {
    const { body } = await post('/reservations', { clientReqId: randomUUID(), userId, metric: 'messages', amount })
    return String(body['reservationId'])
  }

  it('gives back what it took in the end', async () => {
    const somebody = await addSubscriber(server, agent)
    const [less, more] = [await reserve(somebody.userId, 20), await reserve(somebody.userId, 20)]
    await post(`/reservations/${less}/commit`, { amount: 5 })
    await post(`/reservations/${more}/commit`, { amount: 30 })
    expect(await refund({ entryId: less, amount: 6 })).toMatchObject({ status: 409, body: { left: 5 } })
    expect((await refund({ entryId: less })).body).toMatchObject({ refunded: 5, used: 30 })
    expect((await refund({ entryId: more, amount: 29 })).body).toMatchObject({ left: 1, used: 1 })
    expect(await counters(somebody)).toEqual([1])
  })

  it('gives nothing back while it is held, or once it was released', async () => {
    const { userId } = await addSubscriber(server, agent)
    await used(userId, 50)
    const id = await reserve(userId, 20)
    expect(await refund({ entryId: id })).toMatchObject({ status: 409, body: { code: 'conflict' } })
    await post(`/reservations/${id}/release`, {})
    expect(await refund({ entryId: id })).toMatchObject({ status: 409, body: { code: 'conflict', left: 0 } })
  })

  it('keeps what it holds when everything else is given back', async () => {
    const somebody = await addSubscriber(server, agent)
    const entryId = await used(somebody.userId, 30)
    await reserve(somebody.userId, 20)
    expect((await refund({ entryId })).body).toMatchObject({ refunded: 30, used: 20 })
  })
})

describe('races', () => {
  it('never gives back more than was taken when 20 refund at once', async () => {
    const somebody = await addSubscriber(server, agent)
    await used(somebody.userId, 40)
    const entryId = await used(somebody.userId, 10)
    const answers = await Promise.all(Array.from({ length: 20 }, () => refund({ entryId, amount: 3 })))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(17)
    expect(await counters(somebody)).toEqual([41])
  })

  it('gives back once when 20 of the same id come at once', async () => {
    const somebody = await addSubscriber(server, agent)
    const entryId = await used(somebody.userId, 10)
    const clientReqId = randomUUID()
    const answers = await Promise.all(Array.from({ length: 20 }, () => refund({ clientReqId, entryId })))
    expect(new Set(answers.map(({ body }) => JSON.stringify({ ...body, replayed: undefined }))).size).toBe(1)
    expect(answers.filter(({ body }) => body['replayed'] === undefined)).toHaveLength(1)
    expect(await counters(somebody)).toEqual([0])
  })

  it('lets one win when an id comes for two people’s entries at once', async () => {
    const people = await Promise.all(Array.from({ length: 10 }, () => addSubscriber(server, agent)))
    const ids = await Promise.all(people.map(({ userId }) => used(userId, 10)))
    const clientReqId = randomUUID()
    const answers = await Promise.all(ids.map((entryId) => refund({ clientReqId, entryId })))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array<number>(9).fill(409)])
  })

  it('counts every unit while others use what is given back', async () => {
    const somebody = await addSubscriber(server, agent)
    const entryId = await used(somebody.userId, 100)
    const answers = await Promise.all([
      ...Array.from({ length: 20 }, () => refund({ entryId, amount: 5 })),
      ...Array.from({ length: 60 }, () => use({ userId: somebody.userId, delta: 2 })),
    ])
    const allowed = answers.filter(({ body }) => body['allowed'] === true).length
    expect(answers.filter(({ body }) => body['refunded'] === 5)).toHaveLength(20)
    expect(await counters(somebody)).toEqual([2 * allowed])
  })
})

describe('use that has moved', () => {
  const comeBack = async ({ userId, subscriptionId }: Subscriber): Promise<Subscriber> => {
    await cancelSubscription(server.deps, { subscriptionId, when: 'at_once', by: { kind: 'system' } })
    const row = await subscribeToFreeTier(server.deps, { userId, agentSlug: agent.slug, tierId: agent.tierId })
    return { userId, subscriptionId: row.id }
  }

  it('is given back where it counts now, however often it moved', async () => {
    const first = await addSubscriber(server, agent)
    const entryId = await used(first.userId, 30)
    await refund({ entryId, amount: 1 })
    const second = await comeBack(first)
    const between = await used(first.userId, 10)
    expect((await refund({ entryId, amount: 9 })).body).toMatchObject({
      subscriptionId: second.subscriptionId,
      used: 30,
      left: 20,
    })
    const third = await comeBack(second)
    expect((await refund({ entryId, amount: 5 })).body).toMatchObject({
      subscriptionId: third.subscriptionId,
      used: 25,
    })
    expect((await refund({ entryId: between })).body).toMatchObject({ refunded: 10, used: 15 })
    expect((await refund({ entryId })).body).toMatchObject({ refunded: 15, left: 0, used: 0 })
    expect(await refund({ entryId })).toMatchObject({ status: 409 })
    expect([await counters(first), await counters(second), await counters(third)]).toEqual([[0], [0], [0]])
  })

  it('of what was used after an earlier move stays where it is', async () => {
    const first = await addSubscriber(server, agent)
    await used(first.userId, 30)
    const second = await comeBack(first)
    const entryId = await used(first.userId, 10)
    expect((await refund({ entryId })).body).toMatchObject({ subscriptionId: second.subscriptionId, used: 30 })
  })

  it('is never lost or given twice when it moves meanwhile', async () => {
    const people = await Promise.all(Array.from({ length: 8 }, () => addSubscriber(server, agent)))
    for (const first of people) {
      const entryId = await used(first.userId, 50)
      const [second, answers] = await Promise.all([
        comeBack(first),
        Promise.all(Array.from({ length: 10 }, () => refund({ entryId, amount: 6 }))),
      ])
      const given = answers.filter(({ status }) => status === 200)
      expect(given).toHaveLength(8)
      expect(answers.filter(({ status }) => status === 409)).toHaveLength(2)
      expect([...(await counters(first)), ...(await counters(second))]).toEqual([0, 2])
    }
  })
})

describe('a period that is over', () => {
  it('gets back what was used in it', async () => {
    const own = await startTestServer({ environment: { RIALTO_ROLE: 'web' } })
    try {
      const metered = await addMeteredAgent(own)
      const somebody = await addSubscriber(own, metered)
      const send = (path: string, body: Fields) => call(own, { token: metered.token, path, body })
      const report = { userId: somebody.userId, metric: 'messages' }
      const first = await send('/usage', { ...report, clientReqId: randomUUID(), delta: 80 })
      await own.deps.db.execute(sql`UPDATE installation SET environment = 'sandbox'`)
      await own.deps.db.execute(sql`UPDATE installation SET clock_offset_ms = ${32 * 86_400_000}::bigint`)
      await send('/usage', { ...report, clientReqId: randomUUID(), delta: 5 })
      const { body } = await send('/usage/refund', { clientReqId: randomUUID(), entryId: first.body['entryId'] })
      expect(body).toMatchObject({ refunded: 80, used: 0, limit: 100, periodStart: first.body['periodStart'] })
      expect((await send('/usage/check', report)).body).toMatchObject({ used: 5 })
      expect(await drift(own)).toEqual([])
    } finally {
      await own.stop()
    }
  })
})

it('has counters that equal the ledger after all of this', async () => {
  expect(await drift(server)).toEqual([])
})
