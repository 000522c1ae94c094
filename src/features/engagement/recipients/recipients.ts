import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import type { Database } from '#src/db/client.ts'
import { interactionMails, interactionRecipients } from '#src/db/schema/index.ts'
import { noteOutcome } from '../interactions/note-outcome.ts'

/** More than that is a mailing list, and a mailing list is one address. */
export const recipientsMax = 50

const waitingMax = 1_000

/** Undefined: somebody at the command line, or the mailbox itself. */
type Operator = string | undefined

/** Puts an address on the list. Its mailbox is asked by the running marketplace, again where it hasn't said yes. */
export async function addRecipient(
  db: Database,
  { email, operatorId }: { readonly email: string; readonly operatorId?: Operator },
): Promise<'added' | 'asked_again' | 'already' | 'full'> {
  return db.transaction(async (tx) => {
    // Counting and adding are one: two at once don't pass the limit together.
    await tx.execute(sql`LOCK TABLE interaction_recipients IN SHARE ROW EXCLUSIVE MODE`)
    const isThis = eq(interactionRecipients.email, email)
    const [present] = await tx.select().from(interactionRecipients).where(isThis)
    if (present !== undefined) {
      if (present.confirmedAt !== null) return 'already'
      await tx.update(interactionRecipients).set({ askedAt: null }).where(isThis)
      await recordAudit(tx, { ...by(operatorId), action: 'interaction_recipient.ask_again', resourceId: present.id })
      return 'asked_again'
    }
    if ((await tx.$count(interactionRecipients)) >= recipientsMax) return 'full'
    const [row] = await tx.insert(interactionRecipients).values({ email }).returning({ id: interactionRecipients.id })
    await recordAudit(tx, { ...by(operatorId), action: 'interaction_recipient.add', resourceId: row?.id })
    return 'added'
  })
}

/** Nothing is mailed to it from now on, but for what is on its way; what waited for it alone counts as told to the others. */
export async function removeRecipient(
  db: Database,
  { which, operatorId }: { readonly which: SQL; readonly operatorId?: Operator },
): Promise<'removed' | 'none'> {
  return db.transaction(async (tx) => {
    const waiting = await tx
      .select({ interactionId: interactionMails.interactionId })
      .from(interactionMails)
      .innerJoin(interactionRecipients, eq(interactionRecipients.id, interactionMails.recipientId))
      .where(and(which, isNull(interactionMails.sentAt)))
      .limit(waitingMax)
    const [row] = await tx.delete(interactionRecipients).where(which).returning({ id: interactionRecipients.id })
    if (row === undefined) return 'none'
    for (const { interactionId } of waiting) await noteOutcome(tx, interactionId)
    await recordAudit(tx, { ...by(operatorId), action: 'interaction_recipient.remove', resourceId: row.id })
    return 'removed'
  })
}

export const listRecipients = (db: Database) =>
  db
    .select({
      id: interactionRecipients.id,
      email: interactionRecipients.email,
      confirmedAt: interactionRecipients.confirmedAt,
      askedAt: interactionRecipients.askedAt,
    })
    .from(interactionRecipients)
    .orderBy(asc(interactionRecipients.email))
    .limit(recipientsMax)

export const removeRecipientByEmail = (db: Database, email: string): Promise<'removed' | 'none'> =>
  removeRecipient(db, { which: eq(interactionRecipients.email, email) })

const by = (userId: Operator) => ({ resource: 'interaction_recipient', userId })
