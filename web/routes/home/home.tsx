import { href } from 'react-router'
import { webContext } from '../../context.ts'
import type { RouteHandle } from '../../root.tsx'
import { PageMeta } from '../../shell/page-meta.tsx'
import { SearchForm } from '../catalog/search-form.tsx'
import { AgentGrid } from '../catalog/agent-card.tsx'
import { agentsHref } from '../catalog/agents-query.ts'
import type { Route } from './+types/home.ts'
import { narrowBridge, wideBridge } from './bridge-plan.ts'
import { Bridge } from './bridge.tsx'
import { Purpose } from './purpose.tsx'
import { TagLedger } from './tag-ledger.tsx'

export const handle: RouteHandle = { ownSearch: true }

export async function loader({ context }: Route.LoaderArgs) {
  const { services, site } = context.get(webContext)
  return { siteName: site.name, ...(await services.catalog.home()) }
}

export default function Home({ loaderData: { siteName, bays, newest, tags, agentCount } }: Route.ComponentProps) {
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
        {newest.length > 0 && (
          <section aria-labelledby="newest" className="flex flex-col gap-24">
            <div className="flex flex-wrap items-baseline justify-between gap-16">
              <h2 id="newest" className="display text-28">
                New in the directory
              </h2>
              <a href={href('/agents')} className="touch-target">
                {agentCount === 1 ? 'The one agent' : `All ${agentCount.toLocaleString('en')} agents`}
              </a>
            </div>
            <AgentGrid agents={newest} heading="h3" />
          </section>
        )}
        {tags.length > 0 && (
          <section aria-labelledby="tags" className="flex flex-col gap-24">
            <h2 id="tags" className="display text-28">
              By what they do
            </h2>
            <TagLedger tags={tags.map((tag) => ({ ...tag, href: agentsHref({ tags: [tag.slug] }) }))} />
          </section>
        )}
        <Purpose />
      </div>
    </>
  )
}
