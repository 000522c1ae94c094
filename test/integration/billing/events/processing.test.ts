// What is done about events that were taken in: once, in the end, whatever happens on the way.
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EventHandlers } from '#src/features/billing/events/handle-event.ts'
import { parseEvent } from '#src/features/billing/events/event.ts'
import { reduceOldEvents } from '#src/features/billing/events/reduce-events.ts'
import { storeEvent } from '#src/features/billing/events/store-event.ts'
import { ingestMissedEvents, replayEvent, startStripeEvents } from '#src/features/billing/index.ts'
import { createJobs } from '#src/integrations/jobs/index.ts'
import { eventually } from '#test/support/start-process.ts'
import { startBilling } from '../harness.ts'
import type { Billing } from '../harness.ts'
import { eventOf, newEventId } from './endpoint.ts'

let billing: Billing
/** Two of them, as two processes have them. */
let workers: ReturnType<typeof createJobs>[]
/** What a subscription's handler does, by its id; it succeeds unless said. */
const behaviours = new Map<string, () => Promise<string>>()
const handled: string[] = []

beforeAll(async () => {
  billing = await startBilling()
  const handle = async (id: string): Promise<string> => {
    handled.push(id)
    return (await behaviours.get(id)?.()) ?? 'reconciled'
  }
  const handlers: EventHandlers = {
    isCustomer: async () => true,
    subscription: handle,
    invoice: handle,
    refund: handle,
    dispute: handle,
    checkoutSession: handle,
    deletedCustomer: handle,
  }
  workers = [0, 1].map(() =>
    createJobs({ pool: billing.database.pool, log: pino({ level: 'silent' }), isWorker: true }),
  )
  for (const jobs of workers) {
    await jobs.start()
    await startStripeEvents(
      { ...billing.deps, jobs },
      { isWorker: true, handlers, retryDelaySeconds: 1, retryLimit: 1 },
    )
  }
  await billing.deps.jobs.start()
})
afterAll(async () => {
  await Promise.all([...workers, billing.deps.jobs].map((jobs) => jobs.stop(2_000)))
  await billing.stop()
})

async function store(subscription: string, id = newEventId()): Promise<string> {
  const object = { id: subscription, object: 'subscription', customer: 'cus_ours' }
  const event = parseEvent(eventOf({ id, type: 'customer.subscription.updated', object }))
  if (event === undefined) throw new Error('It is no event')
  await storeEvent(billing.deps, { event })
  return id
}

interface Row {
  readonly id: string
  readonly attempts: number
  readonly processed_at: Date | null
  readonly error_message: string | null
  readonly outcome: string | null
  readonly payload: unknown
  readonly is_reduced: boolean
}

async function rowOf(eventId: string): Promise<Row> {
  const { rows } = await billing.database.pool.query<Row>('SELECT * FROM stripe_events WHERE stripe_event_id = $1', [
    eventId,
  ])
  if (rows[0] === undefined) throw new Error('There is no such event')
  return rows[0]
}

const until = (eventId: string, holds: (row: Row) => boolean): Promise<Row> =>
  eventually(async () => {
    const row = await rowOf(eventId)
    return holds(row) && row
  })
const isProcessed = (row: Row): boolean => row.processed_at !== null
const count = (id: string): number => handled.filter((one) => one === id).length
const person = (): Promise<string> => billing.addPerson()

test('events are processed once each by two processes, and what came of them is kept', async () => {
  const ids = Array.from({ length: 20 }, (_, index) => `sub_each_${index}`)
  const events = await Promise.all(ids.flatMap((id) => [store(id)]))
  for (const event of events) {
    expect(await until(event, isProcessed)).toMatchObject({ attempts: 1, outcome: 'reconciled', error_message: null })
  }
  expect(ids.map(count)).toEqual(ids.map(() => 1))
})

test('an event that comes again while it is processed, and after, is processed once', async () => {
  behaviours.set('sub_slow', () => sleep(700).then(() => 'reconciled'))
  const event = await store('sub_slow')
  await eventually(async () => count('sub_slow') > 0)
  await store('sub_slow', event)
  await until(event, isProcessed)
  await store('sub_slow', event)
  await sleep(800)
  expect(count('sub_slow')).toBe(1)
})

