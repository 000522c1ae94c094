// Newer versions of tiers at Stripe: another price from the right period on, the same price without a charge.
import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agentPricingTiers, billingIntents, userAgentSubscriptions } from '#src/db/schema/index.ts'
import { commitChange, reconcileSubscription } from '#src/features/billing/index.ts'
import { moveVersions } from '#src/features/billing/changes/version-moves.ts'
import { atEveryBreak, startBilling } from './harness.ts'
import type { Billing, Subscribed, TestAgent } from './harness.ts'

let billing: Billing
let agent: TestAgent
beforeAll(async () => {
  billing = await startBilling()
})
afterAll(() => billing.stop())

const subscribed = async () => {
  agent = await billing.addAgent()
  return billing.subscribe({ agent, tierId: agent.tiers.monthly })
}
const row = ({ subscriptionId }: Subscribed) => billing.subscription(subscriptionId)
const atStripe = ({ stripeSubscriptionId }: Subscribed) =>
  billing.stripe.subscriptions.retrieve(stripeSubscriptionId, { expand: ['latest_invoice'] })
const priceOf = async (who: Subscribed) => (await atStripe(who)).items.data[0]?.price
const invoiceCount = async ({ stripeSubscriptionId }: Subscribed) =>
  (await billing.stripe.invoices.list({ subscription: stripeSubscriptionId })).data.length

const intentsOf = ({ subscriptionId }: Subscribed) => {
  const isOfChange = and(eq(billingIntents.subscriptionId, subscriptionId), eq(billingIntents.kind, 'change'))
  return billing.database.db.select().from(billingIntents).where(isOfChange)
}

/** As pricing schedules it, for the end of the period that is running or the one after. */
async function newVersion(who: Subscribed, price: number, { later = false } = {}): Promise<string> {
  const { db } = billing.database
  const [present] = await db.select().from(agentPricingTiers).where(eq(agentPricingTiers.id, agent.tiers.monthly))
  const id = await billing.addTier(agent, {
    tierName: 'Basic',
    price,
    version: 2,
    ...(present && { familyId: present.familyId }),
    quotas: { messages: 200 },
  })
  const { currentPeriodEnd: end } = await row(who)
  const nextTierAt = later ? new Date(new Date(end).setUTCMonth(end.getUTCMonth() + 1)) : end
  await db
    .update(userAgentSubscriptions)
    .set({ nextTierId: id, nextTierAt })
    .where(eq(userAgentSubscriptions.id, who.subscriptionId))
  return id
}

const passPeriod = async (who: Subscribed) => {
  const { currentPeriodEnd: end } = await row(who)
  await billing.pass({ seconds: (+end - +(await billing.now())) / 1000 + 2 * 3_600 })
  await reconcileSubscription(billing.deps, who)
}

