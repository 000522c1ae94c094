import { and, eq, isNull } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agentPricingTiers, auditLogs, userAgentSubscriptions } from '#src/db/schema/index.ts'
import { searchAgents } from '#src/features/catalog/index.ts'
import { createMetric } from '#src/features/pricing/metrics/create-metric.ts'
import { newMetricSchema, newTierSchema, tierVersionsMax } from '#src/features/pricing/schema.ts'
import type { QuotaLimit, Tier, TierEdit } from '#src/features/pricing/schema.ts'
import { archiveTier, unarchiveTier } from '#src/features/pricing/tiers/archive-tier.ts'
import { createTier } from '#src/features/pricing/tiers/create-tier.ts'
import { deleteTier } from '#src/features/pricing/tiers/delete-tier.ts'
import { editTier } from '#src/features/pricing/tiers/edit-tier.ts'
import { orderTiers } from '#src/features/pricing/tiers/order-tiers.ts'
import { describeTiers, listTiers } from '#src/features/pricing/tiers/read-tiers.ts'
import { setQuotas } from '#src/features/pricing/tiers/set-quotas.ts'
import { archiveMetric } from '#src/features/pricing/metrics/archive-metric.ts'
import { openSubscription } from '#src/features/subscriptions/index.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { addPerson, addPublisher, subscribe } from './publisher.ts'
import type { TestPublisher } from './publisher.ts'

let database: TestDatabase
let by: TestPublisher
beforeAll(async () => {
  database = await createTestDatabase()
  by = await publisherWithMetrics()
})
afterAll(() => database.drop())

async function publisherWithMetrics(): Promise<TestPublisher> {
  const publisher = await addPublisher(database.db)
  for (const slug of ['messages', 'tokens', 'seats']) {
    const kind = slug === 'seats' ? 'gauge' : 'counter'
    await createMetric(database, {
      by: publisher,
      metric: newMetricSchema.parse({ slug, displayName: slug, unit: 'unit', kind }),
    })
  }
  return publisher
}

interface Wanted {
  readonly of?: TestPublisher
  readonly priceMinor?: number
  readonly tierName?: string
  readonly recommended?: boolean
  readonly quotas?: Readonly<Record<string, QuotaLimit>>
}

const quotasOf = (quotas: Readonly<Record<string, QuotaLimit>>) =>
  Object.entries(quotas).map(([metric, limit]) => ({ metric, limit }))

const add = ({ of = by, priceMinor = 1_900, tierName = crypto.randomUUID(), recommended, quotas = {} }: Wanted = {}) =>
  createTier(database, {
    by: of,
    tier: newTierSchema.parse({ tierName, priceMinor, currency: 'EUR', recommended, quotas: quotasOf(quotas) }),
  })

const edit = (tier: Pick<Tier, 'id'>, change: TierEdit, of = by) =>
  editTier(database, { by: of, tierId: tier.id, edit: change })
const set = (tier: Pick<Tier, 'id'>, quotas: Readonly<Record<string, QuotaLimit>>, of = by) =>
  setQuotas(database, { by: of, tierId: tier.id, edit: { quotas: quotasOf(quotas) } })

/** The version itself, as those who have it see it. */
async function version(id: string): Promise<Tier> {
  const rows = await database.db.select().from(agentPricingTiers).where(eq(agentPricingTiers.id, id))
  const [tier] = await describeTiers(database.db, rows)
  if (tier === undefined) throw new Error('There is no such version')
  return tier
}

const shown = ({ quotas }: Tier) => Object.fromEntries(quotas.map(({ metric, limit }) => [metric, limit]))

const present = async ({ agentId }: TestPublisher) => describeTiers(database.db, await listTiers(database.db, agentId))

