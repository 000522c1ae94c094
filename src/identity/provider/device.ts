import { sql } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import type { Database } from '#src/db/client.ts'
import { networkOf } from '../network.ts'
import type { Caller, RateLimited } from '../accounts/context.ts'
import { describeScopes } from './asked-scopes.ts'
import type { AskedScope } from './asked-scopes.ts'
import { findAskingAgent } from './consent.ts'
import type { AskingAgent, ConsentContext } from './consent.ts'
import { scopesOf } from './scopes.ts'

export type DeviceRequest =
  | { readonly kind: 'asked'; readonly agent: AskingAgent; readonly scopes: readonly AskedScope[] }
  /** There is no such code, it is too old, or it was answered. */
  | { readonly kind: 'unknown' }
  | RateLimited

export type DeviceAnswer = { readonly kind: 'allowed' | 'refused' | 'unknown' }

/** Letters and digits as they stand on the device's screen; how somebody types them is up to them. */
const plainCode = (text: string): string =>
  text
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, '')
    .slice(0, 32)

/** What a device asks that shows this code (RFC 8628 §3.3). Guessing is limited by network. */
export async function readDeviceRequest(
  { auth, db }: ConsentContext,
  { caller, userCode }: { readonly caller: Caller; readonly userCode: string },
): Promise<DeviceRequest> {
  const retryAfterSeconds = await auth.limits.take({ 'link:network': [networkOf(caller.clientAddress)] })
  if (retryAfterSeconds !== undefined) return { kind: 'rate_limited', retryAfterSeconds }
  const { rows } = await db.execute(sql`
    SELECT oauth_client_id, scope FROM device_code
    WHERE user_code = ${plainCode(userCode)} AND status = 'pending' AND expires_at > now()`)
  const [row] = rows
  const agent = row === undefined ? undefined : await findAskingAgent(db, String(row['oauth_client_id']))
  if (row === undefined || agent === undefined) return { kind: 'unknown' }
  return { kind: 'asked', agent, scopes: describeScopes(scopesOf(row['scope'] as string | null), agent.reasons) }
}

interface Decision {
  readonly userId: string
  readonly userCode: string
  readonly isAllowed: boolean
}

/** Lets the device in, or not; once. What was allowed is remembered like any consent, so that it can be taken back. */
export async function answerDevice(db: Database, { userId, userCode, isAllowed }: Decision): Promise<DeviceAnswer> {
  return db.transaction(async (tx) => {
    const { rows } = await tx.execute(sql`
      UPDATE device_code SET status = ${isAllowed ? 'approved' : 'denied'}, user_id = ${userId}
      WHERE user_code = ${plainCode(userCode)} AND status = 'pending' AND expires_at > now()
      RETURNING oauth_client_id, coalesce(string_to_array(scope, ' '), '{}') AS scopes`)
    const [row] = rows
    if (row === undefined) return { kind: 'unknown' }
    if (!isAllowed) return { kind: 'refused' }
    const clientId = String(row['oauth_client_id'])
    const scopes = row['scopes'] as string[]
    await tx.execute(sql`
      INSERT INTO oauth_consent AS consent (id, client_id, user_id, scopes)
      VALUES (${crypto.randomUUID()}, ${clientId}, ${userId}, ${sql.param(scopes)}::text[])
      ON CONFLICT (user_id, client_id) DO UPDATE SET updated_at = now(),
        scopes = ARRAY(SELECT DISTINCT unnest(consent.scopes || excluded.scopes))`)
    await recordAudit(tx, {
      userId,
      action: 'device.allow',
      resource: 'oauth_client',
      resourceId: clientId,
      metadata: { scopes },
    })
    return { kind: 'allowed' }
  })
}
