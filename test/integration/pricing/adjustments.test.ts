import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditLogs, usageLedger, userAgentSubscriptions } from '#src/db/schema/index.ts'
import { adjustUsage } from '#src/features/pricing/adjustments/adjust-usage.ts'
import type { AdjustUsage } from '#src/features/pricing/adjustments/adjustment.ts'
import { openSubscription } from '#src/features/subscriptions/index.ts'
import type { UsageAnswer } from '#src/metering/index.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { addPerson } from './publisher.ts'
import { addSubscriber, countersAndSums, graceDays } from './subscriber.ts'
import type { Subscriber } from './subscriber.ts'

let database: TestDatabase
let operatorId: string
beforeAll(async () => {
  database = await createTestDatabase()
  operatorId = await addPerson(database.db, { role: 'admin' })
})
afterAll(() => database.drop())

const adjust = ({ subscriptionId }: Subscriber, change: Partial<AdjustUsage> & Pick<AdjustUsage, 'delta'>) =>
  adjustUsage(
    { db: database.db, config: { paymentGraceDays: graceDays } },
    {
      subscriptionId,
      metric: 'messages',
      clientReqId: crypto.randomUUID(),
      operatorId,
      reason: 'Counted twice by the agent',
      isPreview: false,
      ...change,
    },
  )

function entryOf(answer: UsageAnswer): string {
  if (answer.kind !== 'allowed' || answer.entryId === undefined) throw new Error(`It was ${answer.kind}`)
  return answer.entryId
}

async function expectCounted({ subscriptionId }: Subscriber): Promise<void> {
  const counters = await countersAndSums(database.db, subscriptionId)
  expect(counters.length).toBeGreaterThan(0)
  for (const { used, sum } of counters) expect(used).toBe(sum)
}

