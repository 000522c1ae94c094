// Random data, fixed seeds: pages together are the list, whatever the query, the order, the page size and the direction.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { recountTerms, searchAgents } from '#src/features/catalog/index.ts'
import type { AgentSort } from '#src/features/catalog/index.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { listAgents } from './agents.ts'
import type { TestAgent } from './agents.ts'

// Words that are their own stems, so that the expectation needs no stemmer; the first are in most agents.
const words = ['alpha', 'gamma', 'delta', 'omega', 'kappa', 'sigma']
const tagSlugs = ['red', 'green', 'blue']
const seed = 20_261_122
const initialCount = 520

let database: TestDatabase
let listed: TestAgent[]
let serial = 0

beforeAll(async () => {
  database = await createTestDatabase()
  listed = fc.sample(agentArbitrary, { numRuns: initialCount, seed }).map(numbered)
  await listAgents(database.db, listed)
  await recountTerms(database.db)
  await database.pool.query('ANALYZE')
})
afterAll(() => database.drop())

const probably = (weight: number) =>
  fc.oneof({ weight, arbitrary: fc.constant(true) }, { weight: 10 - weight, arbitrary: fc.constant(false) })
const some = (from: readonly string[], weights: readonly number[]) =>
  fc.tuple(...from.map((_, index) => probably(weights[index] ?? 1))).map((has) => from.filter((_, index) => has[index]))

const agentArbitrary = fc.record({
  inName: some(words, [1, 1, 1, 0, 0, 1]),
  inTagline: some(words, [3, 2, 1, 1, 0, 1]),
  inDescription: some(words, [9, 7, 4, 2, 1, 1]),
  tags: some(tagSlugs, [7, 3, 1]),
  // Few distinct times, so that the id has to decide.
  day: fc.integer({ min: 1, max: 12 }),
})

const numbered = (agent: {
  inName: string[]
  inTagline: string[]
  inDescription: string[]
  tags: string[]
  day: number
}): TestAgent => {
  serial += 1
  return {
    slug: `agent-${serial}`,
    name: ['same', ...agent.inName].join(' '),
    tagline: agent.inTagline.join(' '),
    description: agent.inDescription.join(' '),
    tags: agent.tags,
    listedAt: new Date(Date.UTC(2026, 0, agent.day)),
    updatedAt: new Date(Date.UTC(2026, 1, agent.day)),
  }
}

// Mostly common words by relevance: there the list has two parts, ranked candidates and the rest.
const queryArbitrary = fc.record({
  words: fc.oneof(
    fc.constantFrom<string[]>(['alpha'], ['gamma'], ['alpha', 'gamma']),
    fc.subarray(words, { maxLength: 2 }),
  ),
  tags: fc.oneof(fc.constant<string[]>([]), fc.subarray(tagSlugs, { maxLength: 2 })),
  sort: fc.oneof(
    fc.constant<AgentSort>('relevance'),
    fc.constantFrom<AgentSort>('relevance', 'newest', 'updated', 'name'),
  ),
  limit: fc.integer({ min: 7, max: 100 }),
})
type Query = typeof queryArbitrary extends fc.Arbitrary<infer T> ? T : never

const matches = (agent: TestAgent, query: Query): boolean => {
  const text = `${agent.name} ${agent.tagline} ${agent.description}`.split(' ')
  return query.words.every((word) => text.includes(word)) && query.tags.every((tag) => agent.tags?.includes(tag))
}

const request = ({ words: asked, tags, sort, limit }: Query) =>
  ({ q: asked.join(' '), tags, sort, limit, isExact: false, withFacets: false }) as const

/** All pages in one direction, `between` run after each. */
async function readAll(
  query: Query,
  { from, between = async () => {} }: { from?: string | undefined; between?: () => Promise<void> } = {},
): Promise<{ forward: string[]; backward: string[] }> {
  const forward: string[] = []
  const ends: (string | undefined)[] = []
  let cursor = from
  do {
    const page = await searchAgents(database, { ...request(query), cursor })
    forward.push(...page.items.map(({ slug }) => slug))
    ends.push(page.previousCursor)
    cursor = page.nextCursor
    await between()
  } while (cursor !== undefined)
  let backward: string[] = []
  for (cursor = ends.at(-1); cursor !== undefined;) {
    const page = await searchAgents(database, { ...request(query), cursor })
    backward = [...page.items.map(({ slug }) => slug), ...backward]
    cursor = page.previousCursor
  }
  return { forward, backward }
}

test('pages hold every match once, in order, and the same ones on the way back', async () => {
  await fc.assert(
    fc.asyncProperty(queryArbitrary, async (query) => {
      const expected = listed.filter((agent) => matches(agent, query))
      const { forward, backward } = await readAll(query)
      expect(forward.toSorted()).toEqual(expected.map(({ slug }) => slug).toSorted())
      const lastPage = forward.length % query.limit === 0 ? query.limit : forward.length % query.limit
      expect(backward).toEqual(forward.length <= query.limit ? [] : forward.slice(0, forward.length - lastPage))
      const bySlug = new Map(expected.map((agent) => [agent.slug, agent]))
      const keys = forward.map((slug) => sortKey(bySlug.get(slug), query.sort))
      expect(keys).toEqual(query.sort === 'name' ? keys.toSorted() : keys.toSorted((a, b) => Number(b) - Number(a)))
    }),
    { seed, numRuns: 20 },
  )
})

test('counts of matches and tags are those counted by hand', async () => {
  await fc.assert(
    fc.asyncProperty(queryArbitrary, async (query) => {
      const expected = listed.filter((agent) => matches(agent, query))
      const { facets } = await searchAgents(database, { ...request(query), cursor: undefined, withFacets: true })
      expect(facets?.total).toEqual({ count: expected.length, isExact: true })
      const counted = tagSlugs
        .map((slug) => ({ slug, count: expected.filter((agent) => agent.tags?.includes(slug)).length }))
        .filter(({ count }) => count > 0)
      expect(facets?.tags.map(({ slug, count }) => ({ slug, count })).toSorted(bySlug)).toEqual(
        counted.toSorted(bySlug),
      )
    }),
    { seed, numRuns: 20 },
  )
})

test('agents listed while somebody pages neither hide nor repeat the others', async () => {
  await fc.assert(
    fc.asyncProperty(
      queryArbitrary,
      fc.array(agentArbitrary, { minLength: 1, maxLength: 12 }),
      async (query, added) => {
        const before = listed.filter((agent) => matches(agent, query)).map(({ slug }) => slug)
        const waiting = added.map((agent) => ({ ...numbered(agent), updatedAt: new Date(Date.UTC(2026, 1, 28)) }))
        const between = async (): Promise<void> => {
          const next = waiting.pop()
          if (next === undefined) return
          await listAgents(database.db, [next])
          listed.push(next)
        }
        const { forward } = await readAll(query, { between })
        expect(forward.length).toBe(new Set(forward).size)
        const seen = new Set(forward)
        expect(before.filter((slug) => !seen.has(slug))).toEqual([])
      },
    ),
    { seed, numRuns: 12 },
  )
})

const bySlug = (a: { slug: string }, b: { slug: string }): number => (a.slug < b.slug ? -1 : 1)

function sortKey(agent: TestAgent | undefined, sort: AgentSort): string | number {
  switch (sort) {
    case 'newest':
      return agent?.listedAt?.getTime() ?? 0
    case 'updated':
      return agent?.updatedAt?.getTime() ?? 0
    case 'name':
      return agent?.name ?? ''
    case 'relevance':
    case 'popular':
    case 'top-rated':
      return 0
  }
}
