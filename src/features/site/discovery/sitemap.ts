import { PassThrough, pipeline, Readable } from 'node:stream'
import { SitemapIndexStream, SitemapStream } from 'sitemap'
import type { Pool } from 'pg'
import type { LegalText, SiteSettings } from '#src/db/site-settings.ts'
import { legalPages } from '../legal/pages.ts'
import type { LegalPage } from '../legal/pages.ts'

/** URLs in one file. The protocol allows fifty times as many; so few are written within 50 ms, whoever asks for them. */
const urlsPerFile = 1_000
/** What one index may name: https://www.sitemaps.org/protocol.html */
const filesMax = 50_000

/** What is listed besides the pages that every marketplace has. */
const kinds = {
  agents: {
    path: '/agents/',
    // The default order of slugs is the order of their unique index.
    rows: `SELECT slug, updated_at FROM agents WHERE status = 'published'`,
  },
  publishers: {
    path: '/publishers/',
    rows: `SELECT organization.slug, max(agent.updated_at) AS updated_at
      FROM organization JOIN agents AS agent ON agent.organization_id = organization.id AND agent.status = 'published'
      GROUP BY organization.slug`,
  },
} as const

export type SitemapKind = keyof typeof kinds
export const isSitemapKind = (name: string): name is SitemapKind => Object.hasOwn(kinds, name)

interface Listed {
  readonly slug: string
  readonly updated_at: Date
}

/** Where each file begins, and when something in it last changed. */
async function readFiles(pool: Pool, kind: SitemapKind): Promise<readonly Listed[]> {
  const { rows } = await pool.query<Listed>(
    `SELECT min(slug) AS slug, max(updated_at) AS updated_at
     FROM (SELECT slug, updated_at, (row_number() OVER (ORDER BY slug) - 1) / $1 AS file FROM (${kinds[kind].rows}) AS listed) AS numbered
     GROUP BY file ORDER BY file LIMIT $2`,
    [urlsPerFile, filesMax / 2 - 1],
  )
  return rows
}

interface FileInIndex {
  readonly url: string
  readonly lastmod?: string
}

/**
 * What the index names: one file for the pages that are always there, and as many as it takes for agents and publishers. A file's
 * address is the slug it begins with, so that none of them has to count what stands before it.
 */
export async function readIndex({ pool, baseUrl }: { pool: Pool; baseUrl: string }): Promise<readonly FileInIndex[]> {
  const files = await Promise.all(
    (Object.keys(kinds) as SitemapKind[]).map(async (kind) =>
      (await readFiles(pool, kind)).map(({ slug, updated_at: lastmod }) => ({
        url: `${baseUrl}/sitemaps/${kind}/${slug}.xml`,
        lastmod: lastmod.toISOString(),
      })),
    ),
  )
  return [{ url: `${baseUrl}/sitemaps/pages.xml` }, ...files.flat()]
}

export const sitemapIndex = (files: readonly FileInIndex[]): ReadableStream => xml(files, new SitemapIndexStream())

interface OneFile {
  readonly pool: Pool
  readonly baseUrl: string
  readonly kind: SitemapKind
  /** The first slug of the file. */
  readonly from: string
}

/** At most {@link urlsPerFile} from that slug on; undefined: there is none. */
export async function sitemapFile({ pool, baseUrl, kind, from }: OneFile): Promise<ReadableStream | undefined> {
  const { path, rows: listed } = kinds[kind]
  const { rows } = await pool.query<Listed>(
    `SELECT slug, updated_at FROM (${listed}) AS listed WHERE slug >= $1 ORDER BY slug LIMIT $2`,
    [from, urlsPerFile],
  )
  if (rows.length === 0) return undefined
  const items = rows.map(({ slug, updated_at: lastmod }) => ({
    url: `${baseUrl}${path}${slug}`,
    lastmod: lastmod.toISOString(),
  }))
  return xml(items, urlStream())
}

interface Pages {
  readonly baseUrl: string
  readonly legal: SiteSettings['legal']
  readonly tags: readonly { readonly slug: string }[]
  readonly collections: readonly { readonly slug: string; readonly updatedAt: string }[]
}

interface Page {
  readonly path: string
  readonly lastmod?: string
}

const everywhere = ['/', '/agents', '/how-ranking-works', '/for-publishers', '/status', '/api/docs']

export function sitemapPages({ baseUrl, legal, tags, collections }: Pages): ReadableStream {
  const pages: readonly Page[] = [
    ...everywhere.map((path) => ({ path })),
    ...legalPages.flatMap((page) => legalEntry(page, legal[page])),
    ...collections.map(({ slug, updatedAt }) => ({ path: `/collections/${slug}`, lastmod: updatedAt })),
    ...tags.map(({ slug }) => ({ path: `/agents?tag=${slug}` })),
  ]
  return xml(
    pages.slice(0, urlsPerFile).map(({ path, ...changed }) => ({ url: `${baseUrl}${path}`, ...changed })),
    urlStream(),
  )
}

function legalEntry(page: LegalPage, text: LegalText | undefined): Page[] {
  const path = `/legal/${page}`
  if (text !== undefined && text.markdown !== '') return [{ path, lastmod: text.updatedAt }]
  // Without a text it asks not to be found.
  return page === 'imprint' ? [] : [{ path }]
}

/** Without the vocabularies of news, pictures and films, which nothing here has. */
const urlStream = () => new SitemapStream({ xmlns: { news: false, xhtml: false, image: false, video: false } })

/** As bytes, a chunk at a time. What goes wrong on the way breaks the answer off, so that nobody takes a part for the whole. */
function xml(items: readonly FileInIndex[], writer: SitemapStream | SitemapIndexStream): ReadableStream {
  const bytes = new PassThrough()
  pipeline(Readable.from(items), writer, bytes, () => undefined)
  return Readable.toWeb(bytes) as ReadableStream
}
