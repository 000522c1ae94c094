// The most relevant agents, without ranking every match: rank is computed for a bounded number of candidates only.
import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import { rowsOf } from '../reader.ts'
import type { Reader } from '../reader.ts'
import type { Condition, TextSearch } from './interpret.ts'
import { nameLexeme, quoted } from './lexemes.ts'
import { isWalkCheaper, matchesInOrder, walk } from './scan.ts'
import type { Position } from './scan.ts'

/** Best agents by quality that are ranked, of those that match in their head and of those that match anywhere. */
export const candidatesMax = 200
const namesakesMax = 20
/** How much a word counts, by where it stands. */
export const textWeights = { description: 0.1, capabilities: 0.25, taglineOrTags: 0.5, name: 1 } as const
const weights = `{${Object.values(textWeights).join(',')}}`
/** An agent of exactly the name that was typed comes first. */
export const namesakeFactor = 10

export const textRankOf = ({ text }: TextSearch): SQL =>
  sql`ts_rank(${weights}::real[], document, ${text}::tsquery)::double precision`

export const isNamed = ({ name }: TextSearch): SQL => sql`replace(name_key, ' ', '') = ${name}`

/** Of `agent_search`: how well the words fit, times how good the agent is. */
export const scoreOf = (search: TextSearch): SQL =>
  sql`${textRankOf(search)} * exp(quality) * CASE WHEN ${isNamed(search)} THEN ${namesakeFactor} ELSE 1 END`

/** How far down the order of quality candidates reach; null: as far as there are matches. */
export interface Cut {
  readonly inHead: Position | null
  readonly anywhere: Position | null
}

export interface RankedAgent {
  readonly agentId: string
  readonly score: number
}

interface Candidates {
  /** Best first. */
  readonly ranked: RankedAgent[]
  readonly cut: Cut
}

interface CandidateRequest {
  readonly condition: Condition
  readonly textSearch: TextSearch
  readonly agentCount: number
  /** Where an earlier page drew the line; so agents listed since then push none of the others across it. */
  readonly cut: Cut | undefined
}

interface CandidateRow {
  readonly source: 'head' | 'anywhere' | 'namesake'
  readonly agentId: string
  readonly key: string
  readonly score: number
}

/** One round trip, two when few of the best agents match although many were expected to. */
export async function rankCandidates(reader: Reader, request: CandidateRequest): Promise<Candidates> {
  const walkable = (condition: Condition): boolean =>
    isWalkCheaper({ condition, agentCount: request.agentCount, limit: candidatesMax })
  const walks = { head: walkable(request.textSearch.inHead), anywhere: walkable(request.condition) }
  const first = await fetchCandidates(reader, request, walks)
  const isShort = (source: 'head' | 'anywhere'): boolean => walks[source] && countOf(first, source) < candidatesMax
  if (!isShort('head') && !isShort('anywhere')) return candidatesOf(first, request.cut)
  const second = await fetchCandidates(reader, request, {
    head: walks.head && !isShort('head'),
    anywhere: walks.anywhere && !isShort('anywhere'),
  })
  return candidatesOf(second, request.cut)
}

async function fetchCandidates(
  reader: Reader,
  { condition, textSearch, agentCount, cut }: CandidateRequest,
  walks: { head: boolean; anywhere: boolean },
): Promise<CandidateRow[]> {
  const best = (of: Condition, isWalk: boolean, through: Position | null | undefined): SQL => {
    // With a line drawn, what was listed above it since then is ranked too, up to as many again.
    const limit = cut === undefined ? candidatesMax : 2 * candidatesMax
    const span = { order: 'quality' as const, condition: of, agentCount, limit, through: through ?? undefined }
    return isWalk ? walk(span) : matchesInOrder(span)
  }
  const named = sql`document @@ (SELECT ${quoted(nameLexeme(textSearch.name))}::tsquery)`
  const result = await reader.execute(sql`
    WITH candidates AS MATERIALIZED (
      SELECT 'head' AS source, head."agentId" FROM (${best(textSearch.inHead, walks.head, cut?.inHead)}) AS head
      UNION ALL
      SELECT 'anywhere', anywhere."agentId" FROM (${best(condition, walks.anywhere, cut?.anywhere)}) AS anywhere
      UNION ALL
      SELECT 'namesake', namesake.agent_id FROM (
        SELECT agent_id FROM agent_search
        WHERE ${named} AND document @@ (SELECT ${condition.query}::tsquery)
        ORDER BY quality DESC, agent_id DESC LIMIT ${namesakesMax}
      ) AS namesake
    )
    SELECT source, "agentId", quality::text AS key, ${scoreOf(textSearch)} AS score
    FROM candidates JOIN agent_search ON agent_id = "agentId"`)
  return rowsOf<CandidateRow>(result)
}

const countOf = (rows: readonly CandidateRow[], source: CandidateRow['source']): number =>
  rows.filter((row) => row.source === source).length

function candidatesOf(rows: readonly CandidateRow[], cut: Cut | undefined): Candidates {
  const byId = new Map(rows.map((row) => [row.agentId, row]))
  const ranked = [...byId.values()].map(({ agentId, score }) => ({ agentId, score })).toSorted(byScore)
  return { ranked, cut: cut ?? { inHead: lastOf(rows, 'head'), anywhere: lastOf(rows, 'anywhere') } }
}

/** Best first; the id decides between equals, so that the order is the same on every page. */
export const byScore = (a: RankedAgent, b: RankedAgent): number =>
  b.score - a.score || (a.agentId < b.agentId ? 1 : a.agentId > b.agentId ? -1 : 0)

function lastOf(rows: readonly CandidateRow[], source: 'head' | 'anywhere'): Position | null {
  const positions = rows.filter((row) => row.source === source)
  if (positions.length < candidatesMax) return null
  const [last] = positions.toSorted((a, b) => Number(a.key) - Number(b.key) || (a.agentId < b.agentId ? -1 : 1))
  return last === undefined ? null : { key: last.key, agentId: last.agentId }
}
