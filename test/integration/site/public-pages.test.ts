// What programs read that look for pages: which there are, where each has its one address, and what is no page to be found.
import type { RouteConfigEntry } from '@react-router/dev/routes'
import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { agents, siteSettings } from '#src/db/schema/index.ts'
import { readIndex } from '#src/features/site/discovery/sitemap.ts'
import { addPublisher } from '#test/integration/pricing/publisher.ts'
import type { TestPublisher } from '#test/integration/pricing/publisher.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import routes from '#web/routes.ts'

let server: TestServer
let publisher: TestPublisher
beforeAll(async () => {
  server = await startTestServer()
  publisher = await addPublisher(server.deps.db)
})
afterEach(() => server.deps.db.execute(sql`DELETE FROM agents WHERE slug LIKE 'filler-%'`))
afterAll(() => server.stop())

const get = (path: string) => fetch(`${server.origin}${path}`, { redirect: 'manual' })
const read = async (path: string) => {
  const response = await get(path)
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() }
}
const locations = (xml: string): string[] => [...xml.matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, url = '']) => url)

/** Of parameters that there is something for; another one is nothing, and so no page. */
const known = (): Readonly<Record<string, string>> => ({
  'legal/:page': 'terms',
  'agents/:slug': 'aider',
  'agents/:slug/reviews': publisher.slug,
  'publishers/:org': publisher.slug,
})

const isCanonical = (html: string): string | undefined => /<link rel="canonical" href="([^"]+)"\/>/.exec(html)?.[1]
const asksNotToBeFound = (html: string): boolean => html.includes('<meta name="robots" content="noindex"/>')

test('every page has one address for search engines, or asks not to be found', async () => {
  const paths = (routes as readonly RouteConfigEntry[])
    .filter(({ path }) => !(path ?? '').startsWith('dev/'))
    .map(({ path = '' }) => `/${path === '*' ? 'nothing' : path.replaceAll(/:\w+/g, known()[path] ?? 'nothing')}`)
  expect(paths.length).toBeGreaterThan(80)
  const found: string[] = []
  for (const path of paths) {
    const { status, type, text } = await read(path)
    if (type?.startsWith('text/html') !== true || status === 303 || status === 302) continue
    const canonical = isCanonical(text)
    expect(canonical === undefined, `${path} answers ${status}`).toBe(asksNotToBeFound(text))
    if (canonical === undefined) continue
    expect(status, path).toBe(200)
    expect(canonical, path).toBe(`${server.origin}${path}`)
    found.push(path)
  }
  expect(found).toEqual(
    expect.arrayContaining(['/', '/agents', '/agents/aider', '/legal/terms', '/for-publishers', '/status']),
  )
})

test('the sitemap names pages that are there, each at its one address', async () => {
  const index = await read('/sitemap.xml')
  expect(index).toMatchObject({ status: 200, type: 'application/xml; charset=utf-8' })
  const files = locations(index.text)
  expect(files.length).toBeGreaterThan(1)
  const urls = (await Promise.all(files.map(async (file) => locations(await (await fetch(file)).text())))).flat()
  expect(urls.length).toBeGreaterThan(25)
  expect(new Set(urls).size).toBe(urls.length)
  for (const url of urls) {
    const response = await fetch(url)
    expect(response.status, url).toBe(200)
    expect(isCanonical(await response.text())?.replaceAll('&amp;', '&'), url).toBe(url)
  }
  expect(urls).toContain(`${server.origin}/publishers/${publisher.slug}`)
  expect(urls.some((url) => url.endsWith('/legal/imprint'))).toBe(false)
})

