// Which filter leaves a search without results: how many agents it would find without each of them.
import type { Reader } from '../reader.ts'
import type { AgentFilters } from '../schema.ts'
import { countFacets } from './facets.ts'
import type { Facets } from './facets.ts'
import { interpret } from './interpret.ts'
import type { SearchInput } from './interpret.ts'

/** More than anybody has in force. */
const relaxationsMax = 12

export interface Relaxation {
  /** The filters that remain. */
  readonly filters: AgentFilters
  readonly total: Facets['total']
  /** More than one filter was in force, and none of them remains. */
  readonly isAll: boolean
}

/** In the order of the filters, the search without each one of them, and last without all; two to five round trips each. */
export async function relax(reader: Reader, search: SearchInput): Promise<Relaxation[]> {
  const fewer = withoutEach(search.filters).slice(0, relaxationsMax)
  const wider = fewer.map((filters) => ({ filters, isAll: false }))
  if (fewer.length > 1) wider.push({ filters: {}, isAll: true })
  const relaxations: Relaxation[] = []
  for (const { filters, isAll } of wider) {
    const { condition } = await interpret(reader, { ...search, filters })
    const { total } = await countFacets(reader, { condition, without: new Map() })
    relaxations.push({ filters, total, isAll })
  }
  return relaxations
}

/** A group in which one of several is enough goes as a whole: less of it would find even fewer. */
function withoutEach(filters: AgentFilters): AgentFilters[] {
  const { tags = [], prices = [], hasTrial = false, isVerified = false, statuses = [] } = filters
  return [
    ...tags.map((tag) => ({ ...filters, tags: tags.filter((other) => other !== tag) })),
    ...(prices.length > 0 ? [{ ...filters, prices: [] }] : []),
    ...(hasTrial ? [{ ...filters, hasTrial: false }] : []),
    ...(isVerified ? [{ ...filters, isVerified: false }] : []),
    ...(statuses.length > 0 ? [{ ...filters, statuses: [] }] : []),
  ]
}
