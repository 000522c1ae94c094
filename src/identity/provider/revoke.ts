import { sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { hashCode } from '../authorization-codes/code-hash.ts'
import type { ProviderContext, ProviderRequest } from './context.ts'
import { readForm, repeatsParameter, withForm } from './form.ts'
import { endGrant } from './grants.ts'
import { identifyClient } from './identify-client.ts'
import { oauthError } from './oauth-errors.ts'

/**
 * Token revocation (RFC 7009). A refresh token takes its whole grant along; a JWT is refused at every endpoint of ours from
 * then on. The provider knows neither. A token that is unknown, or another client's, is answered like one that was revoked.
 */
export async function answerRevoke(context: ProviderContext, asked: ProviderRequest): Promise<Response> {
  const form = await readForm(asked.request)
  const token = form?.get('token') ?? ''
  if (form === undefined || token === '' || repeatsParameter(form)) {
    return oauthError({ error: 'invalid_request', description: 'Send a form with a token.' })
  }
  const identified = await identifyClient(context, asked, form)
  if (identified.kind === 'refused') return identified.response
  const { client } = identified
  // Its proof is the provider's to check, and is checked even for a token that does not exist.
  if (client.authMethod === 'private_key_jwt') {
    const unknown = new URLSearchParams(identified.form)
    unknown.set('token', 'none')
    const answer = await context.ask(withForm({ request: asked.request, form: unknown }))
    if (answer.status === 401 || (await errorOf(answer)) === 'invalid_client') return answer
  }

  if (token.includes('.')) await revokeJwt(context, { token, clientId: client.clientId })
  else await revokeOpaque(context.db, { hash: hashCode(token), clientId: client.clientId })
  return new Response(null, { status: 200, headers: { 'cache-control': 'no-store' } })
}

async function errorOf(answer: Response): Promise<unknown> {
  if (answer.ok) return undefined
  return ((await answer.clone().json()) as { error?: unknown } | null)?.error
}

async function revokeJwt({ db, tokens }: ProviderContext, { token, clientId }: { token: string; clientId: string }) {
  const claims = await tokens.verify(token, { mustBeFresh: true })
  if (claims === undefined || claims.clientId !== clientId) return
  await db.execute(sql`
    INSERT INTO revoked_tokens (jti, expires_at) VALUES (${claims.jti}, ${claims.expiresAt})
    ON CONFLICT (jti) DO NOTHING`)
}

const revokeOpaque = (db: Database, { hash, clientId }: { hash: string; clientId: string }): Promise<void> =>
  db.transaction(async (tx) => {
    const { rows } = await tx.execute(sql`
      SELECT code.id FROM oauth_refresh_token AS token
        JOIN oauth_authorization_code AS code ON code.code_hash = token.authorization_code_id
      WHERE token.token = ${hash} AND token.client_id = ${clientId}`)
    const [grant] = rows
    if (grant !== undefined) await endGrant(tx, String(grant['id']))
    await tx.execute(sql`DELETE FROM oauth_access_token WHERE token = ${hash} AND client_id = ${clientId}`)
  })
