// Who deletes their account is charged no more, and only the books know that somebody once paid.
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseEvent } from '#src/features/billing/events/event.ts'
import { storeEvent } from '#src/features/billing/events/store-event.ts'
import { ensureCustomer, settleBeforeDeletion, startCheckout } from '#src/features/billing/index.ts'
import { findPaidSubscriptions } from '#src/identity/people/deletion/belongings.ts'
import { lockOut } from '#src/identity/people/deletion/lock-out.ts'
import { workOffDeletions } from '#src/identity/people/deletion/work-off.ts'
import { createJobs } from '#src/integrations/jobs/index.ts'
import { tracesOf } from '../identity/deletion/traces.ts'
import { startBilling } from './harness.ts'
import type { Billing, TestAgent } from './harness.ts'
import { openEventQueue } from '#src/features/billing/events/queue.ts'

let billing: Billing
let agent: TestAgent
beforeAll(async () => {
  billing = await startBilling()
  const jobs = createJobs({ pool: billing.database.pool, log: pino({ level: 'silent' }), isWorker: false })
  billing = { ...billing, deps: { ...billing.deps, jobs } }
  await jobs.start()
  await openEventQueue(jobs.boss)
  agent = await billing.addAgent()
})
afterAll(async () => {
  await billing.deps.jobs.stop(1_000)
  await billing.stop()
})

/** Somebody with a name that nobody else has. */
const addPerson = (): Promise<string> => billing.addPerson({ name: `Ada ${crypto.randomUUID()}`, emailVerified: true })
const leave = (userId: string): Promise<void> =>
  billing.deps.db.transaction((tx) => lockOut(tx, { userId, logouts: [] }))
const workOff = (): Promise<void> => workOffDeletions(billing.deps, [settleBeforeDeletion])

async function subjectOf(userId: string): Promise<readonly string[]> {
  const { rows } = await billing.database.pool.query<{ name: string; email: string }>(
    'SELECT name, email FROM "user" WHERE id = $1',
    [userId],
  )
  return [userId, rows[0]?.name ?? '', rows[0]?.email ?? '']
}

/** Takes in what Stripe has to tell, as the endpoint does. */
async function takeInEvents(): Promise<void> {
  for await (const listed of billing.stripe.events.list({ limit: 100 })) {
    const event = parseEvent(listed)
    if (event !== undefined) await storeEvent(billing.deps, { event })
  }
}

const countOf = async (from: string, ...values: readonly unknown[]): Promise<number> =>
  Number(
    (await billing.database.pool.query<{ count: string }>(`SELECT count(*) FROM ${from}`, [...values])).rows[0]?.count,
  )
const isThere = async (userId: string): Promise<boolean> => (await countOf('"user" WHERE id = $1', userId)) === 1

test('a paid subscription ends at Stripe, and no column of any table names its owner', async () => {
  const userId = await addPerson()
  const { customerId, stripeSubscriptionId } = await billing.subscribe({
    agent,
    tierId: agent.tiers.trial,
    userId,
    withTrial: true,
  })
  await billing.pass({ days: 15 })
  await takeInEvents()
  const subject = await subjectOf(userId)
  expect(await tracesOf(billing.database.pool, ...subject)).toEqual(
    expect.arrayContaining([
      'public.billing_customers.user_id',
      'public.stripe_events.payload',
      'stripe_sandbox.idempotency_keys.body',
      'stripe_sandbox.objects.doc',
    ]),
  )
  const hash = billing.deps.subjectHash(`person:${userId}`)

  await leave(userId)
  await workOff()

  expect(await billing.stripe.customers.retrieve(customerId)).toMatchObject({ deleted: true })
  expect((await billing.stripe.subscriptions.retrieve(stripeSubscriptionId)).status).toBe('canceled')
  // What Stripe tells of it afterwards.
  await takeInEvents()
  expect(await countOf(`stripe_events WHERE type = 'customer.deleted'`)).toBe(1)
  expect(await tracesOf(billing.database.pool, ...subject)).toEqual(['public.audit_logs.resource_id'])
  expect(await countOf(`billing_entries WHERE subject_hash = $1 AND kind = 'charge' AND amount = 3000`, hash)).toBe(1)
  expect(await countOf('trial_uses WHERE subject_hash = $1', hash)).toBe(1)
  const paid = (await billing.stripe.invoices.list({ customer: customerId, status: 'paid' })).data.length
  await billing.pass({ days: 90 })
  expect(
    (await billing.stripe.invoices.list({ customer: customerId })).data.filter(({ amount_paid: amount }) => amount > 0),
  ).toHaveLength(1)
  expect(paid).toBeGreaterThan(0)
})

