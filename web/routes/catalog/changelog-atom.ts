import { createHash } from 'node:crypto'
import { href, redirect } from 'react-router'
import { webContext } from '../../context.ts'
import type { Route } from './+types/changelog-atom.ts'
import { changelogFeed } from './changelog-feed.server.ts'

const entriesMax = 50

/** The newest changes as an Atom feed. Readers ask again and again: what they have already is not sent twice. */
export async function loader({ context, params: { slug }, request }: Route.LoaderArgs) {
  const { services, site } = context.get(webContext)
  const changelog = await services.catalog.changelog({ slug, limit: entriesMax })
  if (changelog === undefined) {
    const found = await services.catalog.getAgent(slug)
    if (found.kind === 'moved') throw redirect(href('/agents/:slug/changelog.atom', { slug: found.slug }), 301)
    return new Response(null, { status: 404 })
  }
  const pageUrl = site.baseUrl + href('/agents/:slug/changelog', { slug: changelog.slug })
  const feed = changelogFeed(changelog, { pageUrl, siteName: site.name })
  const etag = `"${createHash('sha256').update(feed).digest('base64url').slice(0, 27)}"`
  const headers = { etag, 'cache-control': 'public, max-age=300' }
  if (isKnown(request.headers.get('if-none-match'), etag)) return new Response(null, { status: 304, headers })
  return new Response(feed, { headers: { ...headers, 'content-type': 'application/atom+xml; charset=utf-8' } })
}

/** Compared weakly (RFC 9110 §13.1.2): a compressed answer has had its tag weakened. */
const isKnown = (ifNoneMatch: string | null, etag: string): boolean =>
  ifNoneMatch !== null &&
  ifNoneMatch
    .split(',')
    .map((tag) => tag.trim().replace(/^W\//, ''))
    .some((tag) => tag === '*' || tag === etag)
