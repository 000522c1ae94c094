// Ways through billing that random lives hardly ever take: at the same moment, within one hour, unseen to the end.
import { setTimeout as sleep } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import type { Stripe } from 'stripe'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { billingEntries, trialUses } from '#src/db/schema/index.ts'
import {
  commitChange,
  reconcileDispute,
  reconcileSubscription,
  settleCheckout,
  startCheckout,
} from '#src/features/billing/index.ts'
import { finishChanges } from '#src/features/billing/changes/open-changes.ts'
import { writeRefund } from '#src/features/billing/reconcile/reconcile-money.ts'
import { findCharge } from '#src/features/billing/reconcile/record-money.ts'
import { startBilling } from './harness.ts'
import type { Billing, Subscribed, TestAgent } from './harness.ts'
import { slowStripe } from './slow-network.ts'

let billing: Billing
let agent: TestAgent
beforeAll(async () => {
  billing = await startBilling({ retryDays: [2, 3], afterRetries: 'canceled' })
  agent = await billing.addAgent()
})
afterAll(() => billing.stop())

const entriesOf = async (userId: string) => {
  const whose = eq(billingEntries.subjectHash, billing.deps.subjectHash(`person:${userId}`))
  const rows = await billing.database.db.select().from(billingEntries).where(whose).orderBy(billingEntries.seq)
  return rows.map(({ kind, amount }) => [kind, amount] as const)
}
const limitOf = async ({ userId }: Pick<Subscribed, 'userId'>) => {
  const answer = await billing.deps.usage.check({ userId, agentId: agent.agentId, metric: 'messages', delta: 1 })
  return answer.kind === 'fault' ? undefined : answer.meter?.limit
}
const passToRenewal = async ({ subscriptionId }: Subscribed, seconds: number) => {
  const { currentPeriodEnd } = await billing.subscription(subscriptionId)
  await billing.pass({ seconds: (+currentPeriodEnd - +(await billing.now())) / 1_000 + seconds })
}
const disputesOf = async ({ customerId }: Subscribed) => {
  const { rows } = await billing.database.pool.query<{ id: string }>(
    `SELECT dispute.id FROM stripe_sandbox.objects AS dispute JOIN stripe_sandbox.objects AS charge
       ON charge.id = dispute.doc->>'charge' WHERE dispute.kind = 'dispute' AND charge.doc->>'customer' = $1 ORDER BY dispute.seq`,
    [customerId],
  )
  return rows.map(({ id }) => id)
}
const win = (id: string) => billing.stripe.disputes.update(id, { evidence: { uncategorized_text: 'winning_evidence' } })

describe('a purchase that ended before anybody looked', () => {
  const buyUnseen = async (tier: 'monthly' | 'trial') => {
    const userId = await billing.addPerson()
    const which = { userId, agentSlug: agent.slug, tierId: agent.tiers[tier], withTrial: tier === 'trial' }
    const { intentId, url } = await startCheckout(billing.deps, which)
    await billing.sandbox.completeCheckout(url.split('/').at(-1) ?? '', {
      card: { number: '5555555555554444', expMonth: 12, expYear: 2060 },
    })
    const { data } = await billing.stripe.subscriptions.list({ status: 'all', limit: 1 })
    return { userId, intentId, which, stripeSubscriptionId: data[0]?.id ?? '' }
  }

  test('is in the books all the same, and not given back', async () => {
    const { userId, intentId, stripeSubscriptionId } = await buyUnseen('monthly')
    await billing.pass({ days: 40 })
    await billing.stripe.subscriptions.cancel(stripeSubscriptionId)
    for (let time = 0; time < 2; time += 1) {
      expect(await settleCheckout(billing.deps, { intentId, userId })).toMatchObject({
        kind: 'refused',
        reason: 'ended',
      })
      await reconcileSubscription(billing.deps, { stripeSubscriptionId })
    }
    expect(await entriesOf(userId)).toEqual([
      ['charge', 1_000],
      ['charge', 1_000],
    ])
  })

  test('was a trial all the same, of the card that it had', async () => {
    const { userId, intentId, which, stripeSubscriptionId } = await buyUnseen('trial')
    await billing.stripe.subscriptions.cancel(stripeSubscriptionId)
    await settleCheckout(billing.deps, { intentId, userId })
    const remembered = await billing.database.db.$count(trialUses)
    const { customer } = await billing.stripe.subscriptions.retrieve(stripeSubscriptionId)
    await billing.addCard(String(customer), 'pm_card_visa_debit')
    const [card] = (await billing.stripe.paymentMethods.list({ customer: String(customer), limit: 1 })).data
    await billing.database.pool.query(
      `UPDATE stripe_sandbox.objects SET doc = doc || jsonb_build_object('default_payment_method', $2::text) WHERE id = $1`,
      [stripeSubscriptionId, card?.id],
    )
    await reconcileSubscription(billing.deps, { stripeSubscriptionId })
    expect(await billing.database.db.$count(trialUses)).toBe(remembered)
    await expect(startCheckout(billing.deps, which)).rejects.toMatchObject({ code: 'trial_used' })
  })
})

