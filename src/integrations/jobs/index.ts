import { PgBoss } from 'pg-boss'
import type { Pool } from 'pg'
import type { Log } from '#src/log.ts'

/** Jobs, schedules and retries on the same PostgreSQL: pg-boss. */
export interface Jobs {
  readonly boss: PgBoss
  /** Creates or upgrades pg-boss's own tables and starts its maintenance; safe for many processes at once. */
  start(): Promise<void>
  /** Takes no new job and waits for running ones at most `graceMs`; a job cut off is retried by another process. */
  stop(graceMs: number): Promise<void>
  /** Runs `run` by the clock, in one process at a time. It may be run again after a crash, so it must be safe to repeat. */
  schedule(job: ScheduledJob): Promise<void>
  /**
   * Runs a scheduled job at once where this process works on it, else when the next one looks, and not only at its time. Never
   * fails: that time comes anyway.
   */
  wake(name: string): Promise<void>
}

export interface ScheduledJob {
  readonly name: string
  /** Five fields, UTC. */
  readonly cron: string
  run(): Promise<void>
}

// A run that outlasts its hour is taken for dead and tried again.
const scheduledRunSecondsMax = 3_600

/** How often a process looks for each scheduled job. Every two seconds, two dozen of them kept an idle server busy. */
const lookSeconds = 10

interface JobsOptions {
  readonly pool: Pool
  readonly log: Log
  /** A web-only process sends jobs and works on none. */
  readonly isWorker: boolean
}

export function createJobs({ pool, log, isWorker }: JobsOptions): Jobs {
  const boss = new PgBoss({
    schema: 'pgboss',
    // One pool for the process: its size is the bound on connections, and its errors are already handled.
    db: { executeSql: (text, values) => pool.query(text, values ? [...values] : undefined) },
    supervise: isWorker,
    schedule: isWorker,
  })
  boss.on('error', (error) => log.warn({ err: error }, 'jobs: a background query failed and will be tried again'))
  const workerIds = new Map<string, string>()
  return {
    boss,
    start: async () => {
      await boss.start()
    },
    schedule: async ({ name, cron, run }) => {
      await boss.createQueue(name, {
        policy: 'singleton',
        retryLimit: 3,
        retryBackoff: true,
        expireInSeconds: scheduledRunSecondsMax,
      })
      await boss.schedule(name, cron)
      workerIds.set(name, await boss.work(name, { pollingIntervalSeconds: lookSeconds }, run))
    },
    wake: async (name) => {
      try {
        await boss.send(name)
        const workerId = workerIds.get(name)
        if (workerId !== undefined) boss.notifyWorker(workerId)
      } catch (error) {
        log.warn({ err: error, job: name }, 'jobs: one could not be woken and waits for its time')
      }
    },
    stop: (graceMs) => boss.stop({ graceful: true, timeout: graceMs, close: false }),
  }
}
