import type { Pool } from 'pg'

export interface JobRun {
  readonly name: string
  /** Five fields, UTC. */
  readonly cron: string
  /** ISO 8601. Undefined: it has not run within the days that runs are kept. */
  readonly endedAt: string | undefined
  /** How the last one that ended went. */
  readonly outcome: 'done' | 'failed' | undefined
}

const jobsMax = 100

/** The last run of everything that is due by the clock, from the queue's own tables. */
export async function readJobRuns(pool: Pool): Promise<readonly JobRun[]> {
  const { rows } = await pool.query<{ name: string; cron: string; completed_on: Date | null; state: string | null }>(
    `SELECT schedule.name, schedule.cron, run.completed_on, run.state::text
     FROM pgboss.schedule AS schedule
     LEFT JOIN LATERAL (
       SELECT completed_on, state FROM pgboss.job
       WHERE name = schedule.name AND completed_on IS NOT NULL AND state IN ('completed', 'failed')
       ORDER BY completed_on DESC LIMIT 1
     ) AS run ON true
     ORDER BY schedule.name LIMIT $1`,
    [jobsMax],
  )
  return rows.map(({ name, cron, completed_on: endedAt, state }) => ({
    name,
    cron,
    endedAt: endedAt?.toISOString(),
    outcome: state === null ? undefined : state === 'completed' ? 'done' : 'failed',
  }))
}
