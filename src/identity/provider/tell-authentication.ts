import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { decodeJwt } from 'jose'
import type { Database } from '#src/db/client.ts'
import type { ProviderContext } from './context.ts'

interface Authentication {
  readonly acr: string
  readonly amr: readonly string[]
  /** Seconds since 1970. */
  readonly authTime: number
}

interface Tokens {
  readonly access_token: string
  readonly id_token?: string
}

/**
 * Has the tokens of a grant say how its person signed in: `acr`, `amr` and `auth_time` (OpenID Connect Core §2, RFC 9068 §2.2.1,
 * RFC 9470 §6). The provider owns these claims, says "0" and nothing, and takes no other; so what it signed is signed anew with
 * them. A grant of which nobody noted it keeps its tokens as they are.
 */
export async function tellAuthentication(
  { db, keys }: ProviderContext,
  { answer, grantId }: { readonly answer: Response; readonly grantId: string },
): Promise<Response> {
  const authentication = await findAuthentication(db, grantId)
  if (authentication === undefined) return answer
  const { acr, amr, authTime } = authentication
  const tokens = (await answer.json()) as Tokens
  const told = { acr, amr, auth_time: authTime }
  const accessToken = tokens.access_token.includes('.')
    ? await keys.sign({ claims: { ...decodeJwt(tokens.access_token), ...told }, typ: 'at+jwt' })
    : tokens.access_token
  const claims = tokens.id_token === undefined ? undefined : { ...decodeJwt(tokens.id_token), ...told }
  const idToken = claims && (await keys.sign({ claims: { ...claims, at_hash: halfHash(accessToken) } }))
  const body = { ...tokens, access_token: accessToken, ...(idToken !== undefined && { id_token: idToken }) }
  const headers = new Headers(answer.headers)
  headers.delete('content-length')
  return new Response(JSON.stringify(body), { status: answer.status, headers })
}

async function findAuthentication(db: Database, grantId: string): Promise<Authentication | undefined> {
  const { rows } = await db.execute(sql`
    SELECT acr, amr, floor(extract(epoch FROM authenticated_at))::float8 AS auth_time
    FROM oauth_authorization_code WHERE id = ${grantId} AND acr IS NOT NULL AND authenticated_at IS NOT NULL`)
  const [row] = rows
  if (row === undefined) return undefined
  return {
    acr: String(row['acr']),
    amr: (row['amr'] ?? []) as readonly string[],
    authTime: Number(row['auth_time']),
  }
}

/** OpenID Connect Core §3.1.3.6, for tokens signed by ES256. */
const halfHash = (token: string): string =>
  createHash('sha256').update(token, 'ascii').digest().subarray(0, 16).toString('base64url')
