// What a list can be narrowed and ordered by, and that it follows what happens elsewhere.
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  agentAddonOffers,
  agentChecks,
  agentInstalls,
  agentMetricDefinitions,
  agentPricingTiers,
  agents,
  organization,
  reviews,
  user,
} from '#src/db/schema/index.ts'
import {
  createCatalogServices,
  recountTerms,
  refreshAgentSearch,
  refreshOutdatedSearch,
  searchAgents,
} from '#src/features/catalog/index.ts'
import { archiveOffer } from '#src/features/billing/offers/archive-offer.ts'
import { createOffer } from '#src/features/billing/offers/create-offer.ts'
import { readReachability } from '#src/features/insights/read-reachability.ts'
import type { SearchQuery } from '#src/features/catalog/search-agents.ts'
import { addMember, addPerson, addPublisher, subscribe } from '#test/integration/pricing/publisher.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { listAgents } from './agents.ts'

let database: TestDatabase
const ids = new Map<string, string>()

const idOf = (slug: string): string => ids.get(slug) ?? ''

type Change = Partial<typeof agents.$inferInsert>

async function change(slug: string, values: Change): Promise<void> {
  await database.db.transaction(async (tx) => {
    await tx
      .update(agents)
      .set(values)
      .where(eq(agents.id, idOf(slug)))
    await refreshAgentSearch(tx, [idOf(slug)])
  })
}

async function offer(slug: string, tier: Partial<typeof agentPricingTiers.$inferInsert>): Promise<string> {
  const price = tier.price ?? 0
  const [row] = await database.db
    .insert(agentPricingTiers)
    .values({ agentId: idOf(slug), tierName: `Tier ${crypto.randomUUID()}`, price, isFree: price === 0, ...tier })
    .returning()
  await refresh(slug)
  return row?.id ?? ''
}

const refresh = (...slugs: string[]) => database.db.transaction((tx) => refreshAgentSearch(tx, slugs.map(idOf)))

beforeAll(async () => {
  database = await createTestDatabase()
  // All of one moment, so that only what a test changes tells them apart.
  const updatedAt = new Date('2026-01-01')
  const wanted = [
    { slug: 'free', name: 'Agent free', tags: ['coding'] },
    { slug: 'paid', name: 'Agent paid', tags: ['coding', 'data'] },
    { slug: 'both', name: 'Agent both', tags: ['data'] },
    { slug: 'soon', name: 'Agent soon', tags: ['data'] },
    { slug: 'entry', name: 'Agent entry', tags: ['coding'] },
    { slug: 'claimed', name: 'Agent claimed', tags: [] },
  ]
  const listed = await listAgents(
    database.db,
    wanted.map((agent) => ({ ...agent, updatedAt, listedAt: updatedAt })),
  )
  for (const [index, { slug }] of wanted.entries()) ids.set(slug, listed[index] ?? '')
  await offer('free', {})
  await offer('paid', { price: 900, trialDays: 14 })
  await offer('both', {})
  await offer('both', { price: 900 })
  const [metric] = await database.db
    .insert(agentMetricDefinitions)
    .values({ agentId: idOf('both'), slug: 'pages', displayName: 'Pages', unit: 'pages' })
    .returning()
  await database.db.insert(agentAddonOffers).values({
    agentId: idOf('both'),
    metricId: metric?.id ?? '',
    displayName: '100 pages',
    amount: 100,
    scope: 'one_cycle',
    price: 100,
    currency: 'EUR',
  })
  await change('soon', { comingSoon: true, updatedAt })
  await change('entry', { listing: 'directory_entry', updatedAt })
  await change('claimed', { listing: 'directory_entry', claimedAt: updatedAt, verifiedAt: updatedAt, updatedAt })
  await change('both', { verifiedAt: updatedAt, updatedAt })
  await recountTerms(database.db)
})
afterAll(() => database.drop())

const search = (query: Partial<SearchQuery> = {}) =>
  searchAgents(database, {
    q: '',
    sort: 'name',
    cursor: undefined,
    isExact: false,
    limit: 100,
    withFacets: true,
    ...query,
  })
const slugsOf = async (query: Partial<SearchQuery>) => (await search(query)).items.map(({ slug }) => slug)

