import type { AgentSort, Availability, PriceModel } from '#src/features/catalog/index.ts'

/** A search as its address has it. */
export interface AgentsQuery {
  readonly q: string
  /** An agent must have all of them. */
  readonly tags: readonly string[]
  /** One of them is enough, as it is for `statuses`. */
  readonly prices: readonly PriceModel[]
  readonly hasTrial: boolean
  readonly isVerified: boolean
  readonly statuses: readonly Availability[]
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
export const priceLabels: Readonly<Record<PriceModel, string>> = {
  free: 'Free tier',
  subscription: 'Subscription',
  'top-up': 'Extra units to buy',
  none: 'Not sold here',
}
export const statusLabels: Readonly<Record<Availability, string>> = {
  available: 'Available now',
  unreachable: 'Not answering',
  'coming-soon': 'Coming soon',
  unclaimed: 'Unclaimed entry',
}
export const trialLabel = 'With a trial'
export const verifiedLabel = 'Verified publisher'

// The service has limits of its own; these keep a pasted novel out of every link of the page.
const queryCharactersMax = 200
const tagsMax = 8

/** Reads a search from an address; anything odd is left out rather than refused, since people edit addresses. */
export function readAgentsQuery(params: URLSearchParams): AgentsQuery {
  const tags = new Set(params.getAll('tag').filter((tag) => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(tag)))
  return {
    q: (params.get('q') ?? '').trim().slice(0, queryCharactersMax),
    tags: [...tags].slice(0, tagsMax),
    prices: keysIn(priceLabels, params.getAll('price')),
    hasTrial: params.get('trial') === 'yes',
    isVerified: params.get('verified') === 'yes',
    statuses: keysIn(statusLabels, params.getAll('status')),
    sort: keysIn(sortLabels, params.getAll('sort').slice(0, 1))[0] ?? 'relevance',
    cursor: params.get('cursor') || undefined,
    exact: params.get('exact') === '1',
  }
}

/** Each known value once. */
const keysIn = <Key extends string>(labels: Readonly<Record<Key, string>>, values: readonly string[]): Key[] => [
  ...new Set(values.filter((value): value is Key => Object.hasOwn(labels, value))),
]

/** The parts of a search as fields of a form or an address; what is left to its default is left out. */
export function fieldsOf(query: Partial<AgentsQuery>): [name: string, value: string][] {
  const { q = '', tags = [], prices = [], statuses = [], sort = 'relevance', cursor } = query
  return [
    ...(q === '' ? [] : [['q', q] as [string, string]]),
    ...tags.map((tag): [string, string] => ['tag', tag]),
    ...prices.map((price): [string, string] => ['price', price]),
    ...(query.hasTrial === true ? [['trial', 'yes'] as [string, string]] : []),
    ...(query.isVerified === true ? [['verified', 'yes'] as [string, string]] : []),
    ...statuses.map((status): [string, string] => ['status', status]),
    ...(sort === 'relevance' ? [] : [['sort', sort] as [string, string]]),
    ...(query.exact === true ? [['exact', '1'] as [string, string]] : []),
    ...(cursor === undefined ? [] : [['cursor', cursor] as [string, string]]),
  ]
}

/** The address of a search; the same search has one address. */
export function agentsHref(query: Partial<AgentsQuery>): string {
  const params = new URLSearchParams(fieldsOf(query)).toString()
  return params === '' ? '/agents' : `/agents?${params}`
}

type Filter = 'tags' | 'prices' | 'hasTrial' | 'isVerified' | 'statuses'
export type AgentsFilters = Partial<Pick<AgentsQuery, Filter>>

/** The same search from its first page, with other filters. */
export const withFilters = (query: AgentsQuery, filters: AgentsFilters): AgentsQuery => ({
  ...query,
  ...filters,
  cursor: undefined,
})

export const withoutFilters = (query: AgentsQuery): AgentsQuery =>
  withFilters(query, { tags: [], prices: [], hasTrial: false, isVerified: false, statuses: [] })

/** With one value more or less. */
export const toggled = <Value extends string>(values: readonly Value[], value: Value): Value[] =>
  values.includes(value) ? values.filter((other) => other !== value) : [...values, value]

export interface FilterInForce {
  readonly key: string
  readonly name: string
  /** The search without it. */
  readonly without: AgentsQuery
}

/** What narrows the search, in the order in which it is shown. */
export function filtersInForce(query: AgentsQuery, tagName: (slug: string) => string): FilterInForce[] {
  const { tags, prices, statuses, hasTrial, isVerified } = query
  return [
    ...tags.map((tag) => ({
      key: `tag-${tag}`,
      name: tagName(tag),
      without: withFilters(query, { tags: toggled(tags, tag) }),
    })),
    ...prices.map((price) => ({
      key: `price-${price}`,
      name: priceLabels[price],
      without: withFilters(query, { prices: toggled(prices, price) }),
    })),
    ...(hasTrial ? [{ key: 'trial', name: trialLabel, without: withFilters(query, { hasTrial: false }) }] : []),
    ...(isVerified
      ? [{ key: 'verified', name: verifiedLabel, without: withFilters(query, { isVerified: false }) }]
      : []),
    ...statuses.map((status) => ({
      key: `status-${status}`,
      name: statusLabels[status],
      without: withFilters(query, { statuses: toggled(statuses, status) }),
    })),
  ]
}
