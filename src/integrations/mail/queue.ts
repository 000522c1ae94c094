import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { fromDrizzle } from 'pg-boss'
import type { DrizzleTransactionLike, JobResult, JobWithMetadata, PgBoss } from 'pg-boss'
import { MailRefusedError } from './message.ts'
import type { MailMessage } from './message.ts'

const queueName = 'mail'
const deadLetterName = 'mail-dead-letter'

const hourSeconds = 3_600
const daySeconds = 24 * hourSeconds

export interface EnqueueOptions {
  /** The mail is queued if and only if this transaction commits. */
  readonly tx?: DrizzleTransactionLike
  /** A UUID. A second mail with the same one is dropped. */
  readonly id?: string
  /** 12 when left out: an hour and a half. From the ninth on there are fifteen minutes between them. */
  readonly retriesMax?: number
}

/** Mails on their way. Whoever causes one never waits for SMTP. */
export interface MailQueue {
  enqueue(message: MailMessage, options?: EnqueueOptions): Promise<void>
}

/** A mail that was given up. Its content is not shown: it may hold a link that still works. */
export interface FailedMail {
  readonly id: string
  readonly to: string
  readonly subject: string
  readonly template: string
  readonly reason: string
  readonly attempts: number
  readonly failedAt: Date
}

export interface MailQueueOptions {
  /** Started by its owner. */
  readonly boss: PgBoss
  /** Delay before the second attempt; doubles up to 15 minutes. */
  readonly retryDelaySeconds?: number
}

/** Creates the queues. With 12 retries from 5 seconds on, a mail is tried for about an hour and a half. */
export async function openMailQueue({ boss, retryDelaySeconds = 5 }: MailQueueOptions): Promise<void> {
  await boss.createQueue(deadLetterName, { retentionSeconds: 30 * daySeconds, deleteAfterSeconds: daySeconds })
  await boss.createQueue(queueName, {
    retryLimit: 12,
    retryDelay: retryDelaySeconds,
    retryBackoff: true,
    retryDelayMax: 900,
    // Longer than every timeout of one SMTP conversation together.
    expireInSeconds: 180,
    // A sent mail's links shall not outlive it here.
    deleteAfterSeconds: hourSeconds,
    deadLetter: deadLetterName,
  })
}

export async function enqueueMail(
  boss: PgBoss,
  message: MailMessage,
  { tx, id, retriesMax }: EnqueueOptions = {},
): Promise<void> {
  await boss.send(queueName, message, {
    ...(retriesMax === undefined ? {} : { retryLimit: retriesMax }),
    ...(tx === undefined ? {} : { db: fromDrizzle(tx, sql) }),
    ...(id === undefined ? {} : { id }),
  })
}

/** How far a mail has come. */
export interface MailProgress {
  /** `unknown`: no job is kept of it any more, as an hour after its end. */
  readonly state: 'waiting' | 'sent' | 'given_up' | 'unknown'
  readonly attempts: number
  /** Of the last attempt, where that failed. */
  readonly reason: string | undefined
}

/** Of the mail that was queued under this id. */
export async function readMailProgress(boss: PgBoss, id: string): Promise<MailProgress> {
  const [job] = await boss.findJobs(queueName, { id, limit: 1 })
  if (job === undefined) return { state: 'unknown', attempts: 0, reason: undefined }
  const attempts = job.state === 'created' ? 0 : job.retryCount + 1
  const reason = (job.output as { reason?: unknown } | null)?.reason
  return { state: progressStates[job.state], attempts, reason: typeof reason === 'string' ? reason : undefined }
}

const progressStates: Readonly<Record<JobWithMetadata['state'], MailProgress['state']>> = {
  created: 'waiting',
  retry: 'waiting',
  active: 'waiting',
  completed: 'sent',
  failed: 'given_up',
  cancelled: 'given_up',
}

export interface MailAttempt {
  /** The same for every attempt of one mail, also after an operator sent it again from the dead letters. */
  readonly mailId: string
  readonly number: number
}

export interface MailWork {
  readonly boss: PgBoss
  readonly deliver: (message: MailMessage, attempt: MailAttempt) => Promise<void>
}

/** Works on the queue until pg-boss stops. Two mails at a time per process. */
export async function workOnMail({ boss, deliver }: MailWork): Promise<void> {
  await boss.work<MailMessage, unknown, typeof workOptions>(queueName, workOptions, (jobs) =>
    Promise.all(
      jobs.map(async (job) => {
        const result = await deliverJob(job, deliver)
        if (job.data.leavesNoTrace === true && isLastAttempt(job, result)) await boss.deleteJob(queueName, job.id)
        return result
      }),
    ),
  )
}

const isLastAttempt = ({ retryCount, retryLimit }: JobWithMetadata, { status }: JobResult): boolean =>
  status !== 'failed' || retryCount >= retryLimit

const workOptions = {
  perJobResults: true,
  includeMetadata: true,
  localConcurrency: 2,
  pollingIntervalSeconds: 1,
} as const

async function deliverJob(job: JobWithMetadata<MailMessage>, deliver: MailWork['deliver']): Promise<JobResult> {
  try {
    await deliver(job.data, { mailId: job.sourceRootId ?? job.id, number: job.retryCount + 1 })
    return { id: job.id, status: 'completed' }
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).slice(0, 500)
    return { id: job.id, status: error instanceof MailRefusedError ? 'deadletter' : 'failed', output: { reason } }
  }
}

/** At most `limit` mails that were given up in the last 30 days, oldest first. */
export async function listFailedMail(boss: PgBoss, limit = 100): Promise<readonly FailedMail[]> {
  const jobs = await boss.findJobs<MailMessage>(deadLetterName, { limit })
  return jobs.map((job) => ({
    id: job.id,
    to: job.data.to,
    subject: job.data.subject,
    template: job.data.template,
    reason: String((job.sourceOutput as { reason?: unknown } | null)?.reason ?? 'unknown'),
    attempts: (job.sourceRetryCount ?? 0) + 1,
    failedAt: job.createdOn,
  }))
}

const forgottenAtOnce = 100
const underWayMsMax = 10_000
const lookAgainMs = 500

/**
 * Removes what was queued for this address or carries it as the one to reply to, sent and given up ones too. Waits for one that is on its way just now; throws when it
 * takes longer than ten seconds. A mail that leaves no trace stays: it is the last word to who just went, and removes itself.
 */
export async function forgetMail(boss: PgBoss, to: string): Promise<void> {
  const deadline = Date.now() + underWayMsMax
  const holding = [queueName, deadLetterName].flatMap((name) =>
    [{ to }, { replyTo: to }].map((data) => ({ name, data })),
  )
  for (const { name, data } of holding) {
    for (;;) {
      const found = await boss.findJobs<MailMessage>(name, { data, limit: forgottenAtOnce })
      const jobs = found.filter((job) => name !== queueName || job.data.leavesNoTrace !== true)
      if (jobs.length === 0) break
      const idle = jobs.filter(({ state }) => state !== 'active').map(({ id }) => id)
      if (idle.length > 0) await boss.deleteJob(name, idle)
      else if (Date.now() > deadline) throw new Error('A mail to this address is still on its way')
      else await sleep(lookAgainMs)
    }
  }
}
