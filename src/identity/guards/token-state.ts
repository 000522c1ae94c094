import { sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { isOpenClient } from '../provider/clients.ts'
import type { TokenClaims } from './token-claims.ts'

/** The agent whose client holds the token. */
export interface TokenAgent {
  readonly id: string
  readonly slug: string
}

export type TokenState =
  | { readonly isAlive: true; readonly agent: TokenAgent | undefined }
  | { readonly isAlive: false }

/**
 * What a signature can't say: whether the token still counts. One row by primary keys: the client is switched on and its agent
 * neither suspended nor archived; for a person's token the grant was not ended, the person exists and is not banned, and the
 * session it came from, if it names one, is open.
 */
export async function readTokenState(db: Database, claims: TokenClaims): Promise<TokenState> {
  const { rows } = await db.execute(claims.kind === 'agent' ? machineQuery(claims) : personQuery(claims))
  const [row] = rows
  if (row?.['is_alive'] !== true) return { isAlive: false }
  const agent = row['agent_id'] === null ? undefined : { id: String(row['agent_id']), slug: String(row['slug']) }
  return { isAlive: true, agent }
}

const notRevoked = (jti: string) => sql`NOT EXISTS (SELECT FROM revoked_tokens WHERE jti = ${jti})`

const machineQuery = ({ clientId, jti }: TokenClaims) => sql`
  SELECT agent.id AS agent_id, agent.slug, ${isOpenClient} AND ${notRevoked(jti)} AS is_alive
  FROM oauth_client AS client LEFT JOIN agents AS agent ON agent.oauth_client_id = client.client_id
  WHERE client.client_id = ${clientId}`

const personQuery = ({ clientId, jti, subject, grantId, sessionId }: TokenClaims) => sql`
  SELECT agent.id AS agent_id, agent.slug,
    ${isOpenClient} AND ${notRevoked(jti)} AND code.revoked_at IS NULL AND NOT person.banned
      AND (${sessionId ?? null}::text IS NULL
        OR EXISTS (SELECT FROM session WHERE id = ${sessionId ?? null} AND expires_at > now())) AS is_alive
  FROM oauth_authorization_code AS code
    JOIN oauth_client AS client ON client.client_id = code.client_id
    JOIN "user" AS person ON person.id = code.user_id
    LEFT JOIN agents AS agent ON agent.oauth_client_id = client.client_id
  WHERE code.id = ${grantId ?? ''} AND code.user_id = ${subject} AND code.client_id = ${clientId}`
