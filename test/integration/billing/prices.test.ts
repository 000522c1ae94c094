import { eq, sql } from 'drizzle-orm'
import { pino } from 'pino'
import { Stripe } from 'stripe'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  agentAddonOffers,
  agentMetricDefinitions,
  agentPricingTiers,
  agents,
  billingIntents,
  installation,
  subscriptionAddons,
  userAgentSubscriptions,
} from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { ensureOfferPrice, ensureTierPrice } from '#src/features/billing/index.ts'
import { syncPrices } from '#src/features/billing/prices/sync-prices.ts'
import { newTierSchema } from '#src/features/pricing/schema.ts'
import type { NewTier } from '#src/features/pricing/schema.ts'
import { archiveTier, unarchiveTier } from '#src/features/pricing/tiers/archive-tier.ts'
import { createTier } from '#src/features/pricing/tiers/create-tier.ts'
import { editTier } from '#src/features/pricing/tiers/edit-tier.ts'
import { apiVersion, createStripe } from '#src/integrations/stripe/index.ts'
import { addPerson, addPublisher, subscribe } from '#test/integration/pricing/publisher.ts'
import type { TestPublisher } from '#test/integration/pricing/publisher.ts'
import { startTestSandbox } from '#test/integration/stripe/sandbox.ts'
import type { TestSandbox } from '#test/integration/stripe/sandbox.ts'

let ground: TestSandbox
let by: TestPublisher
let deps: Pick<Deps, 'db' | 'payments'>
beforeAll(async () => {
  ground = await startTestSandbox()
  by = await addPublisher(ground.database.db)
  deps = depsWith(ground.stripe)
})
afterAll(() => ground.stop())

const depsWith = (stripe: Stripe): Pick<Deps, 'db' | 'payments'> => ({
  db: ground.database.db,
  payments: { environment: 'sandbox', webhookSecret: 'whsec_test', sandbox: ground.sandbox, stripe },
})

/** Without repetitions of the client's own: what is broken here shall reach the code. */
const stripeOver = (fetchLike: (request: Request) => Promise<Response>): Stripe => {
  const httpClient = Stripe.createFetchHttpClient((input: string | URL | Request, init?: RequestInit) =>
    fetchLike(new Request(input, init)),
  )
  return new Stripe('sk_test_sandbox', { apiVersion, maxNetworkRetries: 0, telemetry: false, httpClient })
}

/** A Stripe whose answer to the first such call is lost after it was given. */
function losingAnswer(call: string): Stripe {
  let isLost = false
  return stripeOver(async (request) => {
    const answer = await ground.sandbox.fetch(request)
    if (isLost || `${request.method} ${new URL(request.url).pathname}` !== call) return answer
    isLost = true
    throw new Error('The process has died')
  })
}

const addTier = (values: Partial<NewTier> = {}, of = by) =>
  createTier(ground.database, {
    by: of,
    tier: newTierSchema.parse({ tierName: crypto.randomUUID(), priceMinor: 1_900, currency: 'EUR', ...values }),
  })

const addOffer = async (values: Partial<typeof agentAddonOffers.$inferInsert> = {}) => {
  const [metric] = await ground.database.db
    .insert(agentMetricDefinitions)
    .values({ agentId: by.agentId, slug: `m${crypto.randomUUID()}`, displayName: 'Messages', unit: 'messages' })
    .returning()
  const [offer] = await ground.database.db
    .insert(agentAddonOffers)
    .values({
      agentId: by.agentId,
      metricId: metric?.id ?? '',
      displayName: '100 messages',
      amount: 100,
      scope: 'one_cycle',
      price: 500,
      currency: 'EUR',
      ...values,
    })
    .returning()
  if (offer === undefined) throw new Error('The offer was not inserted')
  return offer
}

const tierRow = async (id: string) => {
  const [row] = await ground.database.db.select().from(agentPricingTiers).where(eq(agentPricingTiers.id, id))
  if (row === undefined) throw new Error('The tier is gone')
  return row
}

