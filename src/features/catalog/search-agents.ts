import type { Database } from '#src/db/client.ts'
import { readCards } from './cards.ts'
import type { Reader } from './reader.ts'
import type { AgentCard, AgentFilters, AgentSort, RankingReason } from './schema.ts'
import { readInTime } from './search/bounded.ts'
import { decodeCursor, encodeCursor } from './search/cursor.ts'
import type { Cursor, CursorScope, Place } from './search/cursor.ts'
import { countFacets } from './search/facets.ts'
import type { Facets } from './search/facets.ts'
import { interpret } from './search/interpret.ts'
import type { Interpretation } from './search/interpret.ts'
import { listPage, relevancePage } from './search/pages.ts'
import type { Page } from './search/pages.ts'
import { readReasons } from './search/reasons.ts'
import { queryWords } from './search/words.ts'

export interface SearchQuery extends AgentFilters {
  readonly q: string
  readonly sort: AgentSort
  readonly cursor: string | undefined
  /** True: words that no agent has are neither corrected nor completed. */
  readonly isExact: boolean
  /** Agents on the page. */
  readonly limit: number
  readonly withFacets: boolean
  /** True: says of each agent why it stands there, where words were looked for by relevance. */
  readonly withReasons?: boolean
}

export interface FoundAgent extends AgentCard {
  readonly why?: RankingReason
}

export interface SearchResult {
  readonly items: FoundAgent[]
  readonly nextCursor: string | undefined
  readonly previousCursor: string | undefined
  /** Present when asked for. */
  readonly facets: Facets | undefined
  readonly correction: Interpretation['correction']
}

/**
 * Listed agents by words, filters and order, a page at a time, all of one moment. Three to ten short round trips, none of them
 * dependent on how many agents match. Throws `AppError('invalid_request')` for a cursor that is not one of this query, and
 * `search_timeout` for what would take longer than a search may.
 */
export async function searchAgents(
  { db }: { readonly db: Pick<Database, 'transaction'> },
  query: SearchQuery,
): Promise<SearchResult> {
  const { sort, isExact, limit } = query
  const { tags, prices, hasTrial, isVerified, statuses } = query
  const filters: AgentFilters = { tags, prices, hasTrial, isVerified, statuses }
  const q = queryWords(query.q).length === 0 ? '' : query.q
  const scope: CursorScope = { q, filters, sort, isExact }
  const cursor = query.cursor === undefined ? undefined : decodeCursor(scope, query.cursor)
  const cursorTo = (direction: 'after' | 'before', place: Place | undefined): string | undefined =>
    place === undefined ? undefined : encodeCursor(scope, { direction, place })

  return readInTime(db, async (reader) => {
    const interpretation = await interpret(reader, { q, filters, isExact })
    const page = await findPage(reader, { interpretation, sort, cursor, limit })
    return {
      items: await describe(reader, {
        page,
        interpretation,
        withReasons: query.withReasons === true && sort === 'relevance',
      }),
      nextCursor: cursorTo('after', page.next),
      previousCursor: cursorTo('before', page.previous),
      facets: query.withFacets ? await countFacets(reader, interpretation) : undefined,
      correction: interpretation.correction,
    }
  })
}

async function describe(
  reader: Reader,
  { page, interpretation, withReasons }: { page: Page; interpretation: Interpretation; withReasons: boolean },
): Promise<FoundAgent[]> {
  const cards = await readCards(reader, page.agentIds)
  const { textSearch } = interpretation
  if (!withReasons || textSearch === undefined || cards.length === 0) return cards
  const reasons = await readReasons(reader, { textSearch, page })
  return cards.map((card) => {
    const why = reasons.get(card.slug)
    return why === undefined ? card : { ...card, why }
  })
}

async function findPage(
  reader: Reader,
  request: {
    interpretation: Interpretation
    sort: AgentSort
    cursor: Cursor | undefined
    limit: number
  },
): Promise<Page> {
  const { interpretation, sort, cursor, limit } = request
  const { condition, textSearch, agentCount } = interpretation
  const found =
    sort === 'relevance' && textSearch !== undefined && condition !== undefined
      ? await relevancePage(reader, { condition, textSearch, agentCount, cursor, limit })
      : await listPage(reader, { condition, agentCount, order: sort === 'relevance' ? 'quality' : sort, cursor, limit })
  // Whoever paged back past the start, because what stood there is gone, gets the first page.
  const isPastStart = found.agentIds.length === 0 && cursor?.direction === 'before'
  return isPastStart ? findPage(reader, { ...request, cursor: undefined }) : found
}
