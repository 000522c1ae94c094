// The catalogue's endpoints over HTTP, in the whole server.
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agentPricingTiers, agents, agentSlugHistory } from '#src/db/schema/index.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

interface Answer {
  readonly status: number
  readonly headers: Headers
  // The tests say what they expect of it.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any
}

async function get(path: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(`${server.origin}/api/v1${path}`, { redirect: 'manual', ...init })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
}

describe('GET /agents', () => {
  test('finds OpenHands for "opnhands" and says what was corrected', async () => {
    const { status, body } = await get('/agents?q=opnhands')
    expect(status).toBe(200)
    expect(body.items[0]).toMatchObject({
      slug: 'openhands',
      isUnclaimed: true,
      isVerified: false,
      license: 'MIT',
      priceFrom: null,
    })
    expect(body.correction).toEqual({ from: 'opnhands', to: 'openhands' })
    expect(body).not.toHaveProperty('facets')
  })

  test('repeats of tag narrow, facets count', async () => {
    const { body } = await get('/agents?tag=coding&tag=command-line&facets=true&sort=name')
    expect(body.items.length).toBeGreaterThan(1)
    for (const item of body.items) {
      expect(item.tags.map(({ slug }: { slug: string }) => slug)).toEqual(
        expect.arrayContaining(['coding', 'command-line']),
      )
    }
    expect(body.total).toEqual({ count: body.items.length, isExact: true })
    expect(body.facets.tags).toContainEqual({ slug: 'coding', name: 'Coding', count: body.items.length })
  })

  test('narrows by price and state, counts both, and says why', async () => {
    const { body } = await get(
      '/agents?q=research&price=none&status=unclaimed&status=available&facets=true&explain=true',
    )
    expect(body.items.length).toBeGreaterThan(0)
    expect(body.items.every(({ isUnclaimed, priceFrom }: Answer['body']) => isUnclaimed && priceFrom === null)).toBe(
      true,
    )
    expect(body.total).toEqual({ count: body.items.length, isExact: true })
    expect(body.facets.prices).toContainEqual({ value: 'none', count: body.items.length })
    expect(body.facets.statuses).toContainEqual({ value: 'unclaimed', count: body.items.length })
    expect(body.facets).toMatchObject({ withTrial: 0, verified: 0 })
    expect(body.items[0].why).toMatchObject({ words: [{ word: 'research' }], reviews: { count: 0, factor: 0.7 } })
    expect((await get('/agents?price=free&trial=true&verified=true&sort=popular')).body.items).toEqual([])
    expect((await get('/agents?sort=top-rated&limit=2')).body.items).toHaveLength(2)
  })

  test('pages by cursor to the end and back', async () => {
    const first = (await get('/agents?sort=name&limit=5')).body
    const second = (await get(`/agents?sort=name&limit=5&cursor=${first.nextCursor}`)).body
    const back = (await get(`/agents?sort=name&limit=5&cursor=${second.previousCursor}`)).body
    expect(first.previousCursor).toBeNull()
    expect(back.items).toEqual(first.items)
    expect(back.previousCursor).toBeNull()
    const names = [...first.items, ...second.items].map(({ name }: { name: string }) => name.toLowerCase())
    expect(names).toEqual(names.toSorted())
    expect(new Set(names).size).toBe(10)
  })

  test.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=ten', 'limit'],
    ['sort=best', 'sort'],
    ['tag=Not%20A%20Slug', 'tag'],
    [Array.from({ length: 9 }, (_, tag) => `tag=t${tag}`).join('&'), 'tag'],
    ['cursor=nonsense', 'cursor'],
    ['cursor=', 'cursor'],
    ['facets=yes', 'facets'],
    ['price=cheap', 'price'],
    ['trial=yes', 'trial'],
    ['verified=1', 'verified'],
    ['status=gone', 'status'],
    ['explain=please', 'explain'],
    [`q=${'x'.repeat(201)}`, 'q'],
    ['q=a&q=b', 'q'],
    ['tags=coding', 'tags'],
  ])('%s is refused by a problem that names the parameter', async (query, parameter) => {
    const { status, headers, body } = await get(`/agents?${query}`)
    expect(status).toBe(400)
    expect(headers.get('content-type')).toContain('application/problem+json')
    expect(body).toMatchObject({ status: 400, code: 'invalid_request' })
    expect(JSON.stringify(body.errors)).toContain(parameter)
  })

  test('a cursor does not fit another query', async () => {
    const { nextCursor } = (await get('/agents?sort=name&limit=5')).body
    expect((await get(`/agents?sort=newest&limit=5&cursor=${nextCursor}`)).status).toBe(400)
    expect((await get(`/agents?sort=name&tag=coding&cursor=${nextCursor}`)).status).toBe(400)
  })

  test('a forged cursor is refused, not believed', async () => {
    const { nextCursor } = (await get('/agents?sort=newest&limit=5')).body
    const genuine = JSON.parse(Buffer.from(nextCursor, 'base64url').toString())
    const forge = (place: unknown): string => Buffer.from(JSON.stringify({ ...genuine, place })).toString('base64url')
    const position = genuine.place.position
    for (const place of [
      null,
      { ...genuine.place, position: { ...position, key: 'now(); DROP TABLE agents' } },
      { ...genuine.place, position: { ...position, agentId: 'x' } },
      { stage: 'rest', position },
      { ...genuine.place, more: true },
    ]) {
      expect((await get(`/agents?sort=newest&limit=5&cursor=${forge(place)}`)).status).toBe(400)
    }
    for (const key of ['2026-02-30T00:00:00Z', '0000-01-01T00:00:00Z', '99999-01-01T00:00:00Z']) {
      const place = { ...genuine.place, position: { ...position, key } }
      expect((await get(`/agents?sort=newest&limit=5&cursor=${forge(place)}`)).status).toBe(400)
    }
  })

  test('a number that the database could not read is refused in a cursor', async () => {
    const { nextCursor } = (await get('/agents?limit=5')).body
    const genuine = JSON.parse(Buffer.from(nextCursor, 'base64url').toString())
    for (const key of ['1e999', '1e-999', 'NaN', '-Infinity', '9'.repeat(400)]) {
      genuine.place.position.key = key
      const forged = Buffer.from(JSON.stringify(genuine)).toString('base64url')
      expect((await get(`/agents?limit=5&cursor=${forged}`)).status).toBe(400)
    }
  })

  test.each(['%00', '%ED%A0%80', '%F0%9F%8E%89', "'%3B--", '%25_', '%E2%80%AE', ':*%20%26%20!'])(
    'q=%s is answered',
    async (q) => {
      expect((await get(`/agents?q=${q}`)).status).toBe(200)
    },
  )

  test('an unchanged answer is not sent twice', async () => {
    const { headers } = await get('/agents?q=agent')
    expect(headers.get('cache-control')).toContain('max-age=30')
    const again = await get('/agents?q=agent', { headers: { 'if-none-match': headers.get('etag') ?? '' } })
    expect(again.status).toBe(304)
    expect(again.body).toBeUndefined()
  })
})