test('what was paid and never told of is in the books before its owner goes', async () => {
  const userId = await addPerson()
  await billing.subscribe({ agent, tierId: agent.tiers.monthly, userId })
  await billing.pass({ days: 32 })
  const hash = billing.deps.subjectHash(`person:${userId}`)
  expect(await countOf('billing_entries WHERE subject_hash = $1', hash)).toBe(1)
  await leave(userId)
  await workOff()
  expect(await countOf('billing_entries WHERE subject_hash = $1', hash)).toBe(2)
})

test('nothing can be bought any more: open checkouts expire', async () => {
  const userId = await addPerson()
  const { url } = await startCheckout(billing.deps, {
    userId,
    agentSlug: agent.slug,
    tierId: agent.tiers.monthly,
    withTrial: false,
  })
  const session = url.split('/').at(-1) ?? ''
  await leave(userId)
  await workOff()
  expect((await billing.stripe.checkout.sessions.retrieve(session)).status).toBe('expired')
  expect(await isThere(userId)).toBe(false)
})

test('while Stripe is away the data stays; it is finished at whatever call that was', async () => {
  for (let at = 0, isDone = false; !isDone; at += 1) {
    const userId = await addPerson()
    const { customerId } = await billing.subscribe({ agent, tierId: agent.tiers.monthly, userId })
    await leave(userId)
    billing.breakNetwork({ when: at % 2 === 0 ? 'before' : 'after', at: Math.floor(at / 2), isHit: () => true })
    isDone = await workOff().then(
      () => true,
      () => false,
    )
    billing.breakNetwork(undefined)
    expect([at, await isThere(userId)]).toEqual([at, !isDone])
    await workOff()
    expect(await isThere(userId)).toBe(false)
    expect(await billing.stripe.customers.retrieve(customerId)).toMatchObject({ deleted: true })
    expect(at).toBeLessThan(30)
  }
})

test('a customer whose id was never told is found and deleted', async () => {
  const userId = await addPerson()
  billing.breakNetwork({ when: 'after', at: 0 })
  await expect(ensureCustomer(billing.deps, { userId })).rejects.toMatchObject({ code: 'unavailable' })
  const [customer] = (await billing.stripe.customers.list({ limit: 1 })).data
  await leave(userId)
  await workOff()
  expect(await billing.stripe.customers.retrieve(customer?.id ?? '')).toMatchObject({ deleted: true })
})

test('nobody is asked about somebody who never bought anything', async () => {
  const userId = await addPerson()
  await leave(userId)
  const before = billing.calls.length
  await workOff()
  expect(await isThere(userId)).toBe(false)
  expect(billing.calls.slice(before)).toEqual([])
})

test('who is about to delete their account is told what they have paid for', async () => {
  const userId = await addPerson()
  const { subscriptionId } = await billing.subscribe({ agent, tierId: agent.tiers.yearly, userId })
  const other = await billing.addAgent()
  await billing.subscribe({ agent: other, tierId: other.tiers.trial, userId, withTrial: true })
  const free = await billing.addAgent()
  await billing.database.pool.query(
    `INSERT INTO user_agent_subscriptions (user_id, agent_id, tier_id, status) VALUES ($1, $2, $3, 'active')`,
    [userId, free.agentId, free.tiers.free],
  )
  const paidUntil = (await billing.subscription(subscriptionId)).currentPeriodEnd
  const told = await findPaidSubscriptions(billing.deps.db, userId)
  expect(told).toHaveLength(2)
  expect(told.find(({ isTrial }) => !isTrial)).toMatchObject({ agent: 'Reader' })
  expect(new Date(told.find(({ isTrial }) => !isTrial)?.until ?? '')).toEqual(paidUntil)
})