describe('a counter', () => {
  test('gives back what an entry took, in its own entry, and the units can be used again', async () => {
    const subscriber = await addSubscriber(database)
    const entryId = entryOf(await subscriber.use('messages', 10))
    const answer = await adjust(subscriber, { delta: -4, entryId })
    expect(answer).toMatchObject({ usedBefore: 10, usedAfter: 6, meter: { used: 6, limit: 10, remaining: 4 } })
    const [entry] = await database.db.select().from(usageLedger).where(eq(usageLedger.id, answer.entryId))
    expect(entry).toMatchObject({ eventType: 'refund', delta: -4, refersToId: entryId, usedAfter: 6 })
    expect(JSON.stringify(entry?.metadata)).not.toContain('twice')
    expect(await subscriber.use('messages', 4)).toMatchObject({ kind: 'allowed' })
    await expectCounted(subscriber)
  })

  test('never gives back more than the entry took, however it is asked, also at once', async () => {
    const subscriber = await addSubscriber(database)
    const entryId = entryOf(await subscriber.use('messages', 3))
    await subscriber.use('messages', 7)
    const settled = await Promise.allSettled(
      Array.from({ length: 8 }, () => adjust(subscriber, { delta: -1, entryId })),
    )
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
    for (const result of settled.filter(({ status }) => status === 'rejected')) {
      expect(result).toMatchObject({ reason: { code: 'invalid_request', details: { errors: [{ path: 'delta' }] } } })
    }
    await expectCounted(subscriber)
  })

  test('whose use moved to a later subscription gives it back there', async () => {
    const { db } = database
    const subscriber = await addSubscriber(database)
    const { userId, agentId } = subscriber
    const entryId = entryOf(await subscriber.use('messages', 10))
    const [before] = await db
      .update(userAgentSubscriptions)
      .set({ status: 'canceled' })
      .where(eq(userAgentSubscriptions.id, subscriber.subscriptionId))
      .returning()
    const later = await openSubscription(
      { db, newId: () => crypto.randomUUID() },
      { userId, agentId, tierId: before?.tierId ?? '', by: { kind: 'system' } },
    )
    const answer = await adjust({ ...subscriber, subscriptionId: later.id }, { delta: -4, entryId })
    expect(answer).toMatchObject({ usedBefore: 10, usedAfter: 6, meter: { used: 6, limit: 10 } })
    const [entry] = await db.select().from(usageLedger).where(eq(usageLedger.id, answer.entryId))
    expect(entry).toMatchObject({ subscriptionId: later.id, refersToId: entryId })
    await expectCounted({ ...subscriber, subscriptionId: later.id })
    await expectCounted(subscriber)
  })

  test('is set right as a whole, up and down, in the present period', async () => {
    const subscriber = await addSubscriber(database)
    expect(await adjust(subscriber, { delta: 4 })).toMatchObject({ usedBefore: 0, usedAfter: 4, meter: { used: 4 } })
    await subscriber.use('messages', 2)
    const answer = await adjust(subscriber, { delta: -5 })
    expect(answer).toMatchObject({ usedBefore: 6, usedAfter: 1, meter: { used: 1, remaining: 9 } })
    const [entry] = await database.db.select().from(usageLedger).where(eq(usageLedger.id, answer.entryId))
    expect(entry).toMatchObject({ eventType: 'adjust', delta: -5, refersToId: null })
    expect(entry?.periodStart).toBeInstanceOf(Date)
    await expect(adjust(subscriber, { delta: -2 })).rejects.toMatchObject({ code: 'below_zero' })
    expect(await adjust(subscriber, { delta: 20 })).toMatchObject({ usedAfter: 21, meter: { used: 21, remaining: 0 } })
    expect(await subscriber.use('messages', 1)).toMatchObject({ kind: 'denied', reason: 'quota_exceeded' })
    await expectCounted(subscriber)
  })

  test.each([
    ['delta', { delta: 1, entryId: crypto.randomUUID() }],
    ['entryId', { delta: -1, entryId: crypto.randomUUID() }],
  ] as const)('names the wrong %s', async (path, change) => {
    const subscriber = await addSubscriber(database)
    await expect(adjust(subscriber, change)).rejects.toMatchObject({
      code: 'invalid_request',
      details: { errors: [{ path }] },
    })
  })

  test('does not take back another subscription’s entry, or a refund', async () => {
    const [subscriber, other] = [await addSubscriber(database), await addSubscriber(database)]
    const theirs = entryOf(await other.use('messages', 5))
    const wrong = { code: 'invalid_request', details: { errors: [{ path: 'entryId' }] } }
    await expect(adjust(subscriber, { delta: -1, entryId: theirs })).rejects.toMatchObject(wrong)
    const { entryId: refund } = await adjust(other, { delta: -1, entryId: theirs })
    await expect(adjust(other, { delta: -1, entryId: refund })).rejects.toMatchObject(wrong)
  })
})

describe('a gauge', () => {
  test('is set right up and down, past its limit too, and never below zero', async () => {
    const subscriber = await addSubscriber(database)
    expect(await adjust(subscriber, { metric: 'seats', delta: 7 })).toMatchObject({
      usedBefore: 0,
      usedAfter: 7,
      meter: { used: 7, limit: 5, remaining: 0, periodStart: null },
    })
    await expect(adjust(subscriber, { metric: 'seats', delta: -8 })).rejects.toMatchObject({ code: 'below_zero' })
    expect(await adjust(subscriber, { metric: 'seats', delta: -7 })).toMatchObject({ usedAfter: 0 })
    const entries = await database.db
      .select()
      .from(usageLedger)
      .where(eq(usageLedger.subscriptionId, subscriber.subscriptionId))
    expect(entries.map(({ eventType, delta, periodStart }) => ({ eventType, delta, periodStart }))).toEqual([
      { eventType: 'adjust', delta: 7, periodStart: null },
      { eventType: 'adjust', delta: -7, periodStart: null },
    ])
    await expectCounted(subscriber)
  })

  test('has no entry to take back', async () => {
    const subscriber = await addSubscriber(database)
    const entryId = entryOf(await subscriber.use('seats', 3))
    await expect(adjust(subscriber, { metric: 'seats', delta: -1, entryId })).rejects.toMatchObject({
      code: 'invalid_request',
      details: { errors: [{ path: 'entryId' }] },
    })
  })

  test('past what can be counted exactly is refused', async () => {
    const subscriber = await addSubscriber(database)
    await adjust(subscriber, { metric: 'seats', delta: Number.MAX_SAFE_INTEGER })
    await expect(adjust(subscriber, { metric: 'seats', delta: 1 })).rejects.toMatchObject({
      code: 'invalid_request',
    })
  })
})

