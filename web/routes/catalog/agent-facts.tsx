import type { AgentDetail } from '#src/features/catalog/index.ts'
import type { ReactNode } from 'react'
import ExternalLink from 'lucide-react/icons/external-link'
import { Icon } from '../../ui/icon.tsx'
import { Day } from '../../ui/time.tsx'

/** The facts of an agent as a ledger; nothing where none is known. */
export function AgentFacts({ agent }: { agent: AgentDetail }) {
  const checkedAt = agent.sources
    .map((source) => source.checkedAt)
    .toSorted()
    .at(-1)
  return (
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
      {checkedAt === undefined ? (
        <Fact label="Updated">
          <Day iso={agent.updatedAt} />
        </Fact>
      ) : (
        <Fact label="Checked on">
          <Day iso={checkedAt} />
        </Fact>
      )}
    </dl>
  )
}

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
    <a href={url} rel="noopener" className="inline-flex max-w-full items-center gap-4">
      <span className="min-w-0 wrap-anywhere">{isCodeHost ? pathname.split('/').slice(1, 3).join('/') : host}</span>
      <Icon of={ExternalLink} />
    </a>
  )
}
