import type { AgentDetail } from '#src/features/catalog/index.ts'
import ChevronDown from 'lucide-react/icons/chevron-down'
import { CatalogIcon } from '../../ui/catalog-icon.tsx'
import { Icon } from '../../ui/icon.tsx'
import { InlineCode } from '../../ui/inline-code.tsx'
import { TagChip } from '../../ui/tag-chip.tsx'
import { Day } from '../../ui/time.tsx'
import { agentsHref } from './agents-query.ts'

/** Of a longer list the rest is a press away. */
const capabilitiesAtOnce = 8

export function Capabilities({ capabilities }: Pick<AgentDetail, 'capabilities'>) {
  const rest = capabilities.slice(capabilitiesAtOnce)
  return (
    <>
      <CapabilityList capabilities={capabilities.slice(0, capabilitiesAtOnce)} />
      {rest.length > 0 && (
        <details className="disclosure">
          <summary>
            <Icon of={ChevronDown} />
            {rest.length === 1 ? '1 more' : `${rest.length} more`}
          </summary>
          <CapabilityList capabilities={rest} />
        </details>
      )}
    </>
  )
}

const CapabilityList = ({ capabilities }: Pick<AgentDetail, 'capabilities'>) => (
  <ul className="grid gap-x-32 gap-y-24 pt-8 sm:grid-cols-2">
    {capabilities.map(({ icon, title, description }, place) => (
      <li key={`${place} ${title}`} className="flex min-w-0 gap-16">
        <span className="niche">
          <CatalogIcon name={icon} />
        </span>
        <div className="min-w-0 wrap-anywhere" dir="auto">
          <h3 className="font-medium">{title}</h3>
          <p className="text-muted">
            <InlineCode text={description} />
          </p>
        </div>
      </li>
    ))}
  </ul>
)

export const Steps = ({ steps }: Pick<AgentDetail, 'steps'>) => (
  <ol className="steps">
    {steps.map(({ title, description }, place) => (
      <li key={`${place} ${title}`} className="step">
        <span className="niche display text-22" aria-hidden="true">
          {place + 1}
        </span>
        <div className="min-w-0 wrap-anywhere" dir="auto">
          <h3 className="font-medium">{title}</h3>
          <p className="text-muted">
            <InlineCode text={description} />
          </p>
        </div>
      </li>
    ))}
  </ol>
)

export const Tags = ({ tags }: Pick<AgentDetail, 'tags'>) => (
  <ul className="flex flex-wrap gap-8">
    {tags.map((tag) => (
      <li key={tag.slug}>
        <TagChip name={tag.name} href={agentsHref({ tags: [tag.slug] })} />
      </li>
    ))}
  </ul>
)

export const Sources = ({ sources }: Pick<AgentDetail, 'sources'>) => (
  <ol className="ledger-list text-14">
    {sources.map(({ url, title, checkedAt, asOf }) => (
      <li key={url} className="source">
        <a href={url} rel="noopener" className="min-w-0 wrap-anywhere">
          {title}
        </a>
        <span className="text-14 text-muted">
          as of <Day iso={asOf} />, checked <Day iso={checkedAt} />
        </span>
      </li>
    ))}
  </ol>
)