const pricesOf = async (product: string) => (await ground.stripe.prices.list({ product, limit: 100 })).data

describe('the price of a tier', () => {
  test('is made at Stripe as the tier says, and written down', async () => {
    const tier = await addTier({
      tierName: 'Pro',
      billingInterval: 'year',
      taxBehavior: 'exclusive',
      description: 'All.',
    })
    const { productId, priceId } = await ensureTierPrice(deps, tier.id)
    expect(await ground.stripe.prices.retrieve(priceId)).toMatchObject({
      product: productId,
      unit_amount: 1_900,
      currency: 'eur',
      recurring: { interval: 'year', interval_count: 1 },
      tax_behavior: 'exclusive',
      metadata: { rialto: 'price', rialto_agent: by.agentId, rialto_tier: tier.id },
    })
    expect(await ground.stripe.products.retrieve(productId)).toMatchObject({
      name: 'Lector – Pro',
      description: 'All.',
      metadata: { rialto: 'product', rialto_agent: by.agentId },
    })
    expect(await tierRow(tier.id)).toMatchObject({ stripeProductId: productId, stripePriceId: priceId })
    expect((await tierRow(tier.id)).updatedAt.toISOString()).toBe(tier.updatedAt)
  })

  test('ties the database to the sandbox’s account', async () => {
    await ensureTierPrice(deps, (await addTier()).id)
    const [row] = await ground.database.db.select().from(installation)
    expect(row).toMatchObject({
      environment: 'sandbox',
      stripeAccountId: (await ground.stripe.accounts.retrieveCurrent()).id,
    })
  })

  test('is the same for five who ask at once, and exists once', async () => {
    const { id } = await addTier()
    const all = await Promise.all(Array.from({ length: 5 }, () => ensureTierPrice(depsWith(createStripe(ground)), id)))
    expect(new Set(all.map(({ priceId }) => priceId)).size).toBe(1)
    expect(await pricesOf(all[0]?.productId ?? '')).toHaveLength(1)
  })
})

describe('the price of an add-on', () => {
  test('is charged once where it counts for one cycle', async () => {
    const offer = await addOffer()
    const { productId, priceId } = await ensureOfferPrice(deps, offer.id)
    expect(await ground.stripe.prices.retrieve(priceId)).toMatchObject({
      product: productId,
      unit_amount: 500,
      currency: 'eur',
      recurring: null,
      metadata: { rialto: 'price', rialto_agent: by.agentId, rialto_offer: offer.id },
    })
    expect(await ensureOfferPrice(deps, offer.id)).toEqual({ productId, priceId })
  })

  test('comes again where the add-on does', async () => {
    const offer = await addOffer({ scope: 'permanent', billingInterval: 'year' })
    const all = await Promise.all(Array.from({ length: 3 }, () => ensureOfferPrice(deps, offer.id)))
    const [{ productId, priceId } = { productId: '', priceId: '' }] = all
    expect((await pricesOf(productId)).map(({ id, recurring }) => [id, recurring?.interval])).toEqual([
      [priceId, 'year'],
    ])
  })
})

test('a tier that was put on offer again can be bought at once', async () => {
  const tier = await addTier()
  const { priceId } = await ensureTierPrice(deps, tier.id)
  await archiveTier(ground.database, { by, tierId: tier.id })
  await ground.stripe.prices.update(priceId, { active: false })
  await unarchiveTier(ground.database, { by, tierId: tier.id })
  expect(await ensureTierPrice(deps, tier.id)).toMatchObject({ priceId })
  expect((await ground.stripe.prices.retrieve(priceId)).active).toBe(true)
})

