import type { TagCount } from '#src/features/catalog/index.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { TagChip } from '../../ui/tag-chip.tsx'
import { agentsHref, type AgentsQuery } from './agents-query.ts'

const suggestionsMax = 8

interface NothingFoundProps {
  readonly query: AgentsQuery
  /** How many agents the same words find without the tags. */
  readonly unfilteredCount: number
  readonly tags: readonly TagCount[]
}

/** No result, and the two ways on: fewer filters, or a tag that has agents. */
export function NothingFound({ query, unfilteredCount, tags }: NothingFoundProps) {
  const others = tags.filter((tag) => !query.tags.includes(tag.slug)).slice(0, suggestionsMax)
  return (
    <EmptyState
      title={title(query)}
      action={
        <ButtonLink
          kind="secondary"
          href={unfilteredCount > 0 ? agentsHref({ ...query, cursor: undefined, tags: [] }) : agentsHref({})}
        >
          {unfilteredCount > 0 ? `Remove the filters (${unfilteredCount} found)` : 'Show all agents'}
        </ButtonLink>
      }
    >
      {advice(query)}
      {others.length > 0 && ' Or look under one of these tags:'}
      {others.length > 0 && (
        <ul className="flex flex-wrap justify-center gap-8 pt-16">
          {others.map((tag) => (
            <li key={tag.slug}>
              <TagChip name={tag.name} href={agentsHref({ tags: [tag.slug] })} />
            </li>
          ))}
        </ul>
      )}
    </EmptyState>
  )
}

function advice({ q, tags }: AgentsQuery): string | null {
  if (tags.length > 0) return 'An agent must have every tag you chose.'
  return q === '' ? null : 'Try fewer or more general words.'
}

function title({ q, tags }: AgentsQuery): string {
  if (q === '') return tags.length === 0 ? 'The catalogue is still empty' : 'No agent has all of these tags'
  return tags.length === 0 ? `No agent matches “${q}”` : `No agent with these tags matches “${q}”`
}