describe('a search that takes too long', () => {
  test('is given up: a problem for machines, a page with ways on for people', async () => {
    const slow = await server.deps.pool.connect()
    try {
      // Whatever it is that takes long: a search waits here until its time is over.
      await slow.query('BEGIN; LOCK TABLE agent_search IN ACCESS EXCLUSIVE MODE')
      const startedAt = performance.now()
      const [answer, page] = await Promise.all([
        get('/agents?q=a+quick+browser+agent&tag=coding'),
        fetch(`${server.origin}/agents?q=a+quick+browser+agent&tag=coding`),
      ])
      const html = await page.text()
      expect(performance.now() - startedAt).toBeLessThan(4_000)
      expect(answer.status).toBe(504)
      expect(answer.headers.get('content-type')).toContain('application/problem+json')
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(answer.body).toMatchObject({ code: 'search_timeout', detail: expect.stringContaining('fewer') })
      expect(page.status).toBe(504)
      expect(html).toContain('This search took too long')
      expect(html).toContain('value="a quick browser agent"')
      expect(html).toContain('href="/agents?q=quick+browser&amp;tag=coding"')
    } finally {
      await slow.query('ROLLBACK')
      slow.release()
    }
    expect((await get('/agents?q=browser')).status).toBe(200)
  })
})