describe('a tier that nobody ever had', () => {
  test('is made with its quotas, and shows what it includes', async () => {
    const tier = await add({ quotas: { messages: 100, tokens: 'unlimited', seats: 0 } })
    expect(tier).toMatchObject({ version: 1, priceMinor: 1_900, currency: 'EUR', isInUse: false, archivedAt: null })
    expect(shown(tier)).toEqual({ messages: 100, tokens: 'unlimited', seats: 0 })
  })

  test('changes in place: price, interval and quotas, less of them too', async () => {
    const tier = await add({ quotas: { messages: 100, tokens: 'unlimited' } })
    const edited = await edit(tier, { priceMinor: 19_000, billingInterval: 'year', usageInterval: 'year' })
    const lowered = await set(tier, { messages: 10, tokens: 'not_included' })
    expect(edited).toMatchObject({ id: tier.id, version: 1, priceMinor: 19_000, billingInterval: 'year' })
    expect(lowered).toMatchObject({ id: tier.id, version: 1 })
    expect(shown(lowered)).toEqual({ messages: 10 })
  })

  test('falls to a free tier after its trial only where there is one on offer', async () => {
    const of = await publisherWithMetrics()
    const field = { code: 'invalid_request', details: { errors: [{ path: 'trialEndsWith' }] } }
    const trial = { trialDays: 14, trialWithoutCard: true, trialEndsWith: 'free_tier' } as const
    const paid = await add({ of })
    expect(paid).toMatchObject({ trialDays: 0, trialWithoutCard: false, trialEndsWith: 'charge' })
    await expect(edit(paid, trial, of)).rejects.toMatchObject(field)
    await expect(
      createTier(database, { by: of, tier: newTierSchema.parse({ tierName: 'T', priceMinor: 100, ...trial }) }),
    ).rejects.toMatchObject(field)
    const free = await add({ of, priceMinor: 0 })
    expect(await edit(paid, trial, of)).toMatchObject(trial)
    await archiveTier(database, { by: of, tierId: free.id })
    expect(await edit(paid, { description: 'Edited' }, of)).toMatchObject(trial)
  })

  test('can be deleted, and its cheaper price leaves the card with it', async () => {
    const of = await publisherWithMetrics()
    await add({ of, priceMinor: 900 })
    const cheap = await add({ of, priceMinor: 100 })
    expect(await priceOf(of)).toBe(100)
    await deleteTier(database, { by: of, tierId: cheap.id })
    expect(await priceOf(of)).toBe(900)
    await expect(deleteTier(database, { by: of, tierId: cheap.id })).rejects.toMatchObject({ code: 'not_found' })
  })
})

async function priceOf({ slug }: TestPublisher): Promise<number | undefined> {
  const query = { q: '', tags: [], sort: 'newest', limit: 100, isExact: true, withFacets: false } as const
  const { items } = await searchAgents(database, { ...query, cursor: undefined })
  return items.find((item) => item.slug === slug)?.priceFrom?.amountMinor
}

