import type { AgentCard as Agent } from '#src/features/catalog/index.ts'
import BadgeCheck from 'lucide-react/icons/badge-check'
import { href } from 'react-router'
import { ArchIcon } from '../../ui/arch/arch-icon.tsx'
import { useLocale } from '../../locale.ts'
import { Icon } from '../../ui/icon.tsx'
import { formatPrice } from '../../ui/money.ts'
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

/** An agent at a glance. The whole card is one link, and its name is the link's. */
export function AgentCard({ agent, heading: Heading }: { agent: Agent; heading: Heading }) {
  const locale = useLocale()
  return (
    <article className="agent-card">
      <div className="flex items-start gap-12">
        <ArchIcon slug={agent.slug} className="size-tile" />
        <div className="min-w-0">
          <Heading className="text-18 font-medium">
            <a href={href('/agents/:slug', { slug: agent.slug })} className="agent-card-link">
              {agent.name}
            </a>
          </Heading>
          {agent.publisherName !== null && (
            <p className="flex items-center gap-4 text-14 text-muted">
              {agent.publisherName}
              {agent.isVerified && <Icon of={BadgeCheck} label="Verified publisher" className="text-lagoon" />}
            </p>
          )}
        </div>
      </div>
      <p className="flex-1">{agent.tagline}</p>
      <div className="agent-card-foot">
        <span className="figures">{footNote(agent, locale)}</span>
        {agent.isUnclaimed && <UnclaimedBadge />}
      </div>
    </article>
  )
}

/** What it costs; for what nobody sells here, the licence. */
function footNote({ priceFrom, license }: Agent, locale: string): string | null {
  if (priceFrom === null) return license
  return priceFrom.amountMinor === 0 ? 'Free' : `From ${formatPrice(priceFrom, locale)}`
}