test('a failure stays on its row while it is tried again, and goes once that succeeded', async () => {
  behaviours.set('sub_twice', async () => {
    if (count('sub_twice') === 1) throw new Error('Not yet, sk_live_secret')
    return 'reconciled'
  })
  const event = await store('sub_twice')
  expect(await until(event, ({ error_message: text }) => text !== null)).toMatchObject({
    error_message: 'Not yet, [secret]',
    processed_at: null,
    attempts: 1,
  })
  expect(await until(event, isProcessed)).toMatchObject({ attempts: 2, error_message: null, outcome: 'reconciled' })
})

test('an event whose process died while it was at it is processed by another', async () => {
  const never = Promise.withResolvers<string>()
  behaviours.set('sub_died', () => (count('sub_died') === 1 ? never.promise : Promise.resolve('second')))
  const event = await store('sub_died')
  await eventually(async () => count('sub_died') === 1)
  // As it is five minutes later.
  await billing.database.pool.query(
    `UPDATE pgboss.job SET started_on = now() - interval '1 hour' WHERE singleton_key = $1 AND state = 'active'`,
    [(await rowOf(event)).id],
  )
  await billing.deps.jobs.boss.supervise('stripe-events')
  expect(await until(event, isProcessed)).toMatchObject({ outcome: 'second', attempts: 2 })
  // The dead speak late, and are not heard.
  never.resolve('first')
  await sleep(100)
  expect(await rowOf(event)).toMatchObject({ outcome: 'second', attempts: 2 })
}, 20_000)

test('an event that fails each time stays failed, until a replay that succeeds', async () => {
  behaviours.set('sub_broken', async () => {
    throw new Error('Broken')
  })
  const event = await store('sub_broken')
  const failed = await until(event, ({ attempts }) => attempts === 2)
  await eventually(async () => (await waitingJobs(failed.id)) === 0)
  const operatorId = await person()
  const again = await replayEvent(billing.deps, { id: failed.id, operatorId })
  expect(again.event).toMatchObject({ state: 'failed', error: 'Broken', attempts: 1 })
  behaviours.delete('sub_broken')
  // Another attempt is planned by now; a replay doesn't wait for it.
  const replayed = await replayEvent(billing.deps, { id: failed.id, operatorId })
  expect(replayed.event).toMatchObject({ state: 'processed', outcome: 'reconciled', error: null, attempts: 1 })
  expect(await waitingJobs(failed.id)).toBe(0)
  const { rows } = await billing.database.pool.query(
    'SELECT action, user_id, resource_id FROM audit_logs WHERE resource_id = $1',
    [failed.id],
  )
  const audited = { action: 'stripe_event.replay', user_id: operatorId, resource_id: failed.id }
  expect(rows).toEqual([audited, audited])
}, 20_000)

test('a processed event can be replayed, also by many at once', async () => {
  const event = await store('sub_replayed')
  const { id } = await until(event, isProcessed)
  const operatorId = await person()
  const replays = await Promise.all(Array.from({ length: 4 }, () => replayEvent(billing.deps, { id, operatorId })))
  expect(replays.map(({ event: { state } }) => state)).toEqual(Array(4).fill('processed'))
  expect(count('sub_replayed')).toBeGreaterThanOrEqual(2)
  expect(await rowOf(event)).toMatchObject({ outcome: 'reconciled', error_message: null })
})

test('a replay that is asked for while the event is processed is not taken for done by that', async () => {
  const gate = Promise.withResolvers<string>()
  behaviours.set('sub_gate', () => (count('sub_gate') === 1 ? gate.promise : Promise.resolve('second')))
  const event = await store('sub_gate')
  await eventually(async () => count('sub_gate') === 1)
  const { id } = await rowOf(event)
  const replay = replayEvent(billing.deps, { id, operatorId: await person() })
  await sleep(300)
  gate.resolve('first')
  expect((await replay).event).toMatchObject({ state: 'processed', outcome: 'second' })
})

