import { sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { agents } from '#src/db/schema/index.ts'
import { eq } from 'drizzle-orm'
import { readReachability } from './read-reachability.ts'
import type { Reachability } from './read-reachability.ts'

export const daysShown = 30
/** Fewer people in the time shown, and figures would tell what one of them did. */
export const peopleMin = 5
/** Fewer checks are no share. */
const checksMin = 12

export interface Insights {
  /** Undefined: it can't be launched, or nobody asked it yet. */
  readonly reachability: Reachability | undefined
  /** Of the checks of the last 30 days; null where there were fewer than twelve. */
  readonly uptime: { readonly answeredBp: number; readonly checks: number } | null
  /** Null where fewer than five people used it within 30 days. */
  readonly use: {
    /** Who used it within 30 days; each once. */
    readonly people: number
    /** What it reported on the days that are shown. */
    readonly calls: number
    /** Oldest first, the last one today (UTC), without a gap. `calls` is null of a day on which fewer than five people used it. */
    readonly days: readonly { readonly day: string; readonly calls: number | null }[]
  } | null
}

/**
 * What Rialto measured of a published agent, never what its publisher says: use from the ledger, without test people; whether it
 * answers from Rialto's own checks. Undefined where there is no such agent.
 */
export async function readInsights(db: Database, slug: string): Promise<Insights | undefined> {
  if (slug.includes('\0')) return undefined
  const [agent] = await db.select({ id: agents.id, status: agents.status }).from(agents).where(eq(agents.slug, slug))
  if (agent?.status !== 'published') return undefined
  const [reachability, uptime, use] = await Promise.all([
    readReachability(db, agent.id),
    readUptime(db, agent.id),
    readUse(db, agent.id),
  ])
  return { reachability, uptime, use }
}

async function readUptime(db: Database, agentId: string): Promise<Insights['uptime']> {
  const { rows } = await db.execute<{ checks: number; answered: number }>(sql`
    SELECT count(*)::int AS checks, (count(*) FILTER (WHERE is_reachable))::int AS answered FROM agent_checks
    WHERE agent_id = ${agentId} AND checked_at > now() - make_interval(days => ${daysShown})`)
  const { checks = 0, answered = 0 } = rows[0] ?? {}
  return checks < checksMin ? null : { checks, answeredBp: Math.floor((10_000 * answered) / checks) }
}

async function readUse(db: Database, agentId: string): Promise<Insights['use']> {
  const firstDay = sql`((rialto_now() AT TIME ZONE 'UTC')::date - ${daysShown - 1}::int)`
  const { rows } = await db.execute<{ day: string; calls: string | null; people: number }>(sql`
    SELECT shown.day::date::text AS day, CASE WHEN (
        SELECT count(*) FROM agent_active_users AS active
        WHERE active.agent_id = ${agentId} AND active.day = shown.day::date
      ) >= ${peopleMin} THEN coalesce(daily.api_calls, 0) END AS calls, (
        SELECT count(DISTINCT user_id)::int FROM agent_active_users
        WHERE agent_id = ${agentId} AND agent_active_users.day >= ${firstDay}
      ) AS people
    FROM generate_series(${firstDay}, (rialto_now() AT TIME ZONE 'UTC')::date, '1 day') AS shown (day)
      LEFT JOIN agent_metrics_daily AS daily ON daily.agent_id = ${agentId} AND daily.day = shown.day::date
    ORDER BY shown.day`)
  const people = rows[0]?.people ?? 0
  if (people < peopleMin) return null
  // The sum is of the shown days only: of one hidden day it would tell the rest.
  const days = rows.map(({ day, calls }) => ({ day, calls: calls === null ? null : Number(calls) }))
  return { people, calls: days.reduce((sum, { calls }) => sum + (calls ?? 0), 0), days }
}
