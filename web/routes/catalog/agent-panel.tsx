import type { AgentDetail } from '#src/features/catalog/index.ts'
import type { AgentOffer } from '#src/features/offers/index.ts'
import type { ReactNode } from 'react'
import ExternalLink from 'lucide-react/icons/external-link'
import Rocket from 'lucide-react/icons/rocket'
import { ButtonLink } from '../../ui/button.tsx'
import { AgentFacts } from './agent-facts.tsx'
import { AgentLinks } from './agent-links.tsx'
import { BuyBox } from '../offers/buy-box.tsx'

interface AgentPanelProps {
  readonly agent: AgentDetail
  readonly offer: AgentOffer | undefined
  readonly isTrialUsed: boolean
  readonly isOperator: boolean
  /** What somebody does with it besides. */
  readonly children?: ReactNode
}

/** The panel beside the text: what it costs and how to get to it, then the facts as a ledger. */
export function AgentPanel({ agent, offer, isTrialUsed, isOperator, children }: AgentPanelProps) {
  const isSubscribed = offer?.subscription != null
  const isForSale = offer !== undefined && !isSubscribed && offer.tiers.length > 0
  return (
    <aside aria-label="Get it" className="agent-panel">
      {isForSale && <BuyBox offer={offer} isTrialUsed={isTrialUsed} />}
      {agent.isLaunchable && <Launch slug={agent.slug} isFirst={!isForSale} />}
      {isSubscribed && (
        <ButtonLink kind="secondary" href={`/account/subscriptions/${offer.subscription?.id}`}>
          Your subscription
        </ButtonLink>
      )}
      {!agent.isLaunchable && <OpenProject agent={agent} kind={isForSale ? 'secondary' : 'ink'} />}
      {agent.isUnclaimed && (
        <p className="text-14 text-muted">
          Unclaimed: listed from public facts. This marketplace and this entry are not affiliated with the project.
        </p>
      )}
      {children}
      <AgentFacts agent={agent} />
      <AgentLinks agent={agent} isOperator={isOperator} />
    </aside>
  )
}

const Launch = ({ slug, isFirst }: { slug: string; isFirst: boolean }) => (
  <>
    <ButtonLink href={`/agents/${slug}/launch`} icon={Rocket} kind={isFirst ? 'ink' : 'secondary'}>
      Launch
    </ButtonLink>
    {isFirst && (
      <p className="text-14 text-muted">
        Opens the agent and signs you in with your account here. The first time it asks first.
      </p>
    )}
  </>
)

interface OpenProjectProps {
  readonly agent: AgentDetail
  readonly kind: 'ink' | 'secondary'
}

function OpenProject({ agent: { homepageUrl, repositoryUrl }, kind }: OpenProjectProps) {
  const url = homepageUrl ?? repositoryUrl
  if (url === null) return null
  return (
    <ButtonLink kind={kind} href={url} rel="noopener" icon={ExternalLink}>
      Open the project
    </ButtonLink>
  )
}
