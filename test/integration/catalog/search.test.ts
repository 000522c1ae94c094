import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agents } from '#src/db/schema/index.ts'
import { createCatalogServices, recountTerms, refreshAgentSearch, searchAgents } from '#src/features/catalog/index.ts'
import type { CatalogServices } from '#src/features/catalog/index.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { listAgents } from './agents.ts'

let database: TestDatabase
let catalog: CatalogServices

beforeAll(async () => {
  database = await createTestDatabase()
  catalog = createCatalogServices(database)
  await listAgents(database.db, [
    { slug: 'openhands', name: 'OpenHands', tagline: 'Agents that write software', tags: ['coding', 'self-hosted'] },
    { slug: 'gpt-researcher', name: 'GPT Researcher', tagline: 'Deep research with cited reports', tags: ['research'] },
    { slug: 'aider', name: 'Aider', tagline: 'Pair programming in the terminal', tags: ['coding', 'command-line'] },
    { slug: 'the-who', name: 'The Who', tagline: 'Songs', description: 'An agent about music.' },
    { slug: 'tokyo', name: '東京アシスタント', description: '人工知能のエージェント' },
    { slug: 'cafe', name: 'Café Größe', description: 'Плата за обслуживание. C3PO speaks naïvely.' },
    { slug: 'hidden', name: 'Hidden draft', tagline: 'unseenword', status: 'draft', tags: ['coding'] },
  ])
  await recountTerms(database.db)
})
afterAll(() => database.drop())

const find = async (q: string, more: { tags?: string[]; exact?: boolean } = {}) =>
  catalog.search({ q, tags: more.tags ?? [], sort: 'relevance', exact: more.exact })
const slugsOf = async (...search: Parameters<typeof find>) => (await find(...search)).items.map(({ slug }) => slug)

describe('misspelt words', () => {
  test.each([
    ['opnhands', 'openhands', 'openhands'],
    ['openhadns', 'openhands', 'openhands'],
    ['reserch', 'research', 'gpt-researcher'],
    ['Aidr', 'aider', 'aider'],
    ['progamming terminl', 'programming terminal', 'aider'],
    ['progamimng', 'programming', 'aider'],
  ])('"%s" is corrected to "%s" and finds %s', async (typed, corrected, slug) => {
    const found = await find(typed)
    expect(found.items[0]?.slug).toBe(slug)
    expect(found.correctedFrom).toBe(typed)
    expect(found.correctedTo).toBe(corrected)
  })

  test('"agnet" finds what "agent" finds', async () => {
    expect(await slugsOf('agnet')).toEqual(await slugsOf('agent'))
    expect((await find('agnet')).correctedTo).toBe('agent')
  })

  test('a word that some agent has is never corrected', async () => {
    const found = await find('agents')
    expect(found.items.length).toBeGreaterThan(0)
    expect(found).not.toHaveProperty('correctedTo')
  })

  test('exact search takes words as typed', async () => {
    expect(await slugsOf('opnhands', { exact: true })).toEqual([])
  })

  test('Chinese, Japanese and words with digits are not corrected', async () => {
    expect(await slugsOf('東北')).toEqual([])
    expect(await slugsOf('c3pq')).toEqual([])
  })

  test('words of agents that are not listed are not suggested', async () => {
    expect(await find('unseenwrd')).not.toHaveProperty('correctedTo')
  })
})

