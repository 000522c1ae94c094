import { sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Database } from '#src/db/client.ts'
import { networkOf } from '../network.ts'
import type { ProviderContext, ProviderRequest } from './context.ts'
import { registeredScopes, scopesOf } from './scopes.ts'

const namesMax = 120
const urisMax = 20

const allowed: ReadonlySet<string> = new Set(registeredScopes)

/** What a program may say about itself. The rest of RFC 7591 is left out: nothing here would read it. */
const metadata = z.object({
  redirect_uris: z.array(z.string().max(2_000)).min(1).max(urisMax),
  // Shown to the person who is asked for consent.
  client_name: z
    .string()
    .trim()
    .min(1)
    .max(namesMax)
    .regex(/^[^\p{Cc}\p{Cf}\p{Cs}]*$/u)
    .optional(),
  client_uri: z.url({ protocol: /^https$/ }).optional(),
  grant_types: z.array(z.enum(['authorization_code', 'refresh_token'])).optional(),
  response_types: z.array(z.literal('code')).optional(),
  token_endpoint_auth_method: z.enum(['none', 'client_secret_basic', 'client_secret_post']).optional(),
  application_type: z.enum(['web', 'native']).optional(),
  scope: z.string().max(500).optional(),
  dpop_bound_access_tokens: z.boolean().optional(),
  require_pushed_authorization_requests: z.boolean().optional(),
})

/**
 * Dynamic registration (RFC 7591) for programs that nobody could register beforehand, such as MCP clients. It is open, so it is
 * limited by network, gives no machine tokens, and belongs to nobody: a session that happens to be there is not passed on.
 */
export async function answerRegister(context: ProviderContext, asked: ProviderRequest): Promise<Response> {
  const wait = await context.limits.take({ 'register:network': [networkOf(asked.clientAddress)] })
  if (wait !== undefined) return refusal(429, 'temporarily_unavailable', { 'retry-after': String(wait) })
  const parsed = metadata.safeParse(await jsonOf(asked.request))
  if (!parsed.success) {
    const isAddress = parsed.error.issues.some(({ path }) => path[0] === 'redirect_uris')
    return refusal(400, isAddress ? 'invalid_redirect_uri' : 'invalid_client_metadata')
  }
  // Who asks for more than there is gets what there is (RFC 7591 §3.2.1); the answer says so.
  const scope = scopesOf(parsed.data.scope).filter((name) => allowed.has(name))
  const body = {
    ...parsed.data,
    scope: scope.length > 0 ? scope.join(' ') : undefined,
    application_type: parsed.data.application_type ?? kindOf(parsed.data.redirect_uris),
  }
  const headers = { 'content-type': 'application/json' }
  const answer = await context.ask(
    new Request(asked.request.url, { method: 'POST', headers, body: JSON.stringify(body) }),
  )
  return answer.ok && body.require_pushed_authorization_requests === true ? requirePush(context.db, answer) : answer
}

/** RFC 9126 §6, which the provider does not know. */
async function requirePush(db: Database, answer: Response): Promise<Response> {
  const client = (await answer.json()) as { client_id: string }
  await db.execute(sql`
    UPDATE oauth_client SET require_pushed_authorization_requests = true WHERE client_id = ${client.client_id}`)
  const headers = new Headers(answer.headers)
  headers.delete('content-length')
  const body = { ...client, require_pushed_authorization_requests: true }
  return new Response(JSON.stringify(body), { status: answer.status, headers })
}

async function jsonOf(request: Request): Promise<unknown> {
  try {
    return await request.json()
  } catch {
    return undefined
  }
}

/** Programs on somebody's machine rarely say so, and a web client may not be sent back to a loopback address. */
const kindOf = (uris: readonly string[]): 'web' | 'native' =>
  uris.every((uri) => !uri.toLowerCase().startsWith('https:')) ? 'native' : 'web'

const descriptions = {
  temporarily_unavailable: 'Too many registrations from this network.',
  invalid_redirect_uri: 'Give between 1 and 20 redirect_uris.',
  invalid_client_metadata: 'A field of the registration is not as RFC 7591 and this server want it.',
} as const

const refusal = (status: number, error: keyof typeof descriptions, headers: Record<string, string> = {}): Response =>
  Response.json(
    { error, error_description: descriptions[error] },
    { status, headers: { 'cache-control': 'no-store', ...headers } },
  )
