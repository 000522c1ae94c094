import BadgeCheck from 'lucide-react/icons/badge-check'
import { data, href } from 'react-router'
import type { Publisher as PublisherData } from '#src/features/catalog/index.ts'
import { webContext } from '../../context.ts'
import { useLocale } from '../../locale.ts'
import type { RouteHandle } from '../../root.tsx'
import { PageMeta } from '../../shell/page-meta.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Breadcrumbs } from '../../ui/breadcrumbs.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { KeyFigures } from '../../ui/key-figures.tsx'
import { Pagination } from '../../ui/pagination.tsx'
import { Day } from '../../ui/time.tsx'
import { AgentGrid } from './agent-card.tsx'
import { breadcrumbs } from './agent-json-ld.ts'
import type { Route } from './+types/publisher.ts'

export const handle: RouteHandle = { sameForVisitors: true }

export async function loader({ context, params, request }: Route.LoaderArgs) {
  const { services, site } = context.get(webContext)
  const after = new URL(request.url).searchParams.get('after') ?? undefined
  const publisher = await services.catalog.publisher({ slug: params.org, after })
  if (publisher === undefined) throw data(null, { status: 404 })
  return { publisher, isFirst: after === undefined, baseUrl: site.baseUrl }
}

/** Who publishes, and what. Everything on it is of its listed agents. */
export default function Publisher({ loaderData: { publisher, isFirst, baseUrl } }: Route.ComponentProps) {
  const { slug, name, agents, verifiedHosts, nextAfter } = publisher
  const path = href('/publishers/:org', { org: slug })
  return (
    <div className="wrap-page flex flex-col gap-32 pt-32">
      <PageMeta
        title={name}
        description={`Agents by ${name}: what they do, what they cost and how they are rated.`}
        canonicalPath={isFirst ? path : undefined}
        {...(isFirst && { jsonLd: publisherJsonLd({ publisher, baseUrl, path }) })}
      />
      <Breadcrumbs crumbs={[{ label: 'Agents', href: href('/agents') }, { label: name }]} />
      <header className="flex flex-col items-start gap-12">
        <h1 className="display text-48 wrap-anywhere">
          <bdi>{name}</bdi>
        </h1>
        {verifiedHosts.length > 0 && (
          <div className="flex flex-wrap items-center gap-x-12 gap-y-8 text-14 text-muted">
            <Badge tone="good" icon={BadgeCheck}>
              Verified publisher
            </Badge>
            <span className="min-w-0 wrap-anywhere">has proven to hold {verifiedHosts.join(', ')}</span>
          </div>
        )}
      </header>
      <Totals publisher={publisher} />
      <section aria-labelledby="agents" className="flex flex-col gap-24">
        <h2 id="agents" className="display text-28">
          Agents
        </h2>
        {agents.length > 0 ? (
          <AgentGrid agents={agents} heading="h3" />
        ) : (
          <EmptyState
            title="No more agents after that"
            action={<ButtonLink href={path}>The newest agents</ButtonLink>}
          />
        )}
        <Pagination
          previousHref={isFirst ? undefined : path}
          previousLabel="Newest"
          nextHref={nextAfter === null ? undefined : `${path}?after=${encodeURIComponent(nextAfter)}`}
        />
      </section>
      <Contact agents={agents} />
    </div>
  )
}

function Totals({ publisher: { agentCount, reviewCount, publishesSince } }: { publisher: PublisherData }) {
  const locale = useLocale()
  return (
    <div className="flex flex-col gap-8">
      <KeyFigures
        figures={[
          { label: agentCount === 1 ? 'agent listed' : 'agents listed', value: agentCount.toLocaleString(locale) },
          {
            label: reviewCount === 1 ? 'review of its agents' : 'reviews of its agents',
            value: reviewCount.toLocaleString(locale),
          },
        ]}
      />
      <p className="text-14 text-muted">
        Publishes here since <Day iso={publishesSince} />. Counted over the agents that are listed now.
      </p>
    </div>
  )
}

const contactsShown = 6

/** Messages go through one of its agents, so that it is clear what they are about. */
function Contact({ agents }: Pick<PublisherData, 'agents'>) {
  if (agents.length === 0) return null
  return (
    <section aria-labelledby="contact" className="flex flex-col gap-12">
      <h2 id="contact" className="display text-28">
        Contact
      </h2>
      <p className="max-w-prose text-muted">Write about one of its agents; the answer comes to your own address.</p>
      <ul className="flex flex-col items-start gap-12">
        {agents.slice(0, contactsShown).map(({ slug, name }) => (
          <li key={slug} className="max-w-full wrap-anywhere">
            <a href={href('/agents/:slug/contact', { slug })} className="touch-target">
              About <bdi>{name}</bdi>
            </a>
          </li>
        ))}
      </ul>
    </section>
  )
}

interface PublisherJsonLd {
  readonly publisher: PublisherData
  /** Origin without a trailing slash. */
  readonly baseUrl: string
  readonly path: string
}

/** schema.org data, only of what the page shows. */
const publisherJsonLd = ({ publisher: { name }, baseUrl, path }: PublisherJsonLd) => ({
  '@context': 'https://schema.org',
  '@graph': [
    { '@type': 'Organization', name, url: baseUrl + path },
    breadcrumbs(baseUrl, [
      { name: 'Agents', path: '/agents' },
      { name, path },
    ]),
  ],
})
