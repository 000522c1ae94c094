// Purchases that were cut off come to their end, whatever else does not.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eq, sql } from 'drizzle-orm'
import { agentPricingTiers, billingIntents } from '#src/db/schema/index.ts'
import { finishAddons } from '#src/features/billing/addons/finish-addons.ts'
import { giveUpCheckout } from '#src/features/billing/checkout/give-up-checkout.ts'
import {
  adoptChosenCard,
  billingJobs,
  buyAddon,
  commitChange,
  settleCheckout,
  startCheckout,
} from '#src/features/billing/index.ts'
import { startBilling } from './harness.ts'
import type { Billing, Subscribed, TestAgent } from './harness.ts'

let billing: Billing
let agent: TestAgent
let offerId: string

beforeAll(async () => {
  billing = await startBilling()
  agent = await billing.addAgent()
  offerId = await billing.addOffer(agent)
})
afterAll(() => billing.stop())

/** The process died between making an add-on's invoice and asking for its money. */
async function buyAndDie(by: Subscribed): Promise<string> {
  const intentId = randomUUID()
  billing.breakNetwork({ when: 'before', at: 0, isHit: (call) => call.endsWith('/finalize') })
  await expect(buyAddon(billing.deps, { ...by, offerId, intentId })).rejects.toMatchObject({ code: 'unavailable' })
  billing.breakNetwork(undefined)
  return intentId
}

const anHourLater = () =>
  billing.database.db.update(billingIntents).set({
    createdAt: sql`${billingIntents.createdAt} - interval '1 hour'`,
    updatedAt: sql`${billingIntents.updatedAt}`,
  })
const stateOf = async (id: string) => {
  const [intent] = await billing.database.db.select().from(billingIntents).where(eq(billingIntents.id, id))
  return intent?.state
}

describe('an add-on whose buyer never came back', () => {
  it('is given up although its draft is gone already', async () => {
    const intentId = await buyAndDie(await billing.subscribe({ agent, tierId: agent.tiers.monthly }))
    await anHourLater()
    billing.breakNetwork({ when: 'after', at: 0, isHit: (call) => call.startsWith('DELETE /v1/invoices/') })
    await finishAddons(billing.deps)
    billing.breakNetwork(undefined)
    expect(await stateOf(intentId)).toBe('open')
    await finishAddons(billing.deps)
    expect(await stateOf(intentId)).toBe('refused')
  })

  it('has its turn although a hundred others can’t be settled', async () => {
    const bought = await billing.subscribe({ agent, tierId: agent.tiers.monthly })
    // Their subscription is gone.
    const input = { by: 'item', prorationDate: 0 }
    const claim = { currency: 'EUR', months: {} }
    const hopeless = { kind: 'addon', userId: bought.userId, agentId: agent.agentId, offerId, input, claim } as const
    await billing.database.db
      .insert(billingIntents)
      .values(Array.from({ length: 100 }, () => ({ ...hopeless, id: randomUUID(), expiresAt: sql`rialto_now()` })))
    const intentId = await buyAndDie(bought)
    await anHourLater()
    await finishAddons(billing.deps)
    expect(await stateOf(intentId)).toBe('open')
    await finishAddons(billing.deps)
    expect(await stateOf(intentId)).toBe('refused')
  })
})

it('a purchase is found by the sweep although Stripe’s events can’t be listed', async () => {
  const userId = await billing.addPerson()
  const tier = { agentSlug: agent.slug, tierId: agent.tiers.monthly, withTrial: false }
  const { intentId, url } = await startCheckout(billing.deps, { userId, ...tier })
  const card = { number: '4242424242424242', expMonth: 12, expYear: 2040 }
  await billing.sandbox.completeCheckout(url.split('/').at(-1) ?? '', { card })
  await anHourLater()
  const job = billingJobs.find(({ name }) => name === 'billing-sweep')
  billing.breakNetwork({ when: 'before', at: 0, isHit: (call) => call === 'GET /v1/events' })
  await expect(job?.run(billing.deps)).rejects.toMatchObject({ code: 'unavailable' })
  billing.breakNetwork(undefined)
  expect(await stateOf(intentId)).toBe('done')
})

describe('what was paid on a page that nobody came back from', () => {
  it.each(['monthly', 'pro'] as const)('is what there is, when %s is chosen again', async (tier) => {
    const userId = await billing.addPerson()
    const start = (chosen: 'monthly' | 'pro') =>
      startCheckout(billing.deps, { userId, agentSlug: agent.slug, tierId: agent.tiers[chosen], withTrial: false })
    const { url } = await start('monthly')
    const card = { number: '4242424242424242', expMonth: 12, expYear: 2040 }
    await billing.sandbox.completeCheckout(url.split('/').at(-1) ?? '', { card })
    await expect(start(tier)).rejects.toMatchObject({ code: 'already_subscribed' })
    const sessions = await billing.stripe.checkout.sessions.list({ status: 'open' })
    expect(sessions.data).toEqual([])
  })
})

it('a purchase whose first answer was lost is found again, though its terms were edited meanwhile', async () => {
  const userId = await billing.addPerson()
  const tierId = await billing.addTier(agent, { price: 1_000, trialDays: 14 })
  const start = () => startCheckout(billing.deps, { userId, agentSlug: agent.slug, tierId, withTrial: true })
  billing.breakNetwork({ when: 'after', at: 0, isHit: (call) => call === 'POST /v1/checkout/sessions' })
  await expect(start()).rejects.toMatchObject({ code: 'unavailable' })
  billing.breakNetwork(undefined)
  await billing.database.db.update(agentPricingTiers).set({ trialDays: 30 }).where(eq(agentPricingTiers.id, tierId))
  const { intentId, url } = await start()
  const sessions = await billing.stripe.checkout.sessions.list({ status: 'open' })
  expect(sessions.data).toMatchObject([{ url, metadata: { rialto_intent: intentId } }])
})

it('a change that waits for its payment is nobody’s checkout, and goes on waiting', async () => {
  const bought = await billing.subscribe({ agent, tierId: agent.tiers.monthly })
  await billing.addCard(bought.customerId, 'pm_card_authenticationRequired')
  await adoptChosenCard(billing.deps, bought.customerId)
  const intentId = randomUUID()
  const changed = await commitChange(billing.deps, { ...bought, tierId: agent.tiers.pro, intentId })
  expect(changed.kind).toBe('needs_payment')
  const which = { intentId, userId: bought.userId }
  await expect(settleCheckout(billing.deps, which)).rejects.toMatchObject({ code: 'not_found' })
  await expect(giveUpCheckout(billing.deps, which)).rejects.toMatchObject({ code: 'not_found' })
  expect(await stateOf(intentId)).toBe('open')
})