describe('what counts as the same word', () => {
  test.each([
    ['open hands', 'openhands'],
    ['OPENHANDS', 'openhands'],
    ['hands', 'openhands'],
    ['gptresearcher', 'gpt-researcher'],
    ['researching', 'gpt-researcher'],
    ['openh', 'openhands'],
    ['cafe', 'cafe'],
    ['ＣＡＦÉ', 'cafe'],
    ['grosse', 'cafe'],
    ['ПЛАТА', 'cafe'],
    ['naively', 'cafe'],
    ['東京', 'tokyo'],
    ['知', 'tokyo'],
    ['人工知能', 'tokyo'],
    ['the who', 'the-who'],
    ['command line', 'aider'],
  ])('"%s" finds %s first', async (typed, slug) => {
    expect((await slugsOf(typed))[0]).toBe(slug)
  })

  test('an agent of exactly the name typed comes first', async () => {
    const [id] = await listAgents(database.db, [
      { slug: 'terminal', name: 'Terminal', updatedAt: new Date('2024-01-01') },
      { slug: 'terminal-tools', name: 'Terminal Terminal', tagline: 'terminal terminal terminal' },
    ])
    expect(id).toBeDefined()
    expect((await slugsOf('terminal'))[0]).toBe('terminal')
  })
})

describe('tags', () => {
  test('an agent must have all of them, and the words too', async () => {
    expect((await slugsOf('', { tags: ['coding'] })).toSorted()).toEqual(['aider', 'openhands'])
    expect(await slugsOf('', { tags: ['coding', 'command-line'] })).toEqual(['aider'])
    expect(await slugsOf('software', { tags: ['coding'] })).toEqual(['openhands'])
    expect(await slugsOf('software', { tags: ['research'] })).toEqual([])
    expect(await slugsOf('', { tags: ['no-such-tag'] })).toEqual([])
  })
})

describe('what is typed to break it', () => {
  test.each([
    ['NUL', '\0 agent \0'],
    ['lone surrogates', '\ud800agent\udfff'],
    ['operators', 'agent & | ! <-> :* ( ) \' \\ " --'],
    ['SQL', "'; DROP TABLE agents; --"],
    ['emoji', '🎉🎉'],
    ['stop words', 'the of and to a in'],
    ['one letter', 'x'],
    ['one long word', 'a'.repeat(5000)],
    ['many words', 'agent '.repeat(500)],
    ['percent and underscore', '%_%'],
    ['right to left', '\u202eagent'],
    ['stacked marks', `a${'\u0301'.repeat(300)}`],
    ['mark lexemes', '#coding ^open =openhands ~8'],
    ['tab and newline', 'agent\t\n\r\v'],
    ['Hangul', '에이전트'],
    ['long Chinese', '人工知能'.repeat(60)],
    ['200 letters', 'agentcode'.repeat(23).slice(0, 200)],
    ['200 emoji', '🤖'.repeat(100)],
    ['mark lexemes of traits', '@price:free @status:available'],
  ])('%s is answered', async (_, typed) => {
    const found = await find(typed)
    expect(found.total.count).toBeGreaterThanOrEqual(found.items.length)
    for (const sort of ['popular', 'top-rated', 'newest', 'updated', 'name'] as const) {
      const filters = { tags: ['coding'], prices: ['none'], statuses: ['available'] } as const
      await expect(catalog.search({ q: typed, ...filters, sort })).resolves.toBeDefined()
    }
  })

  test('what has no letters is no search: every agent is listed', async () => {
    expect((await find('🎉 & |')).total.count).toBe((await find('')).total.count)
  })
})

