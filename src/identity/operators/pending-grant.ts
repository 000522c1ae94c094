import { and, eq, gt, sql } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import type { Database, Transaction } from '#src/db/client.ts'
import { user, verification } from '#src/db/schema/index.ts'
import { newId } from '#src/lib/ids.ts'

export const operatorRole = 'admin'

/** A grant that nobody has taken up ends by itself. */
export const pendingDays = 30

// Kept among the other things that wait for a mailbox to be proven, which expire and are swept.
const identifierOf = (email: string): string => `operator-grant:${email}`

/** Remembers that this address shall be an operator once it has signed up and is confirmed. Returns the grant's id. */
export async function storePendingGrant(tx: Transaction, email: string): Promise<string> {
  // Two at once would leave two rows: the identifier is not unique.
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${identifierOf(email)}, 0))`)
  await takePendingGrant(tx, email)
  const grantId = newId()
  await tx.insert(verification).values({
    id: grantId,
    identifier: identifierOf(email),
    value: 'pending',
    expiresAt: new Date(Date.now() + pendingDays * 86_400_000),
  })
  return grantId
}

/** Takes the grant away. Returns its id if it was still good. */
export async function takePendingGrant(tx: Transaction, email: string): Promise<string | undefined> {
  const [taken] = await tx
    .delete(verification)
    .where(and(eq(verification.identifier, identifierOf(email)), gt(verification.expiresAt, new Date())))
    .returning({ id: verification.id })
  return taken?.id
}

interface ConfirmedPerson {
  readonly id: string
  readonly email: string
}

/** Makes somebody an operator whose address was just confirmed, if a grant waits for it. */
export async function applyPendingGrant(db: Database | Transaction, { id, email }: ConfirmedPerson): Promise<void> {
  await db.transaction(async (tx) => {
    const grantId = await takePendingGrant(tx, email)
    if (grantId === undefined) return
    await tx.update(user).set({ role: operatorRole }).where(eq(user.id, id))
    await recordAudit(tx, { action: 'operator.grant', resource: 'person', resourceId: id, metadata: { grantId } })
  })
}
