import type { Relaxation, TagCount } from '#src/features/catalog/index.ts'
import { useLocale } from '../../locale.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { TagChip } from '../../ui/tag-chip.tsx'
import { agentsHref, type AgentsQuery, filtersInForce, withFilters } from './agents-query.ts'

const suggestionsMax = 8

interface NothingFoundProps {
  readonly query: AgentsQuery
  /** What is found with one filter less, and at last without all of them. */
  readonly relaxations: readonly Relaxation[]
  readonly tags: readonly TagCount[]
}

/** No result, and the ways on: without the filter that empties it, or under a tag that has agents. */
export function NothingFound({ query, relaxations, tags }: NothingFoundProps) {
  const locale = useLocale()
  const tagName = (slug: string): string => tags.find((tag) => tag.slug === slug)?.name ?? slug
  const ways = relaxations.map((relaxation) => wayOf({ ...relaxation, query, tagName }))
  const helping = ways.filter(({ count }) => count > 0)
  const all = ways.length === 1 ? helping[0] : helping.find(({ isAll }) => isAll)
  const others = tags.filter((tag) => !query.tags.includes(tag.slug)).slice(0, suggestionsMax)
  const found = (way: Way): string =>
    `${way.isExact ? '' : 'about '}${way.count.toLocaleString(locale)} ${way.count === 1 ? 'agent' : 'agents'}`
  return (
    <EmptyState
      title={title(query, ways.length)}
      action={
        <ButtonLink kind="secondary" href={all?.href ?? agentsHref({})}>
          {all === undefined ? 'Show all agents' : `Clear all filters (${found(all)})`}
        </ButtonLink>
      }
    >
      {ways.length > 0 && <p>{blame(ways)}</p>}
      {ways.length > 0 && (
        <ul className="relaxations">
          {ways
            .filter(({ isAll }) => !isAll)
            .map((way) => (
              <li key={way.removed}>
                {way.count > 0 ? <a href={way.href}>Remove {way.removed}</a> : <span>Remove {way.removed}</span>}
                <span className="leader" />
                <span>{way.count > 0 ? found(way) : 'still none'}</span>
              </li>
            ))}
        </ul>
      )}
      {helping.length === 0 && query.q !== '' && <p>Try fewer or more general words.</p>}
      {helping.length === 0 && others.length > 0 && (
        <>
          <p>Or look under one of these tags:</p>
          <ul className="flex flex-wrap justify-center gap-8 pt-16">
            {others.map((tag) => (
              <li key={tag.slug}>
                <TagChip name={tag.name} href={agentsHref({ tags: [tag.slug] })} />
              </li>
            ))}
          </ul>
        </>
      )}
    </EmptyState>
  )
}

interface Way {
  /** What is given up, in words. */
  readonly removed: string
  readonly href: string
  readonly count: number
  readonly isExact: boolean
  readonly isAll: boolean
}

function wayOf({
  query,
  filters,
  total,
  isAll,
  tagName,
}: Relaxation & { query: AgentsQuery; tagName: (slug: string) => string }): Way {
  const { tags = [], prices = [], hasTrial = false, isVerified = false, statuses = [] } = filters
  const wider = withFilters(query, { tags, prices, hasTrial, isVerified, statuses })
  const left = new Set(filtersInForce(wider, tagName).map(({ key }) => key))
  const removed = filtersInForce(query, tagName).filter(({ key }) => !left.has(key))
  return {
    removed: removed.map(({ name }) => `“${name}”`).join(' or '),
    href: agentsHref(wider),
    count: total.count,
    isExact: total.isExact,
    isAll,
  }
}

/** Which filter empties the list, where one does it alone. */
function blame(ways: readonly Way[]): string {
  const single = ways.filter(({ isAll }) => !isAll)
  const helping = single.filter(({ count }) => count > 0)
  const [only] = helping
  if (single.length > 1 && helping.length === 1 && only !== undefined)
    return `It is ${only.removed} that leaves nothing:`
  if (helping.length > 0) return 'With one filter less there is something:'
  return ways.some(({ count }) => count > 0)
    ? 'No filter does it alone; only without all of them is there something.'
    : ''
}

function title({ q }: AgentsQuery, filterCount: number): string {
  const filters = filterCount === 1 ? 'this filter' : 'these filters'
  if (q === '') return filterCount === 0 ? 'The catalogue is still empty' : `No agent passes ${filters}`
  return filterCount === 0 ? `No agent matches “${q}”` : `No agent that passes ${filters} matches “${q}”`
}