describe('search rows follow the agent', () => {
  test('an agent that is suspended is not found, and found again when it returns', async () => {
    const [id = ''] = await listAgents(database.db, [{ slug: 'fleeting', name: 'Fleeting' }])
    const setStatus = async (status: 'suspended' | 'published') =>
      database.db.transaction(async (tx) => {
        await tx.update(agents).set({ status }).where(eq(agents.id, id))
        await refreshAgentSearch(tx, [id])
      })
    expect(await slugsOf('fleeting')).toEqual(['fleeting'])
    await setStatus('suspended')
    expect(await slugsOf('fleeting', { exact: true })).toEqual([])
    expect(await catalog.getAgent('fleeting')).toEqual({ kind: 'missing' })
    await setStatus('published')
    expect(await slugsOf('fleeting')).toEqual(['fleeting'])
  })

  test('of two edits at once neither is lost', async () => {
    const [id = ''] = await listAgents(database.db, [{ slug: 'edited', name: 'Edited' }])
    await Promise.all(
      Array.from({ length: 6 }, (_, edit) =>
        database.db.transaction(async (tx) => {
          const column = edit % 2 === 0 ? { tagline: `zebra${edit}x` } : { description: `walrus${edit}x` }
          await tx.update(agents).set(column).where(eq(agents.id, id))
          await refreshAgentSearch(tx, [id])
        }),
      ),
    )
    const [agent] = await database.db.select().from(agents).where(eq(agents.id, id))
    expect(await slugsOf(`${agent?.tagline} ${agent?.description}`, { exact: true })).toEqual(['edited'])
  })

  test('agents listed at once with the same new words are all found', async () => {
    const word = 'quixotically'
    await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        listAgents(database.db, [
          { slug: `quixotic-${index}`, name: `Q ${index}`, description: `${word} new${index}` },
        ]),
      ),
    )
    expect((await find(word)).total.count).toBe(8)
    expect((await find('quixoticaly')).correctedTo).toBe(word)
  })

  test('refreshing without a change writes nothing', async () => {
    const version = async () =>
      (
        await database.pool.query(
          'SELECT agent_search.xmin FROM agent_search JOIN agents ON id = agent_id WHERE slug = $1',
          ['aider'],
        )
      ).rows
    const before = await version()
    await database.db.transaction(async (tx) => {
      const [aider] = await tx.select({ id: agents.id }).from(agents).where(eq(agents.slug, 'aider'))
      await refreshAgentSearch(tx, [aider?.id ?? ''])
    })
    expect(await version()).toEqual(before)
  })
})

describe('the dictionary', () => {
  test('a word is forgotten only after its last agent has been gone for a while', async () => {
    const [id = ''] = await listAgents(database.db, [
      { slug: 'obsolete', name: 'Obsolete', description: 'xylographer' },
    ])
    const known = async () =>
      (await database.pool.query(`SELECT unused_since FROM agent_search_terms WHERE term = 'xylographer'`)).rows
    await database.db.delete(agents).where(eq(agents.id, id))
    await recountTerms(database.db)
    expect(await known()).toEqual([{ unused_since: expect.any(Date) }])
    await listAgents(database.db, [{ slug: 'reborn', name: 'Reborn', description: 'xylographer' }])
    expect(await known()).toEqual([{ unused_since: null }])
    await database.db.delete(agents).where(eq(agents.slug, 'reborn'))
    await recountTerms(database.db)
    await database.pool.query(
      `UPDATE agent_search_terms SET unused_since = now() - interval '1 hour' WHERE unused_since IS NOT NULL`,
    )
    await recountTerms(database.db)
    expect(await known()).toEqual([])
  })

  test('a recount agrees with counting by hand', async () => {
    await recountTerms(database.db)
    const { rows } = await database.pool.query(
      `SELECT term, agent_count, (SELECT count(*)::int FROM agent_search WHERE lexeme = ANY(tsvector_to_array(document))) AS counted
       FROM agent_search_terms`,
    )
    expect(rows.length).toBeGreaterThan(20)
    expect(rows.filter(({ agent_count, counted }) => agent_count !== counted)).toEqual([])
  })
})

test('a page past the end and an unknown sort of cursor are told apart', async () => {
  const query = { q: '', tags: [], sort: 'newest', isExact: false, limit: 2, withFacets: false } as const
  const first = await searchAgents(database, { ...query, cursor: undefined })
  expect(first.nextCursor).toBeDefined()
  await expect(searchAgents(database, { ...query, sort: 'name', cursor: first.nextCursor })).rejects.toThrow(
    'invalid_request',
  )
  await expect(searchAgents(database, { ...query, cursor: 'bm9uc2Vuc2U' })).rejects.toThrow('invalid_request')
})
