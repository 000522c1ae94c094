// Buying a tier: from the first click to what is stored, with whatever comes in between.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { and, eq } from 'drizzle-orm'
import {
  agentInstalls,
  agents,
  billingEntries,
  billingIntents,
  interactions,
  trialUses,
  userAgentSubscriptions,
} from '#src/db/schema/index.ts'
import { settleCheckout, startCheckout } from '#src/features/billing/index.ts'
import { subscribeToFreeTier } from '#src/features/subscriptions/index.ts'
import { startBilling } from './harness.ts'
import type { Billing, TestAgent } from './harness.ts'

let billing: Billing
let agent: TestAgent

beforeAll(async () => {
  billing = await startBilling()
  agent = await billing.addAgent()
})
afterAll(() => billing.stop())

const visa = '4242424242424242'

interface Buying {
  readonly userId: string
  readonly tier?: keyof TestAgent['tiers']
  readonly at?: TestAgent
}

const start = ({ userId, tier = 'monthly', at = agent }: Buying) =>
  startCheckout(billing.deps, { userId, agentSlug: at.slug, tierId: at.tiers[tier], withTrial: tier === 'trial' })

const sessionOf = (url: string): string => url.split('/').at(-1) ?? ''
const pay = (url: string, number = visa) =>
  billing.sandbox.completeCheckout(sessionOf(url), { card: { number, expMonth: 12, expYear: 2040 } })
const settle = (intentId: string, userId: string) => settleCheckout(billing.deps, { intentId, userId })

const rowsOf = (userId: string) =>
  billing.database.db.select().from(userAgentSubscriptions).where(eq(userAgentSubscriptions.userId, userId))
const entriesOf = (userId: string) =>
  billing.database.db
    .select()
    .from(billingEntries)
    .where(eq(billingEntries.subjectHash, billing.deps.subjectHash(`person:${userId}`)))
    .orderBy(billingEntries.seq)

