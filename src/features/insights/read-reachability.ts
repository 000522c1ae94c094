import { sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'

/** Failures in a row after which an agent counts as unreachable; one may be the network's. */
export const failuresMin = 3

export interface Reachability {
  readonly isReachable: boolean
  /** Of the last check that was answered; null before there was one. */
  readonly latencyMs: number | null
  readonly checkedAt: string
  /** When the first of the failures in a row was seen; null while it is reachable. */
  readonly unreachableSince: string | null
}

/** As the last checks found it; undefined for an agent that was never asked. One round trip. */
export async function readReachability(db: Database, agentId: string): Promise<Reachability | undefined> {
  const { rows } = await db.execute<{
    checked_at: string
    latency_ms: number | null
    failures: number
    failing_since: string | null
  }>(sql`
    SELECT last.checked_at::text, answered.latency_ms, failing.failures, failing.since::text AS failing_since
    FROM (SELECT checked_at FROM agent_checks WHERE agent_id = ${agentId} ORDER BY checked_at DESC LIMIT 1) AS last
      LEFT JOIN LATERAL (
        SELECT checked_at, latency_ms FROM agent_checks
        WHERE agent_id = ${agentId} AND is_reachable ORDER BY checked_at DESC LIMIT 1
      ) AS answered ON true
      CROSS JOIN LATERAL (
        SELECT count(*)::int AS failures, min(checked_at) AS since FROM agent_checks
        WHERE agent_id = ${agentId} AND checked_at > coalesce(answered.checked_at, '-infinity')
      ) AS failing`)
  const [row] = rows
  if (row === undefined) return undefined
  const isReachable = row.failures < failuresMin
  return {
    isReachable,
    latencyMs: row.latency_ms,
    checkedAt: new Date(row.checked_at).toISOString(),
    unreachableSince: isReachable || row.failing_since === null ? null : new Date(row.failing_since).toISOString(),
  }
}
