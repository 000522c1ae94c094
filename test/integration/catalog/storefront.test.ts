// The shop's front over HTTP: suggestions as an endpoint, comparisons and collections as pages.
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agentPricingTiers, agents, agentSlugHistory, collections } from '#src/db/schema/index.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { listAgents } from './agents.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(server.origin + path, { redirect: 'manual', headers })

/** Status and words of a page, without what it brings for machines. */
async function read(path: string): Promise<{ status: number; text: string; html: string }> {
  const response = await get(path)
  const html = (await response.text()).replaceAll('<!-- -->', '')
  const main = /<main[^>]*>(.*)<\/main>/s.exec(html)?.[1] ?? ''
  return { status: response.status, html, text: main.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ') }
}

describe('GET /api/v1/suggestions', () => {
  test('suggests, may be kept for a minute, and an unchanged answer is not sent twice', async () => {
    const response = await get('/api/v1/suggestions?q=opnhands')
    expect(await response.json()).toEqual({
      agents: [{ slug: 'openhands', name: 'OpenHands', tagline: expect.any(String) }],
      tags: [],
    })
    expect(response.headers.get('cache-control')).toBe('public, max-age=60, stale-while-revalidate=300')
    const again = await get('/api/v1/suggestions?q=opnhands', {
      'if-none-match': response.headers.get('etag') ?? '',
    })
    expect(again.status).toBe(304)
  })

  test.each(['%00', '%ED%A0%80', '%25_', '%F0%9F%8E%89', "'%3B--"])('q=%s is answered', async (q) => {
    expect((await get(`/api/v1/suggestions?q=${q}`)).status).toBe(200)
  })

  test('what nobody types is refused', async () => {
    expect((await get(`/api/v1/suggestions?q=${'x'.repeat(201)}`)).status).toBe(400)
    expect((await get('/api/v1/suggestions?query=x')).status).toBe(400)
  })
})

describe('GET /agents/{slug}/icon.svg', () => {
  test('draws the agent’s arch, the same each time', async () => {
    const [first, second] = await Promise.all([get('/agents/openhands/icon.svg'), get('/agents/openhands/icon.svg')])
    expect(first.headers.get('content-type')).toBe('image/svg+xml')
    const drawing = await first.text()
    expect(drawing).toMatch(/^<svg .*<\/svg>$/)
    expect(await second.text()).toBe(drawing)
    expect((await get('/agents/Not%20a%20slug/icon.svg')).status).toBe(404)
  })
})

describe('a card', () => {
  test('says price, trial and rating, and of few reviews that it is new', async () => {
    const { db, pool } = server.deps
    const [rated, fresh] = await listAgents(db, [
      { slug: 'gondola', name: 'Gondola' },
      { slug: 'vaporetto', name: 'Vaporetto' },
    ])
    await db.insert(agentPricingTiers).values(
      [rated, fresh].map((agentId = '') => ({
        agentId,
        tierName: 'Oar',
        price: 900,
        currency: 'EUR',
        trialDays: 14,
      })),
    )
    const review = 'UPDATE agent_search SET review_count = $2, rating_sum = $3 WHERE agent_id = $1'
    await pool.query(review, [rated, 4, 20])
    await pool.query(review, [fresh, 2, 10])
    expect((await read('/agents?q=gondola')).text).toMatch(/Gondola From €9\.00\/mo · 14-day trial 3\.9 \(4 reviews/)
    expect((await read('/agents?q=vaporetto')).text).toMatch(/Vaporetto From €9\.00\/mo · 14-day trial New/)
    // Free altogether, and free to begin with, are two things.
    await db.insert(agentPricingTiers).values({ agentId: fresh ?? '', tierName: 'Raft', isFree: true, price: 0 })
    expect((await read('/agents?q=vaporetto')).text).toMatch(/Vaporetto Free tier New/)
    await pool.query('UPDATE agent_pricing_tiers SET archived_at = now() WHERE agent_id = $1 AND NOT is_free', [fresh])
    expect((await read('/agents?q=vaporetto')).text).toMatch(/Vaporetto Free New/)
    // An entry that nobody has claimed is not new: it can't be rated at all.
    expect((await read('/agents?q=openhands')).text).toMatch(/MIT Unclaimed/)
  })
})

describe('/compare', () => {
  test('sets two agents side by side and marks what differs in words', async () => {
    const { status, text, html } = await read('/compare?agent=openhands&agent=aider')
    expect(status).toBe(200)
    expect(html).toContain('<title>OpenHands and Aider compared')
    expect(text).toContain('Licence (differs) MIT')
    expect(text).toContain('Apache-2.0')
    expect(text).toMatch(/Price Not sold here Not sold here/)
    expect(html).toContain('content="noindex"')
  })

  test('only what differs is shown when asked', async () => {
    const everything = await read('/compare?agent=openhands&agent=aider')
    const differences = await read('/compare?agent=openhands&agent=aider&show=differences')
    expect(everything.text).toContain(' Price ')
    expect(differences.text).not.toContain(' Price ')
    expect(differences.text).toContain('Licence (differs)')
  })

  test('a repeat counts once, an earlier address is its present agent, and what is unknown or too much is said', async () => {
    const { db } = server.deps
    const [aider] = await db.select({ id: agents.id }).from(agents).where(eq(agents.slug, 'aider'))
    await db.insert(agentSlugHistory).values({ slug: 'aider-of-old', agentId: aider?.id ?? '' })
    const { text, html } = await read(
      '/compare?agent=aider&agent=aider-of-old&agent=nobody&agent=aider&agent=openhands&agent=cline&agent=n8n',
    )
    expect(html.match(/Remove [^"]+ from the comparison/g)).toEqual([
      'Remove Aider from the comparison',
      'Remove OpenHands from the comparison',
      'Remove Cline from the comparison',
    ])
    expect(text).toContain('No agent is listed as “nobody”')
    expect(text).toContain('Left out: “n8n”')
  })

  test('with one agent asks for another and offers those like it; with none for the first', async () => {
    const one = await read('/compare?agent=aider')
    expect(one.text).toContain('Add another agent to see them side by side.')
    expect(one.html).toContain('href="/compare?agent=aider&amp;agent=cline"')
    expect(one.html).not.toContain('<table')
    const none = await read('/compare')
    expect(none.status).toBe(200)
    expect(none.text).toContain('Nothing to compare yet')
  })

  test('adds by exact name at once, offers what a beginning may mean, and says when nothing is', async () => {
    const exact = await get('/compare?agent=aider&add=openhands')
    expect([exact.status, exact.headers.get('location')]).toEqual([303, '/compare?agent=aider&agent=openhands'])
    const begun = await read('/compare?agent=aider&add=Co')
    expect(begun.text).toContain('Did you mean:')
    expect(begun.html).toContain('href="/compare?agent=aider&amp;agent=codex-cli"')
    expect((await read('/compare?agent=aider&add=qqqqzzzz')).text).toContain('No agent has a name like “qqqqzzzz”.')
    expect((await read('/compare?agent=%00&add=%00%25')).status).toBe(200)
  })
})

describe('/collections/{slug}', () => {
  test('lists its agents in its own order', async () => {
    const { status, html } = await read('/collections/in-the-terminal')
    expect(status).toBe(200)
    expect(html).toContain('<link rel="canonical" href="')
    const names = Array.from(html.matchAll(/class="agent-card-link">([^<]+)</g), ([, name]) => name)
    expect(names).toEqual(['Aider', 'Cline', 'Codex CLI', 'Gemini CLI', 'Letta Code', 'SWE-agent'])
  })

  test('is a 404 when there is none, or it is not published, and then the home page does not show it', async () => {
    expect((await read('/')).html).toContain('href="/collections/to-build-with"')
    await server.deps.db.update(collections).set({ publishedAt: null }).where(eq(collections.slug, 'to-build-with'))
    for (const slug of ['to-build-with', 'no-such-collection', '%00']) {
      expect((await read(`/collections/${slug}`)).status, slug).toBe(404)
    }
    expect((await read('/')).html).not.toContain('href="/collections/to-build-with"')
  })
})

describe('the home page', () => {
  test('shows releases by the dates of the projects themselves', async () => {
    const { text } = await read('/')
    expect(text).toMatch(/Recently updated/)
    expect(text).toContain('Collections')
  })

  test('of an empty catalogue says so and invents nothing', async () => {
    await server.deps.db.delete(agents)
    const { status, text } = await read('/')
    expect(status).toBe(200)
    expect(text).toContain('Nothing is listed yet')
    for (const title of ['Collections', 'New in the directory', 'Recently updated', 'By what they do']) {
      expect(text).not.toContain(title)
    }
  })
})