describe('a tier that somebody has', () => {
  test.each(['active', 'canceled'] as const)('is there for good, also when the subscription is %s', async (status) => {
    const tier = await add()
    await subscribe(database.db, { agentId: by.agentId, tierId: tier.id, status })
    await expect(deleteTier(database, { by, tierId: tier.id })).rejects.toMatchObject({ code: 'conflict' })
    expect((await archiveTier(database, { by, tierId: tier.id })).archivedAt).not.toBeNull()
    expect(await version(tier.id)).toMatchObject({ isInUse: true })
  })

  test('gives more at once, to those who have it too', async () => {
    const tier = await add({ quotas: { messages: 100 } })
    await subscribe(database.db, { agentId: by.agentId, tierId: tier.id })
    const raised = await set(tier, { messages: 200, tokens: 5, seats: 'unlimited' })
    expect(raised).toMatchObject({ id: tier.id, version: 1 })
    expect(shown(raised)).toEqual({ messages: 200, tokens: 5, seats: 'unlimited' })
  })

  test('gives less by a new version, and those who have it keep what they had', async () => {
    const tier = await add({ quotas: { messages: 100, tokens: 'unlimited' } })
    const subscription = await subscribe(database.db, { agentId: by.agentId, tierId: tier.id })
    const lowered = await set(tier, { messages: 50 })
    expect(lowered).toMatchObject({ familyId: tier.familyId, version: 2, archivedAt: null, isInUse: false })
    expect(shown(lowered)).toEqual({ messages: 50, tokens: 'unlimited' })
    const before = await version(tier.id)
    expect(shown(before)).toEqual({ messages: 100, tokens: 'unlimited' })
    expect(before.archivedAt).not.toBeNull()
    const [row] = await database.db
      .select()
      .from(userAgentSubscriptions)
      .where(eq(userAgentSubscriptions.id, subscription))
    expect(row).toMatchObject({ tierId: tier.id, nextTierId: null })
  })

  test('of more and less together, the more acts at once and the less with the next version', async () => {
    const tier = await add({ quotas: { messages: 100, tokens: 5 } })
    await subscribe(database.db, { agentId: by.agentId, tierId: tier.id })
    const changed = await set(tier, { messages: 50, tokens: 10 })
    expect(shown(changed)).toEqual({ messages: 50, tokens: 10 })
    expect(shown(await version(tier.id))).toEqual({ messages: 100, tokens: 10 })
  })

  test('costs something else by a new version, and the Stripe price stays with the old one', async () => {
    const tier = await add({ quotas: { messages: 100 } })
    const [stripePriceId, stripeProductId] = [`price_${crypto.randomUUID()}`, `prod_${crypto.randomUUID()}`]
    await database.db
      .update(agentPricingTiers)
      .set({ stripePriceId, stripeProductId })
      .where(eq(agentPricingTiers.id, tier.id))
    await subscribe(database.db, { agentId: by.agentId, tierId: tier.id })
    const dearer = await edit(tier, { priceMinor: 2_900, tierName: 'Dearer' })
    expect(dearer).toMatchObject({ version: 2, priceMinor: 2_900, tierName: 'Dearer' })
    expect(shown(dearer)).toEqual({ messages: 100 })
    expect(await version(tier.id)).toMatchObject({ priceMinor: 1_900, tierName: tier.tierName })
    const [row] = await database.db.select().from(agentPricingTiers).where(eq(agentPricingTiers.id, dearer.id))
    expect(row).toMatchObject({ stripePriceId: null, stripeProductId })
  })

  test('is fixed by its first price at Stripe, since somebody may be buying it', async () => {
    const tier = await add({ quotas: { messages: 100 } })
    const stripePriceId = `price_${crypto.randomUUID()}`
    await database.db.update(agentPricingTiers).set({ stripePriceId }).where(eq(agentPricingTiers.id, tier.id))
    expect(await edit(tier, { description: 'For teams', trialDays: 14 })).toMatchObject({ id: tier.id, isInUse: true })
    await expect(deleteTier(database, { by, tierId: tier.id })).rejects.toMatchObject({ code: 'conflict' })
    const dearer = await edit(tier, { priceMinor: 2_000 })
    expect(dearer).toMatchObject({ version: 2, priceMinor: 2_000, trialDays: 14 })
    const [row] = await database.db.select().from(agentPricingTiers).where(eq(agentPricingTiers.id, tier.id))
    expect(row).toMatchObject({ price: 1_900, stripePriceId })
  })

  test('keeps how its trial goes in its next version', async () => {
    const of = await publisherWithMetrics()
    await add({ of, priceMinor: 0 })
    const trial = { trialDays: 7, trialWithoutCard: true, trialEndsWith: 'free_tier' } as const
    const tier = await edit(await add({ of }), trial, of)
    await subscribe(database.db, { agentId: of.agentId, tierId: tier.id })
    expect(await edit(tier, { priceMinor: 2_000 }, of)).toMatchObject({ version: 2, ...trial })
  })

  test('changes its words, trial and recommendation in place', async () => {
    const tier = await add()
    await subscribe(database.db, { agentId: by.agentId, tierId: tier.id })
    const words = { tierName: 'Words', description: 'More of them', trialDays: 30, recommended: true }
    expect(await edit(tier, words)).toMatchObject({ id: tier.id, version: 1, ...words })
  })

  test.each([
    ['priceMinor', { priceMinor: 0 }],
    ['currency', { currency: 'USD' }],
  ] as const)('can’t change its %s into what nobody agreed to', async (field, change) => {
    const tier = await add()
    await subscribe(database.db, { agentId: by.agentId, tierId: tier.id })
    await expect(edit(tier, change)).rejects.toMatchObject({
      code: 'invalid_request',
      details: { errors: [{ path: field }] },
    })
    expect(await version(tier.id)).toMatchObject({ priceMinor: 1_900, currency: 'EUR', archivedAt: null })
  })

  test('a version that only somebody’s future holds is in use as well', async () => {
    const [tier, other] = [await add({ quotas: { messages: 9 } }), await add()]
    const inAWeek = new Date(Date.now() + 7 * 86_400_000)
    await subscribe(database.db, {
      agentId: by.agentId,
      tierId: other.id,
      nextTierId: tier.id,
      nextTierAt: inAWeek,
    })
    expect(await set(tier, { messages: 1 })).toMatchObject({ version: 2 })
    await expect(deleteTier(database, { by, tierId: tier.id })).rejects.toMatchObject({ code: 'conflict' })
  })

  test('whoever still looks at an old version edits the tier all the same', async () => {
    const tier = await add({ quotas: { messages: 100, tokens: 100 } })
    await subscribe(database.db, { agentId: by.agentId, tierId: tier.id })
    const second = await set(tier, { messages: 50 })
    const third = await set(tier, { tokens: 50 })
    // Nobody has the second version yet, so it still changes in place.
    expect(third).toMatchObject({ id: second.id, version: 2 })
    expect(shown(third)).toEqual({ messages: 50, tokens: 50 })
  })
})