test('of many agents each stands in one file of at most 1,000, and unpublished ones in none', async () => {
  await server.deps.db.execute(sql`
    INSERT INTO agents (slug, name, status, published_at, updated_at)
    SELECT 'filler-' || lpad(n::text, 6, '0'), 'Filler', CASE WHEN n = 1 THEN 'draft' ELSE 'published' END, now(), '2026-03-31T09:26:00Z'
    FROM generate_series(1, 1010) AS n`)
  // Not over HTTP: the index there is kept for some seconds.
  const index = (await readIndex(server.deps)).map(({ url }) => url)
  const files = index.filter((url) => url.includes('/sitemaps/agents/'))
  expect(files).toHaveLength(2)
  const pages = await Promise.all(files.map(async (file) => (await fetch(file)).text()))
  const urls = pages.map(locations)
  expect(Math.max(...urls.map(({ length }) => length))).toBe(1_000)
  expect(new Set(urls.flat()).size).toBe(await server.deps.db.$count(agents, sql`status = 'published'`))
  expect(pages.join('')).not.toContain('filler-000001<')
  expect(pages.join('')).toContain('filler-000002</loc><lastmod>2026-03-31T09:26:00.000Z</lastmod>')
  expect((await get('/sitemaps/agents/zzz.xml')).status).toBe(404)
  expect((await get('/sitemaps/people/a.xml')).status).toBe(404)
})

test('robots.txt leads to the sitemap and away from what is somebody’s own', async () => {
  const { text, type } = await read('/robots.txt')
  expect(type).toMatch(/^text\/plain/)
  expect(text).toContain(`Sitemap: ${server.origin}/sitemap.xml`)
  for (const path of ['/account', '/operator', '/checkout']) expect(text).toContain(`Disallow: ${path}\n`)
})

test('llms.txt says what there is, with addresses that answer', async () => {
  const { text } = await read('/llms.txt')
  expect(text).toMatch(/^# Rialto\n\n> .*\b19 agents are listed\./)
  const addresses = [...text.matchAll(/\]\((http[^)]+)\)/g)].map(([, url = '']) => url.replace('{slug}', 'aider'))
  expect(addresses.length).toBeGreaterThan(15)
  // The MCP server answers to POST.
  for (const url of addresses.filter((address) => !address.endsWith('/mcp')))
    expect((await fetch(url)).status, url).toBe(200)
})

test('security.txt is there once somebody can be written to, and not out of date (RFC 9116)', async () => {
  expect((await get('/.well-known/security.txt')).status).toBe(404)
  await server.deps.db.update(siteSettings).set({ supportEmail: 'help@market.example' })
  server.deps.site.forget()
  const { text, type } = await read('/.well-known/security.txt')
  expect(type).toMatch(/^text\/plain/)
  expect(text).toContain('Contact: mailto:help@market.example\n')
  expect(Date.parse(/^Expires: (.+)$/m.exec(text)?.[1] ?? '')).toBeGreaterThan(Date.now())
  await server.deps.db.update(siteSettings).set({ supportEmail: null })
  server.deps.site.forget()
})

test('the manifest names pictures that are there', async () => {
  const manifest = (await (await get('/manifest.webmanifest')).json()) as { icons: { src: string; sizes: string }[] }
  expect(manifest.icons.map(({ sizes }) => sizes)).toEqual(['192x192', '512x512'])
  for (const { src } of manifest.icons) expect((await get(src)).headers.get('content-type')).toBe('image/png')
  expect((await get('/icons/rialto/4096.png')).status).toBe(404)
})

test('the status is what this process sees at this moment', async () => {
  const { text } = await read('/status')
  expect(text.replaceAll('<!-- -->', '')).toMatch(/Answers in \d+(\.\d)? ms/)
  expect(text).toContain('Sandbox: no money moves')
  expect(text).toContain('usage-sweep')
  expect((await get('/status')).headers.get('cache-control')).toBe('no-store')
})

test('publishers are told how many agents are listed, as the catalogue counts them', async () => {
  const text = (await read('/for-publishers')).text.replaceAll('<!-- -->', '')
  const listed = await server.deps.db.$count(agents, sql`status = 'published'`)
  expect(text).toMatch(new RegExp(`>${listed}<span[^>]*> agents</span>`))
})
