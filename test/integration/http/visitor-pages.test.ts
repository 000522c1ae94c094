import { eq } from 'drizzle-orm'
import { setTimeout as pause } from 'node:timers/promises'
import type { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { agents, siteSettings } from '#src/db/schema/index.ts'
import { signedIn } from '#test/integration/pricing/publisher.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { eventually } from '#test/support/start-process.ts'

/** Short enough to wait for, long enough that a request made at once comes in time. */
const pageAges = { freshMs: 600, staleMs: 200, outageMs: 60_000 }
const path = '/agents/openhands'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer({ pageAges })
})
afterAll(() => server.stop())

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

async function get(address: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const response = await fetch(server.origin + address, { headers, method, redirect: 'manual' })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

/** How many queries wait for a lock, once there are so many. */
const waitingQueries = (pool: Pool, atLeast: number): Promise<number> =>
  eventually(async () => {
    const { rows } = await pool.query<{ waiting: number }>(
      `select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    const waiting = rows[0]?.waiting ?? 0
    return waiting >= atLeast ? waiting : undefined
  })

const isKept = ({ headers }: Answer): boolean => headers.has('etag')

/** Until everything that was kept has been forgotten. */
const outlived = (): Promise<void> => pause(pageAges.freshMs + pageAges.staleMs + 50)

describe('a page for visitors without a session', () => {
  it('comes from memory, the same for all of them, and tells nothing of a single one', async () => {
    const first = await get(path)
    const second = await get(path, { 'user-agent': 'another', referer: 'https://example.com/secret' })
    expect(isKept(first)).toBe(true)
    expect(second.text).toBe(first.text)
    expect(second.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'))
    expect(first.text).not.toContain(first.headers.get('x-request-id') ?? 'an id')
    expect(first.headers.get('cache-control')).toBe('public, max-age=0, must-revalidate')
    expect(first.headers.get('vary')).toBe('Cookie, Accept-Language, Accept-Encoding')
  })

  it('is of this site, whatever its path begins with', async () => {
    for (const address of ['//', '///', '//?q=a', '//elsewhere.example/']) {
      expect([address, (await get(address)).status < 500]).toEqual([address, true])
    }
  })

  it('carries no nonce, and its policy no way for a script in it', async () => {
    const { text, headers } = await get(path)
    expect(text).not.toMatch(/nonce=/)
    expect(headers.get('content-security-policy')).toMatch(/script-src 'self'; style-src 'self'$/)
    for (const [tag] of text.matchAll(/<script[^>]*>/g))
      expect(tag).toMatch(/ src="\/assets\/|type="application\/ld\+json"/)
  })

  it('names the style of its own colours by hash, so that it counts', async () => {
    await outlived()
    const { db, site } = server.deps
    const pair = { accentLight: '#2b5d34', accentDark: '#8fd19e' }
    await db.insert(siteSettings).values(pair).onConflictDoUpdate({ target: siteSettings.id, set: pair })
    site.forget()
    const { text, headers } = await get(path)
    const css = /<style>([^<]+)<\/style>/.exec(text)?.[1] ?? ''
    const digest = Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(css))).toString('base64')
    expect(css).toContain('html:root')
    expect(headers.get('content-security-policy')).toContain(`style-src 'self' 'sha256-${digest}'`)
  })

  it('answers 304 to whoever has it, for each coding by its own tag', async () => {
    const tags = new Set<string>()
    for (const coding of ['br', 'gzip', 'identity']) {
      const had = await get(path, { 'accept-encoding': coding })
      const etag = had.headers.get('etag') ?? ''
      tags.add(etag)
      const again = await get(path, { 'accept-encoding': coding, 'if-none-match': `"x", W/${etag}` })
      expect(again.status).toBe(304)
      expect(again.text).toBe('')
      expect(again.headers.get('etag')).toBe(etag)
      expect((await get(path, { 'accept-encoding': coding, 'if-none-match': '"x"' })).text).toBe(had.text)
    }
    expect(tags.size).toBe(3)
  })

  it('answers HEAD like GET, without the body', async () => {
    const [whole, head] = [await get(path, { 'accept-encoding': 'identity' }), await get(path, {}, 'HEAD')]
    expect(head.text).toBe('')
    expect(head.status).toBe(200)
    expect(head.headers.get('vary')).toBe(whole.headers.get('vary'))
  })

  it('is another one for each theme and locale', async () => {
    const dark = await get('/', { cookie: 'rialto_theme=dark' })
    const light = await get('/', { cookie: 'rialto_theme=light' })
    const system = await get('/')
    expect(dark.text).toContain('data-theme="dark"')
    expect(light.text).toContain('data-theme="light"')
    expect(system.text).not.toContain('data-theme')
    expect([dark, light, system].map(isKept)).toEqual([true, true, true])
    const tags = await Promise.all(['de-CH', 'en'].map((locale) => get('/agents', { 'accept-language': locale })))
    expect(tags.map(isKept)).toEqual([true, true])
  })

  it('is made once, however many ask at the same time', async () => {
    const { pool } = server.deps
    const held = await pool.connect()
    try {
      await held.query('begin')
      await held.query('lock table agents in access exclusive mode')
      const alone = get(`${path}?interval=month`)
      const queriesOfOne = await waitingQueries(pool, 1)
      const many = Array.from({ length: 20 }, () => get(`${path}?interval=year`))
      await waitingQueries(pool, 2 * queriesOfOne)
      // Time for the other nineteen, were they to ask for themselves.
      await pause(150)
      expect(await waitingQueries(pool, 1)).toBe(2 * queriesOfOne)
      await held.query('rollback')
      const texts = new Set((await Promise.all(many)).map(({ status, text }) => `${status} ${text}`))
      expect(texts.size).toBe(1)
      expect((await alone).status).toBe(200)
    } finally {
      held.release(true)
    }
  })

  it('shows an edit as soon as its time is over', async () => {
    await get(path)
    const tagline = `Edited ${crypto.randomUUID()}`
    await server.deps.db.update(agents).set({ tagline }).where(eq(agents.slug, 'openhands'))
    await outlived()
    expect((await get(path)).text).toContain(tagline)
  })
})

describe('what is somebody’s own', () => {
  it('never gets into what visitors see, nor do they get into it', async () => {
    await outlived()
    const { cookie, userId } = await signedIn(server)
    const email = `${userId}@example.com`
    // First to ask, so that the page would be theirs if it were kept.
    const own = await get(path, { cookie })
    expect(own.text).toContain(email)
    expect(isKept(own)).toBe(false)
    expect(own.headers.get('cache-control')).toBe('private, no-cache')
    expect(own.headers.get('vary')).toContain('Cookie')
    const visitors = await get(path)
    expect(visitors.text).not.toContain(email)
    expect((await get(path, { cookie })).text).toContain(email)
    const many = await Promise.all(
      Array.from({ length: 20 }, (_, index) => get(path, index % 2 === 0 ? { cookie } : {})),
    )
    expect(many.map(({ text }) => text.includes(email))).toEqual(many.map((_, index) => index % 2 === 0))
  })

  it.each([
    ['a cookie that nobody here knows', { cookie: 'rialto_theme=dark; session=1' }],
    ['credentials', { authorization: 'Bearer x' }],
  ])('is whatever comes with %s', async (_, headers) => {
    await get(path)
    expect(isKept(await get(path, headers))).toBe(false)
  })

  it.each(['/sign-in', '/agents/openhands/report', '/agents/openhands.data', '/nothing-here'])(
    'is %s, which does not say that it is the same for all',
    async (address) => {
      expect(isKept(await get(address))).toBe(false)
      expect(isKept(await get(address))).toBe(false)
    },
  )

  it('is every page that failed, and every one that is not there', async () => {
    const missing = await get('/agents/never-listed')
    expect(missing.status).toBe(404)
    expect(isKept(missing)).toBe(false)
    await server.deps.db.insert(agents).values({
      id: crypto.randomUUID(),
      slug: 'never-listed',
      name: 'Listed after all',
      status: 'published',
      publishedAt: new Date(),
    })
    expect((await get('/agents/never-listed')).status).toBe(200)
  })
})

describe('the files of the build', () => {
  it('are immutable, compressed, and answered with 304 to whoever has them', async () => {
    const [, css = ''] = /href="(\/assets\/[^"]+\.css)"/.exec((await get('/')).text) ?? []
    const had = await get(css, { 'accept-encoding': 'br' })
    expect(had.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(had.headers.get('content-encoding')).toBe('br')
    expect((await get(css, { 'accept-encoding': 'br', 'if-none-match': had.headers.get('etag') ?? '' })).status).toBe(
      304,
    )
    expect((await get(css, { 'accept-encoding': 'gzip' })).text).toBe(had.text)
  })

  it('are not there beyond the build', async () => {
    for (const address of [
      '/assets/../../server/index.js',
      '/assets/%2e%2e/%2e%2e/server/index.js',
      '/..%2fserver/index.js',
    ])
      expect((await get(address)).status).toBe(404)
  })
})
