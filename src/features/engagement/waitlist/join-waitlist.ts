import { sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
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
import { confirmEntry } from './confirm-entry.ts'

export type WaitlistDeps = Pick<Deps, 'db' | 'auth' | 'baseUrl' | 'jobs' | 'mail'>

export interface JoinWaitlist {
  readonly slug: string
  /** As it was typed. */
  readonly email: string
  readonly caller: Caller
  readonly viewer: AccountViewer | undefined
}

export type Joined =
  /** It is their own confirmed address. */
  | 'joined'
  /** The same for every other address: the mailbox is asked, if it has not said yes before. */
  | 'asked'

/**
 * Puts an address on the list of those who wait for an agent. Throws `not_found`, `invalid_request` for what is no address,
 * `conflict` for an agent that can be used already, `rate_limited`.
 */
export async function joinWaitlist(deps: WaitlistDeps, join: JoinWaitlist): Promise<Joined> {
  const { slug, caller, viewer } = join
  const { value: email, problem } = parseEmail(join.email)
  if (problem !== undefined) throw new AppError('invalid_request', { problem })
  await takeAttempt(deps.auth, { 'mail:account': [email], 'mail:network': [network(caller)] })
  const isOwn = viewer?.emailVerified === true && viewer.email === email
  await deps.db.transaction(async (tx) => {
    const agent = await getListedAgent(tx, slug)
    if (!agent.comingSoon) throw new AppError('conflict', { detail: 'It can be used already.' })
    const id = await insertEntry(tx, { agentId: agent.id, email })
    if (id === undefined) return
    if (isOwn) await confirmEntry(tx, id)
    else await ask(tx, { deps, agent, id, email })
  })
  if (isOwn) await deps.jobs.wake(interactionMailsJob)
  return isOwn ? 'joined' : 'asked'
}

interface NewEntry {
  readonly agentId: string
  readonly email: string
}

/** The entry that has to be said yes to: a new one, one that was asked before, or one that was told. Undefined: it waits already. */
async function insertEntry(tx: Transaction, { agentId, email }: NewEntry): Promise<string | undefined> {
  const { rows } = await tx.execute<{ id: string }>(sql`
    INSERT INTO agent_waitlist AS present (agent_id, email) VALUES (${agentId}, ${email})
    ON CONFLICT (agent_id, email) DO UPDATE SET created_at = now(), confirmed_at = NULL, told_at = NULL
      WHERE present.confirmed_at IS NULL OR present.told_at IS NOT NULL
    RETURNING id`)
  return rows[0]?.id
}

interface Asking {
  readonly deps: WaitlistDeps
  readonly agent: ListedAgent
  readonly id: string
  readonly email: string
}

async function ask(tx: Transaction, { deps, agent, id, email }: Asking): Promise<void> {
  const url = await mailboxUrl({ ...deps, secret: deps.auth.secret }, { kind: 'waitlist', id })
  const mail = confirmMailbox({ for: { kind: 'waitlist', agent: agent.name }, url, validDays: linkDays })
  await deps.mail.enqueue({ ...mail, to: email, template: 'confirm-waitlist' }, { tx })
}
