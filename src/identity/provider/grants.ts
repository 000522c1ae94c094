import { sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'

/**
 * Ends a grant: its refresh and opaque tokens are gone, its JWTs are refused at every endpoint of ours, whatever device or
 * refresh they came from. Other grants of the same person and client go on. Returns whether it was alive until now.
 */
export async function endGrant(tx: Transaction, grantId: string): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    UPDATE oauth_authorization_code SET revoked_at = clock_timestamp() WHERE id = ${grantId} AND revoked_at IS NULL`)
  const ofGrant = sql`authorization_code_id = (SELECT code_hash FROM oauth_authorization_code WHERE id = ${grantId})`
  await tx.execute(sql`DELETE FROM oauth_access_token WHERE ${ofGrant}`)
  // A refresh that is under way may still write its successor: it is refused by the grant's own state.
  await tx.execute(sql`DELETE FROM oauth_refresh_token WHERE ${ofGrant}`)
  return rowCount === 1
}
