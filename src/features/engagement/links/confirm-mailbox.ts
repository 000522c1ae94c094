import { and, eq, isNull, sql } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import type { Transaction } from '#src/db/client.ts'
import { agents, agentWaitlist, interactionRecipients, reports } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { network } from '#src/identity/index.ts'
import type { Caller } from '#src/identity/index.ts'
import { interactionMailsJob } from '../interactions/record-interaction.ts'
import { removeRecipient } from '../recipients/recipients.ts'
import { confirmReport, withdrawUnconfirmed } from '../reports/confirm-report.ts'
import { confirmEntry } from '../waitlist/confirm-entry.ts'
import { readMailboxLink } from './mailbox-links.ts'
import type { MailboxSubject } from './mailbox-links.ts'

/** What a link from a mail is about, and whether it was said yes to. */
export type MailboxAnswer =
  | {
      readonly kind: 'open' | 'confirmed'
      readonly email: string
      /** `recipient`: mails to those who run the marketplace, about no agent. */
      readonly about: 'recipient' | 'waitlist' | 'report' | 'removal'
      readonly agent: { readonly slug: string; readonly name: string } | undefined
      /** What the report says; empty where nothing was written, and for all else. */
      readonly details: string
    }
  | { readonly kind: 'left' }
  | { readonly kind: 'expired' }
  /** Not one of ours, or what it is about has gone. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'rate_limited'; readonly retryAfterSeconds: number }

export interface MailboxAsk {
  readonly caller: Caller
  readonly token: string
}

export type ConfirmDeps = Pick<Deps, 'db' | 'auth' | 'jobs'>

/** Says what a link would do, without doing it: programs open links in mails, people press buttons. */
export const readMailbox = (deps: ConfirmDeps, ask: MailboxAsk): Promise<MailboxAnswer> =>
  withSubject(deps, ask, (subject) => deps.db.transaction((tx) => find(tx, subject)))

/** Says yes for the mailbox. Doing it again changes nothing. */
export async function confirmMailboxLink(deps: ConfirmDeps, ask: MailboxAsk): Promise<MailboxAnswer> {
  const answer = await withSubject(deps, ask, (subject) =>
    deps.db.transaction(async (tx) => {
      await confirm[subject.kind](tx, subject.id)
      return find(tx, subject)
    }),
  )
  await deps.jobs.wake(interactionMailsJob)
  return answer
}

/** Takes the mailbox off the list again, whether or not it had said yes; a report only before it has. */
export const leaveByLink = (deps: ConfirmDeps, ask: MailboxAsk): Promise<MailboxAnswer> =>
  withSubject(deps, ask, async ({ kind, id }) => {
    if (kind === 'waitlist') await deps.db.delete(agentWaitlist).where(eq(agentWaitlist.id, id))
    else if (kind === 'recipient') await removeRecipient(deps.db, { which: eq(interactionRecipients.id, id) })
    else await deps.db.transaction((tx) => withdrawUnconfirmed(tx, id))
    return { kind: 'left' as const }
  })

async function withSubject(
  { auth }: ConfirmDeps,
  { caller, token }: MailboxAsk,
  work: (subject: MailboxSubject) => Promise<MailboxAnswer>,
): Promise<MailboxAnswer> {
  const retryAfterSeconds = await auth.limits.take({ 'link:network': [network(caller)] })
  if (retryAfterSeconds !== undefined) return { kind: 'rate_limited', retryAfterSeconds }
  const link = await readMailboxLink(auth.secret, token)
  return link.state === 'open' ? work(link.subject) : { kind: link.state }
}

const find = (tx: Transaction, { kind, id }: MailboxSubject): Promise<MailboxAnswer> => finders[kind](tx, id)

type Find = (tx: Transaction, id: string) => Promise<MailboxAnswer>

const finders: Readonly<Record<MailboxSubject['kind'], Find>> = {
  recipient: async (tx, id) => {
    const [row] = await tx.select().from(interactionRecipients).where(eq(interactionRecipients.id, id))
    return row === undefined
      ? { kind: 'unknown' }
      : { ...stateOf(row), about: 'recipient', agent: undefined, details: '' }
  },
  waitlist: async (tx, id) => {
    const [row] = await tx
      .select({ email: agentWaitlist.email, confirmedAt: agentWaitlist.confirmedAt, agent: agentNames })
      .from(agentWaitlist)
      .innerJoin(agents, eq(agents.id, agentWaitlist.agentId))
      .where(and(eq(agentWaitlist.id, id), eq(agents.status, 'published')))
    return row === undefined
      ? { kind: 'unknown' }
      : { ...stateOf(row), about: 'waitlist', agent: row.agent, details: '' }
  },
  report: async (tx, id) => {
    const [row] = await tx
      .select({
        email: reports.reporterEmail,
        confirmedAt: reports.confirmedAt,
        kind: reports.kind,
        details: reports.details,
        agent: agentNames,
      })
      .from(reports)
      .innerJoin(agents, eq(agents.id, reports.agentId))
      .where(eq(reports.id, id))
    if (row === undefined || row.email === null) return { kind: 'unknown' }
    const about = row.kind === 'removal' ? 'removal' : 'report'
    return { ...stateOf({ ...row, email: row.email }), about, agent: row.agent, details: row.details }
  },
}

const agentNames = { slug: agents.slug, name: agents.name }

const stateOf = ({ email, confirmedAt }: { readonly email: string; readonly confirmedAt: Date | null }) => ({
  kind: confirmedAt === null ? ('open' as const) : ('confirmed' as const),
  email,
})

const confirm: Readonly<Record<MailboxSubject['kind'], (tx: Transaction, id: string) => Promise<void>>> = {
  recipient: confirmRecipient,
  waitlist: confirmEntry,
  report: confirmReport,
}

async function confirmRecipient(tx: Transaction, id: string): Promise<void> {
  const { rowCount } = await tx
    .update(interactionRecipients)
    .set({ confirmedAt: sql`now()` })
    .where(and(eq(interactionRecipients.id, id), isNull(interactionRecipients.confirmedAt)))
  if (rowCount !== 1) return
  await recordAudit(tx, {
    action: 'interaction_recipient.confirm',
    resource: 'interaction_recipient',
    resourceId: id,
  })
}
