import type { AgentDetail } from '#src/features/catalog/index.ts'
import type { AgentOffer, OfferedTier } from '#src/features/offers/index.ts'
import type { ReactNode } from 'react'
import ExternalLink from 'lucide-react/icons/external-link'
import Rocket from 'lucide-react/icons/rocket'
import { ButtonLink } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Day } from '../../ui/time.tsx'
import { startWords } from '../offers/trial-words.ts'

interface AgentFactsProps {
  readonly agent: AgentDetail
  readonly offer: AgentOffer | undefined
  readonly isTrialUsed: boolean
  /** What somebody does with it besides. */
  readonly children?: ReactNode
}

/** The panel beside the text: where to go, and the facts as a ledger. */
export function AgentFacts({ agent, offer, isTrialUsed, children }: AgentFactsProps) {
  const first = offer?.subscription === null ? firstTier(offer) : undefined
  const projectUrl = agent.homepageUrl ?? agent.repositoryUrl
  const checkedAt = agent.sources
    .map((source) => source.checkedAt)
    .toSorted()
    .at(-1)
  return (
    <aside aria-label="Facts" className="agent-panel">
      {first !== undefined && (
        <ButtonLink href={`/agents/${agent.slug}/subscribe?tier=${first.id}`} className="justify-self-stretch">
          {startWords(first, { isTrialUsed })}
        </ButtonLink>
      )}
      {agent.isLaunchable && (
        <>
          <ButtonLink
            href={`/agents/${agent.slug}/launch`}
            icon={Rocket}
            kind={first === undefined ? 'ink' : 'secondary'}
            className="justify-self-stretch"
          >
            Launch
          </ButtonLink>
          <p className="text-14 text-muted">
            Opens the agent and signs you in with Rialto. The first time it asks first.
          </p>
        </>
      )}
      {offer?.subscription != null && (
        <ButtonLink
          kind="secondary"
          href={`/account/subscriptions/${offer.subscription.id}`}
          className="justify-self-stretch"
        >
          Your subscription
        </ButtonLink>
      )}
      {projectUrl !== null && !agent.isLaunchable && (
        <ButtonLink
          href={projectUrl}
          rel="noopener"
          icon={ExternalLink}
          className="justify-self-stretch sm:justify-self-start lg:justify-self-stretch"
        >
          Open the project
        </ButtonLink>
      )}
      {agent.isUnclaimed && (
        <p className="text-14 text-muted">
          Unclaimed: listed from public facts. Rialto and this entry are not affiliated with the project.
        </p>
      )}
      {children}
      <dl className="facts">
        {agent.runsAs.length > 0 && <Fact label="Runs as">{agent.runsAs.join(', ')}</Fact>}
        {agent.languages.length > 0 && <Fact label="Written in">{agent.languages.join(', ')}</Fact>}
        {agent.license !== null && (
          <Fact label="Licence" note={agent.licenseNote}>
            {agent.license}
          </Fact>
        )}
        {agent.repositoryUrl !== null && (
          <Fact label="Repository">
            <OutsideLink url={agent.repositoryUrl} />
          </Fact>
        )}
        {agent.documentationUrl !== null && (
          <Fact label="Documentation">
            <OutsideLink url={agent.documentationUrl} />
          </Fact>
        )}
        {checkedAt !== undefined && (
          <Fact label="Checked on">
            <Day iso={checkedAt} />
          </Fact>
        )}
      </dl>
    </aside>
  )
}

/** What it is easiest to begin with: free, then a trial. */
const firstTier = ({ tiers }: AgentOffer): OfferedTier | undefined =>
  tiers.find(({ priceMinor }) => priceMinor === 0) ?? tiers.find(({ trialDays }) => trialDays > 0) ?? tiers[0]

const Fact = ({ label, note, children }: { label: string; note?: string | null; children: ReactNode }) => (
  <div className="fact">
    <dt>{label}</dt>
    <dd>{children}</dd>
    {note != null && <dd className="fact-note">{note}</dd>}
  </div>
)

/** Shows where a link leads: the host, and for a code host the project too. */
function OutsideLink({ url }: { url: string }) {
  const { hostname, pathname } = new URL(url)
  const host = hostname.replace(/^www\./, '')
  const isCodeHost = ['github.com', 'gitlab.com', 'codeberg.org'].includes(host)
  return (
    <a href={url} rel="noopener" className="inline-flex items-center gap-4">
      <span className="min-w-0">{isCodeHost ? pathname.split('/').slice(1, 3).join('/') : host}</span>
      <Icon of={ExternalLink} />
    </a>
  )
}
