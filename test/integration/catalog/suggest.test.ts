// What is suggested while somebody types, read from the database as the pages and the API read it.
import { eq, sql } from 'drizzle-orm'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agents } from '#src/db/schema/index.ts'
import { catalogRoutes, createCatalogServices, refreshAgentSearch } from '#src/features/catalog/index.ts'
import type { AppEnv } from '#src/http/api.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { listAgents } from './agents.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
  await listAgents(database.db, [
    { slug: 'openhands', name: 'OpenHands', tags: ['coding'], updatedAt: new Date('2026-01-01') },
    { slug: 'gpt-researcher', name: 'GPT Researcher', tags: ['browser-automation'], updatedAt: new Date('2026-06-01') },
    { slug: 'handbook', name: 'Handbook', updatedAt: new Date('2026-03-01') },
    { slug: 'old-hand', name: 'Old hand', updatedAt: new Date('2024-06-01') },
    { slug: 'hidden-hand', name: 'Hidden hand', status: 'draft', tags: ['secret-tag'] },
  ])
})
afterAll(() => database.drop())

const suggest = (typed: string) => createCatalogServices(database).suggest(typed)
const slugs = async (typed: string): Promise<string[]> => (await suggest(typed)).agents.map(({ slug }) => slug)

describe('suggestions', () => {
  test.each([
    ['o', ['openhands', 'old-hand']],
    ['OPENH', ['openhands']],
    ['open hands', ['openhands']],
    ['open ha', ['openhands']],
    ['gpt res', ['gpt-researcher']],
    ['gptres', ['gpt-researcher']],
    ['rese', ['gpt-researcher']],
    ['ésearch', []],
    ['résea', ['gpt-researcher']],
  ])('"%s" is how %j begin', async (typed, expected) => {
    expect(await slugs(typed)).toEqual(expected)
  })

  test('the best agents come first, and what is not published never comes', async () => {
    expect(await slugs('hand')).toEqual(['handbook', 'openhands', 'old-hand'])
  })

  test('agents come by their publisher too, after those by name', async () => {
    await change('old-hand', { publisherName: 'Bookbinders of Venice' })
    await change('gpt-researcher', { publisherName: 'Handicraft' })
    expect(await slugs('venice')).toEqual(['old-hand'])
    expect(await slugs('hand')).toEqual(['handbook', 'openhands', 'old-hand', 'gpt-researcher'])
  })

  test('tags come by any of their words, unless no listed agent has them', async () => {
    await database.pool.query(`UPDATE tags SET name = 'Browser automation' WHERE slug = 'browser-automation'`)
    for (const typed of ['brow', 'browser auto', 'automa', 'browser-a']) {
      expect((await suggest(typed)).tags, typed).toEqual([{ slug: 'browser-automation', name: 'Browser automation' }])
    }
    expect(await suggest('secret')).toEqual({ agents: [], tags: [] })
  })

  test('a misspelt word is corrected when nothing begins like it', async () => {
    expect(await slugs('opnhands')).toEqual(['openhands'])
    expect(await slugs('gpt reseacher')).toEqual(['gpt-researcher'])
    expect(await slugs('qqqqzzzz')).toEqual([])
  })

  test('a new name and an end of being listed show at once', async () => {
    await listAgents(database.db, [{ slug: 'brief-life', name: 'Ephemeral' }])
    await change('brief-life', { name: 'Evanescent' })
    expect([await slugs('ephem'), await slugs('evanes')]).toEqual([[], ['brief-life']])
    await change('brief-life', { status: 'suspended' })
    expect(await slugs('evanes')).toEqual([])
  })

  test.each([
    '',
    '   ',
    '%',
    '_',
    '%%%',
    'o%',
    '\\',
    "' OR 1=1 --",
    '\0',
    'o\0p',
    '\uD800',
    '🎉',
    'a'.repeat(10_000),
    'a '.repeat(5_000),
    '\u202E',
    '検',
    ':*&!',
  ])('%j is answered, with eight at most', async (typed) => {
    const { agents: found, tags } = await suggest(typed)
    expect(found.length + tags.length).toBeLessThanOrEqual(8)
  })

  test('a wildcard stands for itself', async () => {
    expect(await slugs('op%hands')).toEqual([])
    expect(await slugs('_penhands')).toEqual(['openhands'])
  })
})

test('faster than thirty people type, one network has to wait and another has not', async () => {
  const app = new Hono<AppEnv>()
  app.use(async (c, next) => {
    c.set('clientAddress', c.req.header('x-test-address') ?? '')
    await next()
  })
  app.route('/', catalogRoutes(database))
  const from = async (address: string): Promise<Response> =>
    app.request('/suggestions?q=', { headers: { 'x-test-address': address } })
  for (let asked = 0; asked < 600; asked += 1) expect((await from('203.0.113.7')).status).toBe(200)
  const refused = await from('203.0.113.7')
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '10'])
  expect((await from('203.0.113.8')).status).toBe(200)
  // Of IPv6 a whole /64 is one network.
  for (let asked = 0; asked < 600; asked += 1) await from(`2001:db8::${asked}`)
  expect((await from('2001:db8::ffff')).status).toBe(429)
})

describe('a beginning that thousands share', () => {
  beforeAll(async () => {
    await database.pool.query(`
      WITH made AS (
        INSERT INTO agents (slug, name, status, published_at)
        SELECT 'crowd-' || n, 'Crowd ' || n, 'published', now() FROM generate_series(1, 5000) AS n RETURNING id, slug
      ), searched AS (
        INSERT INTO agent_search (agent_id, quality, name_key, listed_at, updated_at, tags, document)
        SELECT id, substr(slug, 7)::integer / 1000.0, slug, now(), now(), '{}', '' FROM made
      )
      SELECT`)
    await database.pool.query(`
      INSERT INTO agent_suggestions (agent_id, key, is_name, quality)
      SELECT agent_id, 'crowd', quality < 4.99, quality FROM agent_search WHERE name_key LIKE 'crowd-%'`)
  })

  test('still shows its best, those by name before those by publisher', async () => {
    const best = Array.from({ length: 8 }, (_, place) => `crowd-${4989 - place}`)
    expect(await slugs('cro')).toEqual(best)
    await database.pool.query(`UPDATE agent_suggestions SET is_name = false WHERE key = 'crowd'`)
    expect(await slugs('cro')).toEqual(Array.from({ length: 8 }, (_, place) => `crowd-${5000 - place}`))
  })
})

async function change(slug: string, set: Partial<typeof agents.$inferInsert>): Promise<void> {
  await database.db.transaction(async (tx) => {
    // The time of the last change stays, and with it the order.
    const [row] = await tx
      .update(agents)
      .set({ updatedAt: sql`updated_at`, ...set })
      .where(eq(agents.slug, slug))
      .returning({ id: agents.id })
    await refreshAgentSearch(tx, [row?.id ?? ''])
  })
}