test('in the hour before a renewal is charged, paying for an upgrade pays for the upgrade only', async () => {
  const who = await billing.subscribe({ agent, tierId: agent.tiers.monthly })
  await passToRenewal(who, 120)
  expect(await commitChange(billing.deps, { ...who, tierId: agent.tiers.pro })).toEqual({ kind: 'done' })
  // The share of seven days in a month, of a thousand.
  expect(await limitOf(who)).toBeLessThan(260)
  await billing.pass({ seconds: 3_700 })
  await reconcileSubscription(billing.deps, who)
  expect(await limitOf(who)).toBe(1_000)
})

test('a change that waits for its payment comes to nothing when the subscription goes on as a free tier', async () => {
  const who = await billing.subscribe({ agent, tierId: agent.tiers.monthly })
  const card = await billing.addCard(who.customerId, 'pm_card_authenticationRequired')
  await billing.stripe.subscriptions.update(who.stripeSubscriptionId, { default_payment_method: card })
  await commitChange(billing.deps, { ...who, tierId: agent.tiers.free })
  const intentId = crypto.randomUUID()
  const waiting = await commitChange(billing.deps, { ...who, tierId: agent.tiers.pro, intentId })
  expect(waiting).toMatchObject({ kind: 'needs_payment' })
  await passToRenewal(who, 60)
  await reconcileSubscription(billing.deps, who)
  expect(await billing.subscription(who.subscriptionId)).toMatchObject({ stripeSubscriptionId: null })
  await billing.database.pool.query(
    `UPDATE billing_intents SET created_at = created_at - interval '1 hour' WHERE id = $1`,
    [intentId],
  )
  expect(await finishChanges(billing.deps)).toBe(1)
})

describe('disputes', () => {
  test('of two payments stop the subscription until both are won', async () => {
    const who = await billing.subscribe({ agent, tierId: agent.tiers.monthly, card: '4000000000000259' })
    await commitChange(billing.deps, { ...who, tierId: agent.tiers.pro })
    const [first = '', second = '', ...others] = await disputesOf(who)
    expect(others).toEqual([])
    for (const stripeDisputeId of [first, second]) await reconcileDispute(billing.deps, { stripeDisputeId })
    await win(first)
    await reconcileDispute(billing.deps, { stripeDisputeId: first })
    expect(await billing.subscription(who.subscriptionId)).toMatchObject({ status: 'paused' })
    await win(second)
    await reconcileDispute(billing.deps, { stripeDisputeId: second })
    expect(await billing.subscription(who.subscriptionId)).toMatchObject({ status: 'active', disputedAt: null })
  })

  test('that are heard of late don’t undo that they were won', async () => {
    const who = await billing.subscribe({ agent, tierId: agent.tiers.monthly, card: '4000000000000259' })
    const [stripeDisputeId = ''] = await disputesOf(who)
    // The answer to the first question is held up on its way until the dispute was won, and that was heard of.
    const isOnItsWay = Promise.withResolvers<void>()
    const mayArrive = Promise.withResolvers<void>()
    const stripe = slowStripe({
      sandbox: billing.sandbox,
      wait: async (call, way) => {
        if (way === 'there' || call !== `GET /v1/disputes/${stripeDisputeId}`) return
        isOnItsWay.resolve()
        await mayArrive.promise
      },
    })
    const deps = { ...billing.deps, payments: { ...billing.deps.payments, stripe } }
    const late = reconcileDispute(deps, { stripeDisputeId })
    await isOnItsWay.promise
    await win(stripeDisputeId)
    const heard = reconcileDispute(billing.deps, { stripeDisputeId })
    await Promise.race([heard, sleep(300)])
    mayArrive.resolve()
    await Promise.all([late, heard])
    expect(await billing.subscription(who.subscriptionId)).toMatchObject({ status: 'active', disputedAt: null })
  })
})