describe('a version that costs another price', () => {
  test('is billed from the period that it takes over with', async () => {
    const who = await subscribed()
    const id = await newVersion(who, 1_500)
    expect(await moveVersions(billing.deps)).toMatchObject({ failed: 0 })
    expect(await row(who)).toMatchObject({ tierId: agent.tiers.monthly, nextTierId: id, amount: 1_000 })
    await passPeriod(who)
    expect(await row(who)).toMatchObject({ tierId: id, amount: 1_500, nextTierId: null })
    expect((await atStripe(who)).latest_invoice).toMatchObject({ status: 'paid', amount_paid: 1_500 })
  })

  test('waits for its own period', async () => {
    const who = await subscribed()
    const id = await newVersion(who, 1_500, { later: true })
    await moveVersions(billing.deps)
    expect((await atStripe(who)).schedule).toBeNull()
    await passPeriod(who)
    expect(await row(who)).toMatchObject({ tierId: agent.tiers.monthly, amount: 1_000, nextTierId: id })
    await moveVersions(billing.deps)
    await passPeriod(who)
    expect(await row(who)).toMatchObject({ tierId: id, amount: 1_500 })
  })

  test('that Stripe was not told of in time is billed one period later, and nothing is charged afterwards', async () => {
    const who = await subscribed()
    const id = await newVersion(who, 1_500)
    await passPeriod(who)
    expect(await row(who)).toMatchObject({ tierId: id, amount: 1_000 })
    await moveVersions(billing.deps)
    expect(await invoiceCount(who)).toBe(2)
    await passPeriod(who)
    expect(await row(who)).toMatchObject({ tierId: id, amount: 1_500 })
    expect(await invoiceCount(who)).toBe(3)
  })

  test('is told once, and again when it was forgotten because of something else', async () => {
    const who = await subscribed()
    const id = await newVersion(who, 1_500)
    await moveVersions(billing.deps)
    const asked = billing.calls.length
    expect(await moveVersions(billing.deps)).toEqual({ looked: 0, failed: 0 })
    expect(billing.calls).toHaveLength(asked)
    const { schedule } = await atStripe(who)
    await billing.stripe.subscriptionSchedules.release(String(schedule))
    await billing.database.pool.query(`UPDATE billing_intents SET updated_at = updated_at - interval '2 days'`)
    await billing.database.db
      .update(userAgentSubscriptions)
      .set({ nextTierId: id, nextTierAt: (await row(who)).currentPeriodEnd })
      .where(eq(userAgentSubscriptions.id, who.subscriptionId))
    await moveVersions(billing.deps)
    await passPeriod(who)
    expect(await row(who)).toMatchObject({ tierId: id, amount: 1_500 })
  })

  test('is the publisher’s: keeping the tier leaves it, another tier takes its place', async () => {
    const who = await subscribed()
    const id = await newVersion(who, 1_500)
    await moveVersions(billing.deps)
    const change = { subscriptionId: who.subscriptionId, userId: who.userId }
    expect(await commitChange(billing.deps, { ...change, tierId: agent.tiers.monthly })).toEqual({ kind: 'kept' })
    expect(await row(who)).toMatchObject({ nextTierId: id })
    expect(await commitChange(billing.deps, { ...change, tierId: agent.tiers.free })).toMatchObject({
      kind: 'scheduled',
    })
    await moveVersions(billing.deps)
    await passPeriod(who)
    expect(await row(who)).toMatchObject({ tierId: agent.tiers.free, amount: 0 })
    const intents = await intentsOf(who)
    expect(intents.filter(({ state }) => state === 'open')).toEqual([])
  })

  test('is told once wherever Stripe fails', async () => {
    const failures = await atEveryBreak(billing, {
      begin: async () => {
        const who = await subscribed()
        return { who, id: await newVersion(who, 1_500) }
      },
      verb: async () => {
        const { failed } = await moveVersions(billing.deps)
        if (failed > 0) throw Object.assign(new Error('It failed'), { code: 'unavailable' })
      },
      check: async ({ who, id }) => {
        const { schedule } = await atStripe(who)
        const { phases } = await billing.stripe.subscriptionSchedules.retrieve(String(schedule))
        expect(phases).toHaveLength(2)
        const { currentPeriodEnd } = await row(who)
        expect(phases[1]?.start_date).toBe(+currentPeriodEnd / 1000)
        expect(await row(who)).toMatchObject({ nextTierId: id, nextTierAt: currentPeriodEnd })
        const intents = await intentsOf(who)
        expect(intents.map(({ state }) => state)).toEqual(['done'])
      },
    })
    expect(failures).toBeGreaterThan(2)
  })
})

test('a version that costs the same takes the older one’s place once it counts, and nothing is charged for that', async () => {
  const who = await subscribed()
  const id = await newVersion(who, 1_000)
  const before = await priceOf(who)
  await moveVersions(billing.deps)
  expect(await priceOf(who)).toEqual(before)
  await passPeriod(who)
  expect(await row(who)).toMatchObject({ tierId: id, amount: 1_000 })
  await moveVersions(billing.deps)
  const [tier] = await billing.database.db.select().from(agentPricingTiers).where(eq(agentPricingTiers.id, id))
  expect((await priceOf(who))?.id).toBe(tier?.stripePriceId)
  expect(tier?.stripePriceId).not.toBeNull()
  expect(await invoiceCount(who)).toBe(2)
  expect(await moveVersions(billing.deps)).toEqual({ looked: 0, failed: 0 })
})
