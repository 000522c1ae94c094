import { sql } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import type { Database } from '#src/db/client.ts'
import { hashCode } from '../authorization-codes/code-hash.ts'
import type { ProviderContext, ProviderRequest } from './context.ts'
import { endGrant } from './grants.ts'
import type { IdentifiedClient } from './identify-client.ts'
import { issueTokens } from './issue-tokens.ts'
import { invalidGrant } from './oauth-errors.ts'

/** How long one request may work on a token before another may try; a process that died lets go of it then. */
const rotationMs = 10_000

interface RefreshToken {
  readonly id: string
  readonly userId: string
  readonly grantId: string
  readonly isUsable: boolean
  readonly isRotated: boolean
  /** When the answer with its successor left; in the future while a request is at work on that. */
  readonly settledAt: Date | undefined
}

/**
 * Rotates a refresh token (RFC 9700 §4.14.2). One that was rotated before and comes again was stolen, by whichever of the two
 * holds it: its grant ends, the person's other devices stay. The provider would end all of them, so it never sees the second.
 */
export async function refresh(
  context: ProviderContext,
  { request, arrivedAt }: ProviderRequest,
  { client, form, authorization }: IdentifiedClient,
): Promise<Response> {
  const { db, log } = context
  const hash = hashCode(form.get('refresh_token') ?? '')
  const token = await findToken(db, { hash, clientId: client.clientId })
  if (token === undefined || !token.isUsable) return invalidGrant()
  if (token.isRotated && (token.settledAt === undefined || arrivedAt >= token.settledAt)) {
    await endReused(db, token)
    log.warn({ clientId: client.clientId, grantId: token.grantId }, 'a refresh token was used twice: its grant ended')
    return invalidGrant()
  }
  // One of several sent at once goes on. The provider must not see the others: it would take them for thieves.
  if (token.isRotated || !(await claim(db, { token, now: arrivedAt }))) return invalidGrant()

  const response = await issueTokens(context, { client, request, form, authorization, grantId: token.grantId })
  if (!response.ok) {
    await release(db, token)
    return response
  }
  if (await settle(db, token)) return response
  await db.transaction((tx) => endGrant(tx, token.grantId))
  return invalidGrant()
}

async function findToken(
  db: Database,
  { hash, clientId }: { hash: string; clientId: string },
): Promise<RefreshToken | undefined> {
  // A token without a grant is not one of ours to judge, so it does not count.
  const { rows } = await db.execute(sql`
    SELECT token.id, token.user_id, code.id AS grant_id, token.revoked, token.settled_at,
      (code.revoked_at IS NULL AND NOT person.banned) AS is_usable
    FROM oauth_refresh_token AS token
      JOIN oauth_authorization_code AS code ON code.code_hash = token.authorization_code_id
      JOIN "user" AS person ON person.id = token.user_id
    WHERE token.token = ${hash} AND token.client_id = ${clientId}`)
  const [row] = rows
  if (row === undefined) return undefined
  return {
    id: String(row['id']),
    userId: String(row['user_id']),
    grantId: String(row['grant_id']),
    isUsable: row['is_usable'] === true,
    isRotated: row['revoked'] !== null,
    settledAt: row['settled_at'] === null ? undefined : new Date(String(row['settled_at'])),
  }
}

async function claim(db: Database, { token, now }: { token: RefreshToken; now: Date }): Promise<boolean> {
  const until = new Date(Date.now() + rotationMs)
  const { rowCount } = await db.execute(sql`
    UPDATE oauth_refresh_token SET settled_at = ${until}
    WHERE id = ${token.id} AND revoked IS NULL AND (settled_at IS NULL OR settled_at <= ${now})`)
  return rowCount === 1
}

/** The request was wrong in itself, such as a scope too wide: the token is as good as before. */
const release = (db: Database, { id }: RefreshToken) =>
  db.execute(sql`UPDATE oauth_refresh_token SET settled_at = NULL WHERE id = ${id} AND revoked IS NULL`)

/** Notes that the successor is on its way. False when the grant was ended meanwhile. */
async function settle(db: Database, { id, grantId }: RefreshToken): Promise<boolean> {
  const { rowCount } = await db.execute(sql`
    UPDATE oauth_refresh_token SET settled_at = ${new Date()}
    WHERE id = ${id} AND EXISTS (SELECT FROM oauth_authorization_code WHERE id = ${grantId} AND revoked_at IS NULL)`)
  return rowCount === 1
}

const endReused = (db: Database, { grantId, userId }: RefreshToken): Promise<void> =>
  db.transaction(async (tx) => {
    if (!(await endGrant(tx, grantId))) return
    await recordAudit(tx, {
      userId,
      action: 'oauth_grant.end_reused',
      resource: 'oauth_grant',
      resourceId: grantId,
      result: 'denied',
    })
  })
