import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { LedgerScope } from './cursor.ts'

export interface LedgerEntry {
  readonly id: string
  readonly subscriptionId: string
  readonly metric: string
  readonly type: string
  /** Negative where it gives back. */
  readonly delta: number
  /** The counter after it. */
  readonly usedAfter: number
  /** Null: unlimited. */
  readonly limit: number | null
  readonly clientReqId: string
  /** The entry that this one takes back, settles or moves. */
  readonly refersToId: string | null
  readonly metadata: Readonly<Record<string, string | number | boolean | null>>
  /** Null: a gauge, which has no period. */
  readonly periodStart: string | null
  readonly occurredAt: string
  readonly createdAt: string
}

/** As the statement returns it: numbers of 64 bits and moments are text. */
export interface LedgerRow extends Record<string, unknown> {
  readonly seq: string
  readonly id: string
  readonly subscription_id: string
  readonly slug: string
  readonly event_type: string
  readonly delta: string
  readonly used_after: string
  readonly limit_at: string | null
  readonly client_req_id: string
  readonly refers_to_id: string | null
  readonly metadata: LedgerEntry['metadata']
  readonly period_start: string | null
  readonly occurred_at: string
  readonly created_at: string
}

export const columns = sql.raw(
  `seq, id, subscription_id, metric_id, event_type, delta, used_after, limit_at, client_req_id, refers_to_id, metadata,
    period_start, occurred_at, created_at`,
)

/** What of the entries read is wanted; `entry` and `metric` are their names in the statement. */
export function isWanted({ metric, type, from, to }: LedgerScope): SQL {
  const conditions = [sql`true`]
  if (metric !== undefined) conditions.push(sql`metric.slug = ${metric}`)
  if (type !== undefined) conditions.push(sql`entry.event_type = ${type}`)
  if (from !== undefined) conditions.push(sql`entry.occurred_at >= ${from}`)
  if (to !== undefined) conditions.push(sql`entry.occurred_at < ${to}`)
  return sql.join(conditions, sql` AND `)
}

export const isFiltered = ({ metric, type, from, to }: LedgerScope): boolean =>
  [metric, type, from, to].some((value) => value !== undefined)

export const toEntry = (row: LedgerRow): LedgerEntry => ({
  id: row.id,
  subscriptionId: row.subscription_id,
  metric: row.slug,
  type: row.event_type,
  delta: Number(row.delta),
  usedAfter: Number(row.used_after),
  limit: row.limit_at === null ? null : Number(row.limit_at),
  clientReqId: row.client_req_id,
  refersToId: row.refers_to_id,
  metadata: row.metadata,
  periodStart: row.period_start === null ? null : momentOf(row.period_start),
  occurredAt: momentOf(row.occurred_at),
  createdAt: momentOf(row.created_at),
})

const momentOf = (text: string): string => new Date(text).toISOString()
