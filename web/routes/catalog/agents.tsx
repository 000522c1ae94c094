import ChevronDown from 'lucide-react/icons/chevron-down'
import ListFilter from 'lucide-react/icons/list-filter'
import { redirect } from 'react-router'
import { webContext } from '../../context.ts'
import type { RouteHandle } from '../../root.tsx'
import { PageMeta } from '../../shell/page-meta.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Pagination } from '../../ui/pagination.tsx'
import { RemovableChip } from '../../ui/tag-chip.tsx'
import type { Route } from './+types/agents.ts'
import { AgentGrid } from './agent-card.tsx'
import { agentsHref, type AgentsQuery, readAgentsQuery, toggleTag } from './agents-query.ts'
import { NothingFound } from './nothing-found.tsx'
import { SearchForm } from './search-form.tsx'
import { SortForm } from './sort-form.tsx'
import { TagFacet } from './tag-facet.tsx'

export const handle: RouteHandle = { ownSearch: true }

export async function loader({ context, request }: Route.LoaderArgs) {
  const { catalog } = context.get(webContext).services
  const query = readAgentsQuery(new URL(request.url).searchParams)
  const page = await catalog.search(query).catch((error: unknown) => {
    // A cursor of another search, or one cut short in a message: the first page of the same search helps more than an error.
    if (query.cursor !== undefined && hasCode(error, 'invalid_request')) {
      throw redirect(agentsHref({ ...query, cursor: undefined }))
    }
    throw error
  })
  const isEmpty = page.items.length === 0
  const unfiltered =
    isEmpty && query.tags.length > 0 ? await catalog.search({ ...query, cursor: undefined, tags: [] }) : undefined
  const knownTags = isEmpty || query.tags.length > 0 ? (await catalog.home()).tags : page.facets.tags
  return { query, page, unfilteredCount: unfiltered?.total.count ?? 0, knownTags }
}

// Verbs throw errors with a code; their class stays on the server's side of the build.
const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code

export default function Agents({ loaderData: { query, page, unfilteredCount, knownTags } }: Route.ComponentProps) {
  const nameOf = (slug: string): string => knownTags.find((tag) => tag.slug === slug)?.name ?? slug
  const isPlainList = query.q === '' && query.cursor === undefined && query.tags.length <= 1
  const [onlyTag] = query.tags
  const title =
    query.q !== '' ? `“${query.q}”` : onlyTag === undefined ? 'Agents' : `${query.tags.map(nameOf).join(' + ')} agents`
  return (
    <div className="wrap-page pt-32">
      <PageMeta
        title={title}
        description="Search AI agents by what they do, and compare how they run and under which licence."
        canonicalPath={isPlainList ? agentsHref({ tags: query.tags }) : undefined}
      />
      <div className="catalog">
        <div className="catalog-head">
          <h1 className="display text-36">Agents</h1>
          <SearchForm query={query} />
        </div>
        <aside aria-label="Filters" className="hidden lg:block">
          <TagFacet tags={page.facets.tags} query={query} />
        </aside>
        <div className="flex min-w-0 flex-col gap-24">
          <Corrected page={page} query={query} />
          <div className="flex flex-col gap-16">
            <div className="flex flex-wrap items-center justify-between gap-x-24 gap-y-12">
              <output className="text-muted">{countText(page.total)}</output>
              {page.total.count > 1 && <SortForm query={query} />}
            </div>
            {page.facets.tags.length > 0 && (
              <details className="facet-sheet lg:hidden">
                <summary>
                  <Icon of={ListFilter} />
                  Filter by tag
                  <Icon of={ChevronDown} />
                </summary>
                <TagFacet tags={page.facets.tags} query={query} />
              </details>
            )}
            {query.tags.length > 0 && (
              <ul aria-label="Filters in force" className="flex flex-wrap gap-8">
                {query.tags.map((tag) => (
                  <li key={tag}>
                    <RemovableChip name={nameOf(tag)} href={agentsHref(toggleTag(query, tag))} />
                  </li>
                ))}
              </ul>
            )}
          </div>
          {page.items.length > 0 ? (
            <AgentGrid agents={page.items} heading="h2" />
          ) : (
            <NothingFound query={query} unfilteredCount={unfilteredCount} tags={knownTags} />
          )}
          <Pagination previousHref={pageHref(query, page.previousCursor)} nextHref={pageHref(query, page.nextCursor)} />
        </div>
      </div>
    </div>
  )
}

type PageData = Route.ComponentProps['loaderData']['page']

const pageHref = (query: AgentsQuery, cursor: string | null): string | undefined =>
  cursor === null ? undefined : agentsHref({ ...query, cursor })

function countText({ count, isExact }: PageData['total']): string {
  if (count === 0) return 'No agents found'
  return `${isExact ? '' : 'About '}${count.toLocaleString('en')} ${count === 1 ? 'agent' : 'agents'}`
}

function Corrected({ page, query }: { page: PageData; query: AgentsQuery }) {
  if (page.correctedTo === undefined) return null
  return (
    <p className="border-s-2 border-canal ps-12">
      Showing results for <strong className="font-semibold">{page.correctedTo}</strong> (corrected from “
      {page.correctedFrom}”).{' '}
      <a className="underline underline-offset-3" href={agentsHref({ ...query, cursor: undefined, exact: true })}>
        Search for exactly “{page.correctedFrom}”
      </a>
    </p>
  )
}