describe('a paid tier', () => {
  it('is there as soon as the page after paying asks, without any webhook', async () => {
    const userId = await billing.addPerson()
    const { intentId, url } = await start({ userId })
    expect(await settle(intentId, userId)).toMatchObject({ kind: 'open', url })
    expect(await pay(url)).toMatchObject({
      kind: 'complete',
      redirectTo: `https://market.example/checkout/${intentId}`,
    })
    const state = await settle(intentId, userId)
    expect(state).toMatchObject({ kind: 'done', agent: { slug: agent.slug }, tier: { name: 'Basic' } })
    const [row, ...others] = await rowsOf(userId)
    expect(others).toEqual([])
    expect(row).toMatchObject({
      status: 'active',
      tierId: agent.tiers.monthly,
      amount: 1_000,
      currency: 'EUR',
      cancelAtPeriodEnd: false,
      nextTierId: null,
    })
    expect(row?.reconciledAt).not.toBeNull()
    expect(await entriesOf(userId)).toMatchObject([
      {
        kind: 'charge',
        amount: 1_000,
        currency: 'EUR',
        agentRef: agent.agentId,
        organizationRef: agent.organizationId,
      },
    ])
    // Asked again, nothing happens again.
    expect(await settle(intentId, userId)).toEqual(state)
    expect(await entriesOf(userId)).toHaveLength(1)
  })

  it('is one purchase when its button is pressed twice, and another when the tier is', async () => {
    const userId = await billing.addPerson()
    const first = await start({ userId })
    expect(await start({ userId })).toEqual(first)
    const other = await start({ userId, tier: 'pro' })
    expect(other.intentId).not.toBe(first.intentId)
    expect(await settle(first.intentId, userId)).toMatchObject({ kind: 'expired' })
    expect(await pay(first.url)).toMatchObject({ kind: 'closed' })
    await pay(other.url)
    expect(await settle(other.intentId, userId)).toMatchObject({ kind: 'done' })
  })

  it('goes on from a free tier as the same subscription', async () => {
    const userId = await billing.addPerson()
    const free = await subscribeToFreeTier(billing.deps, { userId, agentSlug: agent.slug, tierId: agent.tiers.free })
    const { intentId, url } = await start({ userId, tier: 'pro' })
    await pay(url)
    expect(await settle(intentId, userId)).toMatchObject({ kind: 'done', subscriptionId: free.id })
    expect(await rowsOf(userId)).toMatchObject([{ id: free.id, tierId: agent.tiers.pro, amount: 3_000 }])
  })

  it('is somebody else’s, to anybody else', async () => {
    const userId = await billing.addPerson()
    const { intentId } = await start({ userId })
    await expect(settle(intentId, await billing.addPerson())).rejects.toMatchObject({ code: 'not_found' })
    await expect(settle('not an id', userId)).rejects.toMatchObject({ code: 'not_found' })
  })

  it('leads to what is there already', async () => {
    const userId = await billing.addPerson()
    const { intentId, url } = await start({ userId })
    await pay(url)
    await settle(intentId, userId)
    const [row] = await rowsOf(userId)
    await expect(start({ userId, tier: 'pro' })).rejects.toMatchObject({
      code: 'already_subscribed',
      details: { subscriptionId: row?.id, url: `https://market.example/account/subscriptions/${row?.id}` },
    })
  })

  it('can’t be bought where it is not on offer, not paid, or unknown', async () => {
    const userId = await billing.addPerson()
    await expect(start({ userId, tier: 'free' })).rejects.toMatchObject({ code: 'tier_not_on_offer' })
    const other = await billing.addAgent()
    const foreign = { userId, agentSlug: agent.slug, tierId: other.tiers.pro, withTrial: false }
    await expect(startCheckout(billing.deps, foreign)).rejects.toMatchObject({ code: 'not_found' })
    await expect(startCheckout(billing.deps, { ...foreign, agentSlug: 'none' })).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  it('can’t be bought of an agent that is only coming', async () => {
    const coming = await billing.addAgent()
    await billing.database.db.update(agents).set({ comingSoon: true }).where(eq(agents.id, coming.agentId))
    await expect(start({ userId: await billing.addPerson(), at: coming })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('is an installed agent, and something that operators hear of', async () => {
    const userId = await billing.addPerson()
    const { intentId, url } = await start({ userId })
    await pay(url)
    for (let time = 0; time < 2; time += 1) await settle(intentId, userId)
    const rows = await billing.database.db.select().from(interactions).where(eq(interactions.userId, userId))
    expect(rows.map(({ type }) => type).toSorted()).toEqual(['installed', 'subscribed'])
    expect(await billing.database.db.$count(agentInstalls, eq(agentInstalls.userId, userId))).toBe(1)
  })

  it('expires when nobody pays, and can be begun again', async () => {
    const userId = await billing.addPerson()
    const at = await billing.addAgent()
    const { intentId } = await start({ userId, at })
    await billing.pass({ seconds: 3 * 3_600 })
    expect(await settle(intentId, userId)).toMatchObject({ kind: 'expired' })
    expect((await start({ userId, at })).intentId).not.toBe(intentId)
  })
})

describe('two purchases at once', () => {
  it('become one subscription; the other is ended at Stripe, given back, and the person is told', async () => {
    const userId = await billing.addPerson()
    const first = await start({ userId })
    // Another browser that was not there when the first one began: its purchase is opened past the rule.
    await billing.database.db
      .update(billingIntents)
      .set({ state: 'expired', settledAt: new Date() })
      .where(eq(billingIntents.id, first.intentId))
    const second = await start({ userId, tier: 'pro' })
    expect(second.intentId).not.toBe(first.intentId)
    await Promise.all([pay(first.url), pay(second.url)])
    const states = await Promise.all([settle(first.intentId, userId), settle(second.intentId, userId)])
    expect(states.map(({ kind }) => kind).toSorted()).toEqual(['done', 'undone'])
    expect(await rowsOf(userId)).toHaveLength(1)
    const customer = (await rowsOf(userId))[0]?.stripeCustomerId ?? ''
    const atStripe = await billing.stripe.subscriptions.list({ customer, status: 'all' })
    expect(atStripe.data.map(({ status }) => status).toSorted()).toEqual(['active', 'canceled'])
    const entries = await entriesOf(userId)
    expect(entries.map(({ kind }) => kind).toSorted()).toEqual(['charge', 'charge', 'refund'])
    const kept = states[0]?.kind === 'done' ? 1_000 : 3_000
    expect(entries.reduce((sum, { amount }) => sum + amount, 0)).toBe(kept)
    expect(billing.mails.filter(({ template }) => template === 'checkout-undone')).toHaveLength(1)
  })

  it('begun at the same moment are the same purchase', async () => {
    const userId = await billing.addPerson()
    const started = await Promise.all(Array.from({ length: 4 }, () => start({ userId })))
    expect(new Set(started.map(({ intentId }) => intentId)).size).toBe(1)
    expect(new Set(started.map(({ url }) => url)).size).toBe(1)
  })
})

describe('a trial', () => {
  const trialsOf = (agentId: string) =>
    billing.database.db.select().from(trialUses).where(eq(trialUses.agentRef, agentId))

  it('begins without a payment, and is one per person', async () => {
    const at = await billing.addAgent()
    const userId = await billing.addPerson()
    const { intentId, url } = await start({ userId, tier: 'trial', at })
    await pay(url)
    expect(await settle(intentId, userId)).toMatchObject({ kind: 'done' })
    const [row] = await rowsOf(userId)
    expect(row).toMatchObject({ status: 'trialing', amount: 3_000 })
    expect(Math.round((Number(row?.trialEndsAt) - Number(await billing.now())) / 86_400_000)).toBe(14)
    expect(await entriesOf(userId)).toEqual([])
    expect(await trialsOf(at.agentId)).toHaveLength(3)
    await billing.stripe.subscriptions.cancel(row?.stripeSubscriptionId ?? '')
    await expect(start({ userId, tier: 'trial', at })).rejects.toMatchObject({ code: 'trial_used' })
  })

  it('is one per card: the second person with it is refused, and nothing is taken', async () => {
    const at = await billing.addAgent()
    const [one, two] = [await billing.addPerson(), await billing.addPerson()]
    const first = await start({ userId: one, tier: 'trial', at })
    await pay(first.url, '5555555555554444')
    await settle(first.intentId, one)
    const second = await start({ userId: two, tier: 'trial', at })
    await pay(second.url, '5555555555554444')
    expect(await settle(second.intentId, two)).toMatchObject({ kind: 'refused', reason: 'trial_used' })
    expect(await rowsOf(two)).toEqual([])
    expect(await entriesOf(two)).toEqual([])
  })

  it('that is not followed by a charge ends by itself, or goes on as the free tier', async () => {
    const at = await billing.addAgent()
    const tier = { price: 3_000, trialDays: 14, trialWithoutCard: true, quotas: { messages: 1_000 } }
    const falls = await billing.addTier(at, { ...tier, tierName: 'Falls', trialEndsWith: 'free_tier' })
    const ends = await billing.addTier(at, { ...tier, tierName: 'Ends', trialEndsWith: 'end' })
    const [one, two] = [await billing.addPerson(), await billing.addPerson()]
    for (const [userId, tierId] of [
      [one, falls],
      [two, ends],
    ] as const) {
      const { intentId, url } = await startCheckout(billing.deps, {
        userId,
        agentSlug: at.slug,
        tierId,
        withTrial: true,
      })
      expect(await billing.sandbox.completeCheckout(sessionOf(url), {})).toMatchObject({ kind: 'complete' })
      expect(await settle(intentId, userId)).toMatchObject({ kind: 'done' })
    }
    expect(await rowsOf(one)).toMatchObject([
      { status: 'trialing', nextTierId: at.tiers.free, cancelAtPeriodEnd: false },
    ])
    expect(await rowsOf(two)).toMatchObject([{ status: 'trialing', nextTierId: null, cancelAtPeriodEnd: true }])
  })
})

describe('a network that breaks', () => {
  const isDone = async (userId: string, url: string, intentId: string) => {
    await pay(url)
    expect(await settle(intentId, userId)).toMatchObject({ kind: 'done' })
    expect(await rowsOf(userId)).toHaveLength(1)
  }

  it.each(['before', 'after'] as const)(
    '%s any call of starting leaves one purchase after it is begun again',
    async (when) => {
      for (let at = 0; at < 6; at += 1) {
        const userId = await billing.addPerson()
        const fresh = await billing.addAgent()
        billing.breakNetwork({ when, at })
        await start({ userId, at: fresh }).catch(() => undefined)
        billing.breakNetwork(undefined)
        const { intentId, url } = await start({ userId, at: fresh })
        const open = and(eq(billingIntents.userId, userId), eq(billingIntents.state, 'open'))
        expect(await billing.database.db.$count(billingIntents, open)).toBe(1)
        await isDone(userId, url, intentId)
      }
    },
  )
})