describe('filters', () => {
  test.each<[string, Partial<SearchQuery>, string[]]>([
    ['a price', { prices: ['free'] }, ['both', 'free']],
    ['one price or another', { prices: ['top-up', 'none'] }, ['both', 'claimed', 'entry', 'soon']],
    ['a subscription', { prices: ['subscription'] }, ['both', 'paid']],
    ['a trial', { hasTrial: true }, ['paid']],
    ['a verified publisher', { isVerified: true }, ['both', 'claimed']],
    ['what can be used now', { statuses: ['available'] }, ['both', 'claimed', 'free', 'paid']],
    ['what can’t be yet, or nobody claimed', { statuses: ['coming-soon', 'unclaimed'] }, ['entry', 'soon']],
    [
      'all groups together',
      { tags: ['data'], prices: ['free', 'none'], isVerified: true, statuses: ['available'] },
      ['both'],
    ],
    ['what nobody has', { hasTrial: true, isVerified: true }, []],
  ])('by %s', async (_, query, slugs) => {
    expect(await slugsOf(query)).toEqual(slugs)
    // With words the same filters go another way through the index.
    expect((await slugsOf({ ...query, q: 'agent', sort: 'relevance' })).toSorted()).toEqual(slugs)
  })

  test('a cursor belongs to its filters, in whatever order they were chosen', async () => {
    const { nextCursor } = await search({ statuses: ['available', 'unclaimed'], limit: 2 })
    const next = await search({ statuses: ['unclaimed', 'available'], limit: 2, cursor: nextCursor })
    expect(next.items.map(({ slug }) => slug)).toEqual(['entry', 'free'])
    await expect(search({ statuses: ['available'], limit: 2, cursor: nextCursor })).rejects.toThrow('invalid_request')
  })
})

describe('counts', () => {
  const counts = async (query: Partial<SearchQuery>) => {
    const { facets } = await search(query)
    const byValue = (list: readonly { value: string; count: number }[] = []) =>
      Object.fromEntries(list.map(({ value, count }) => [value, count]))
    return {
      total: facets?.total.count,
      tags: Object.fromEntries(facets?.tags.map(({ slug, count }) => [slug, count]) ?? []),
      prices: byValue(facets?.prices),
      statuses: byValue(facets?.statuses),
      withTrial: facets?.withTrial,
      verified: facets?.verified,
    }
  }

  test('say of each value how many agents have it', async () => {
    expect(await counts({})).toEqual({
      total: 6,
      tags: { coding: 3, data: 3 },
      prices: { free: 2, subscription: 2, 'top-up': 1, none: 3 },
      statuses: { available: 4, unreachable: 0, 'coming-soon': 1, unclaimed: 1 },
      withTrial: 1,
      verified: 2,
    })
  })

  test('of a group with a choice are those without it, all others with it', async () => {
    expect(await counts({ prices: ['free'], tags: ['coding'] })).toEqual({
      total: 1,
      tags: { coding: 1 },
      prices: { free: 1, subscription: 1, 'top-up': 0, none: 1 },
      statuses: { available: 1, unreachable: 0, 'coming-soon': 0, unclaimed: 0 },
      withTrial: 0,
      verified: 0,
    })
  })

  test('tell for each value how many agents choosing it leads to', async () => {
    const base: Partial<SearchQuery> = { q: 'agent', prices: ['none'], statuses: ['unclaimed'] }
    const { prices, statuses } = await counts(base)
    for (const price of ['free', 'subscription', 'top-up'] as const) {
      const alone = (await search({ ...base, prices: [price] })).items.length
      expect(prices[price]).toBe(alone)
    }
    for (const status of ['available', 'coming-soon'] as const) {
      expect(statuses[status]).toBe((await search({ ...base, statuses: [status] })).items.length)
    }
  })

  test('of an empty list say which filter empties it', async () => {
    const relaxed = await createCatalogServices(database).relax({
      q: 'agent',
      sort: 'relevance',
      tags: ['coding'],
      prices: ['free', 'subscription'],
      statuses: ['unclaimed'],
    })
    expect(relaxed.map(({ total, isAll }) => [total.count, isAll])).toEqual([
      [0, false],
      [1, false],
      [2, false],
      [6, true],
    ])
  })
})

