import { data, href, redirect } from 'react-router'
import { webContext } from '../../context.ts'
import { renderMarkdown } from '../../markdown.server.ts'
import { PageMeta } from '../../shell/page-meta.tsx'
import { Breadcrumbs } from '../../ui/breadcrumbs.tsx'
import { Prose } from '../../ui/prose.tsx'
import { TagChip } from '../../ui/tag-chip.tsx'
import type { Route } from './+types/agent.ts'
import { AgentFacts } from './agent-facts.tsx'
import { AgentHead } from './agent-head.tsx'
import { agentJsonLd } from './agent-json-ld.ts'
import { Capabilities, Changelog, Sources, Steps } from './agent-sections.tsx'
import { AgentSection } from './agent-section.tsx'
import { TierAction } from '../offers/tier-action.tsx'
import { TierList } from '../offers/tier-list.tsx'
import { renderSummary } from '../reviews/rendered.server.ts'
import { ReviewSummary } from '../reviews/review-summary.tsx'
import { AgentEngagement } from '../engagement/agent-engagement.tsx'
import { AgentWays } from '../engagement/agent-ways.tsx'
import { agentsHref } from './agents-query.ts'

export async function loader({ context, params }: Route.LoaderArgs) {
  const { services, site, viewer } = context.get(webContext)
  const found = await services.catalog.getAgent(params.slug)
  if (found.kind === 'missing')
    throw data(null, { status: (await services.reports.isRemoved(params.slug)) ? 410 : 404 })
  if (found.kind === 'moved') throw redirect(href('/agents/:slug', { slug: found.slug }), 301)
  const { agent } = found
  const path = href('/agents/:slug', { slug: agent.slug })
  const offer = await services.offers.read(agent.slug, viewer?.id)
  const isTrialUsed =
    viewer !== undefined && (await services.billing.isTrialUsed({ userId: viewer.id, agentSlug: agent.slug }))
  const description = renderMarkdown(agent.description)
  const reviews = renderSummary(await services.reviews.summary(agent.slug))
  const standing = await services.engagement.standing({ slug: agent.slug, viewer })
  return {
    viewerEmail: viewer?.email,
    standing,
    agent,
    offer,
    isTrialUsed,
    path,
    url: site.baseUrl + path,
    description,
    reviews,
    now: Date.now(),
  }
}

export default function Agent({ loaderData }: Route.ComponentProps) {
  const { viewerEmail, standing, agent, offer, isTrialUsed, path, url, description, reviews, now } = loaderData
  return (
    <div className="wrap-page pt-32">
      <PageMeta title={agent.name} description={agent.tagline} canonicalPath={path} jsonLd={agentJsonLd(agent, url)} />
      <Breadcrumbs crumbs={[{ label: 'Agents', href: href('/agents') }, { label: agent.name }]} />
      <div className="agent-page">
        <AgentHead agent={agent} />
        <AgentFacts agent={agent} offer={offer} isTrialUsed={isTrialUsed}>
          {standing !== undefined && <AgentEngagement {...agent} standing={standing} email={viewerEmail} />}
          <AgentWays {...agent} />
        </AgentFacts>
        <div className="flex min-w-0 flex-col gap-64">
          {agent.description !== '' && (
            <AgentSection id="about" title="About">
              <Prose html={description} />
            </AgentSection>
          )}
          {agent.capabilities.length > 0 && <Capabilities capabilities={agent.capabilities} />}
          {agent.steps.length > 0 && <Steps steps={agent.steps} />}
          {offer !== undefined && offer.tiers.length > 0 && (
            <AgentSection id="pricing" title="Pricing">
              <TierList
                tiers={offer.tiers}
                heading="h3"
                action={(tier) => <TierAction tier={tier} {...offer} isTrialUsed={isTrialUsed} />}
              />
            </AgentSection>
          )}
          {reviews !== undefined && <ReviewSummary summary={reviews} now={now} />}
          {agent.changelog.length > 0 && <Changelog changelog={agent.changelog} now={now} />}
          {agent.tags.length > 0 && (
            <AgentSection id="tags" title="Tags">
              <ul className="flex flex-wrap gap-8">
                {agent.tags.map((tag) => (
                  <li key={tag.slug}>
                    <TagChip name={tag.name} href={agentsHref({ tags: [tag.slug] })} />
                  </li>
                ))}
              </ul>
            </AgentSection>
          )}
          {agent.sources.length > 0 && <Sources sources={agent.sources} />}
        </div>
      </div>
    </div>
  )
}