test('the same id adjusts once, and for something else it is a conflict', async () => {
  const subscriber = await addSubscriber(database)
  const clientReqId = crypto.randomUUID()
  const again = () => adjust(subscriber, { metric: 'seats', delta: 2, clientReqId })
  const answers = await Promise.all(Array.from({ length: 5 }, again))
  expect(answers.filter(({ isReplayed }) => !isReplayed)).toHaveLength(1)
  expect(new Set(answers.map(({ entryId }) => entryId)).size).toBe(1)
  expect(answers.every(({ usedBefore, usedAfter }) => usedBefore === 0 && usedAfter === 2)).toBe(true)
  await expect(adjust(subscriber, { metric: 'seats', delta: 3, clientReqId })).rejects.toMatchObject({
    code: 'request_id_conflict',
  })
  await expectCounted(subscriber)
})

test('of one id sent for two subscriptions at once, one adjusts and the other is told', async () => {
  const subscribers = [await addSubscriber(database), await addSubscriber(database)]
  for (let round = 0; round < 5; round += 1) {
    const clientReqId = crypto.randomUUID()
    const settled = await Promise.allSettled(
      subscribers.map((subscriber) => adjust(subscriber, { metric: 'seats', delta: 1, clientReqId })),
    )
    expect(settled.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(settled.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'request_id_conflict' },
    })
  }
})

test('use beside a reservation is taken back, and what it holds stays', async () => {
  const subscriber = await addSubscriber(database)
  const entryId = entryOf(await subscriber.use('messages', 2))
  await subscriber.use('messages', 8, { ttlSeconds: 600 })
  expect(await adjust(subscriber, { delta: -2, entryId })).toMatchObject({ usedAfter: 8 })
  await expectCounted(subscriber)
})

test('amid heavy use, counters stay the sum of their entries', async () => {
  const subscriber = await addSubscriber(database, [{ metric: 'messages', limit: 'unlimited' }])
  const entryId = entryOf(await subscriber.use('messages', 50))
  await Promise.all([
    ...Array.from({ length: 100 }, () => subscriber.use('messages', 1)),
    ...Array.from({ length: 20 }, () => adjust(subscriber, { delta: -2, entryId })),
  ])
  const counters = await countersAndSums(database.db, subscriber.subscriptionId)
  expect(counters).toEqual([{ used: 110, sum: 110 }])
})

test('a preview leaves no entry; the reason and who gave it are in the audit trail alone', async () => {
  const subscriber = await addSubscriber(database)
  const entries = () => database.db.$count(usageLedger, eq(usageLedger.subscriptionId, subscriber.subscriptionId))
  expect(await adjust(subscriber, { metric: 'seats', delta: 2, isPreview: true })).toMatchObject({
    usedAfter: 2,
    meter: { used: 2 },
  })
  expect(await entries()).toBe(0)
  const { entryId } = await adjust(subscriber, { metric: 'seats', delta: 2 })
  const rows = await database.db.select().from(auditLogs).where(eq(auditLogs.resourceId, subscriber.subscriptionId))
  expect(rows).toMatchObject([
    {
      action: 'usage.adjust',
      userId: operatorId,
      metadata: {
        entryId,
        metric: 'seats',
        delta: 2,
        reason: 'Counted twice by the agent',
        usedBefore: 0,
        usedAfter: 2,
      },
    },
  ])
})
