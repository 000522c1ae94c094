import type { AgentDetail } from '#src/features/catalog/index.ts'
import { CatalogIcon } from '../../ui/catalog-icon.tsx'
import { InlineCode } from '../../ui/inline-code.tsx'
import { Day, RelativeTime } from '../../ui/time.tsx'
import { AgentSection } from './agent-section.tsx'

export const Capabilities = ({ capabilities }: Pick<AgentDetail, 'capabilities'>) => (
  <AgentSection id="capabilities" title="What it does">
    <ul className="grid gap-x-32 gap-y-24 sm:grid-cols-2">
      {capabilities.map(({ icon, title, description }) => (
        <li key={title} className="flex gap-16">
          <span className="niche">
            <CatalogIcon name={icon} />
          </span>
          <div className="min-w-0">
            <h3 className="font-medium">{title}</h3>
            <p className="text-muted">
              <InlineCode text={description} />
            </p>
          </div>
        </li>
      ))}
    </ul>
  </AgentSection>
)

export const Steps = ({ steps }: Pick<AgentDetail, 'steps'>) => (
  <AgentSection id="steps" title="How to start">
    <ol className="steps">
      {steps.map(({ title, description }, place) => (
        <li key={title} className="step">
          <span className="niche display text-22" aria-hidden="true">
            {place + 1}
          </span>
          <div className="min-w-0">
            <h3 className="font-medium">{title}</h3>
            <p className="text-muted">
              <InlineCode text={description} />
            </p>
          </div>
        </li>
      ))}
    </ol>
  </AgentSection>
)

export const Changelog = ({ changelog, now }: Pick<AgentDetail, 'changelog'> & { now: number }) => (
  <AgentSection id="changelog" title="Changelog">
    <ol className="ledger-list">
      {changelog.map(({ version, summary, publishedAt }) => (
        <li key={version} className="ledger-entry">
          <span className="figures">{version}</span>
          <p className="min-w-0">
            <InlineCode text={summary} />
          </p>
          <span className="ledger-when">
            <RelativeTime iso={publishedAt} now={now} />
          </span>
        </li>
      ))}
    </ol>
  </AgentSection>
)

export const Sources = ({ sources }: Pick<AgentDetail, 'sources'>) => (
  <AgentSection id="sources" title="Sources">
    <ol className="ledger-list text-14">
      {sources.map(({ url, title, checkedAt, asOf }) => (
        <li key={url} className="source">
          <a href={url} rel="noopener" className="min-w-0">
            {title}
          </a>
          <span className="figures text-12 text-muted">
            as of <Day iso={asOf} />, checked <Day iso={checkedAt} />
          </span>
        </li>
      ))}
    </ol>
  </AgentSection>
)
