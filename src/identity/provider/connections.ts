import { sql } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import type { Database } from '#src/db/client.ts'
import { describeScopes, reasonsByScope } from './asked-scopes.ts'
import type { AskedScope, ReasonsByScope } from './asked-scopes.ts'
import { isPlausibleId } from './clients.ts'
import { endGrant } from './grants.ts'

/** An agent that a person let in. */
export interface Connection {
  readonly clientId: string
  readonly name: string
  readonly slug: string | null
  readonly scopes: readonly AskedScope[]
  /** When the person last allowed it something. */
  readonly allowedAt: Date
  /** When it last got tokens by a sign-in; null = it never did. */
  readonly lastSignInAt: Date | null
}

const connectionsMax = 200

/** The agents a person let in, latest first; at most 200. */
export async function listConnections(db: Database, userId: string): Promise<readonly Connection[]> {
  const { rows } = await db.execute(sql`
    SELECT consent.client_id AS "clientId", coalesce(agent.name, client.name, client.client_id) AS name, agent.slug,
      consent.scopes, ${reasonsByScope} AS reasons, consent.updated_at AS "allowedAt",
      (SELECT max(redeemed_at) FROM oauth_authorization_code AS code
        WHERE code.user_id = consent.user_id AND code.client_id = consent.client_id) AS "lastSignInAt"
    FROM oauth_consent AS consent
      JOIN oauth_client AS client ON client.client_id = consent.client_id
      LEFT JOIN agents AS agent ON agent.oauth_client_id = client.client_id
    WHERE consent.user_id = ${userId}
    ORDER BY consent.updated_at DESC, consent.id LIMIT ${connectionsMax}`)
  // The columns are those of the statement above, which its tests read back.
  return (rows as unknown as ConnectionRow[]).map(({ reasons, ...row }) => ({
    ...row,
    scopes: describeScopes(row.scopes, reasons),
    allowedAt: new Date(row.allowedAt),
    lastSignInAt: row.lastSignInAt === null ? null : new Date(row.lastSignInAt),
  }))
}

/** A plain statement gives moments as text. */
interface ConnectionRow extends Omit<Connection, 'scopes' | 'allowedAt' | 'lastSignInAt'> {
  readonly scopes: readonly string[]
  readonly reasons: ReasonsByScope
  readonly allowedAt: string
  readonly lastSignInAt: string | null
}

interface Disconnect {
  readonly userId: string
  readonly clientId: string
}

/**
 * Takes back what a person allowed an agent: the consent and every token of every device, JWTs included. The next sign-in
 * there asks again. False when there was nothing to take back. Subscriptions stay.
 */
export async function disconnect(db: Database, { userId, clientId }: Disconnect): Promise<boolean> {
  if (!isPlausibleId(clientId)) return false
  return db.transaction(async (tx) => {
    const ofBoth = sql`user_id = ${userId} AND client_id = ${clientId}`
    const consents = await tx.execute(sql`DELETE FROM oauth_consent WHERE ${ofBoth}`)
    // Codes that were issued but not redeemed yet are grants, too.
    const { rows } = await tx.execute(sql`
      SELECT id FROM oauth_authorization_code WHERE ${ofBoth} AND revoked_at IS NULL ORDER BY id FOR UPDATE`)
    for (const { id } of rows) await endGrant(tx, String(id))
    if (consents.rowCount === 0 && rows.length === 0) return false
    await recordAudit(tx, {
      userId,
      action: 'connection.end',
      resource: 'oauth_client',
      resourceId: clientId,
      metadata: { grants: rows.length },
    })
    return true
  })
}
