import { eq } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import type { Database } from '#src/db/client.ts'
import { user } from '#src/db/schema/index.ts'
import { accountDeleted } from '#src/integrations/mail/index.ts'
import type { Mail } from '#src/integrations/mail/index.ts'
import { findBelongings } from './belongings.ts'
import { fates } from './fates.ts'
import type { Fate } from './fates.ts'
import { forgetVerifications } from './lock-out.ts'
import { leaveOrganizations } from './organizations.ts'

export interface EraseContext {
  readonly db: Database
  readonly mail: Pick<Mail, 'enqueue' | 'forget'>
  readonly baseUrl: string
}

/** The whole ledger of a subscription goes in one statement, and a busy one has millions of rows. */
const statementMs = 10 * 60_000

/** Deletes everything of a person, in bounded batches, and at last the person. Cut off anywhere, it is simply done again. */
export async function erase(context: EraseContext, userId: string): Promise<void> {
  const [person] = await context.db.select().from(user).where(eq(user.id, userId))
  if (person === undefined) return
  const email = person.emailVerified ? person.email : undefined
  for (const [table, fate] of Object.entries(fates)) await eraseTable(context.db, { table, fate, userId, email })
  await context.mail.forget(person.email)
  await eraseRest(context, userId)
}

interface Erasing {
  readonly table: string
  readonly fate: Fate
  readonly userId: string
  /** Undefined while it was not proven: rows that only the address names may be another person's. */
  readonly email: string | undefined
}

async function eraseTable(db: Database, { table, fate, userId, email }: Erasing): Promise<void> {
  if (fate.kind !== 'goes' && fate.kind !== 'forgets') return
  // Names and conditions are our own (fates.ts); what varies is a parameter.
  const found = `ctid = ANY(ARRAY(
    SELECT t.ctid FROM "${table}" t, (SELECT $1::text AS id, $2::text AS email) me WHERE ${fate.where} LIMIT ${fate.rowsMax}))`
  const text =
    fate.kind === 'goes' ? `DELETE FROM "${table}" WHERE ${found}` : `UPDATE "${table}" SET ${fate.set} WHERE ${found}`
  const statement = { text, values: [userId, email ?? null], query_timeout: statementMs }
  for (;;) {
    const { rowCount } = await db.$client.query(statement)
    // A row that changed in between was not found: the last, empty look is what counts.
    if (rowCount === 0) return
  }
}

/** The person, what waits for their mailbox, and the last mail, together: the address stands nowhere from then on. */
async function eraseRest({ db, mail, baseUrl }: EraseContext, userId: string): Promise<void> {
  await db.transaction(async (tx) => {
    const [person] = await tx.select().from(user).where(eq(user.id, userId)).for('update')
    if (person === undefined) return
    // One that was being made while they left.
    await leaveOrganizations(tx, { userId, belongings: await findBelongings(tx, userId) })
    const email = person.emailVerified ? person.email : undefined
    await forgetVerifications(tx, { userId, email })
    await tx.delete(user).where(eq(user.id, userId))
    await recordAudit(tx, { action: 'person.delete', resource: 'person', resourceId: userId })
    const message = accountDeleted({ name: person.name, homeUrl: `${baseUrl}/` })
    await mail.enqueue({ ...message, to: person.email, template: 'account-deleted', leavesNoTrace: true }, { tx })
  })
}
