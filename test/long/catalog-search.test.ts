// Thousands of things nobody should type, against a catalogue large enough for every way of searching.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { searchAgents } from '#src/features/catalog/index.ts'
import { availabilitySchema, priceModelSchema, sortSchema } from '#src/features/catalog/index.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { generateVocabulary } from '../../bench/catalog/generate.ts'
import { loadAgents } from '../../bench/catalog/load.ts'

const agentCount = 30_000
const seed = 42
/** What a search may take at most, and the machine's own hiccups. */
const slowestMs = 5_000
const hostileSearches = 2_500

let database: TestDatabase
const vocabulary = generateVocabulary()

beforeAll(async () => {
  database = await createTestDatabase()
  await loadAgents({ url: database.url, count: agentCount, vocabulary })
}, 600_000)
afterAll(() => database.drop())

const typed = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: fc.constantFrom(...'\0\ud800&|!<>():*\'"\\%_~^#=- agent東京'), maxLength: 60 }),
  fc.array(fc.constantFrom(...vocabulary.slice(0, 50)), { maxLength: 12 }).map((words) => words.join(' ')),
  fc.array(fc.constantFrom(...vocabulary.slice(0, 5000)), { maxLength: 3 }).map((words) => words.join(' ').slice(1)),
  fc.string({ unit: 'grapheme', minLength: 200, maxLength: 200 }),
  fc.string({ unit: fc.constantFrom(...'人工知能エージェント에이전트'), maxLength: 200 }),
  fc.string({ unit: fc.constantFrom('🤖', '🎉', '👩‍🚀', '🏴‍☠️', ' '), maxLength: 100 }),
  fc
    .array(fc.constantFrom('the', 'of', 'and', 'to', 'a', 'in', 'is', 'it'), { maxLength: 40 })
    .map((words) => words.join(' ')),
  fc.constantFrom('\0', '\ud800', "' OR 1=1 --", ':*', '<->', `${'a'.repeat(40)} `.repeat(5)),
  fc.constant(vocabulary.slice(0, 8).join(' ')),
)

test('2,500 hostile searches are answered in time, with counts that fit their pages', async () => {
  let slowest = 0
  await fc.assert(
    fc.asyncProperty(
      typed,
      fc.record({
        tags: fc.subarray(['topic-0', 'topic-3', 'topic-190'], { maxLength: 2 }),
        prices: fc.subarray(priceModelSchema.options, { maxLength: 2 }),
        statuses: fc.subarray(availabilitySchema.options, { maxLength: 2 }),
        hasTrial: fc.boolean(),
        isVerified: fc.boolean(),
      }),
      fc.constantFrom(...sortSchema.options),
      async (q, filters, sort) => {
        const startedAt = performance.now()
        const found = await searchAgents(database, {
          q,
          ...filters,
          sort,
          cursor: undefined,
          isExact: false,
          limit: 24,
          withFacets: true,
          withReasons: true,
        })
        const ms = performance.now() - startedAt
        slowest = Math.max(slowest, ms)
        expect(ms).toBeLessThan(slowestMs)
        const { count, isExact } = found.facets?.total ?? { count: 0, isExact: true }
        expect(found.items).toHaveLength(isExact ? Math.min(24, count) : 24)
      },
    ),
    { seed, numRuns: hostileSearches },
  )
  console.log(`${hostileSearches} searches without an error, the slowest in ${Math.round(slowest)} ms`)
})

test('estimated totals are within a quarter of the truth', async () => {
  for (const word of vocabulary.slice(0, 12)) {
    const { facets } = await searchAgents(database, {
      q: word,
      tags: [],
      sort: 'newest',
      cursor: undefined,
      isExact: true,
      limit: 1,
      withFacets: true,
    })
    const { rows } = await database.pool.query(
      `SELECT count(*)::int AS count FROM agent_search WHERE document @@ plainto_tsquery('english', $1)`,
      [word],
    )
    const [truth] = rows as { count: number }[]
    expect(Math.abs((facets?.total.count ?? 0) / (truth?.count ?? 1) - 1)).toBeLessThan(0.25)
  }
})

test('pages of a common word hold each of thousands of matches once', async () => {
  const q = vocabulary[40] ?? ''
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = await searchAgents(database, {
      q,
      tags: [],
      sort: 'relevance',
      cursor,
      isExact: true,
      limit: 100,
      withFacets: false,
    })
    seen.push(...page.items.map(({ slug }) => slug))
    cursor = page.nextCursor
  } while (cursor !== undefined)
  const { rows } = await database.pool.query(
    `SELECT count(*)::int AS count FROM agent_search WHERE document @@ plainto_tsquery('english', $1)`,
    [q],
  )
  expect(seen.length).toBeGreaterThan(1000)
  expect(new Set(seen).size).toBe(seen.length)
  expect(seen).toHaveLength((rows as { count: number }[])[0]?.count ?? 0)
})