test('a replay of nothing is not found', async () => {
  const replay = replayEvent(billing.deps, { id: crypto.randomUUID(), operatorId: await person() })
  await expect(replay).rejects.toMatchObject({ code: 'not_found' })
})

test('what was never delivered is asked for, once', async () => {
  const customer = await billing.stripe.customers.create({ name: 'Ada' })
  await billing.stripe.customers.update(customer.id, { name: 'Ada L.' })
  expect(await ingestMissedEvents(billing.deps)).toBe(2)
  const { data } = await billing.stripe.events.list({ limit: 100 })
  for (const { id } of data) expect(await until(id, isProcessed)).toMatchObject({ outcome: 'ignored' })
  expect(await ingestMissedEvents(billing.deps)).toBe(0)
  // Long after, only what is new is looked through.
  await billing.pass({ days: 10 })
  await billing.stripe.customers.update(customer.id, { name: 'Ada Lovelace' })
  const before = billing.calls.length
  expect(await ingestMissedEvents(billing.deps)).toBe(1)
  expect(billing.calls.slice(before)).toEqual(['GET /v1/events', 'GET /v1/events'])
})

test('a sweep that is cut off goes on where it was, and misses nothing', async () => {
  for (let index = 0; index < 120; index += 1) await billing.stripe.customers.create({ name: `Customer ${index}` })
  billing.breakNetwork({ when: 'before', at: 1, isHit: (call) => call === 'GET /v1/events' })
  await expect(ingestMissedEvents(billing.deps)).rejects.toMatchObject({ code: 'unavailable' })
  billing.breakNetwork(undefined)
  await billing.pass({ seconds: 5 })
  await billing.stripe.customers.create({ name: 'Late' })
  await ingestMissedEvents(billing.deps)
  await ingestMissedEvents(billing.deps)
  const { rows } = await billing.database.pool.query<{ missing: number }>(`
    SELECT count(*)::int AS missing FROM stripe_sandbox.objects
     WHERE id LIKE 'evt\\_%' AND NOT EXISTS (SELECT FROM stripe_events WHERE stripe_event_id = objects.id)`)
  expect(rows[0]?.missing).toBe(0)
}, 20_000)

test('nothing is asked of a Stripe that this database has nothing to do with', async () => {
  const before = billing.calls.length
  const payments = { ...billing.deps.payments, environment: 'test' } as const
  expect(await ingestMissedEvents({ ...billing.deps, payments })).toBe(0)
  expect(billing.calls.length).toBe(before)
})

test('after 90 days only ids are left of what was processed', async () => {
  const userId = await person()
  await billing.database.pool.query(
    `INSERT INTO billing_customers (user_id, stripe_customer_id) VALUES ($1, 'cus_old')`,
    [userId],
  )
  const ids = ['evt_old', 'evt_young', 'evt_unprocessed']
  for (const id of ids) {
    const event = parseEvent(eventOf({ id, object: { id: 'cus_old', object: 'customer', email: 'ada@example.com' } }))
    if (event !== undefined) await storeEvent(billing.deps, { event })
    await until(id, isProcessed)
  }
  await billing.database.pool.query(
    `UPDATE stripe_events SET processed_at = now() - interval '91 days' WHERE stripe_event_id = 'evt_old'`,
  )
  await billing.database.pool.query(
    `UPDATE stripe_events SET processed_at = NULL WHERE stripe_event_id = 'evt_unprocessed'`,
  )
  expect(await reduceOldEvents(billing.deps)).toBe(1)
  expect(await reduceOldEvents(billing.deps)).toBe(0)
  expect(await rowOf('evt_old')).toMatchObject({ is_reduced: true, payload: { data: { object: { id: 'cus_old' } } } })
  expect(JSON.stringify((await rowOf('evt_old')).payload)).not.toContain('ada@')
  for (const id of ids.slice(1)) expect(JSON.stringify((await rowOf(id)).payload)).toContain('ada@')
})

async function waitingJobs(rowId: string): Promise<number> {
  const { rows } = await billing.database.pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pgboss.job
      WHERE name = 'stripe-events' AND singleton_key = $1 AND state <= 'active'`,
    [rowId],
  )
  return rows[0]?.count ?? 0
}
