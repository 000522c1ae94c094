import { sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { meets } from '../authentication/acr.ts'
import type { Acr } from '../authentication/acr.ts'
import type { SignedIn } from './context.ts'

interface Wish {
  readonly session: SignedIn
  /** Any of them will do; none, when it does not matter. */
  readonly wanted: readonly Acr[]
}

/**
 * Whether the person has to sign in again so that the agent gets what it wants (RFC 9470 §5). `impossible`: they have neither
 * authenticator app nor passkey with which they could.
 */
export async function stepUpFor(db: Database, { session, wanted }: Wish): Promise<'none' | 'needed' | 'impossible'> {
  if (wanted.length === 0 || wanted.some((acr) => meets(session.methods, acr))) return 'none'
  const ways = await waysOf(db, session.userId)
  return ways.some((methods) => wanted.some((acr) => meets(methods, acr))) ? 'needed' : 'impossible'
}

/** What this person could sign in by. */
async function waysOf(db: Database, userId: string): Promise<readonly (readonly string[])[]> {
  const { rows } = await db.execute(sql`
    SELECT two_factor_enabled AS has_code, EXISTS (SELECT FROM passkey WHERE user_id = "user".id) AS has_passkey
    FROM "user" WHERE id = ${userId}`)
  const [row] = rows
  return [
    ['pwd'],
    ...(row?.['has_code'] === true ? [['pwd', 'otp', 'mfa']] : []),
    ...(row?.['has_passkey'] === true ? [['pop', 'user', 'mfa']] : []),
  ]
}
