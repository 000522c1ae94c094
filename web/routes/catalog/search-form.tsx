import Search from 'lucide-react/icons/search'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { type AgentsQuery, fieldsOf } from './agents-query.ts'

/** The page's own search. It keeps the filters of the search it stands in, and starts at the first page. */
export function SearchForm({ query }: { query?: AgentsQuery }) {
  return (
    <search>
      <form action="/agents" className="flex w-full gap-8">
        <div className="relative min-w-0 flex-1">
          <Icon of={Search} size={20} className="search-icon" />
          <input
            type="search"
            name="q"
            id="q"
            defaultValue={query?.q}
            aria-label="Search agents"
            placeholder="What should it do?"
            maxLength={200}
            enterKeyHint="search"
            className="search-input search-input-large"
          />
        </div>
        {query && <KeptFields query={{ ...query, q: '', exact: false }} />}
        <Button className="min-h-touch">Search</Button>
      </form>
    </search>
  )
}

/** Hidden fields for the parts of a search that another form leaves alone; every form starts at the first page. */
export const KeptFields = ({ query }: { query: AgentsQuery }) => (
  <>
    {fieldsOf({ ...query, cursor: undefined }).map(([name, value]) => (
      <input key={`${name}-${value}`} type="hidden" name={name} value={value} />
    ))}
  </>
)
