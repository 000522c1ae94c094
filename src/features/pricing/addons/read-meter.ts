import { sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { stateOf } from '#src/features/usage/index.ts'
import type { MeterState } from '#src/features/usage/index.ts'
import type { LimitParts, Meter } from '#src/metering/index.ts'

export interface WhichMeter {
  readonly userId: string
  readonly agentId: string
  /** Slug. */
  readonly metric: string
  readonly graceMs: number
}

/**
 * Where a counter stands by the very function that decides, as this transaction sees it: before and after what it changes.
 * Undefined: the person has no subscription to the agent that is open.
 */
export async function readMeter(tx: Transaction, which: WhichMeter): Promise<Meter | undefined> {
  const { userId, agentId, metric, graceMs } = which
  const { rows } = await tx.execute(sql`
    SELECT subscription_id AS "subscriptionId", is_gauge AS "isGauge", used::float8 AS used, limit_at::float8 AS "limit",
      to_json(limit_parts) AS parts, to_json(period_start) #>> '{}' AS "start", to_json(period_end) #>> '{}' AS "end"
    FROM check_usage(make_interval(secs => ${graceMs / 1_000}), ARRAY[${userId}]::text[], ARRAY[${agentId}]::uuid[],
      ARRAY[${metric}]::text[], ARRAY[0]::bigint[])`)
  // The columns are those of the SELECT above.
  const [row] = rows as unknown as readonly MeterRow[]
  if (row === undefined || row.subscriptionId === null) return undefined
  const { start, end } = row
  return {
    subscriptionId: row.subscriptionId,
    isGauge: row.isGauge,
    used: row.used,
    limit: row.limit,
    parts: row.parts ?? undefined,
    period: start === null || end === null ? undefined : { start: new Date(start), end: new Date(end) },
  }
}

export const readState = async (tx: Transaction, which: WhichMeter): Promise<MeterState> =>
  stateOf(which.metric, await readMeter(tx, which))

interface MeterRow {
  readonly subscriptionId: string | null
  readonly isGauge: boolean
  readonly used: number
  readonly limit: number | null
  readonly parts: LimitParts | null
  readonly start: string | null
  readonly end: string | null
}
