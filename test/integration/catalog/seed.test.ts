import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { agents, agentTags, collections, tags } from '#src/db/schema/index.ts'
import { readCatalogueSeed } from '#src/db/seed/index.ts'
import type { CatalogueSeed, SeedEntry } from '#src/db/seed/index.ts'
import { createCatalogServices, seedCatalogue } from '#src/features/catalog/index.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'

const seedFolder = join(import.meta.dirname, '../../../src/db/seed')
let seed: CatalogueSeed

beforeAll(async () => {
  seed = await readCatalogueSeed()
})

/** A later version of the seed, in which one entry says something else. */
const withEntry = (slug: string, change: Partial<SeedEntry>): CatalogueSeed => ({
  ...seed,
  entries: seed.entries.map((entry) => (entry.slug === slug ? { ...entry, ...change } : entry)),
})

describe('seeding', () => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await createTestDatabase()
    await seedCatalogue(database.db)
  })
  afterEach(() => database.drop())

  const agent = async (slug: string) => {
    const [row] = await database.db.select().from(agents).where(eq(agents.slug, slug))
    if (row === undefined) throw new Error(`${slug} is not there`)
    return row
  }

  /** Every row of every table that seeding writes, with the transaction that wrote it. */
  const everything = async (): Promise<unknown> => {
    const tables = ['agents', 'tags', 'agent_tags', 'agent_capabilities', 'agent_steps', 'agent_changelog']
    const searched = ['agent_search', 'agent_search_terms', 'agent_suggestions', 'seed_entries']
    const chosen = ['collections', 'collection_agents']
    const rows = [...tables, ...searched, ...chosen].map(async (table) => [
      table,
      (await database.pool.query(`SELECT ${table}.xmin::text AS written_by, ${table}.* FROM ${table} ORDER BY 2, 3`))
        .rows,
    ])
    return Promise.all(rows)
  }

  test('lists every entry as an unclaimed agent that nobody made', async () => {
    const rows = await database.db.select().from(agents)
    expect(rows.map(({ slug }) => slug).toSorted()).toEqual(seed.entries.map(({ slug }) => slug).toSorted())
    expect(rows.length).toBeGreaterThanOrEqual(15)
    for (const row of rows) {
      expect(row).toMatchObject({
        status: 'published',
        listing: 'directory_entry',
        createdBy: null,
        oauthClientId: null,
        claimedAt: null,
      })
      expect(row.sources.length).toBeGreaterThan(0)
    }
  })

  test('a second time changes nothing, row for row', async () => {
    const before = await everything()
    const outcome = await seedCatalogue(database.db)
    expect(outcome).toEqual({ directoryEntries: seed.entries.length, added: [], updated: [], kept: [], leftAlone: [] })
    expect(await everything()).toEqual(before)
  })

  test('publishes every collection, in its own order', async () => {
    const shown = await createCatalogServices(database).collections()
    expect(shown.map(({ slug }) => slug)).toEqual(seed.collections?.map(({ slug }) => slug))
    const [wanted] = seed.collections ?? []
    const first = await createCatalogServices(database).collection(wanted?.slug ?? '')
    expect(first?.agents.map(({ slug }) => slug)).toEqual(wanted?.agents)
  })

  test('changes in a collection only what nobody has edited, and never brings back what was deleted', async () => {
    const [first, second] = seed.collections ?? []
    if (first === undefined || second === undefined) throw new Error('The seed has too few collections.')
    const of = async (slug: string) =>
      (await database.db.select().from(collections).where(eq(collections.slug, slug)))[0]
    await database.db.update(collections).set({ title: 'Ours' }).where(eq(collections.slug, first.slug))
    await database.db.delete(collections).where(eq(collections.slug, second.slug))
    const later = [
      { ...first, title: 'Theirs', description: 'New words.', agents: first.agents.toReversed() },
      { ...second, title: 'Back again' },
    ]
    await seedCatalogue(database.db, { ...seed, collections: later })
    expect(await of(first.slug)).toMatchObject({ title: 'Ours', description: 'New words.' })
    expect(await of(second.slug)).toBeUndefined()
    const chosen = async () =>
      (await createCatalogServices(database).collection(first.slug))?.agents.map(({ slug }) => slug)
    expect(await chosen()).toEqual(first.agents.toReversed())

    // Somebody takes one out: from then on the choice is theirs.
    await database.pool.query(
      `DELETE FROM collection_agents WHERE agent_id = (SELECT id FROM agents WHERE slug = $1)
       AND collection_id = (SELECT id FROM collections WHERE slug = $2)`,
      [first.agents[0], first.slug],
    )
    await seedCatalogue(database.db, { ...seed, collections: [first] })
    expect(await chosen()).toEqual(first.agents.slice(1).toReversed())
  })

  test('ten at once on an empty database list each entry once', async () => {
    const empty = await createTestDatabase()
    try {
      const outcomes = await Promise.all(Array.from({ length: 10 }, () => seedCatalogue(empty.db)))
      expect(outcomes.filter(({ added }) => added.length > 0)).toHaveLength(1)
      expect(await empty.db.$count(agents)).toBe(seed.entries.length)
    } finally {
      await empty.drop()
    }
  })

  test('a newer entry changes what nobody edited and keeps what somebody did', async () => {
    await database.db.update(agents).set({ tagline: 'Edited by a person' }).where(eq(agents.slug, 'aider'))
    const newer = withEntry('aider', {
      tagline: 'Newer tagline',
      license: 'MIT',
      steps: [{ title: 'Only step', description: 'Do it.' }],
      tags: ['coding'],
    })
    const outcome = await seedCatalogue(database.db, newer)
    expect(outcome).toMatchObject({ updated: ['aider'], kept: ['aider.tagline'], added: [], leftAlone: [] })
    const found = await createCatalogServices(database).getAgent('aider')
    expect(found).toMatchObject({
      kind: 'found',
      agent: {
        tagline: 'Edited by a person',
        license: 'MIT',
        steps: [{ title: 'Only step', description: 'Do it.' }],
        tags: [{ slug: 'coding', name: 'Coding' }],
      },
    })
    expect((await seedCatalogue(database.db, newer)).updated).toEqual([])
    expect((await agent('aider')).tagline).toBe('Edited by a person')
  })

  test('tags that a person took away stay away', async () => {
    const { id } = await agent('aider')
    await database.db.delete(agentTags).where(eq(agentTags.agentId, id))
    const outcome = await seedCatalogue(database.db, withEntry('aider', { tags: ['coding', 'editor'], license: 'MIT' }))
    expect(outcome).toMatchObject({ updated: ['aider'], kept: ['aider.tags'] })
    expect(await database.db.$count(agentTags, eq(agentTags.agentId, id))).toBe(0)
  })

  test('an agent that was deleted does not come back, nor does a deleted tag', async () => {
    await database.db.delete(agents).where(eq(agents.slug, 'aider'))
    await database.db.delete(tags).where(eq(tags.slug, 'editor'))
    expect((await seedCatalogue(database.db)).added).toEqual([])
    const outcome = await seedCatalogue(database.db, withEntry('aider', { license: 'MIT' }))
    expect(outcome).toMatchObject({ added: [], updated: [], leftAlone: ['aider'] })
    expect(await database.db.$count(agents, eq(agents.slug, 'aider'))).toBe(0)
    expect(await database.db.$count(tags, eq(tags.slug, 'editor'))).toBe(0)
  })

  test('an agent that its publisher has claimed is theirs', async () => {
    await database.db.update(agents).set({ claimedAt: new Date() }).where(eq(agents.slug, 'aider'))
    const outcome = await seedCatalogue(database.db, withEntry('aider', { tagline: 'Newer tagline' }))
    expect(outcome).toMatchObject({ updated: [], leftAlone: ['aider'] })
    expect((await agent('aider')).tagline).not.toBe('Newer tagline')
  })

  test('a slug that another agent has is left to it', async () => {
    const other = await createTestDatabase()
    try {
      await other.db.insert(agents).values({ slug: 'aider', name: 'Another Aider' })
      const outcome = await seedCatalogue(other.db)
      expect(outcome.leftAlone).toEqual(['aider'])
      expect(await other.db.select({ name: agents.name }).from(agents).where(eq(agents.slug, 'aider'))).toEqual([
        { name: 'Another Aider' },
      ])
    } finally {
      await other.drop()
    }
  })

  test('a renamed tag is shown and found under its new name', async () => {
    const renamed = {
      ...seed,
      tags: seed.tags.map((tag) => (tag.slug === 'editor' ? { ...tag, name: 'Wordsmithery' } : tag)),
    }
    await seedCatalogue(database.db, renamed)
    const found = await createCatalogServices(database).search({ q: 'wordsmithery', tags: [], sort: 'relevance' })
    expect(found.items.map(({ slug }) => slug)).toContain('aider')
  })
})

