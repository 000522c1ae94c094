import { sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'

interface CodeOfClient {
  readonly codeHash: string
  readonly clientId: string
}

/** Takes the code for one request. Returns its grant's id, or undefined when it is unknown, another client's, or taken. */
export async function claimCode(db: Database, { codeHash, clientId }: CodeOfClient): Promise<string | undefined> {
  const { rows } = await db.execute(sql`
    UPDATE oauth_authorization_code SET claimed_at = clock_timestamp()
    WHERE code_hash = ${codeHash} AND client_id = ${clientId} AND claimed_at IS NULL
    RETURNING id`)
  return rows[0]?.['id'] as string | undefined
}

interface IssuedCode {
  readonly id: string
  /** Null: the request that claimed it is still at work, or failed. */
  readonly redeemedAt: Date | null
}

export async function findCode(db: Database, { codeHash, clientId }: CodeOfClient): Promise<IssuedCode | undefined> {
  const { rows } = await db.execute(sql`
    SELECT id, redeemed_at FROM oauth_authorization_code WHERE code_hash = ${codeHash} AND client_id = ${clientId}`)
  const [row] = rows
  if (row === undefined) return undefined
  return {
    id: String(row['id']),
    redeemedAt: row['redeemed_at'] === null ? null : new Date(String(row['redeemed_at'])),
  }
}

interface Redemption {
  readonly grantId: string
  readonly redeemedAt: Date
}

/**
 * Notes that the tokens are there, and the day on which their person signed in at the agent: in one statement, so that there is
 * never one without the other. What programs do on their own (refreshing, client_credentials) never comes here. False when the
 * grant was ended meanwhile.
 */
export async function noteRedemption(db: Database, { grantId, redeemedAt }: Redemption): Promise<boolean> {
  const { rows } = await db.execute(sql`
    WITH redeemed AS (
      UPDATE oauth_authorization_code SET redeemed_at = ${redeemedAt} WHERE id = ${grantId} AND revoked_at IS NULL
      RETURNING client_id, user_id
    ), signed_in AS (
      INSERT INTO agent_sign_ins (agent_id, user_id, day)
      SELECT agents.id, redeemed.user_id, (rialto_now() AT TIME ZONE 'UTC')::date
      FROM redeemed JOIN agents ON agents.oauth_client_id = redeemed.client_id
      ON CONFLICT DO NOTHING
    )
    SELECT count(*)::int AS redeemed FROM redeemed`)
  return rows[0]?.['redeemed'] === 1
}
