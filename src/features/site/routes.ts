import { Hono } from 'hono'
import type { Context } from 'hono'
import { etag } from 'hono/etag'
import type { Deps } from '#src/deps.ts'
import { createCatalogServices, listCollections } from '#src/features/catalog/index.ts'
import { mediaRoutes } from '#src/features/media/index.ts'
import type { AppEnv } from '#src/http/api.ts'
import { sharedRead } from '#src/lib/shared-read.ts'
import { llmsText, robotsText, securityText, webManifest } from './discovery/documents.ts'
import { createIcons } from './discovery/icons.ts'
import { isSitemapKind, readIndex, sitemapFile, sitemapIndex, sitemapPages } from './discovery/sitemap.ts'

// Whoever asks often gets what the last one got; what changed shows within minutes.
const briefly = 'public, max-age=300'
/** Within it what costs the database something is read once, whoever asks. */
const sharedMs = 10_000
const forEver = 'public, max-age=31536000, immutable'
const xmlHeaders = { 'content-type': 'application/xml; charset=utf-8', 'cache-control': briefly }

/** Pictures, and what is read by programs that look for pages. What is not there is left to the pages' own 404. */
export function siteRoutes(deps: Deps): Hono<AppEnv> {
  const { pool, baseUrl, site } = deps
  const catalog = createCatalogServices(deps)
  const home = sharedRead(() => catalog.home(), { ageMsMax: sharedMs })
  // It numbers every agent there is.
  const index = sharedRead(() => readIndex(deps), { ageMsMax: sharedMs })
  const icons = createIcons(deps)
  const routes = new Hono<AppEnv>()

  routes.route('/', mediaRoutes(deps))
  routes.get('/icons/:of/:file', etag(), async (c, next) => {
    const icon = await icons.find(c.req.path)
    if (icon === undefined) return next()
    return c.body(new Uint8Array(icon), 200, { 'content-type': 'image/png', 'cache-control': forEver })
  })
  routes.get('/manifest.webmanifest', etag(), async (c) =>
    c.body(JSON.stringify(webManifest(await site.read())), 200, {
      'content-type': 'application/manifest+json',
      'cache-control': briefly,
    }),
  )
  routes.get('/robots.txt', etag(), (c) => text(c, robotsText(baseUrl)))
  routes.get('/llms.txt', etag(), async (c) => {
    const [{ name }, { agentCount: agents, tags }, collections] = await Promise.all([
      site.read(),
      home(),
      listCollections(deps),
    ])
    return text(c, llmsText({ name, baseUrl, agents, tags, collections }))
  })
  routes.get('/.well-known/security.txt', async (c, next) => {
    const { supportEmail } = await site.read()
    return supportEmail === undefined ? next() : text(c, securityText({ baseUrl, supportEmail, now: new Date() }))
  })
  routes.get('/sitemap.xml', async (c) => c.body(sitemapIndex(await index()), 200, xmlHeaders))
  routes.get('/sitemaps/pages.xml', async (c) => {
    const [{ legal }, { tags }, collections] = await Promise.all([site.read(), home(), listCollections(deps)])
    return c.body(sitemapPages({ baseUrl, legal, tags, collections }), 200, xmlHeaders)
  })
  routes.get('/sitemaps/:kind/:file{[a-z0-9-]+\\.xml}', async (c, next) => {
    const { kind, file } = c.req.param()
    if (!isSitemapKind(kind)) return next()
    const found = await sitemapFile({ pool, baseUrl, kind, from: file.slice(0, -'.xml'.length) })
    return found === undefined ? next() : c.body(found, 200, xmlHeaders)
  })
  return routes
}

const text = (c: Context<AppEnv>, body: string) => c.text(body, 200, { 'cache-control': briefly })
