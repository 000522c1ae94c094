/** A comparison as its address has it. */
export interface CompareQuery {
  readonly agents: readonly string[]
  /** What somebody typed to add another agent. */
  readonly add: string
  /** Rows in which all agents say the same are left out. */
  readonly onlyDifferences: boolean
}

// Three are shown; a few more are read, so that the page can say which it left out.
const agentsReadMax = 9
const addCharactersMax = 200

/** Reads a comparison from an address; anything odd is left out rather than refused, since people edit addresses. */
export function readCompareQuery(params: URLSearchParams): CompareQuery {
  const slugs = params.getAll('agent').filter((slug) => slug.length <= 80 && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(slug))
  return {
    agents: [...new Set(slugs)].slice(0, agentsReadMax),
    add: (params.get('add') ?? '').trim().slice(0, addCharactersMax),
    onlyDifferences: params.get('show') === 'differences',
  }
}

/** The address of a comparison; what is left to its default is left out. */
export function compareHref({ agents, onlyDifferences = false }: Partial<CompareQuery>): string {
  const params = new URLSearchParams((agents ?? []).map((slug) => ['agent', slug]))
  if (onlyDifferences) params.set('show', 'differences')
  const query = params.toString()
  return query === '' ? '/compare' : `/compare?${query}`
}
