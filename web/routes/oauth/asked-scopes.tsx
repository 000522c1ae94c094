import BadgeCheck from 'lucide-react/icons/badge-check'
import CircleHelp from 'lucide-react/icons/circle-help'
import type { AskedScope, AskingAgent } from '#src/identity/index.ts'
import { ArchIcon } from '../../ui/arch/arch-icon.tsx'
import { Badge } from '../../ui/badge.tsx'
import { ScopeList } from './scope-list.tsx'

interface AskedScopesProps {
  readonly agent: AskingAgent
  readonly scopes: readonly AskedScope[]
}

/** Who asks, for what, and why: our words for what a scope means, the publisher's own for the reason. */
export function AskedScopes({ agent, scopes }: AskedScopesProps) {
  const isExplained = scopes.some(({ reason }) => reason !== null)
  return (
    <>
      <div className="flex items-center gap-16">
        <ArchIcon slug={agent.slug ?? agent.name} className="size-48 shrink-0" />
        <div className="flex min-w-0 flex-col gap-4 wrap-anywhere">
          <p className="text-18 font-medium">{agent.name}</p>
          <p className="text-14 text-muted">{agent.publisher ?? 'Not in the catalogue'}</p>
          <p>
            {agent.isVerified ? (
              <Badge tone="good" icon={BadgeCheck}>
                Publisher verified
              </Badge>
            ) : (
              <Badge icon={CircleHelp}>Publisher not verified</Badge>
            )}
          </p>
        </div>
      </div>
      <div className="flex flex-col gap-8">
        <h2 className="font-medium">It asks to</h2>
        <ScopeList name={agent.name} scopes={scopes} saysWhy={isExplained} />
        {!isExplained && <p className="text-14 text-muted wrap-anywhere">{agent.name} doesn’t say why.</p>}
      </div>
    </>
  )
}
