import type { ReactNode } from 'react'
import { href } from 'react-router'
import { webContext } from '../../context.ts'
import type { RouteHandle } from '../../root.tsx'
import { PageMeta } from '../../shell/page-meta.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { SearchForm } from '../catalog/search-form.tsx'
import { AgentGrid } from '../catalog/agent-card.tsx'
import { agentsHref } from '../catalog/agents-query.ts'
import type { Route } from './+types/home.ts'
import { narrowBridge, wideBridge } from './bridge-plan.ts'
import { Bridge } from './bridge.tsx'
import { CollectionGrid } from '../collections/collection-grid.tsx'
import { Releases } from './releases.tsx'
import { Purpose } from './purpose.tsx'
import { TagLedger } from './tag-ledger.tsx'

export const handle: RouteHandle = { ownSearch: true, sameForVisitors: true }

export async function loader({ context }: Route.LoaderArgs) {
  const { services, site } = context.get(webContext)
  return { siteName: site.name, now: Date.now(), ...(await services.catalog.home()) }
}

export default function Home({ loaderData }: Route.ComponentProps) {
  const { siteName, now, bays, newest, collections, releases, tags, agentCount } = loaderData
  return (
    <>
      <PageMeta
        title={siteName}
        description="A market for AI agents: what each does, how it runs, and where every fact comes from."
        canonicalPath="/"
      />
      <div className="wrap-page">
        <div className="hero-frame">
          <div className="hero">
            <div className="hero-words">
              <h1 className="display hero-heading">The market for AI agents</h1>
              <SearchForm />
            </div>
            <nav aria-label="Agents in the shops of the bridge" className="hero-bridge">
              <Bridge plan={wideBridge} agents={bays} className="bridge-wide" />
              <Bridge plan={narrowBridge} agents={bays.slice(0, narrowBridge.bays.length)} className="bridge-narrow" />
            </nav>
          </div>
        </div>
      </div>
      <div className="wrap-page flex flex-col gap-96 pt-96">
        {agentCount === 0 && <NothingListed />}
        {collections.length > 0 && (
          <HomeSection id="collections" title="Collections">
            <CollectionGrid collections={collections} />
          </HomeSection>
        )}
        {newest.length > 0 && (
          <HomeSection
            id="newest"
            title="New in the directory"
            more={{
              href: href('/agents'),
              label: agentCount === 1 ? 'The one agent' : `All ${agentCount.toLocaleString('en')} agents`,
            }}
          >
            <AgentGrid agents={newest} heading="h3" />
          </HomeSection>
        )}
        {releases.length > 0 && (
          <HomeSection
            id="releases"
            title="Recently updated"
            more={{ href: agentsHref({ sort: 'updated' }), label: 'By last change' }}
          >
            <Releases releases={releases} now={now} />
          </HomeSection>
        )}
        {tags.length > 0 && (
          <HomeSection id="tags" title="By what they do">
            <TagLedger tags={tags.map((tag) => ({ ...tag, href: agentsHref({ tags: [tag.slug] }) }))} />
          </HomeSection>
        )}
        <Purpose />
      </div>
    </>
  )
}

interface HomeSectionProps {
  readonly id: string
  readonly title: string
  readonly more?: { readonly href: string; readonly label: string }
  readonly children: ReactNode
}

const HomeSection = ({ id, title, more, children }: HomeSectionProps) => (
  <section aria-labelledby={id} className="flex flex-col gap-24">
    <div className="flex flex-wrap items-baseline justify-between gap-x-16 gap-y-8">
      <h2 id={id} className="display text-28">
        {title}
      </h2>
      {more && (
        <a href={more.href} className="touch-target">
          {more.label}
        </a>
      )}
    </div>
    {children}
  </section>
)

const NothingListed = () => (
  <EmptyState title="Nothing is listed yet" action={<ButtonLink href="/for-publishers">List an agent</ButtonLink>}>
    The shops on the bridge are empty. The first agent that is published opens the market.
  </EmptyState>
)
