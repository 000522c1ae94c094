import { data, href } from 'react-router'
import { webContext } from '../../context.ts'
import type { RouteHandle } from '../../root.tsx'
import { PageMeta } from '../../shell/page-meta.tsx'
import { Breadcrumbs } from '../../ui/breadcrumbs.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Day } from '../../ui/time.tsx'
import { AgentGrid } from '../catalog/agent-card.tsx'
import { CollectionGrid } from './collection-grid.tsx'
import type { Route } from './+types/collection.ts'

const othersMax = 3

export const handle: RouteHandle = { sameForVisitors: true }

export async function loader({ context, params: { slug } }: Route.LoaderArgs) {
  const { catalog } = context.get(webContext).services
  const [collection, all] = await Promise.all([catalog.collection(slug), catalog.collections()])
  if (collection === undefined) throw data(null, { status: 404 })
  return { collection, others: all.filter((other) => other.slug !== slug).slice(0, othersMax) }
}

export default function Collection({ loaderData: { collection, others } }: Route.ComponentProps) {
  const { slug, title, description, agents, updatedAt } = collection
  return (
    <div className="wrap-page flex flex-col gap-64 pt-32">
      <PageMeta title={title} description={description} canonicalPath={href('/collections/:slug', { slug })} />
      <div className="flex flex-col gap-24">
        <Breadcrumbs crumbs={[{ label: 'Agents', href: href('/agents') }, { label: title }]} />
        <div className="flex flex-col gap-12">
          <h1 className="display text-48">{title}</h1>
          <p className="max-w-prose text-18 text-muted">{description}</p>
          <p className="text-14 text-muted">
            {agents.length === 1 ? '1 agent' : `${agents.length} agents`}, last changed on <Day iso={updatedAt} />
          </p>
        </div>
        {agents.length === 0 ? (
          <EmptyState
            title="None of its agents is listed at the moment"
            action={<ButtonLink href={href('/agents')}>All agents</ButtonLink>}
          />
        ) : (
          <AgentGrid agents={agents} heading="h2" />
        )}
      </div>
      {others.length > 0 && (
        <section aria-labelledby="others" className="flex flex-col gap-24">
          <h2 id="others" className="display text-28">
            Other collections
          </h2>
          <CollectionGrid collections={others} />
        </section>
      )}
    </div>
  )
}
