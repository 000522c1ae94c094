import { sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { hashCode } from '../authorization-codes/code-hash.ts'
import { noteRedemption } from '../authorization-codes/index.ts'
import { isPlausibleId } from './clients.ts'
import type { ProviderContext, ProviderRequest } from './context.ts'
import { endGrant } from './grants.ts'
import type { IdentifiedClient } from './identify-client.ts'
import { issueTokens } from './issue-tokens.ts'
import { invalidGrant, oauthError } from './oauth-errors.ts'

export const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'

/**
 * Redeems an approved device code (RFC 8628 §3.4). Its tokens get a grant of their own, like those of an authorization code, so
 * that they end in the same ways. While nobody has answered, the provider says so.
 */
export async function redeemDeviceCode(
  context: ProviderContext,
  { request }: ProviderRequest,
  { client, form, authorization }: IdentifiedClient,
): Promise<Response> {
  const { db } = context
  const deviceCode = form.get('device_code') ?? ''
  if (!isPlausibleId(deviceCode)) return invalidGrant()
  const codeHash = hashCode(deviceCode)
  const approved = await beginGrant(db, { deviceCode, codeHash, clientId: client.clientId })
  if (approved === 'not_approved') return context.askForTokens({ request, form, authorization })
  // Asked twice at once: the other request is at work.
  if (approved === 'taken') return oauthError({ error: 'slow_down', description: 'Ask less often.' })

  const { grantId } = approved
  const response = await issueTokens(context, { client, request, form, authorization, grantId })
  if (!response.ok) {
    await db.execute(sql`DELETE FROM oauth_authorization_code WHERE id = ${grantId}`)
    return response
  }
  await adoptTokens(db, { codeHash, tokens: (await response.clone().json()) as IssuedTokens })
  if (await noteRedemption(db, { grantId, redeemedAt: new Date() })) return response
  await db.transaction((tx) => endGrant(tx, grantId))
  return invalidGrant()
}

interface DeviceCode {
  readonly deviceCode: string
  readonly codeHash: string
  readonly clientId: string
}

async function beginGrant(db: Database, { deviceCode, codeHash, clientId }: DeviceCode) {
  const grantId = crypto.randomUUID()
  const { rows } = await db.execute(sql`
    WITH approved AS (
      SELECT device.user_id, device.scope, device.resources FROM device_code AS device
        JOIN "user" AS person ON person.id = device.user_id AND NOT person.banned
      WHERE device.device_code = ${deviceCode} AND device.oauth_client_id = ${clientId} AND device.status = 'approved'
        AND device.expires_at > now()
    ), begun AS (
      INSERT INTO oauth_authorization_code (id, code_hash, client_id, user_id, scopes, resources, expires_at, claimed_at)
      SELECT ${grantId}, ${codeHash}, ${clientId}, user_id, coalesce(string_to_array(scope, ' '), '{}'), resources, now(), now()
      FROM approved
      ON CONFLICT (code_hash) DO NOTHING
      RETURNING id
    )
    SELECT (SELECT count(*) FROM approved)::int AS approved, (SELECT count(*) FROM begun)::int AS begun`)
  const [counts] = rows
  if (counts?.['approved'] !== 1) return 'not_approved'
  return counts['begun'] === 1 ? { grantId } : 'taken'
}

interface IssuedTokens {
  readonly access_token?: string
  readonly refresh_token?: string
}

/** The provider writes device tokens without the code they came from. */
async function adoptTokens(
  db: Database,
  { codeHash, tokens }: { codeHash: string; tokens: IssuedTokens },
): Promise<void> {
  const hashes = [tokens.access_token, tokens.refresh_token].filter((token) => token !== undefined).map(hashCode)
  for (const hash of hashes) {
    await db.execute(sql`UPDATE oauth_refresh_token SET authorization_code_id = ${codeHash} WHERE token = ${hash}`)
    await db.execute(sql`UPDATE oauth_access_token SET authorization_code_id = ${codeHash} WHERE token = ${hash}`)
  }
}
