import { data, href, redirect } from 'react-router'
import { webContext } from '../../context.ts'
import { renderMarkdown } from '../../markdown.server.ts'
import type { RouteHandle } from '../../root.tsx'
import { PageMeta } from '../../shell/page-meta.tsx'
import { Breadcrumbs } from '../../ui/breadcrumbs.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Pagination } from '../../ui/pagination.tsx'
import type { Route } from './+types/changelog.ts'
import { ChangelogList } from './changelog-list.tsx'
import { FeedLink } from './feed-link.tsx'

const entriesPerPage = 20

export const handle: RouteHandle = { sameForVisitors: true }

export async function loader({ context, params, request }: Route.LoaderArgs) {
  const { services, site } = context.get(webContext)
  const after = new URL(request.url).searchParams.get('after') ?? undefined
  const changelog = await services.catalog.changelog({ slug: params.slug, after, limit: entriesPerPage })
  if (changelog === undefined) {
    const found = await services.catalog.getAgent(params.slug)
    if (found.kind === 'moved') throw redirect(href('/agents/:slug/changelog', { slug: found.slug }), 301)
    throw data(null, { status: 404 })
  }
  const { slug, name, entries, hasMore } = changelog
  return {
    slug,
    name,
    entries: entries.map(({ summary, ...entry }) => ({ ...entry, html: renderMarkdown(summary, { topHeading: 2 }) })),
    isFirst: after === undefined,
    nextAfter: hasMore ? entries.at(-1)?.version : undefined,
    path: href('/agents/:slug/changelog', { slug }),
    baseUrl: site.baseUrl,
  }
}

/** All that changed in an agent, by pages. */
export default function Changelog({ loaderData }: Route.ComponentProps) {
  const { slug, name, entries, isFirst, nextAfter, path, baseUrl } = loaderData
  const agentPath = href('/agents/:slug', { slug })
  return (
    <div className="wrap-page pt-32">
      <PageMeta
        title={`Changes of ${name}`}
        description={`What changed in ${name}, version by version.`}
        canonicalPath={isFirst && entries.length > 0 ? path : undefined}
      />
      <link rel="alternate" type="application/atom+xml" title={`Changes of ${name}`} href={`${baseUrl}${path}.atom`} />
      <Breadcrumbs
        crumbs={[{ label: 'Agents', href: '/agents' }, { label: name, href: agentPath }, { label: 'Changelog' }]}
      />
      <div className="changelog-page">
        <div className="flex flex-col items-start gap-12">
          <h1 className="display text-36 wrap-anywhere">
            Changes of <bdi>{name}</bdi>
          </h1>
          <FeedLink href={`${path}.atom`} />
        </div>
        {entries.length > 0 ? (
          <ChangelogList entries={entries} />
        ) : (
          <EmptyState
            title={isFirst ? 'No changes told yet' : 'Nothing older than that'}
            action={
              <ButtonLink href={isFirst ? agentPath : path}>
                {isFirst ? `About ${name}` : 'The newest changes'}
              </ButtonLink>
            }
          >
            {isFirst ? 'Its publisher hasn’t written down a version.' : 'The list ends here.'}
          </EmptyState>
        )}
        <Pagination
          previousHref={isFirst ? undefined : path}
          previousLabel="Newest"
          nextHref={nextAfter === undefined ? undefined : `${path}?after=${encodeURIComponent(nextAfter)}`}
        />
      </div>
    </div>
  )
}
