import type { AgentCard as Agent } from '#src/features/catalog/index.ts'
import BadgeCheck from 'lucide-react/icons/badge-check'
import Clock from 'lucide-react/icons/clock'
import Columns2 from 'lucide-react/icons/columns-2'
import Star from 'lucide-react/icons/star'
import { href } from 'react-router'
import { ArchIcon } from '../../ui/arch/arch-icon.tsx'
import { Badge } from '../../ui/badge.tsx'
import { useLocale } from '../../locale.ts'
import { Icon } from '../../ui/icon.tsx'
import { VisuallyHidden } from '../../ui/visually-hidden.tsx'
import { compareHref } from '../compare/compare-query.ts'
import { priceWords, ratingWords, trialWords } from './price-words.ts'
import { UnclaimedBadge } from './unclaimed-badge.tsx'

type Heading = 'h2' | 'h3'

export const AgentGrid = ({ agents, heading }: { agents: readonly Agent[]; heading: Heading }) => (
  <ul className="agent-grid">
    {agents.map((agent) => (
      <li key={agent.slug} className="flex">
        <AgentCard agent={agent} heading={heading} />
      </li>
    ))}
  </ul>
)

/** An agent at a glance. The whole card is one link, and its name is the link's; comparing is a link of its own above it. */
export const AgentCard = ({ agent, heading: Heading }: { agent: Agent; heading: Heading }) => (
  <article className="agent-card">
    <div className="flex items-start gap-12">
      <ArchIcon slug={agent.slug} className="size-tile" />
      <div className="min-w-0 flex-1">
        <Heading className="text-18 font-medium">
          <a href={href('/agents/:slug', { slug: agent.slug })} className="agent-card-link">
            {agent.name}
          </a>
        </Heading>
        {agent.publisherName !== null && (
          <p className="agent-card-publisher" title={agent.publisherName}>
            <bdi>{agent.publisherName}</bdi>
            {agent.isVerified && <Icon of={BadgeCheck} label="Verified publisher" className="text-lagoon" />}
          </p>
        )}
      </div>
      <a
        href={compareHref({ agents: [agent.slug] })}
        className="agent-card-compare icon-button"
        aria-label={`Compare ${agent.name}`}
        title="Compare"
      >
        <Icon of={Columns2} size={20} />
      </a>
    </div>
    <p className="flex-1">{agent.tagline}</p>
    <div className="agent-card-foot">
      <Price agent={agent} />
      <Standing agent={agent} />
    </div>
  </article>
)

/** What it costs and whether it can be tried; for what nobody sells here, the licence. */
function Price({ agent }: { agent: Agent }) {
  const price = priceWords(agent, useLocale())
  const isFigure = (agent.priceFrom?.amountMinor ?? 0) > 0
  return (
    <span className="min-w-0">
      <span className={isFigure ? 'figures' : undefined}>{price ?? agent.license}</span>
      {price !== undefined && agent.trialDays > 0 && (
        <span className="text-muted"> · {trialWords(agent.trialDays)}</span>
      )}
    </span>
  )
}

/** What others think of it. An entry that nobody has claimed can't be used here, so nobody can say. */
function Standing({ agent: { isUnclaimed, isComingSoon, rating, reviewCount } }: { agent: Agent }) {
  const locale = useLocale()
  if (isUnclaimed) return <UnclaimedBadge />
  if (isComingSoon) return <Badge icon={Clock}>Coming soon</Badge>
  if (rating === null) return <span className="text-muted">New</span>
  return (
    <span className="flex items-center gap-4">
      <Icon of={Star} label="Rated" />
      <span className="figures">{ratingWords(rating, locale)}</span>
      <span className="text-muted">
        ({reviewCount.toLocaleString(locale)}
        <VisuallyHidden> reviews</VisuallyHidden>)
      </span>
    </span>
  )
}
