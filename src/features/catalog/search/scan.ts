// Listing agents in the order of one key, those that meet a condition only, a page at a time.
import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import { rowsOf } from '../reader.ts'
import type { Reader } from '../reader.ts'
import type { Condition } from './interpret.ts'

export type Order = 'quality' | 'popular' | 'top-rated' | 'newest' | 'updated' | 'name'

/** Where an agent stands in an order: its key as text, so that no digit is lost, then its id. */
export interface Position {
  readonly key: string
  readonly agentId: string
}

export interface Span {
  /** Only what stands after this. */
  readonly after?: Position | undefined
  /** Only what stands before this. */
  readonly before?: Position | undefined
  /** This at the latest. */
  readonly through?: Position | undefined
}

interface Scan extends Span {
  readonly order: Order
  readonly condition: Condition | undefined
  /** About how many agents are listed. */
  readonly agentCount: number
  readonly limit: number
  /** True: the last `limit` of the span, still in order. */
  readonly fromEnd?: boolean
  readonly excluding?: readonly string[]
}

/** Agents read in order, looking for those that meet the condition; beyond, too few do and the text index is asked. */
const walkRowsMax = 30_000
/** Measured, in microseconds: one row passed on the walk, one match fetched and sorted, one posting read. */
const walkedRowUs = 2
const fetchedRowUs = 1.6
const postingUs = 0.08

/** In the order's own direction, by `limit` at most. One round trip, two when the expectation was wrong. */
export async function scan(reader: Reader, request: Scan): Promise<Position[]> {
  const rows = await scanRows(reader, request)
  return request.fromEnd === true ? rows.toReversed() : rows
}

async function scanRows(reader: Reader, request: Scan): Promise<Position[]> {
  const { condition, limit } = request
  if (condition !== undefined && !isWalkCheaper({ ...request, condition })) return run(reader, matchesInOrder(request))
  const rows = await run(reader, walk(request))
  if (condition === undefined || rows.length === limit) return rows
  return run(reader, matchesInOrder(request))
}

/**
 * Reading agents in order until enough of them match is cheap when many do, hopeless when few do; fetching every match
 * and sorting is the other way round. PostgreSQL's own choice rests on words being independent and has no upper bound.
 */
export function isWalkCheaper({
  condition,
  agentCount,
  limit,
}: {
  condition: Condition
  agentCount: number
  limit: number
}): boolean {
  const walkedRows = (limit * agentCount) / Math.max(1, condition.expectedCount)
  const viaIndexUs = condition.expectedCount * fetchedRowUs + condition.postingsRead * postingUs
  return walkedRows < walkRowsMax * 0.7 && walkedRows * walkedRowUs < viaIndexUs
}

const run = async (reader: Reader, query: SQL): Promise<Position[]> => rowsOf<Position>(await reader.execute(query))

interface KeyColumn {
  readonly key: SQL
  /** The key as text that loses nothing and does not depend on the session's settings. */
  readonly printed: SQL
  readonly type: SQL
  readonly isAscending: boolean
}

const time = (key: SQL): KeyColumn => ({
  key,
  printed: sql`to_char(${key} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
  type: sql`timestamptz`,
  isAscending: false,
})

const number = (key: SQL): KeyColumn => ({
  key,
  printed: sql`${key}::text`,
  type: sql`double precision`,
  isAscending: false,
})

const columns: Record<Order, KeyColumn> = {
  quality: number(sql`quality`),
  popular: number(sql`popularity`),
  'top-rated': number(sql`standing`),
  newest: time(sql`listed_at`),
  updated: time(sql`updated_at`),
  name: { key: sql`name_key`, printed: sql`name_key`, type: sql`text COLLATE "C"`, isAscending: true },
}

const selected = (order: Order): SQL => sql`agent_id AS "agentId", ${columns[order].printed} AS key`

/** The first agents of the order that match, among a bounded number of agents. */
export const walk = (request: Scan): SQL => sql`
  SELECT ${selected(request.order)} FROM (${walkedRows(request)}) AS walked
  WHERE ${matching(request.condition)} LIMIT ${request.limit}`

/** All matches, then the first of them in the order. */
export const matchesInOrder = (request: Scan): SQL => sql`
  WITH matches AS MATERIALIZED (
    SELECT agent_id, ${columns[request.order].key} FROM agent_search
    WHERE ${matching(request.condition)} AND ${within(request)}
  )
  SELECT ${selected(request.order)} FROM matches ${ordered(request)} LIMIT ${request.limit}`

const walkedRows = (request: Scan): SQL => sql`
  SELECT * FROM agent_search WHERE ${within(request)} ${ordered(request)}
  LIMIT ${request.condition === undefined ? request.limit : walkRowsMax}`

/** The sub-SELECT hides the query from the planner, which then always takes the text index for `matchesInOrder`. */
export const matching = (condition: Condition | undefined): SQL =>
  condition === undefined ? sql`true` : sql`document @@ (SELECT ${condition.query}::tsquery)`

function ordered({ order, fromEnd = false }: Scan): SQL {
  const { key, isAscending } = columns[order]
  const direction = isAscending === fromEnd ? sql`DESC` : sql`ASC`
  return sql`ORDER BY ${key} ${direction}, agent_id ${direction}`
}

function within({ order, after, before, through, excluding = [] }: Scan): SQL {
  const { key, type, isAscending } = columns[order]
  const [later, earlier] = isAscending ? [sql`>`, sql`<`] : [sql`<`, sql`>`]
  const compared = (operator: SQL, position: Position): SQL =>
    sql`(${key}, agent_id) ${operator} (${position.key}::${type}, ${position.agentId}::uuid)`
  const conditions = [
    ...(after === undefined ? [] : [compared(later, after)]),
    ...(before === undefined ? [] : [compared(earlier, before)]),
    ...(through === undefined ? [] : [compared(sql`${earlier}=`, through)]),
    ...(excluding.length === 0 ? [] : [sql`agent_id <> ALL(${sql.param(excluding)}::uuid[])`]),
  ]
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` AND `)
}