describe('orders', () => {
  const install = async (slug: string, people: string[]) => {
    await database.db.insert(agentInstalls).values(people.map((userId) => ({ agentId: idOf(slug), userId })))
    await refresh(slug)
  }
  const review = async (slug: string, ratings: number[]) => {
    for (const rating of ratings) {
      await database.db
        .insert(reviews)
        .values({ agentId: idOf(slug), userId: await addPerson(database.db), rating, title: '', body: '' })
    }
    await refresh(slug)
  }
  const people = (count: number) => Promise.all(Array.from({ length: count }, () => addPerson(database.db)))

  test('popular goes by people, without the publisher’s own and those who only test', async () => {
    const [member = '', tester = '', banned = ''] = await people(3)
    const organizationId = crypto.randomUUID()
    await database.db
      .insert(organization)
      .values({ id: organizationId, name: 'Acme', slug: organizationId, createdAt: new Date() })
    await addMember(database.db, { organizationId, userId: member, role: 'member' })
    await change('free', { organizationId, updatedAt: new Date('2026-01-01') })
    const tierId = await offer('free', {})
    await subscribe(database.db, { agentId: idOf('free'), tierId, userId: tester, isTest: true })
    await database.db.update(user).set({ banned: true }).where(eq(user.id, banned))

    await install('free', [member, tester, banned, ...(await people(1))])
    await install('soon', await people(2))
    await install('paid', await people(3))
    const found = await search({ sort: 'popular', limit: 3 })
    expect(found.items.map(({ slug, installs }) => [slug, installs])).toEqual([
      ['paid', 3],
      ['soon', 2],
      ['free', 1],
    ])
  })

  test('top rated does not let one enthusiast pass many content people', async () => {
    await review('entry', [5])
    await review('both', [5, 5, 4, 5, 5])
    await review('claimed', [1])
    const order = await slugsOf({ sort: 'top-rated' })
    expect(order.slice(0, 2)).toEqual(['both', 'entry'])
    expect(order.at(-1)).toBe('claimed')
  })

  test.each(['popular', 'top-rated'] as const)('%s has pages both ways, also among equals', async (sort) => {
    const all = await slugsOf({ sort })
    const first = await search({ sort, limit: 2 })
    const second = await search({ sort, limit: 2, cursor: first.nextCursor })
    const third = await search({ sort, limit: 2, cursor: second.nextCursor })
    expect([...first.items, ...second.items, ...third.items].map(({ slug }) => slug)).toEqual(all)
    expect(third.nextCursor).toBeUndefined()
    expect((await search({ sort, limit: 2, cursor: third.previousCursor })).items).toEqual(second.items)
  })
})

describe('reasons', () => {
  test('multiply to the score, and the score makes the order', async () => {
    const { items } = await search({ q: 'agents coding', sort: 'relevance', withReasons: true })
    expect(items.length).toBeGreaterThan(2)
    const scores = items.map(({ why }) => {
      if (why === undefined) throw new Error('an agent without a reason')
      const { textRank, namesakeFactor, reviews: stars, installs, updated, score } = why
      expect(textRank * namesakeFactor * stars.factor * installs.factor * updated.factor).toBeCloseTo(score, 10)
      return score
    })
    expect(scores).toEqual(scores.toSorted((a, b) => b - a))
  })

  test('say where each word was found, and count what was counted', async () => {
    const { items } = await search({ q: 'coding paid', sort: 'relevance', withReasons: true })
    expect(items[0]?.why).toMatchObject({
      words: [
        { word: 'coding', places: ['tagline-or-tags'] },
        { word: 'paid', places: ['name'] },
      ],
      installs: { count: 3 },
      reviews: { count: 0, factor: 0.7 },
      isRanked: true,
      namesakeFactor: 1,
    })
  })

  test('name the corrected word, and an exact name', async () => {
    const { items } = await search({ q: 'agnet claimed', sort: 'relevance', withReasons: true })
    expect(items[0]?.why?.words.map(({ word }) => word)).toEqual(['agent', 'claimed'])
    const named = await search({ q: 'agent claimed', sort: 'relevance', withReasons: true })
    expect(named.items[0]?.why?.namesakeFactor).toBe(10)
  })

  test('are not given for another order', async () => {
    const { items } = await search({ q: 'agent', sort: 'newest', withReasons: true })
    expect(items[0]).not.toHaveProperty('why')
  })
})

