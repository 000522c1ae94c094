import type { AgentDetail } from '#src/features/catalog/index.ts'
import BadgeCheck from 'lucide-react/icons/badge-check'
import { ArchIcon } from '../../ui/arch/arch-icon.tsx'
import { Badge } from '../../ui/badge.tsx'
import { UnclaimedBadge } from './unclaimed-badge.tsx'

export const AgentHead = ({ agent }: { agent: AgentDetail }) => (
  <div className="agent-head">
    <ArchIcon slug={agent.slug} className="agent-head-icon" />
    <div className="flex min-w-0 flex-col gap-12">
      <h1 className="display text-48">{agent.name}</h1>
      <p className="max-w-prose text-18 text-muted">{agent.tagline}</p>
      <div className="flex flex-wrap items-center gap-x-12 gap-y-8 text-14">
        {agent.publisherName !== null && <span>by {agent.publisherName}</span>}
        {agent.isVerified && (
          <Badge tone="good" icon={BadgeCheck}>
            Verified publisher
          </Badge>
        )}
        {agent.isUnclaimed && <UnclaimedBadge />}
      </div>
    </div>
  </div>
)
