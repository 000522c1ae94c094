// One page of a search and what stands at its two ends.
import type { Reader } from '../reader.ts'
import type { Cursor, Place } from './cursor.ts'
import { invalidCursor } from './cursor.ts'
import type { Condition, Interpretation, TextSearch } from './interpret.ts'
import { byScore, rankCandidates } from './ranked.ts'
import { scan } from './scan.ts'
import type { Order, Position } from './scan.ts'

export interface Page {
  readonly agentIds: string[]
  /** Those of them that stand by their rank; the others stand by their quality or by the key of the order. */
  readonly rankedIds: ReadonlySet<string>
  readonly next: Place | undefined
  readonly previous: Place | undefined
}

interface PageRequest {
  readonly cursor: Cursor | undefined
  readonly limit: number
}

interface Found {
  readonly agentId: string
  readonly place: Place
}

/** Agents in the order of one key. */
export async function listPage(
  reader: Reader,
  {
    condition,
    agentCount,
    order,
    cursor,
    limit,
  }: PageRequest & Pick<Interpretation, 'condition' | 'agentCount'> & { order: Order },
): Promise<Page> {
  const place = cursor?.place
  if (place !== undefined && place.stage !== 'list') throw invalidCursor()
  const isBackward = cursor?.direction === 'before'
  const rows = await scan(reader, {
    order,
    condition,
    agentCount,
    limit: limit + 1,
    fromEnd: isBackward,
    ...(place === undefined ? {} : { [isBackward ? 'before' : 'after']: place.position }),
  })
  const found = rows.map((position): Found => ({ agentId: position.agentId, place: { stage: 'list', position } }))
  return pageOf(found, { cursor, limit })
}

/**
 * Agents by relevance: first the candidates by rank, then all other matches by quality. Both parts are lists that a
 * cursor can stand in, so nothing that matches is out of reach and nothing comes twice.
 */
export async function relevancePage(
  reader: Reader,
  request: PageRequest & { condition: Condition; textSearch: TextSearch; agentCount: number },
): Promise<Page> {
  const { condition, textSearch, agentCount, cursor, limit } = request
  const place = cursor?.place
  if (place?.stage === 'list') throw invalidCursor()
  const { ranked, cut } = await rankCandidates(reader, { condition, textSearch, agentCount, cut: place?.cut })
  const candidates = ranked.map(({ agentId, score }): Found => ({
    agentId,
    place: { stage: 'ranked', score, agentId, cut },
  }))
  const rest = async (span: {
    after?: Position
    before?: Position
    limit: number
    fromEnd?: boolean
  }): Promise<Found[]> => {
    // No line drawn: every match is a candidate.
    if (cut.anywhere === null || span.limit <= 0) return []
    const excluding = ranked.map(({ agentId }) => agentId)
    const rows = await scan(reader, {
      after: cut.anywhere,
      ...span,
      order: 'quality',
      condition,
      agentCount,
      excluding,
    })
    return rows.map((position) => ({ agentId: position.agentId, place: { stage: 'rest', position, cut } }))
  }
  const wanted = limit + 1
  const found = await (async (): Promise<Found[]> => {
    if (cursor?.direction === 'before') {
      if (place?.stage === 'ranked') return candidates.filter((one) => isBefore(one.place, place)).slice(-wanted)
      const tail = place === undefined ? [] : await rest({ before: place.position, limit: wanted, fromEnd: true })
      return tail.length === wanted ? tail : [...candidates.slice(-(wanted - tail.length)), ...tail]
    }
    if (place?.stage === 'rest') return rest({ after: place.position, limit: wanted })
    const ahead = place === undefined ? candidates : candidates.filter((one) => isBefore(place, one.place))
    const head = ahead.slice(0, wanted)
    return [...head, ...(await rest({ limit: wanted - head.length }))]
  })()
  return pageOf(found, { cursor, limit })
}

const isBefore = (a: Place, b: Place): boolean => a.stage === 'ranked' && b.stage === 'ranked' && byScore(a, b) < 0

/** `found` holds one more than the page where there is more in the direction of reading. */
function pageOf(found: readonly Found[], { cursor, limit }: PageRequest): Page {
  const isBackward = cursor?.direction === 'before'
  const hasMore = found.length > limit
  const shown = isBackward ? found.slice(-limit) : found.slice(0, limit)
  const first = shown[0]?.place ?? cursor?.place
  const last = shown.at(-1)?.place ?? cursor?.place
  return {
    agentIds: shown.map(({ agentId }) => agentId),
    rankedIds: new Set(shown.filter(({ place }) => place.stage === 'ranked').map(({ agentId }) => agentId)),
    // Whoever came from there can go back there.
    next: isBackward || hasMore ? last : undefined,
    previous: (isBackward ? hasMore : cursor !== undefined) ? first : undefined,
  }
}
