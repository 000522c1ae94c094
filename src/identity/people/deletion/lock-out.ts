import { sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import type { Logout } from '#src/db/schema/business.ts'
import { deletionReason } from '../../deletion-reason.ts'

interface LockOut {
  readonly userId: string
  readonly logouts: readonly Logout[]
}

/**
 * Shuts every door of somebody who goes: sessions, tokens, grants, consents, links in mails, and signing in. What was under way
 * and writes a row a moment later is refused by `banned`, and removed with the rest.
 */
export async function lockOut(tx: Transaction, { userId, logouts }: LockOut): Promise<void> {
  await tx.execute(sql`
    INSERT INTO account_deletions (user_id, logouts) VALUES (${userId}, ${JSON.stringify(logouts)}::jsonb)`)
  // An operator is one no more, so that the others know how many they are.
  await tx.execute(sql`
    UPDATE "user" SET banned = true, ban_reason = ${deletionReason}, ban_expires = NULL, role = 'user', updated_at = now()
    WHERE id = ${userId}`)
  await tx.execute(sql`
    UPDATE oauth_authorization_code SET revoked_at = clock_timestamp() WHERE user_id = ${userId} AND revoked_at IS NULL`)
  for (const table of ['oauth_access_token', 'oauth_refresh_token', 'oauth_consent', 'device_code', 'session']) {
    await tx.execute(sql`DELETE FROM ${sql.identifier(table)} WHERE user_id = ${userId}`)
  }
  await forgetVerifications(tx, { userId, email: undefined })
}

interface Mentioned {
  readonly userId: string
  /** Undefined: only what names the person by id. */
  readonly email: string | undefined
}

/** Links, challenges and grants that wait for a proof; none of them refers to its person by a key. */
export async function forgetVerifications(tx: Transaction, { userId, email }: Mentioned): Promise<void> {
  await tx.execute(sql`
    DELETE FROM verification WHERE position(${userId} IN value) > 0 OR position(${userId} IN identifier) > 0`)
  if (email === undefined) return
  // Never a part of a longer address: what is kept as JSON has it in quotes, and identifiers end with it.
  await tx.execute(sql`
    DELETE FROM verification WHERE position(${JSON.stringify(email)} IN value) > 0
      OR right(identifier, char_length(${email}) + 1) = ${`:${email}`}`)
}
