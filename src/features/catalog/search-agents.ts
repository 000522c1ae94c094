import { readCards } from './cards.ts'
import type { Reader } from './reader.ts'
import type { AgentCard, AgentSort } from './schema.ts'
import { decodeCursor, encodeCursor } from './search/cursor.ts'
import type { CursorScope, Place } from './search/cursor.ts'
import { countFacets } from './search/facets.ts'
import type { Facets } from './search/facets.ts'
import { interpret } from './search/interpret.ts'
import type { Interpretation } from './search/interpret.ts'
import { listPage, relevancePage } from './search/pages.ts'
import type { Page } from './search/pages.ts'
import { queryWords } from './search/words.ts'

export interface SearchQuery {
  readonly q: string
  /** Slugs; an agent must have all of them. */
  readonly tags: readonly string[]
  readonly sort: AgentSort
  readonly cursor: string | undefined
  /** True: words that no agent has are neither corrected nor completed. */
  readonly isExact: boolean
  /** Agents on the page. */
  readonly limit: number
  readonly withFacets: boolean
}

export interface SearchResult {
  readonly items: AgentCard[]
  readonly nextCursor: string | undefined
  readonly previousCursor: string | undefined
  /** Present when asked for. */
  readonly facets: Facets | undefined
  readonly correction: Interpretation['correction']
}

/**
 * Listed agents by words, tags and order, a page at a time. Three to seven short round trips, none of them dependent on
 * how many agents match. Throws `AppError('invalid_request')` for a cursor that is not one of this query.
 */
export async function searchAgents({ db }: { db: Reader }, query: SearchQuery): Promise<SearchResult> {
  const { sort, tags, isExact, limit, withFacets } = query
  const q = queryWords(query.q).length === 0 ? '' : query.q
  const scope: CursorScope = { q, tags, sort, isExact }
  const cursor = query.cursor === undefined ? undefined : decodeCursor(scope, query.cursor)

  const interpretation = await interpret(db, { q, tags, isExact })
  const [page, facets] = await Promise.all([
    findPage(db, { interpretation, sort, cursor, limit }),
    withFacets ? countFacets(db, interpretation.condition) : undefined,
  ])
  const cursorTo = (direction: 'after' | 'before', place: Place | undefined): string | undefined =>
    place === undefined ? undefined : encodeCursor(scope, { direction, place })
  return {
    items: await readCards(db, page.agentIds),
    nextCursor: cursorTo('after', page.next),
    previousCursor: cursorTo('before', page.previous),
    facets,
    correction: interpretation.correction,
  }
}

async function findPage(
  db: Reader,
  request: {
    interpretation: Interpretation
    sort: AgentSort
    cursor: ReturnType<typeof decodeCursor> | undefined
    limit: number
  },
): Promise<Page> {
  const { interpretation, sort, cursor, limit } = request
  const { condition, textSearch, agentCount } = interpretation
  const found =
    sort === 'relevance' && textSearch !== undefined && condition !== undefined
      ? await relevancePage(db, { condition, textSearch, agentCount, cursor, limit })
      : await listPage(db, { condition, agentCount, order: sort === 'relevance' ? 'quality' : sort, cursor, limit })
  // Whoever paged back past the start, because what stood there is gone, gets the first page.
  const isPastStart = found.agentIds.length === 0 && cursor?.direction === 'before'
  return isPastStart ? findPage(db, { ...request, cursor: undefined }) : found
}
