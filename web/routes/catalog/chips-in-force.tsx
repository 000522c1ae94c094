import { RemovableChip } from '../../ui/tag-chip.tsx'
import { agentsHref, type AgentsQuery, type FilterInForce, withoutFilters } from './agents-query.ts'

/** What narrows the list: each filter with its way out, and one way out of all of them. */
export function ChipsInForce({ query, filters }: { query: AgentsQuery; filters: readonly FilterInForce[] }) {
  if (filters.length === 0) return null
  return (
    <div className="flex flex-wrap items-center gap-8">
      <ul aria-label="Filters in force" className="contents">
        {filters.map(({ key, name, without }) => (
          <li key={key}>
            <RemovableChip name={name} href={agentsHref(without)} />
          </li>
        ))}
      </ul>
      {filters.length > 1 && (
        <a href={agentsHref(withoutFilters(query))} className="touch-target text-14">
          Clear all
        </a>
      )}
    </div>
  )
}
