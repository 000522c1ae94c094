import Check from 'lucide-react/icons/check'
import ChevronDown from 'lucide-react/icons/chevron-down'
import type { AgentSort } from '#src/features/catalog/index.ts'
import { Icon } from '../../ui/icon.tsx'
import { agentsHref, type AgentsQuery, sortLabels } from './agents-query.ts'

/** The orders of a search, each a link to it: one press with a script and without, where a select would need a button beside it. */
export const SortMenu = ({ query }: { query: AgentsQuery }) => (
  <nav aria-label="Sort">
    <details className="sort-menu">
      <summary>
        <span className="text-muted">Sort</span> {sortLabels[query.sort]} <Icon of={ChevronDown} />
      </summary>
      <ul>
        {Object.entries(sortLabels).map(([value, label]) => (
          <li key={value}>
            <a
              // The cast: entries forgets which keys the labels have.
              href={agentsHref({ ...query, sort: value as AgentSort, cursor: undefined })}
              className="menu-item"
              aria-current={value === query.sort ? 'true' : undefined}
            >
              {label}
              {value === query.sort && <Icon of={Check} className="ms-auto" />}
            </a>
          </li>
        ))}
      </ul>
    </details>
  </nav>
)
