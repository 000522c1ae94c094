import { data } from 'react-router'
import { webContext } from '../../context.ts'
import { renderMarkdown } from '../../markdown.server.ts'
import type { RouteHandle } from '../../root.tsx'
import { PageMeta } from '../../shell/page-meta.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Prose } from '../../ui/prose.tsx'
import { Day } from '../../ui/time.tsx'
import { TextLink } from '../account-access/text-link.tsx'
import type { Route } from './+types/legal.ts'

export const handle: RouteHandle = { sameForVisitors: true }

export async function loader({ context, params }: Route.LoaderArgs) {
  const { services, site } = context.get(webContext)
  const document = await services.site.legal(params.page)
  if (document === undefined) throw data(null, { status: 404 })
  const html = document.kind === 'empty' ? undefined : renderMarkdown(document.markdown, { topHeading: 2 })
  const { page, title, kind, supportEmail, softwareVersion } = document
  const published =
    document.kind === 'published' ? { version: document.version, updatedAt: document.updatedAt } : undefined
  return { page, title, kind, html, published, supportEmail, softwareVersion, siteName: site.name }
}

/** What the operator published about the marketplace, or what the software itself can say. */
export default function Legal({ loaderData }: Route.ComponentProps) {
  const { page, title, kind, html, published, supportEmail, siteName } = loaderData
  return (
    <>
      <PageMeta
        title={title}
        description={`${title} of ${siteName}.`}
        canonicalPath={kind === 'empty' ? undefined : `/legal/${page}`}
      />
      <div className="wrap-page legal-page">
        <LegalNav current={page} />
        <article className="flex min-w-0 max-w-prose flex-col gap-24">
          <div className="flex flex-col gap-8">
            <h1 className="display text-36">{title}</h1>
            {published !== undefined && (
              <p className="text-14 text-muted">
                Version {published.version} · <Day iso={published.updatedAt} />
              </p>
            )}
          </div>
          {kind === 'default' && <NotPublished {...loaderData} />}
          {html === undefined ? (
            <EmptyState title="Nothing is published here yet">
              The operator of this marketplace hasn’t published an imprint. Only they can say who runs {siteName}.
            </EmptyState>
          ) : (
            <div className="legal-text">
              <Prose html={html} />
            </div>
          )}
          {supportEmail !== undefined && (
            <p className="border-t border-hairline pt-16 text-14 text-muted">
              Questions: <TextLink href={`mailto:${supportEmail}`}>{supportEmail}</TextLink>
            </p>
          )}
        </article>
      </div>
    </>
  )
}

const missing: Readonly<Record<string, string>> = {
  terms: 'terms',
  privacy: 'a statement on privacy',
  refunds: 'rules for refunds',
}

const NotPublished = ({
  page,
  softwareVersion,
}: Pick<Route.ComponentProps['loaderData'], 'page' | 'softwareVersion'>) => (
  <Notice title={`The operator of this marketplace hasn’t published ${missing[page] ?? 'this'}`}>
    What follows is what the software does, as Rialto {softwareVersion} describes itself.
  </Notice>
)

const links = [
  { page: 'terms', label: 'Terms' },
  { page: 'privacy', label: 'Privacy' },
  { page: 'refunds', label: 'Refunds' },
  { page: 'imprint', label: 'Imprint' },
]

const LegalNav = ({ current }: { current: string }) => (
  <nav aria-label="Legal pages" className="legal-nav">
    {links.map(({ page, label }) => (
      <a
        key={page}
        href={`/legal/${page}`}
        className="console-link"
        aria-current={page === current ? 'page' : undefined}
      >
        {label}
      </a>
    ))}
  </nav>
)
