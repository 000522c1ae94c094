import type { AgentSort } from '#src/features/catalog/index.ts'

/** A search as its address has it. */
export interface AgentsQuery {
  readonly q: string
  readonly tags: readonly string[]
  readonly sort: AgentSort
  readonly cursor: string | undefined
  readonly exact: boolean
}

export const sortLabels: Readonly<Record<AgentSort, string>> = {
  relevance: 'Best match',
  popular: 'Most installed',
  'top-rated': 'Top rated',
  newest: 'Newest',
  updated: 'Recently updated',
  name: 'Name',
}

// The service has limits of its own; these keep a pasted novel out of every link of the page.
const queryCharactersMax = 200
const tagsMax = 8

/** Reads a search from an address; anything odd is left out rather than refused, since people edit addresses. */
export function readAgentsQuery(params: URLSearchParams): AgentsQuery {
  const sort = params.get('sort') ?? ''
  const tags = new Set(params.getAll('tag').filter((tag) => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(tag)))
  return {
    q: (params.get('q') ?? '').trim().slice(0, queryCharactersMax),
    tags: [...tags].slice(0, tagsMax),
    sort: isSort(sort) ? sort : 'relevance',
    cursor: params.get('cursor') || undefined,
    exact: params.get('exact') === '1',
  }
}

const isSort = (value: string): value is AgentSort => Object.hasOwn(sortLabels, value)

/** The address of a search; what is left to its default is left out, so the same search has one address. */
export function agentsHref({
  q = '',
  tags = [],
  sort = 'relevance',
  cursor,
  exact = false,
}: Partial<AgentsQuery>): string {
  const params = new URLSearchParams()
  if (q !== '') params.set('q', q)
  for (const tag of tags) params.append('tag', tag)
  if (sort !== 'relevance') params.set('sort', sort)
  if (exact) params.set('exact', '1')
  if (cursor !== undefined) params.set('cursor', cursor)
  const query = params.toString()
  return query === '' ? '/agents' : `/agents?${query}`
}

/** The same search from its first page, with one tag more or less. */
export const toggleTag = (query: AgentsQuery, tag: string): AgentsQuery => ({
  ...query,
  cursor: undefined,
  tags: query.tags.includes(tag) ? query.tags.filter((other) => other !== tag) : [...query.tags, tag],
})