describe('edits at once', () => {
  test('of different things are all kept, in one version or several', async () => {
    const tier = await add({ quotas: { messages: 100, tokens: 100, seats: 100 } })
    await subscribe(database.db, { agentId: by.agentId, tierId: tier.id })
    await Promise.all([
      set(tier, { messages: 1 }),
      set(tier, { tokens: 2 }),
      set(tier, { seats: 300 }),
      edit(tier, { priceMinor: 500 }),
      edit(tier, { description: 'All of it' }),
    ])
    const after = (await present(by)).find(({ familyId }) => familyId === tier.familyId)
    expect(after).toMatchObject({ priceMinor: 500, description: 'All of it', archivedAt: null })
    expect(shown(after ?? tier)).toEqual({ messages: 1, tokens: 2, seats: 300 })
    const onOffer = and(eq(agentPricingTiers.familyId, tier.familyId), isNull(agentPricingTiers.archivedAt))
    expect(await database.db.$count(agentPricingTiers, onOffer)).toBe(1)
    expect(shown(await version(tier.id))).toEqual({ messages: 100, tokens: 100, seats: expect.any(Number) })
  })

  test('of two who read the same state, the second is told, whether words or quotas changed', async () => {
    const tier = await add({ quotas: { messages: 100 } })
    const { updatedAt } = tier
    await set(tier, { messages: 200 })
    await expect(edit(tier, { description: 'Late', updatedAt })).rejects.toMatchObject({ code: 'conflict' })
    const now = await edit(tier, { description: 'Later', updatedAt: (await version(tier.id)).updatedAt })
    const stale = { quotas: quotasOf({ messages: 1 }), updatedAt }
    await expect(setQuotas(database, { by, tierId: tier.id, edit: stale })).rejects.toMatchObject({ code: 'conflict' })
    expect(now.description).toBe('Later')
  })

  test('of subscribing and changing, one waits for the other: nobody gets other terms than they read', async () => {
    const tier = await add({ quotas: { messages: 100 } })
    const { promise: subscribed, resolve: mayCommit } = Promise.withResolvers<void>()
    const { promise: isHeld, resolve: held } = Promise.withResolvers<void>()
    const subscribing = database.db.transaction(async (tx) => {
      await tx.select().from(agentPricingTiers).where(eq(agentPricingTiers.id, tier.id)).for('share')
      held()
      await subscribed
      await subscribe(tx as unknown as typeof database.db, { agentId: by.agentId, tierId: tier.id })
    })
    await isHeld
    const lowering = set(tier, { messages: 1 })
    mayCommit()
    await subscribing
    expect(await lowering).toMatchObject({ version: 2 })
    expect(shown(await version(tier.id))).toEqual({ messages: 100 })
  })
})