test('an add-on shows as soon as it is on offer, and no longer when it is archived', async () => {
  const { slug, ...by } = await addPublisher(database.db)
  await database.db
    .insert(agentMetricDefinitions)
    .values({ agentId: by.agentId, slug: 'pages', displayName: 'Pages', unit: 'pages' })
  ids.set(slug, by.agentId)
  await offer(slug, { price: 900, currency: 'USD' })
  const isFound = async () => (await slugsOf({ prices: ['top-up'] })).includes(slug)
  expect(await isFound()).toBe(false)
  const added = await createOffer(database, {
    by,
    offer: {
      metric: 'pages',
      displayName: '100 pages',
      amount: 100,
      scope: 'one_cycle',
      priceMinor: 100,
      currency: 'USD',
    },
  })
  expect(await isFound()).toBe(true)
  await archiveOffer(database, { by, offerId: added.id })
  expect(await isFound()).toBe(false)
})

describe('what happens without an edit', () => {
  test('an agent that stops answering is unreachable here when its page says so, and until it answers', async () => {
    await change('paid', { initiateLoginUri: 'https://agent.example/sign-in' })
    const check = (isReachable: boolean, at: number) =>
      database.db.insert(agentChecks).values({
        agentId: idOf('paid'),
        checkedAt: new Date(Date.UTC(2026, 0, 1, 0, at)),
        isReachable,
        reason: isReachable ? null : 'timeout',
      })
    const standsAt = async () => {
      await refreshOutdatedSearch(database.db)
      const page = await readReachability(database.db, idOf('paid'))
      return { list: await slugsOf({ statuses: ['unreachable'] }), isOnPage: page?.unreachableSince !== null }
    }
    for (const at of [1, 2]) await check(false, at)
    expect(await standsAt()).toEqual({ list: [], isOnPage: false })
    await check(false, 3)
    expect(await standsAt()).toEqual({ list: ['paid'], isOnPage: true })
    expect(await slugsOf({ statuses: ['available'] })).not.toContain('paid')
    await check(true, 4)
    expect(await standsAt()).toEqual({ list: [], isOnPage: false })
  })

  test('an organization’s agents are found by the name that it has now, and not by the one before', async () => {
    const organizationId = crypto.randomUUID()
    await database.db.insert(organization).values({ id: organizationId, name: 'Quillfeather', slug: 'quillfeather' })
    await change('paid', { organizationId })
    expect(await slugsOf({ q: 'quillfeather' })).toEqual(['paid'])
    await database.db.update(organization).set({ name: 'Inkhorn' }).where(eq(organization.id, organizationId))
    expect(await refreshOutdatedSearch(database.db)).toBe(1)
    expect(await slugsOf({ q: 'inkhorn' })).toEqual(['paid'])
    expect(await slugsOf({ q: 'quillfeather', isExact: true })).toEqual([])
    expect(await refreshOutdatedSearch(database.db)).toBe(0)
    await change('paid', { organizationId: null })
  })

  test('shows after the regular look', async () => {
    await refreshOutdatedSearch(database.db)
    expect(await refreshOutdatedSearch(database.db)).toBe(0)

    const [later] = await database.db
      .insert(agentPricingTiers)
      .values({
        agentId: idOf('entry'),
        tierName: 'Later',
        isFree: true,
        price: 0,
        effectiveAt: sql`rialto_now() + interval '1 day'`,
      })
      .returning()
    await refresh('entry')
    expect(await slugsOf({ prices: ['free'] })).not.toContain('entry')

    await database.db
      .update(agentPricingTiers)
      .set({ effectiveAt: sql`rialto_now()` })
      .where(eq(agentPricingTiers.id, later?.id ?? ''))
    await database.db.delete(agentInstalls).where(eq(agentInstalls.agentId, idOf('paid')))
    await database.db
      .update(agents)
      .set({ status: 'archived' })
      .where(eq(agents.id, idOf('soon')))
    expect(await refreshOutdatedSearch(database.db)).toBe(3)
    expect(await slugsOf({ prices: ['free'] })).toContain('entry')
    expect((await search({ sort: 'popular', limit: 1 })).items[0]).toMatchObject({ slug: 'free', installs: 1 })
    expect(await slugsOf({})).not.toContain('soon')
  })
})
