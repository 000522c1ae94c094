import { sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { reports } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { network, parseEmail } from '#src/identity/index.ts'
import type { AccountViewer, Caller } from '#src/identity/index.ts'
import { confirmMailbox } from '#src/integrations/mail/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { getListedAgent } from '../agent.ts'
import type { ListedAgent } from '../agent.ts'
import { takeAttempt } from '../attempt.ts'
import { interactionMailsJob } from '../interactions/record-interaction.ts'
import { linkDays, mailboxUrl } from '../links/mailbox-links.ts'
import { followReport } from './confirm-report.ts'

export type FileDeps = Pick<Deps, 'db' | 'auth' | 'baseUrl' | 'jobs' | 'mail'>

/** What it is: something wrong with an agent, or a project that wants its directory entry gone. */
export type AgentReport =
  | { readonly kind: 'agent'; readonly reason: typeof reports.$inferInsert.reason; readonly details: string }
  | { readonly kind: 'removal'; readonly details: string }

export interface FileReport {
  readonly slug: string
  readonly report: AgentReport
  /** As it was typed; asked only of whoever has no confirmed address of their own. */
  readonly email: string
  readonly caller: Caller
  readonly viewer: AccountViewer | undefined
}

export type Filed =
  /** Operators see it. */
  | 'filed'
  /** The mailbox is asked first; the same for an address whose report is open already. */
  | 'asked'

/**
 * Tells the operators about an agent: for somebody with a confirmed address at once, for everybody else once their mailbox has
 * said yes. Again while they have not decided, nothing changes. Throws `not_found`, `invalid_request` for what is no address,
 * `conflict` for the removal of what somebody has claimed, `rate_limited`.
 */
export async function fileReport(deps: FileDeps, report: FileReport): Promise<Filed> {
  if (report.viewer?.emailVerified === true) return fileOwn(deps, { ...report, viewer: report.viewer })
  return fileByMail(deps, report)
}

async function fileOwn(deps: FileDeps, { slug, report, viewer }: FileReport & { viewer: AccountViewer }) {
  await takeAttempt(deps.auth, { 'report:account': [viewer.id] })
  await deps.db.transaction(async (tx) => {
    const agent = await getReportedAgent(tx, { slug, report })
    const [written] = await tx
      .insert(reports)
      .values({ ...columnsOf(report), agentId: agent.id, reporterId: viewer.id })
      // Their earlier one is still open.
      .onConflictDoNothing()
      .returning()
    if (written !== undefined) await followReport(tx, { ...written, userId: viewer.id, userEmail: viewer.email })
  })
  await deps.jobs.wake(interactionMailsJob)
  return 'filed' as const
}

async function fileByMail(deps: FileDeps, { slug, report, caller, email: typed }: FileReport) {
  const { value: email, problem } = parseEmail(typed)
  if (problem !== undefined) throw new AppError('invalid_request', { problem })
  await takeAttempt(deps.auth, { 'mail:account': [email], 'mail:network': [network(caller)] })
  await deps.db.transaction(async (tx) => {
    const agent = await getReportedAgent(tx, { slug, report })
    const id = await insertUnconfirmed(tx, { report, agentId: agent.id, email })
    if (id === undefined) return
    const url = await mailboxUrl({ ...deps, secret: deps.auth.secret }, { kind: 'report', id })
    const wanted = { kind: report.kind === 'removal' ? 'removal' : 'report', agent: agent.name } as const
    const mail = confirmMailbox({ for: wanted, url, validDays: linkDays })
    await deps.mail.enqueue({ ...mail, to: email, template: `confirm-${wanted.kind}` }, { tx })
  })
  return 'asked' as const
}

async function getReportedAgent(
  tx: Transaction,
  { slug, report }: Pick<FileReport, 'slug' | 'report'>,
): Promise<ListedAgent> {
  const agent = await getListedAgent(tx, slug)
  if (report.kind === 'removal' && !agent.isDirectoryEntry) {
    throw new AppError('conflict', { detail: 'It has a publisher, who can take it down.' })
  }
  return agent
}

const columnsOf = (report: AgentReport) => ({
  kind: report.kind,
  // Whoever asks for a removal says that the project is theirs.
  reason: report.kind === 'removal' ? ('mine' as const) : report.reason,
  details: report.details,
})

interface Unconfirmed {
  readonly report: AgentReport
  readonly agentId: string
  readonly email: string
}

/**
 * The last one counts until the mailbox has said yes, under an id of its own: a link stands for the words that it was mailed for,
 * and for no others that somebody wrote in the mailbox's name since. Undefined: it has said yes, and that report is open.
 */
async function insertUnconfirmed(
  tx: Transaction,
  { report, agentId, email }: Unconfirmed,
): Promise<string | undefined> {
  const { kind, reason, details } = columnsOf(report)
  const { rows } = await tx.execute<{ id: string }>(sql`
    INSERT INTO reports AS present (kind, agent_id, reporter_email, reason, details, confirmed_at)
    VALUES (${kind}, ${agentId}, ${email}, ${reason}, ${details}, NULL)
    ON CONFLICT (reporter_email, kind, agent_id) WHERE state = 'open'
    DO UPDATE SET id = excluded.id, reason = excluded.reason, details = excluded.details, created_at = now()
      WHERE present.confirmed_at IS NULL
    RETURNING id`)
  return rows[0]?.id
}
