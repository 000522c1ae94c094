import type { ReactNode } from 'react'
import { ButtonLink } from '../../ui/button.tsx'
import { Prose } from '../../ui/prose.tsx'
import { LiveMetrics } from '../insights/live-metrics.tsx'
import { PricingTable } from '../offers/pricing-table.tsx'
import { ReviewSummary } from '../reviews/review-summary.tsx'
import type { Route } from './+types/agent.ts'
import { AgentSection } from './agent-section.tsx'
import { Capabilities, Sources, Steps, Tags } from './agent-sections.tsx'
import { ChangelogList } from './changelog-list.tsx'
import { FeedLink } from './feed-link.tsx'
import { LongText } from './long-text.tsx'
import { Permissions } from './permissions.tsx'

export interface AgentPart {
  readonly id: string
  readonly title: string
  /** A whole section with this id and title; what an agent has nothing of has no part. */
  readonly section: ReactNode
}

/** What stands below each other on an agent's page. */
export function agentParts(page: Route.ComponentProps['loaderData']): readonly AgentPart[] {
  const { agent, offer, plan, isTrialUsed, path, description, permissions, insights, reviews, changes, now } = page
  const { capabilities, steps, tags, sources } = agent
  const parts: AgentPart[] = []
  const add = (id: string, title: string, content: ReactNode) =>
    parts.push({
      id,
      title,
      section: (
        <AgentSection key={id} id={id} title={title}>
          {content}
        </AgentSection>
      ),
    })
  if (agent.description !== '') {
    add(
      'about',
      'About',
      <LongText characters={agent.description.length}>
        <Prose html={description} />
      </LongText>,
    )
  }
  if (capabilities.length > 0) add('capabilities', 'What it does', <Capabilities capabilities={capabilities} />)
  if (steps.length > 0) add('steps', 'How to start', <Steps steps={steps} />)
  if (offer !== undefined && plan.tiers.length > 0) {
    add('pricing', 'Pricing', <PricingTable {...{ offer, plan, isTrialUsed, path }} />)
  }
  if (permissions !== undefined) {
    add('permissions', 'Permissions', <Permissions name={agent.name} permissions={permissions} />)
  }
  if (insights !== undefined) {
    add('metrics', 'Live metrics', <LiveMetrics insights={insights} name={agent.name} now={now} />)
  }
  if (reviews !== undefined) {
    parts.push({
      id: 'reviews',
      title: 'Reviews',
      section: <ReviewSummary key="reviews" summary={reviews} now={now} />,
    })
  }
  if (changes.length > 0) {
    add(
      'changelog',
      'Changelog',
      <>
        <ChangelogList entries={changes} />
        <div className="flex flex-wrap items-center gap-x-24 gap-y-12">
          {agent.changelog.length > changes.length && (
            <ButtonLink kind="secondary" href={`${path}/changelog`}>
              All changes
            </ButtonLink>
          )}
          <FeedLink href={`${path}/changelog.atom`} />
        </div>
      </>,
    )
  }
  if (tags.length > 0) add('tags', 'Tags', <Tags tags={tags} />)
  if (sources.length > 0) add('sources', 'Sources', <Sources sources={sources} />)
  return parts
}
