import { sql } from 'drizzle-orm'
import type { Database, Transaction } from '#src/db/client.ts'
import type { Logout } from '#src/db/schema/business.ts'
import type { Log } from '#src/log.ts'
import { issuerOf } from './resources.ts'

const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout'
/** OpenID Connect Back-Channel Logout §2.4 recommends two minutes at most. */
const tokenSeconds = 120
/** An agent that doesn't answer keeps nobody longer than this. */
const answerMs = 5_000
const logoutsMax = 1_000

/**
 * Whom to tell that a person is gone, read before their sessions and tokens go: every agent they signed in to that wants to hear
 * of it. One that demands the session is told each that is known here; the others all at once (§2.4: a token without `sid`).
 */
export async function findLogouts(tx: Transaction, userId: string): Promise<readonly Logout[]> {
  const { rows } = await tx.execute(sql`
    SELECT DISTINCT client.client_id,
      CASE WHEN client.backchannel_logout_session_required THEN code.session_id END AS session_id
    FROM oauth_authorization_code AS code JOIN oauth_client AS client ON client.client_id = code.client_id
    WHERE code.user_id = ${userId} AND code.redeemed_at IS NOT NULL
      AND client.backchannel_logout_uri IS NOT NULL AND NOT client.disabled
      AND (code.session_id IS NOT NULL OR client.backchannel_logout_session_required IS NOT TRUE)
    ORDER BY client.client_id LIMIT ${logoutsMax}`)
  return rows.map((row) => ({
    clientId: String(row['client_id']),
    sessionId: row['session_id'] === null ? null : String(row['session_id']),
  }))
}

/** Signs the claims of a logout token with the key of the ID tokens. */
export type SignLogoutToken = (claims: Record<string, unknown>) => Promise<string>

interface LogoutParts {
  readonly db: Database
  readonly baseUrl: string
  readonly log: Log
  readonly signLogoutToken: SignLogoutToken
}

interface Telling {
  readonly userId: string
  readonly logout: Logout
}

/** Tells one agent, once (§2.5: no retransmission). What comes of it is logged; an agent can't stop the person from going. */
export async function sendLogout(parts: LogoutParts, { userId, logout }: Telling): Promise<void> {
  const { clientId, sessionId } = logout
  const { rows } = await parts.db.execute(sql`
    SELECT backchannel_logout_uri AS uri FROM oauth_client WHERE client_id = ${clientId} AND NOT disabled`)
  const uri = rows[0]?.['uri']
  if (typeof uri !== 'string') return
  const now = Math.floor(Date.now() / 1_000)
  const token = await parts.signLogoutToken({
    iss: issuerOf(parts.baseUrl),
    aud: clientId,
    sub: userId,
    ...(sessionId === null ? {} : { sid: sessionId }),
    iat: now,
    exp: now + tokenSeconds,
    jti: crypto.randomUUID(),
    events: { [logoutEvent]: {} },
  })
  try {
    const answer = await fetch(uri, {
      method: 'POST',
      body: new URLSearchParams({ logout_token: token }),
      redirect: 'error',
      signal: AbortSignal.timeout(answerMs),
    })
    await answer.body?.cancel()
    if (!answer.ok) parts.log.warn({ clientId, status: answer.status }, 'an agent refused a logout token')
  } catch (error) {
    parts.log.warn({ clientId, err: error }, 'an agent could not be told that somebody is gone')
  }
}