test('two people who begin a trial with the same card at the same moment have one', async () => {
  const trial = { price: 3_000, trialDays: 14, quotas: { messages: 1_000 } }
  const tierId = await billing.addTier(agent, { ...trial, tierName: 'Ends', trialEndsWith: 'end' })
  const bought = []
  for (let count = 0; count < 2; count += 1) {
    const userId = await billing.addPerson()
    const { intentId, url } = await startCheckout(billing.deps, {
      userId,
      agentSlug: agent.slug,
      tierId,
      withTrial: true,
    })
    await billing.sandbox.completeCheckout(url.split('/').at(-1) ?? '', {
      card: { number: '4000056655665556', expMonth: 12, expYear: 2060 },
    })
    bought.push({ intentId, userId })
  }
  // Both have looked at who had a trial when they come to tell Stripe how theirs ends.
  const bothAreThere = Promise.withResolvers<void>()
  let there = 0
  const stripe = slowStripe({
    sandbox: billing.sandbox,
    wait: async (call, way) => {
      if (way === 'back' || !call.startsWith('POST /v1/subscriptions/')) return
      there += 1
      if (there === 2) bothAreThere.resolve()
      await bothAreThere.promise
    },
  })
  const deps = { ...billing.deps, payments: { ...billing.deps.payments, stripe } }
  const states = await Promise.all(bought.map((which) => settleCheckout(deps, which)))
  expect(states.map(({ kind }) => kind).toSorted()).toEqual(['done', 'refused'])
  const { data } = await billing.stripe.subscriptions.list({ status: 'all', limit: 2 })
  expect(data.map(({ status }) => status).toSorted()).toEqual(['canceled', 'trialing'])
})

test('a purchase goes on from a free subscription that comes at the same moment', async () => {
  const userId = await billing.addPerson()
  const which = { userId, agentSlug: agent.slug, tierId: agent.tiers.pro, withTrial: false }
  const { intentId, url } = await startCheckout(billing.deps, which)
  await billing.sandbox.completeCheckout(url.split('/').at(-1) ?? '', {
    card: { number: '4242424242424242', expMonth: 12, expYear: 2060 },
  })
  const other = await billing.database.pool.connect()
  try {
    await other.query('BEGIN')
    await other.query(
      `INSERT INTO user_agent_subscriptions (user_id, agent_id, tier_id, status) VALUES ($1, $2, $3, 'active')`,
      [userId, agent.agentId, agent.tiers.free],
    )
    const settled = settleCheckout(billing.deps, { intentId, userId })
    await Promise.race([settled, sleep(500)])
    await other.query('COMMIT')
    expect(await settled).toMatchObject({ kind: 'done' })
  } finally {
    other.release()
  }
  expect(await entriesOf(userId)).toEqual([['charge', 3_000]])
  expect(await limitOf({ userId })).toBe(1_000)
})

test('a purchase that is first looked at after its trial had it, and is not paid for by that', async () => {
  const userId = await billing.addPerson()
  const which = { userId, agentSlug: agent.slug, tierId: agent.tiers.trial, withTrial: true }
  const { intentId, url } = await startCheckout(billing.deps, which)
  await billing.sandbox.completeCheckout(url.split('/').at(-1) ?? '', {
    card: { number: '4000000000000341', expMonth: 12, expYear: 2060 },
  })
  await billing.pass({ days: 14, seconds: 60 })
  const settled = await settleCheckout(billing.deps, { intentId, userId })
  if (settled.kind !== 'done') throw new Error(settled.kind)
  const row = await billing.subscription(settled.subscriptionId)
  expect(row).toMatchObject({ status: 'active', currentPeriodEnd: row.trialEndsAt })
  expect(await limitOf({ userId })).toBeLessThan(260)
  await billing.stripe.subscriptions.cancel(row.stripeSubscriptionId ?? '')
  await expect(startCheckout(billing.deps, which)).rejects.toMatchObject({ code: 'trial_used' })
})