describe('a seed file that is wrong', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rialto-seed-'))
    await cp(seedFolder, folder, { recursive: true })
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  const change = async (edit: (entry: Record<string, unknown>) => void): Promise<void> => {
    const path = join(folder, 'directory/aider.json')
    const entry = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>
    edit(entry)
    await writeFile(path, JSON.stringify(entry))
  }

  test.each<[string, (entry: Record<string, unknown>) => void, RegExp]>([
    ['a field is missing', (entry) => delete entry['tagline'], /directory\/aider\.json: tagline: /],
    ['an address is a script', (entry) => (entry['homepageUrl'] = 'javascript:alert(1)'), /aider\.json: homepageUrl: /],
    [
      'a list item is wrong',
      (entry) => (entry['steps'] = [{ title: '' }]),
      /aider\.json: steps\.0\.title: .*steps\.0\.description: /,
    ],
    ['a field is unknown', (entry) => (entry['rating'] = 5), /aider\.json: .*rating/],
    ['a tag is unknown', (entry) => (entry['tags'] = ['coding', 'nonsense']), /aider\.json: tags\.1: "nonsense"/],
    ['the slug is another', (entry) => (entry['slug'] = 'other'), /aider\.json: slug: /],
    [
      'a date is none',
      (entry) => (entry['sources'] = [{ url: 'https://a.example', title: 'A', checkedAt: 'soon', asOf: '2026-01-01' }]),
      /sources\.0\.checkedAt: /,
    ],
  ])('is named with its field when %s', async (_, edit, message) => {
    await change(edit)
    await expect(readCatalogueSeed(folder)).rejects.toThrow(message)
  })

  test('is named when it is not JSON', async () => {
    await writeFile(join(folder, 'directory/aider.json'), '{ "slug": ')
    await expect(readCatalogueSeed(folder)).rejects.toThrow(/^directory\/aider\.json: is not JSON/)
  })

  test('leaves the database as it was', async () => {
    const database = await createTestDatabase()
    try {
      const bad = withEntry('swe-agent', { homepageUrl: 'ftp://not-allowed.example' })
      await expect(seedCatalogue(database.db, bad)).rejects.toThrow()
      expect(await database.db.$count(agents)).toBe(0)
    } finally {
      await database.drop()
    }
  })
})