test.each([
  ['product', '/v1/products'],
  ['price', '/v1/prices'],
])('a %s whose answer was lost is found again, also when days have passed', async (_, path) => {
  const { id } = await addTier()
  await expect(ensureTierPrice(depsWith(losingAnswer(`POST ${path}`)), id)).rejects.toMatchObject({
    code: 'unavailable',
  })
  expect((await tierRow(id)).stripePriceId).toBeNull()
  await ground.pass({ days: 3 })
  const { productId, priceId } = await ensureTierPrice(deps, id)
  expect((await pricesOf(productId)).map((price) => price.id)).toEqual([priceId])
})

describe('the job that keeps prices in step', () => {
  const log = pino({ level: 'silent' })
  /** As if everything had been changed a while ago. */
  const settle = async () => {
    for (const table of [agentPricingTiers, agentAddonOffers, agents]) {
      await ground.database.db.update(table).set({ updatedAt: sql`updated_at - interval '5 minutes'` })
    }
  }
  const sync = () => syncPrices({ ...deps, log })

  test('lets names follow, takes what is archived off sale, and then has nothing to do', async () => {
    const [kept, archived, offer] = [await addTier(), await addTier(), await addOffer()]
    const [keptPrice, archivedPrice] = [await ensureTierPrice(deps, kept.id), await ensureTierPrice(deps, archived.id)]
    const offerPrice = await ensureOfferPrice(deps, offer.id)
    await editTier(ground.database, { by, tierId: kept.id, edit: { tierName: 'Renamed', description: 'Anew.' } })
    await archiveTier(ground.database, { by, tierId: archived.id })
    await ground.database.db
      .update(agentAddonOffers)
      .set({ archivedAt: new Date(), displayName: 'More messages' })
      .where(eq(agentAddonOffers.id, offer.id))
    await sync()
    expect(await ground.stripe.products.retrieve(keptPrice.productId)).toMatchObject({
      name: 'Lector – Renamed',
      description: 'Anew.',
    })
    expect((await ground.stripe.products.retrieve(offerPrice.productId)).name).toBe('Lector – More messages')
    const isActive = async (id: string) => (await ground.stripe.prices.retrieve(id)).active
    expect(await isActive(keptPrice.priceId)).toBe(true)
    expect(await isActive(archivedPrice.priceId)).toBe(false)
    expect(await isActive(offerPrice.priceId)).toBe(false)
    await settle()
    expect(await sync()).toBe(0)
  })

  test('leaves the price of a former version to who has it, under the new name', async () => {
    const tier = await addTier()
    const { productId, priceId } = await ensureTierPrice(deps, tier.id)
    const next = await editTier(ground.database, {
      by,
      tierId: tier.id,
      edit: { priceMinor: 2_900, tierName: 'Dearer' },
    })
    await sync()
    expect(await ground.stripe.prices.retrieve(priceId)).toMatchObject({ active: false, unit_amount: 1_900 })
    expect((await ground.stripe.products.retrieve(productId)).name).toBe('Lector – Dearer')
    expect(await ensureTierPrice(deps, next.id)).toMatchObject({ productId })
    expect((await pricesOf(productId)).map(({ active, unit_amount: amount }) => [active, amount])).toEqual([
      [true, 2_900],
      [false, 1_900],
    ])
  })

  test('takes an archived price off sale only when nobody has it, is going to, or is paying for it', async () => {
    const [had, planned, paying, billed] = [await addTier(), await addTier(), await addTier(), await addTier()]
    const prices = await Promise.all([had, planned, paying, billed].map(({ id }) => ensureTierPrice(deps, id)))
    const areActive = async () =>
      Promise.all(prices.map(async ({ priceId }) => (await ground.stripe.prices.retrieve(priceId)).active))
    const { db } = ground.database
    const subscriptionId = await subscribe(db, { agentId: by.agentId, tierId: had.id })
    await db
      .update(userAgentSubscriptions)
      .set({ nextTierId: planned.id, nextTierAt: new Date(), priceId: prices[3]?.priceId ?? '' })
      .where(eq(userAgentSubscriptions.id, subscriptionId))
    const intent = { userId: await addPerson(db), agentId: by.agentId, tierId: paying.id, expiresAt: new Date() }
    const claim = { currency: 'EUR', months: {} }
    await db.insert(billingIntents).values({ kind: 'checkout', ...intent, claim })
    for (const { id } of [had, planned, paying, billed]) await archiveTier(ground.database, { by, tierId: id })
    await sync()
    expect(await areActive()).toEqual([true, true, true, true])

    await db.update(userAgentSubscriptions).set({ status: 'canceled', canceledAt: new Date() })
    await db.update(billingIntents).set({ state: 'expired', settledAt: new Date() })
    await settle()
    expect(await sync()).toBe(0)
    await db.update(agentPricingTiers).set({ stripeSyncedAt: sql`stripe_synced_at - interval '8 days'` })
    await sync()
    expect(await areActive()).toEqual([false, false, false, false])
  })

  test('leaves an archived add-on that comes with every bill on sale for as long as somebody has it', async () => {
    const offer = await addOffer({ scope: 'permanent', billingInterval: 'month' })
    const { priceId } = await ensureOfferPrice(deps, offer.id)
    const { db } = ground.database
    const subscriptionId = await subscribe(db, { agentId: by.agentId, tierId: (await addTier()).id })
    const { metricId, amount } = offer
    const bought = { scope: 'permanent', source: 'purchased', stripeObjectId: `si_${offer.id}` } as const
    await db.insert(subscriptionAddons).values({ subscriptionId, metricId, amount, offerId: offer.id, ...bought })
    await db.update(agentAddonOffers).set({ archivedAt: new Date() }).where(eq(agentAddonOffers.id, offer.id))
    await sync()
    expect((await ground.stripe.prices.retrieve(priceId)).active).toBe(true)
    await db.update(subscriptionAddons).set({ revokedAt: new Date() })
    await sync()
    expect((await ground.stripe.prices.retrieve(priceId)).active).toBe(false)
  })

  test('makes nothing at Stripe by itself, and nothing of an agent that nobody may buy', async () => {
    const of = await addPublisher(ground.database.db)
    const [unsold, sold] = [await addTier({}, of), await addTier({}, of)]
    const { productId } = await ensureTierPrice(deps, sold.id)
    await ground.database.db.update(agents).set({ status: 'suspended', name: 'Other' }).where(eq(agents.id, of.agentId))
    await sync()
    expect((await ground.stripe.products.retrieve(productId)).name).toBe(`Lector – ${sold.tierName}`)
    await ground.database.db.update(agents).set({ status: 'published' }).where(eq(agents.id, of.agentId))
    await sync()
    expect((await ground.stripe.products.retrieve(productId)).name).toBe(`Other – ${sold.tierName}`)
    expect(await tierRow(unsold.id)).toMatchObject({ stripeProductId: null, stripePriceId: null })
  })

  test('ends for now when Stripe is away, and goes on with the others where one is refused', async () => {
    const [gone, tier] = [await addTier(), await addTier()]
    const { productId } = await ensureTierPrice(deps, tier.id)
    await ground.database.db
      .update(agentPricingTiers)
      .set({ stripeProductId: 'prod_gone', stripePriceId: 'price_gone' })
      .where(eq(agentPricingTiers.id, gone.id))
    await editTier(ground.database, { by, tierId: tier.id, edit: { tierName: 'After' } })
    const away = stripeOver(() => Promise.reject(new Error('Nobody there')))
    expect(await syncPrices({ ...depsWith(away), log })).toBe(0)
    expect(await sync()).toBeGreaterThan(0)
    expect((await ground.stripe.products.retrieve(productId)).name).toBe('Lector – After')
  })
})

test('nothing that Stripe answered was not of its shape', () => {
  expect(ground.drifts).toEqual([])
})

test('an unknown tier is not found', async () => {
  await expect(ensureTierPrice(deps, crypto.randomUUID())).rejects.toMatchObject({ code: 'not_found' })
})