test('a trial that nobody saw and that nothing was to follow is not paid for', async () => {
  const userId = await billing.addPerson()
  const trial = { price: 3_000, trialDays: 14, quotas: { messages: 1_000 } }
  const tierId = await billing.addTier(agent, { ...trial, tierName: 'Falls', trialEndsWith: 'free_tier' })
  const which = { userId, agentSlug: agent.slug, tierId, withTrial: true }
  const { intentId, url } = await startCheckout(billing.deps, which)
  await billing.sandbox.completeCheckout(url.split('/').at(-1) ?? '', {
    card: { number: '4242424242424242', expMonth: 12, expYear: 2060 },
  })
  await billing.pass({ days: 15 })
  for (let time = 0; time < 2; time += 1) {
    expect(await settleCheckout(billing.deps, { intentId, userId })).toMatchObject({
      kind: 'undone',
      reason: 'trial_over',
    })
  }
  expect(await entriesOf(userId)).toEqual([
    ['charge', 3_000],
    ['refund', -3_000],
  ])
  const [atStripe] = (await billing.stripe.subscriptions.list({ status: 'all', limit: 1 })).data
  expect(atStripe).toMatchObject({ status: 'canceled' })
})

test('a purchase that is undone when its bank has taken the money back already gives nothing a second time', async () => {
  const fresh = await billing.addAgent()
  const userId = await billing.addPerson()
  const which = { userId, agentSlug: fresh.slug, tierId: fresh.tiers.monthly, withTrial: false }
  const { intentId, url } = await startCheckout(billing.deps, which)
  await billing.database.pool.query(`UPDATE billing_intents SET state = 'expired', settled_at = now() WHERE id = $1`, [
    intentId,
  ])
  await billing.sandbox.completeCheckout(url.split('/').at(-1) ?? '', {
    card: { number: '4000000000000259', expMonth: 12, expYear: 2060 },
  })
  const kept = await billing.subscribe({ agent: fresh, tierId: fresh.tiers.monthly, userId })
  for (let time = 0; time < 2; time += 1) {
    expect(await settleCheckout(billing.deps, { intentId, userId })).toMatchObject({ kind: 'undone' })
  }
  for (const stripeDisputeId of await disputesOf(kept)) await reconcileDispute(billing.deps, { stripeDisputeId })
  expect((await entriesOf(userId)).toSorted()).toEqual([
    ['charge', 1_000],
    ['charge', 1_000],
    ['dispute', -1_000],
  ])
  expect(await billing.subscription(kept.subscriptionId)).toMatchObject({ status: 'active', disputedAt: null })
})

test('after months in which nobody looked, credit is counted from the period that was paid last', async () => {
  const who = await billing.subscribe({ agent, tierId: agent.tiers.monthly })
  await passToRenewal(who, 4_000)
  const card = await billing.addCard(who.customerId, 'pm_card_chargeCustomerFail')
  await billing.stripe.subscriptions.update(who.stripeSubscriptionId, { default_payment_method: card })
  const { items } = await billing.stripe.subscriptions.retrieve(who.stripeSubscriptionId)
  const paidUntil = new Date((items.data[0]?.current_period_end ?? 0) * 1_000)
  await billing.pass({ seconds: (+paidUntil - +(await billing.now())) / 1_000 + 4_000 })
  await reconcileSubscription(billing.deps, who)
  expect(await billing.subscription(who.subscriptionId)).toMatchObject({
    status: 'past_due',
    currentPeriodEnd: paidUntil,
  })
  expect(await limitOf(who)).toBeGreaterThan(0)
})

test('a refund that comes back is even in the books, whatever is heard of it first', async () => {
  const { pool, db } = billing.database
  for (const order of [
    ['succeeded', 'failed'],
    ['failed', 'succeeded'],
  ] as const) {
    const who = await billing.subscribe({ agent, tierId: agent.tiers.monthly })
    const { rows } = await pool.query<{ id: string }>(
      `SELECT stripe_object_id AS id FROM billing_entries WHERE subscription_ref = $1`,
      [who.subscriptionId],
    )
    const charge = await findCharge(db, rows[0]?.id ?? '')
    if (charge === undefined) throw new Error('It was charged')
    for (const status of order) {
      const refund = { id: `re_${who.userId}`, amount: 400, created: 1_800_000_000, status } as Stripe.Refund
      await db.transaction((tx) => writeRefund(tx, { refund, charge }))
    }
    expect(await entriesOf(who.userId)).toEqual([
      ['charge', 1_000],
      ['refund', -400],
      ['adjustment', 400],
    ])
  }
})
