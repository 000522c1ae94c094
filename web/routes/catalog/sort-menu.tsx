import ChevronDown from 'lucide-react/icons/chevron-down'
import { Button } from '../../ui/button.tsx'
import { controlClass } from '../../ui/field.tsx'
import { Icon } from '../../ui/icon.tsx'
import { type AgentsQuery, sortLabels } from './agents-query.ts'
import { KeptFields } from './search-form.tsx'

/** The order of a search, as a form of its own so that it works without a script. */
export const SortForm = ({ query }: { query: AgentsQuery }) => (
  <form action="/agents" className="flex items-center gap-8">
    <KeptFields query={{ ...query, sort: 'relevance' }} />
    <label htmlFor="sort" className="text-14 text-muted">
      Sort
    </label>
    <span className="relative flex">
      <select
        id="sort"
        name="sort"
        defaultValue={query.sort}
        className={`${controlClass} appearance-none pe-32 text-14`}
      >
        {Object.entries(sortLabels).map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      <Icon of={ChevronDown} className="pointer-events-none absolute end-12 top-12 text-muted" />
    </span>
    <Button kind="secondary" className="text-14">
      Apply
    </Button>
  </form>
)
