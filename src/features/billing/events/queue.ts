import { sql } from 'drizzle-orm'
import { fromDrizzle } from 'pg-boss'
import type { JobWithMetadata, PgBoss } from 'pg-boss'
import type { Transaction } from '#src/db/client.ts'

const queueName = 'stripe-events'

interface EventJob {
  /** Of the row. */
  readonly id: string
}

/** What one attempt may take: a wait for the lease, and a handful of calls to Stripe with their repetitions. */
const attemptSecondsMax = 300
const daySeconds = 86_400

export interface Retries {
  /** Before the second attempt; doubles from there. */
  readonly retryDelaySeconds?: number
  /** After the first. */
  readonly retryLimit?: number
}

/** By default 11 attempts in three to four hours. */
export async function openEventQueue(
  boss: PgBoss,
  { retryDelaySeconds = 10, retryLimit = 10 }: Retries = {},
): Promise<void> {
  // `exclusive`: an event that is waiting, being tried or tried again is not queued once more.
  await boss.createQueue(queueName, {
    policy: 'exclusive',
    retryLimit,
    retryDelay: retryDelaySeconds,
    retryBackoff: true,
    retryDelayMax: 7_200,
    expireInSeconds: attemptSecondsMax,
    deleteAfterSeconds: daySeconds,
  })
}

/** Queued if and only if the transaction commits; once, however often it is asked for. */
export async function enqueueEvent(boss: PgBoss, { tx, id }: { tx: Transaction; id: string }): Promise<void> {
  await boss.send(queueName, { id }, { singletonKey: id, db: fromDrizzle(tx, sql) })
}

/** Takes away the attempt that is planned for later. One that is under way stays. */
export async function removeWaitingJob(boss: PgBoss, { tx, id }: { tx: Transaction; id: string }): Promise<void> {
  const job = await findEventJob(boss, id)
  if (job !== undefined && !job.isActive) await boss.deleteJob(queueName, job.id, { db: fromDrizzle(tx, sql) })
}

interface PlannedAttempt {
  readonly id: string
  readonly isActive: boolean
  readonly nextAttemptAt: Date
}

/** The job of an event that is not over. */
export async function findEventJob(boss: PgBoss, id: string): Promise<PlannedAttempt | undefined> {
  // One that is over stays for a day, and there are few of them.
  const jobs = await boss.findJobs<EventJob>(queueName, { key: id, limit: jobsPerEventMax })
  const job = jobs.find(({ state }) => state === 'created' || state === 'retry' || state === 'active')
  return job && { id: job.id, isActive: job.state === 'active', nextAttemptAt: new Date(job.startAfter) }
}

const jobsPerEventMax = 1_000

/** Ends a job that failed, or not: `reason` is shown to operators. */
export type Attempt = { readonly kind: 'done' } | { readonly kind: 'failed'; readonly reason: string }

/** At most eight at a time per process. */
export async function workOnEvents(boss: PgBoss, attempt: (id: string) => Promise<Attempt>): Promise<void> {
  await boss.work<EventJob, unknown, typeof workOptions>(queueName, workOptions, (jobs) =>
    Promise.all(
      jobs.map(async ({ id: jobId, data }: JobWithMetadata<EventJob>) => {
        const result = await attempt(data.id)
        if (result.kind === 'done') return { id: jobId, status: 'completed' as const }
        return { id: jobId, status: 'failed' as const, output: { reason: result.reason } }
      }),
    ),
  )
}

const workOptions = {
  perJobResults: true,
  includeMetadata: true,
  localConcurrency: 2,
  batchSize: 4,
  burstWhenBatchFull: true,
  pollingIntervalSeconds: 0.5,
} as const