test('nobody gets a paid tier for nothing, when it stops being free in the moment they take it', async () => {
  for (let round = 0; round < 12; round += 1) {
    const tier = await add({ priceMinor: 0 })
    const opening = openSubscription(
      { db: database.db, newId: () => crypto.randomUUID() },
      { userId: await addPerson(database.db), agentId: by.agentId, tierId: tier.id, by: { kind: 'system' } },
    )
    const [opened, changed] = await Promise.allSettled([opening, edit(tier, { priceMinor: 500 })])
    // Exactly one of them: the other sees what the first one did.
    expect([opened.status, changed.status].toSorted()).toEqual(['fulfilled', 'rejected'])
    expect((await version(tier.id)).priceMinor).toBe(opened.status === 'fulfilled' ? 0 : 500)
    await archiveTier(database, { by, tierId: tier.id })
  }
})

describe('what is refused names its field', () => {
  test('a name that another tier on offer has, in any spelling; an archived one’s is free', async () => {
    const of = await publisherWithMetrics()
    const pro = await add({ of, tierName: 'Pro' })
    const taken = { code: 'invalid_request', details: { errors: [{ path: 'tierName' }] } }
    await expect(add({ of, tierName: 'PRO' })).rejects.toMatchObject(taken)
    const plus = await add({ of, tierName: 'Plus' })
    await expect(edit(plus, { tierName: 'pro' }, of)).rejects.toMatchObject(taken)
    expect(await edit(pro, { tierName: 'pro' }, of)).toMatchObject({ tierName: 'pro' })
    await archiveTier(database, { by: of, tierId: pro.id })
    await add({ of, tierName: 'Pro' })
    await expect(unarchiveTier(database, { by: of, tierId: pro.id })).rejects.toMatchObject(taken)
  })

  test('a trial of a free tier, a usage period longer than the billing one, an unknown or archived metric', async () => {
    const of = await publisherWithMetrics()
    const tier = await add({ of })
    const field = (path: string) => ({ code: 'invalid_request', details: { errors: [{ path }] } })
    await expect(edit(tier, { priceMinor: 0, trialDays: 14 }, of)).rejects.toMatchObject(field('trialDays'))
    await expect(edit(tier, { usageInterval: 'year' }, of)).rejects.toMatchObject(field('usageInterval'))
    await expect(set(tier, { seats: 1, pages: 1 }, of)).rejects.toMatchObject(field('quotas.1.metric'))
    await archiveMetric(database, { by: of, slug: 'tokens' })
    await expect(set(tier, { tokens: 1 }, of)).rejects.toMatchObject(field('quotas.0.metric'))
    expect(shown(await version(tier.id))).toEqual({})
  })

  test('an archived tier is not edited, and comes back only with metrics in use', async () => {
    const of = await publisherWithMetrics()
    const tier = await add({ of, quotas: { messages: 1 } })
    await archiveTier(database, { by: of, tierId: tier.id })
    await expect(edit(tier, { description: 'x' }, of)).rejects.toMatchObject({ code: 'conflict' })
    await expect(set(tier, { messages: 2 }, of)).rejects.toMatchObject({ code: 'conflict' })
    await archiveMetric(database, { by: of, slug: 'messages' })
    await expect(unarchiveTier(database, { by: of, tierId: tier.id })).rejects.toMatchObject({
      code: 'conflict',
      details: { metrics: ['messages'] },
    })
  })

  test('another publisher’s tier is not there', async () => {
    const [of, tier] = [await publisherWithMetrics(), await add()]
    for (const verb of [archiveTier, unarchiveTier, deleteTier]) {
      await expect(verb(database, { by: of, tierId: tier.id })).rejects.toMatchObject({ code: 'not_found' })
    }
    await expect(edit(tier, { priceMinor: 1 }, of)).rejects.toMatchObject({ code: 'not_found' })
    await expect(set(tier, { messages: 1 }, of)).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('all tiers of an agent', () => {
  test('are put in order, and archived ones are last', async () => {
    const of = await publisherWithMetrics()
    const [a, b, c] = [await add({ of }), await add({ of }), await add({ of })]
    await archiveTier(database, { by: of, tierId: a.id })
    const d = await add({ of })
    const tierIds = [d.id, b.id, c.id]
    const ordered = await orderTiers(database, { by: of, tierIds })
    expect(ordered.map(({ id }) => id)).toEqual([...tierIds, a.id])
    for (const wrong of [
      [d.id, b.id],
      [...tierIds, a.id],
      [d.id, d.id, b.id],
    ]) {
      await expect(orderTiers(database, { by: of, tierIds: wrong })).rejects.toMatchObject({
        code: 'conflict',
        details: { tiers: tierIds },
      })
    }
  })

  test('are at most 20 on offer, however many are made at once', async () => {
    const of = await publisherWithMetrics()
    for (let count = 0; count < 17; count += 1) await add({ of })
    const settled = await Promise.allSettled(Array.from({ length: 6 }, () => add({ of })))
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
    const [first] = await present(of)
    await archiveTier(database, { by: of, tierId: first?.id ?? '' })
    await add({ of })
    await expect(unarchiveTier(database, { by: of, tierId: first?.id ?? '' })).rejects.toMatchObject({
      code: 'conflict',
    })
  })

  test('have at most so many versions, ever', async () => {
    const of = await publisherWithMetrics()
    const { familyId } = await add({ of })
    const rows = Array.from({ length: tierVersionsMax - 1 }, (_, index) => ({
      agentId: of.agentId,
      familyId,
      version: index + 2,
      tierName: 'Old',
      price: 1_900,
    }))
    await database.db.insert(agentPricingTiers).values(rows)
    await expect(add({ of })).rejects.toMatchObject({ code: 'conflict', details: { tierVersionsMax } })
  })

  test('recommend one at most', async () => {
    const of = await publisherWithMetrics()
    const [a, b] = [await add({ of, recommended: true }), await add({ of, recommended: true })]
    const recommended = async () => (await present(of)).filter((tier) => tier.recommended).map(({ id }) => id)
    expect(await recommended()).toEqual([b.id])
    await edit(a, { recommended: true }, of)
    expect(await recommended()).toEqual([a.id])
  })
})

test('whatever is changed is in the audit trail with what was there before; what was refused is not', async () => {
  const of = await publisherWithMetrics()
  const tier = await add({ of, quotas: { messages: 100 } })
  await edit(tier, { priceMinor: 2_000 }, of)
  await set(tier, { messages: 'not_included' }, of)
  await expect(set(tier, { pages: 1 }, of)).rejects.toThrow()
  await archiveTier(database, { by: of, tierId: tier.id })
  await archiveTier(database, { by: of, tierId: tier.id })
  await unarchiveTier(database, { by: of, tierId: tier.id })
  await deleteTier(database, { by: of, tierId: tier.id })
  const rows = await database.db
    .select()
    .from(auditLogs)
    .where(and(eq(auditLogs.resourceId, of.agentId), eq(auditLogs.userId, of.userId)))
    .orderBy(auditLogs.timestamp)
  const ofTiers = rows.filter(({ action }) => action.startsWith('tier.'))
  expect(ofTiers.map(({ action }) => action)).toEqual([
    'tier.create',
    'tier.edit',
    'tier.set_quotas',
    'tier.archive',
    'tier.unarchive',
    'tier.delete',
  ])
  expect(ofTiers[1]?.metadata).toMatchObject({ before: { priceMinor: 1_900 }, after: { priceMinor: 2_000 } })
  expect(ofTiers[2]?.metadata).toMatchObject({ before: { messages: 100 }, after: { messages: 'not_included' } })
  for (const row of ofTiers) expect(row).toMatchObject({ orgId: of.organizationId, metadata: { tierId: tier.id } })
})
