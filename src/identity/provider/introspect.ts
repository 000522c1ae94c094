import { sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { hashCode } from '../authorization-codes/code-hash.ts'
import { challenge } from '../guards/challenge.ts'
import type { TokenScheme } from '../guards/challenge.ts'
import { isOpenClient } from './clients.ts'
import type { ProviderContext, ProviderRequest } from './context.ts'
import { readForm, repeatsParameter, withForm } from './form.ts'
import { identifyClient } from './identify-client.ts'
import { oauthError } from './oauth-errors.ts'

/** Token introspection (RFC 7662): the provider's answer, unless the token was ended in a way that only we know. */
export async function answerIntrospect(context: ProviderContext, asked: ProviderRequest): Promise<Response> {
  const form = await readForm(asked.request)
  const token = form?.get('token') ?? ''
  if (form === undefined || token === '' || repeatsParameter(form)) {
    return oauthError({ error: 'invalid_request', description: 'Send a form with a token.' })
  }
  const identified = await identifyClient(context, asked, form)
  if (identified.kind === 'refused') return identified.response
  const answer = await context.ask(withForm({ ...identified, request: asked.request }))
  if (!answer.ok || (await stillCounts(context, token))) return answer
  return Response.json({ active: false }, { headers: { 'cache-control': 'no-store' } })
}

/**
 * UserInfo (OpenID Connect Core §5.3) with a token that was ended is answered as with a wrong one. The provider gets the one
 * token that was looked at here, so that none reaches it by another way (RFC 6750 §2: header or form, never both).
 */
export async function answerUserInfo(context: ProviderContext, { request }: ProviderRequest): Promise<Response> {
  const authorization = request.headers.get('authorization')
  const form = request.method === 'POST' ? await readForm(request.clone()) : undefined
  const sent = form?.getAll('access_token') ?? []
  if (sent.length > 1 || (sent.length === 1 && authorization !== null)) {
    return oauthError({ error: 'invalid_request', description: 'Send one access token, in one place.' })
  }
  const presented = authorization ?? (sent[0] === undefined ? undefined : `Bearer ${sent[0]}`)
  const token = /^(?:bearer|dpop) +(\S+)$/i.exec(presented ?? '')?.[1]
  const scheme = /^dpop /i.test(presented ?? '') ? 'DPoP' : 'Bearer'
  if (token === undefined || (await stillCounts(context, token))) {
    return withChallenge(await context.ask(userInfoRequest(request, presented)), scheme)
  }
  const refusal = { error: 'invalid_token', error_description: 'Invalid access token' }
  return withChallenge(Response.json(refusal, { status: 401, headers: { 'cache-control': 'no-store' } }), scheme)
}

/** RFC 6750 §3 and RFC 9449 §7.1 want every refusal to say so in its header; the provider does for some. */
async function withChallenge(answer: Response, scheme: TokenScheme): Promise<Response> {
  if (answer.status !== 401) return answer
  const { error } = (await answer.clone().json()) as { error?: unknown }
  const refusal = ([{ error: 'invalid_token' }, { error: 'invalid_dpop_proof' }] as const).find(
    (known) => known.error === error,
  )
  const headers = new Headers(answer.headers)
  headers.set('www-authenticate', challenge({ scheme, refusal }))
  return new Response(answer.body, { status: answer.status, headers })
}

/** The request with its token in the header and nothing in its body. A proof of possession names the method, so that one keeps it. */
function userInfoRequest(request: Request, authorization: string | undefined): Request {
  const headers = new Headers(request.headers)
  for (const name of ['authorization', 'content-type', 'content-length']) headers.delete(name)
  if (authorization !== undefined) headers.set('authorization', authorization)
  if (request.method !== 'POST' || !headers.has('dpop')) return new Request(request.url, { headers })
  return new Request(request.url, { method: 'POST', headers, body: new URLSearchParams() })
}

async function stillCounts({ db, tokens }: ProviderContext, token: string): Promise<boolean> {
  if (token.includes('.')) return (await tokens.verify(token, { mustBeFresh: true })) !== undefined
  return opaqueCounts(db, hashCode(token))
}

/** Access and refresh tokens that are kept as rows; one that has no row is the provider's to refuse. */
async function opaqueCounts(db: Database, hash: string): Promise<boolean> {
  const { rows } = await db.execute(sql`
    SELECT bool_and(${isOpenClient} AND code.revoked_at IS NULL AND NOT coalesce(person.banned, false)) AS counts
    FROM (
      SELECT client_id, user_id, authorization_code_id FROM oauth_access_token WHERE token = ${hash}
      UNION ALL
      SELECT client_id, user_id, authorization_code_id FROM oauth_refresh_token WHERE token = ${hash}
    ) AS token
      JOIN oauth_client AS client ON client.client_id = token.client_id
      LEFT JOIN agents AS agent ON agent.oauth_client_id = client.client_id
      LEFT JOIN oauth_authorization_code AS code ON code.code_hash = token.authorization_code_id
      LEFT JOIN "user" AS person ON person.id = token.user_id`)
  return rows[0]?.['counts'] !== false
}
