// The engagement jobs on a real database, a real queue and a real SMTP server, without the rest of the marketplace.
import { sql } from 'drizzle-orm'
import { pino } from 'pino'
import { vi } from 'vitest'
import { interactionRecipients } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { createAuth } from '#src/identity/index.ts'
import { engagementJobs, interactionMailsJob } from '#src/features/engagement/index.ts'
import { newId } from '#src/lib/ids.ts'
import { createJobs } from '#src/integrations/jobs/index.ts'
import { createMail, createSmtpTransport } from '#src/integrations/mail/index.ts'
import { createTestDatabase } from '#test/support/database.ts'
import { startSmtpCatcher } from '#test/integration/mail/smtp-catcher.ts'
import type { Reply, SmtpCatcher } from '#test/integration/mail/smtp-catcher.ts'

export interface Bench {
  readonly deps: Deps
  readonly databaseUrl: string
  readonly smtp: SmtpCatcher
  /** Runs the job of the clock's, now. */
  run(instead?: Deps): Promise<void>
  /** Somebody who has said yes. */
  addConfirmed(email: string): Promise<void>
  stop(): Promise<void>
}

const log = pino({ level: 'silent' })

export async function startBench(replyTo?: (attempt: number) => Reply): Promise<Bench> {
  const database = await createTestDatabase({ start: 'started' })
  const { db, pool } = database
  const smtp = await startSmtpCatcher(replyTo === undefined ? {} : { replyTo })
  const jobs = createJobs({ pool, log, isWorker: true })
  await jobs.start()
  const transport = createSmtpTransport({ url: smtp.url })
  const mail = createMail({ boss: jobs.boss, transport, from: 'no-reply@market.example', log, retryDelaySeconds: 1 })
  await mail.start({ isWorker: true })
  const baseUrl = 'https://market.example'
  const auth = createAuth({ config: { authSecret: 'a secret of this test, and long enough' }, baseUrl, db, mail, log })
  // The jobs read nothing else of it.
  const deps = { db, pool, jobs, mail, auth, baseUrl, log, newId } as unknown as Deps
  return {
    deps,
    databaseUrl: database.url,
    smtp,
    run: async (instead = deps) => {
      for (const job of engagementJobs) if (job.name === interactionMailsJob) await job.run(instead)
    },
    addConfirmed: async (email) => {
      await db.insert(interactionRecipients).values({ email, askedAt: sql`now()`, confirmedAt: sql`now()` })
    },
    stop: async () => {
      await jobs.stop(5_000)
      mail.stop()
      await smtp.stop()
      await database.drop()
    },
  }
}

/** What was queued for this address, sent or not; the oldest first. */
export async function mailsTo(deps: Pick<Deps, 'jobs'>, to: string): Promise<readonly { readonly text: string }[]> {
  const jobs = await deps.jobs.boss.findJobs<{ text: string }>('mail', { data: { to } })
  return jobs.map(({ data }) => data)
}

/** Until it is so: mails take their time. */
export const eventually = (check: () => unknown): Promise<void> =>
  vi.waitFor(
    async () => {
      await check()
    },
    { timeout: 30_000, interval: 100 },
  )
