import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { z } from '@hono/zod-openapi'
import { recordAudit } from '#src/db/audit.ts'
import type { Transaction } from '#src/db/client.ts'
import { interactions } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import type { AccountViewer } from '#src/identity/index.ts'
import { publisherContacted } from '#src/integrations/mail/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { takeAttempt } from '../attempt.ts'
import { interactionMailsJob, recordInteraction } from '../interactions/record-interaction.ts'
import { contactable, findContact } from './find-contact.ts'
import type { contactSchema } from './schema.ts'

export type ContactDeps = Pick<Deps, 'db' | 'auth' | 'baseUrl' | 'jobs' | 'mail'>

export interface ContactPublisher {
  readonly slug: string
  readonly viewer: AccountViewer
  readonly contact: z.infer<typeof contactSchema>
}

/**
 * Mails somebody's words to the owners and admins of the organization that publishes an agent, who reply to them directly; the
 * words are kept nowhere else. The same words again on the same day are sent once. Throws `not_found`, `forbidden` for an address
 * that is not confirmed, `conflict` where there is nobody to write to, `rate_limited`.
 */
export async function contactPublisher(deps: ContactDeps, { slug, viewer, contact }: ContactPublisher): Promise<void> {
  if (!viewer.emailVerified) throw new AppError('forbidden', { detail: 'Confirm your address first.' })
  await takeAttempt(deps.auth, { 'contact:account': [viewer.id] })
  await deps.db.transaction(async (tx) => {
    const found = await findContact(tx, slug)
    if (found === undefined) throw new AppError('not_found')
    if (found.kind !== 'publisher') throw new AppError('conflict', { detail: 'There is nobody to write to.' })
    const { agentId, agentName, organizationId } = found
    const recipients = await readRecipients(tx, organizationId)
    // Two presses of one button come one after the other.
    await tx.execute(sql`SELECT FROM "user" WHERE id = ${viewer.id} FOR NO KEY UPDATE`)
    const id = idOf({ agentId, viewer, contact })
    if (await tx.$count(interactions, sql`${interactions.id} = ${id}`)) return
    await recordInteraction(tx, {
      id,
      type: contact.kind === 'demo' ? 'demo_requested' : 'contacted',
      userId: viewer.id,
      userEmail: viewer.email,
      agentId,
      agentName,
    })
    await recordAudit(tx, {
      userId: viewer.id,
      action: contact.kind === 'demo' ? 'agent.ask_demo' : 'agent.contact',
      resource: 'agent',
      resourceId: agentId,
    })
    const mail = publisherContacted({
      kind: contact.kind,
      agent: agentName,
      from: viewer,
      message: contact.message,
      url: `${deps.baseUrl}/agents/${found.slug}`,
    })
    for (const to of recipients) {
      await deps.mail.enqueue({ ...mail, to, replyTo: viewer.email, template: 'publisher-contacted' }, { tx })
    }
  })
  await deps.jobs.wake(interactionMailsJob)
}

/** Owners first; more than that is nobody's inbox. */
const recipientsMax = 10

async function readRecipients(tx: Transaction, organizationId: string): Promise<readonly string[]> {
  const { rows } = await tx.execute<{ email: string }>(sql`
    SELECT person.email ${contactable(sql`${organizationId}`)}
    ORDER BY member.role = 'owner' DESC, member.created_at, member.id LIMIT ${recipientsMax}`)
  return rows.map(({ email }) => email)
}

type Said = Pick<ContactPublisher, 'viewer' | 'contact'> & { readonly agentId: string }

/** The same for the same words of the same person about the same agent on one day: UUID version 8 (RFC 9562 §5.8). */
function idOf({ agentId, viewer, contact }: Said): string {
  const day = new Date().toISOString().slice(0, 10)
  const said = [day, viewer.id, agentId, contact.kind, contact.message].join('\0')
  const hex = createHash('sha256').update(said).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