test('the page about ranking shows the figures of the search it describes', async () => {
  const html = await (await fetch(`${server.origin}/how-ranking-works`)).text()
  const q = /href="\/agents\?q=([^&"]+)/.exec(html)?.[1] ?? ''
  const [first] = (await get(`/agents?q=${q}&exact=true&explain=true&limit=1`)).body.items
  expect(html).toContain(first.name)
  expect(html).toContain(
    first.why.score.toLocaleString('en', { minimumSignificantDigits: 3, maximumSignificantDigits: 3 }),
  )
})

describe('GET /agents/{slug}', () => {
  test('tells everything the listing holds', async () => {
    const { status, body } = await get('/agents/openhands')
    expect(status).toBe(200)
    expect(body).toMatchObject({
      slug: 'openhands',
      publisherName: expect.any(String),
      repositoryUrl: expect.stringContaining('https://'),
    })
    expect(body.capabilities.length).toBeGreaterThan(0)
    expect(body.steps[0]).toEqual({ title: expect.any(String), description: expect.any(String) })
    expect(body.sources[0]).toEqual({
      url: expect.any(String),
      title: expect.any(String),
      checkedAt: expect.any(String),
      asOf: expect.any(String),
    })
  })

  test('an agent that is not there, or not published, is a 404 problem', async () => {
    await server.deps.db.insert(agents).values({ slug: 'secret-draft', name: 'Secret' })
    for (const slug of ['no-such-agent', 'secret-draft']) {
      const { status, body } = await get(`/agents/${slug}`)
      expect(status).toBe(404)
      expect(body).toMatchObject({ code: 'not_found' })
    }
    expect((await get('/agents/%00')).status).toBe(400)
  })

  test('an earlier slug leads to the present one', async () => {
    const { db } = server.deps
    const [aider] = await db.select({ id: agents.id }).from(agents).where(eq(agents.slug, 'aider'))
    await db.insert(agentSlugHistory).values({ slug: 'aider-classic', agentId: aider?.id ?? '' })
    const { status, headers } = await get('/agents/aider-classic')
    expect(status).toBe(301)
    expect(headers.get('location')).toBe('/api/v1/agents/aider')
  })

  test('the lowest price on offer is shown, a year counted by its months', async () => {
    const { db } = server.deps
    const [cline] = await db.select({ id: agents.id }).from(agents).where(eq(agents.slug, 'cline'))
    const agentId = cline?.id ?? ''
    await db.insert(agentPricingTiers).values([
      { agentId, tierName: 'Monthly', price: 1500, currency: 'EUR' },
      { agentId, tierName: 'Yearly', price: 12_000, currency: 'EUR', billingInterval: 'year' },
      { agentId, tierName: 'Old', price: 100, currency: 'EUR', archivedAt: new Date() },
    ])
    expect((await get('/agents/cline')).body.priceFrom).toEqual({
      amountMinor: 12_000,
      currency: 'EUR',
      interval: 'year',
    })
  })
})

describe('GET /tags', () => {
  test('lists all tags by slug, a page at a time', async () => {
    const all = (await get('/tags')).body
    const slugs: string[] = []
    let cursor: string | null = null
    do {
      const page: Answer = await get(`/tags?limit=5${cursor === null ? '' : `&cursor=${cursor}`}`)
      expect(page.status).toBe(200)
      slugs.push(...page.body.items.map(({ slug }: { slug: string }) => slug))
      cursor = page.body.nextCursor
    } while (cursor !== null)
    expect(slugs).toEqual(all.items.map(({ slug }: { slug: string }) => slug))
    expect(slugs).toEqual(slugs.toSorted())
    expect(slugs.length).toBeGreaterThan(5)
  })

  test('a wrong cursor is refused', async () => {
    expect((await get('/tags?cursor=bm9wZQ')).status).toBe(400)
  })
})

test('the OpenAPI document describes the endpoints and their parameters', async () => {
  const response = await fetch(`${server.origin}/api/openapi.json`)
  const document = (await response.json()) as { paths: Record<string, { get: { parameters?: { name: string }[] } }> }
  expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(['/v1/agents', '/v1/agents/{slug}', '/v1/tags']))
  expect(document.paths['/v1/agents']?.get.parameters?.map(({ name }) => name)).toEqual([
    'q',
    'tag',
    'price',
    'trial',
    'verified',
    'status',
    'sort',
    'cursor',
    'limit',
    'exact',
    'facets',
    'explain',
  ])
})
