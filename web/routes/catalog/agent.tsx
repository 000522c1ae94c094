import { data, href, redirect } from 'react-router'
import { webContext } from '../../context.ts'
import { renderMarkdown } from '../../markdown.server.ts'
import type { RouteHandle } from '../../root.tsx'
import { PageMeta } from '../../shell/page-meta.tsx'
import { Breadcrumbs } from '../../ui/breadcrumbs.tsx'
import type { Route } from './+types/agent.ts'
import { AgentEngagement } from '../engagement/agent-engagement.tsx'
import { planPricing } from '../offers/pricing-plan.ts'
import { renderSummary } from '../reviews/rendered.server.ts'
import { AgentHead } from './agent-head.tsx'
import { agentJsonLd } from './agent-json-ld.ts'
import { AgentNav } from './agent-nav.tsx'
import { AgentPanel } from './agent-panel.tsx'
import { agentParts } from './agent-parts.tsx'

/** Of the changelog, on the agent's own page. */
const changesShown = 4

export const handle: RouteHandle = { sameForVisitors: true }

export async function loader({ context, params, request }: Route.LoaderArgs) {
  const { services, site, viewer } = context.get(webContext)
  const found = await services.catalog.getAgent(params.slug)
  if (found.kind === 'missing')
    throw data(null, { status: (await services.reports.isRemoved(params.slug)) ? 410 : 404 })
  if (found.kind === 'moved') throw redirect(href('/agents/:slug', { slug: found.slug }), 301)
  const { agent } = found
  const { slug } = agent
  const [offer, isTrialUsed, summary, standing, permissions, insights] = await Promise.all([
    services.offers.read(slug, viewer?.id),
    viewer !== undefined && services.billing.isTrialUsed({ userId: viewer.id, agentSlug: slug }),
    services.reviews.summary(slug),
    services.engagement.standing({ slug, viewer }),
    services.oauth.agentPermissions(slug),
    agent.isLaunchable ? services.insights.read(slug) : undefined,
  ])
  return {
    agent,
    path: href('/agents/:slug', { slug }),
    baseUrl: site.baseUrl,
    viewerEmail: viewer?.email,
    isOperator: viewer?.isOperator === true,
    offer,
    plan: planPricing(offer?.tiers ?? [], new URL(request.url).searchParams.get('interval')),
    isTrialUsed,
    description: renderMarkdown(agent.description),
    reviews: renderSummary(summary),
    standing,
    permissions,
    insights,
    changes: agent.changelog
      .slice(0, changesShown)
      .map(({ summary: markdown, ...entry }) => ({ ...entry, html: renderMarkdown(markdown) })),
    now: Date.now(),
  }
}

export default function Agent({ loaderData }: Route.ComponentProps) {
  const { agent, path, baseUrl, viewerEmail, isOperator, offer, plan, isTrialUsed, reviews, standing } = loaderData
  const parts = agentParts(loaderData)
  const jsonLd = agentJsonLd({ agent, baseUrl, path, plan, rating: reviews?.rating })
  return (
    <div className="wrap-page pt-32">
      <PageMeta title={agent.name} description={agent.tagline} canonicalPath={path} jsonLd={jsonLd} />
      {agent.changelog.length > 0 && (
        <link
          rel="alternate"
          type="application/atom+xml"
          title={`Changes of ${agent.name}`}
          href={`${baseUrl}${path}/changelog.atom`}
        />
      )}
      <Breadcrumbs crumbs={[{ label: 'Agents', href: href('/agents') }, { label: agent.name }]} />
      <div className="agent-page">
        <AgentHead agent={agent} rating={reviews?.rating} />
        <AgentPanel agent={agent} offer={offer} isTrialUsed={isTrialUsed} isOperator={isOperator}>
          {standing !== undefined && <AgentEngagement {...agent} standing={standing} email={viewerEmail} />}
        </AgentPanel>
        <div className="agent-body">
          <AgentNav parts={parts} />
          {parts.map(({ section }) => section)}
        </div>
      </div>
    </div>
  )
}
