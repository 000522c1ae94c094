import { and, eq } from 'drizzle-orm'
import type { Database, Transaction } from '#src/db/client.ts'
import { mailOptOuts, optionalMailKinds, user } from '#src/db/schema/index.ts'
import type { OptionalMailKind, UnsubscribeSubject } from './unsubscribe-links.ts'

/** Kinds of mail that a person can do without, with whether they want them. */
export type MailChoices = Readonly<Record<OptionalMailKind, boolean>>

export async function readMailChoices(db: Database, userId: string): Promise<MailChoices> {
  const rows = await db.select({ kind: mailOptOuts.kind }).from(mailOptOuts).where(eq(mailOptOuts.userId, userId))
  const refused = new Set(rows.map(({ kind }) => kind))
  return Object.fromEntries(optionalMailKinds.map((kind) => [kind, !refused.has(kind)])) as MailChoices
}

export async function isMailWanted(tx: Transaction, subject: UnsubscribeSubject): Promise<boolean> {
  return (await tx.$count(mailOptOuts, is(subject))) === 0
}

/** Twice is fine. Resolves with false for a person who has gone. */
export async function chooseMail(
  db: Database,
  { userId, kind, isWanted }: UnsubscribeSubject & { readonly isWanted: boolean },
): Promise<boolean> {
  return db.transaction(async (tx) => {
    // Held, so that who is just leaving doesn't turn this into an error.
    const [person] = await tx.select({ id: user.id }).from(user).where(eq(user.id, userId)).for('key share')
    if (person === undefined) return false
    if (isWanted) await tx.delete(mailOptOuts).where(is({ userId, kind }))
    else await tx.insert(mailOptOuts).values({ userId, kind }).onConflictDoNothing()
    return true
  })
}

const is = ({ userId, kind }: UnsubscribeSubject) => and(eq(mailOptOuts.userId, userId), eq(mailOptOuts.kind, kind))
