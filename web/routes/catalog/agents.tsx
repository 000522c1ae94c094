import ChevronDown from 'lucide-react/icons/chevron-down'
import ListFilter from 'lucide-react/icons/list-filter'
import { data, redirect } from 'react-router'
import { webContext } from '../../context.ts'
import { useLocale } from '../../locale.ts'
import type { RouteHandle } from '../../root.tsx'
import { PageMeta } from '../../shell/page-meta.tsx'
import { classNames } from '../../ui/class-names.ts'
import { Icon } from '../../ui/icon.tsx'
import { Pagination } from '../../ui/pagination.tsx'
import type { Route } from './+types/agents.ts'
import { agentsHref, type AgentsQuery, filtersInForce, readAgentsQuery } from './agents-query.ts'
import { ChipsInForce } from './chips-in-force.tsx'
import { Facets } from './facets.tsx'
import { FoundAgents } from './found-agents.tsx'
import { NothingFound } from './nothing-found.tsx'
import { RefineSearch } from './refine-search.tsx'
import { SearchForm } from './search-form.tsx'
import { SortMenu } from './sort-menu.tsx'

export const handle: RouteHandle = { ownSearch: true, sameForVisitors: true }

export async function loader({ context, request }: Route.LoaderArgs) {
  const { catalog } = context.get(webContext).services
  const query = readAgentsQuery(new URL(request.url).searchParams)
  try {
    const page = await catalog.search(query)
    if (page.items.length > 0) return data({ query, page, relaxations: [], knownTags: page.facets.tags })
    const [relaxations, knownTags] = await Promise.all([catalog.relax(query), catalog.commonestTags()])
    return data({ query, page, relaxations, knownTags })
  } catch (error) {
    // A cursor of another search, or one cut short in a message: the first page of the same search helps more than an error.
    if (query.cursor !== undefined && hasCode(error, 'invalid_request')) {
      throw redirect(agentsHref({ ...query, cursor: undefined }))
    }
    if (!hasCode(error, 'search_timeout')) throw error
    return data({ query, page: undefined, relaxations: [], knownTags: [] }, { status: 504 })
  }
}

// Verbs throw errors with a code; their class stays on the server's side of the build.
const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code

export default function Agents({ loaderData: { query, page, relaxations, knownTags } }: Route.ComponentProps) {
  const locale = useLocale()
  const tagName = (slug: string): string => knownTags.find((tag) => tag.slug === slug)?.name ?? spelledOut(slug)
  const inForce = filtersInForce(query, tagName)
  // Where nothing is found and nothing is in force, there is nothing to narrow: a column of noughts.
  const narrowable = page !== undefined && (page.items.length > 0 || inForce.length > 0) ? page : undefined
  return (
    <div className="wrap-page pt-32">
      <Meta query={query} total={page?.total} tagName={tagName} locale={locale} />
      <div className="catalog">
        <div className="catalog-head">
          <h1 className="display text-36">Agents</h1>
          <SearchForm query={query} />
        </div>
        {narrowable !== undefined && (
          <aside aria-label="Filters" className="hidden lg:block">
            <Facets facets={narrowable.facets} query={query} place="rail" />
          </aside>
        )}
        <div className={classNames('flex min-w-0 flex-col gap-24', narrowable === undefined && 'col-span-full')}>
          {page?.correctedTo !== undefined && (
            <Corrected to={page.correctedTo} from={page.correctedFrom} query={query} />
          )}
          <div className="flex flex-col gap-16">
            {page !== undefined && (
              <div className="flex flex-wrap items-center justify-between gap-x-24 gap-y-12">
                {/* An empty list says it in its heading. */}
                <output aria-live="polite" className={page.total.count === 0 ? 'sr-only' : 'text-muted'}>
                  {countText(page.total, locale)}
                </output>
                {page.total.count > 1 && <SortMenu query={query} />}
              </div>
            )}
            {narrowable !== undefined && (
              <details className="facet-sheet lg:hidden">
                <summary>
                  <Icon of={ListFilter} />
                  {inForce.length === 0 ? 'Filters' : `Filters (${inForce.length})`}
                  <Icon of={ChevronDown} />
                </summary>
                <Facets facets={narrowable.facets} query={query} place="sheet" />
              </details>
            )}
            <ChipsInForce query={query} filters={inForce} />
          </div>
          {page === undefined && <RefineSearch query={query} />}
          {page !== undefined && page.items.length > 0 && <FoundAgents agents={page.items} />}
          {page !== undefined && page.items.length === 0 && (
            <NothingFound query={query} relaxations={relaxations} tags={knownTags} />
          )}
          {page !== undefined && (
            <Pagination
              previousHref={pageHref(query, page.previousCursor)}
              nextHref={pageHref(query, page.nextCursor)}
            />
          )}
        </div>
      </div>
    </div>
  )
}

/** For a tag whose name could not be read: `self-hosted` becomes "Self hosted". */
const spelledOut = (slug: string): string => slug.charAt(0).toUpperCase() + slug.slice(1).replaceAll('-', ' ')

type PageData = NonNullable<Route.ComponentProps['loaderData']['page']>

const pageHref = (query: AgentsQuery, cursor: string | null): string | undefined =>
  cursor === null ? undefined : agentsHref({ ...query, cursor })

function countText({ count, isExact }: PageData['total'], locale: string): string {
  if (count === 0) return 'No agents found'
  return `${isExact ? '' : 'About '}${count.toLocaleString(locale)} ${count === 1 ? 'agent' : 'agents'}`
}

interface MetaProps {
  readonly query: AgentsQuery
  readonly total: PageData['total'] | undefined
  readonly tagName: (slug: string) => string
  readonly locale: string
}

/** A search says in its title how much it found, since that is what is read out first. */
function Meta({ query, total, tagName, locale }: MetaProps) {
  const filters = filtersInForce(query, tagName)
  const [onlyTag] = query.tags
  // The whole list, and that of one tag, are pages in themselves; any other mixture is a question of one person.
  const isPlainList =
    query.q === '' &&
    query.cursor === undefined &&
    (filters.length === 0 || (filters.length === 1 && onlyTag !== undefined))
  const subject =
    query.q !== '' ? `“${query.q}”` : onlyTag === undefined ? 'Agents' : `${query.tags.map(tagName).join(' + ')} agents`
  const outcome = total === undefined ? 'took too long' : countText(total, locale).toLowerCase()
  return (
    <PageMeta
      title={isPlainList ? subject : `${subject}: ${outcome}`}
      description="Search AI agents by what they do, and compare how they run, what they cost and who stands behind them."
      canonicalPath={isPlainList ? agentsHref({ tags: query.tags }) : undefined}
    />
  )
}

function Corrected({ from, to, query }: { from: string | undefined; to: string; query: AgentsQuery }) {
  return (
    <p className="border-s-2 border-canal ps-12">
      Showing results for <strong className="font-semibold">{to}</strong> (corrected from “{from}”).{' '}
      <a className="underline underline-offset-3" href={agentsHref({ ...query, cursor: undefined, exact: true })}>
        Search for exactly “{from}”
      </a>
    </p>
  )
}
