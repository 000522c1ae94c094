import { findClient } from './clients.ts'
import type { ProviderClient } from './clients.ts'
import type { ProviderContext, ProviderRequest } from './context.ts'
import { readForm } from './form.ts'
import { audiencesOf } from './resources.ts'
import { scopesOf } from './scopes.ts'
import { signedAt, withoutSignature } from './signed-query.ts'

/** A refusal that may not be sent to the agent, because nobody knows that the address is the agent's. */
export type AuthErrorCode = 'unknown_client' | 'agent_unavailable' | 'redirect_mismatch'

const shownLengthMax = 500
const passedHeaders = ['cookie', 'user-agent', 'x-rialto-client-address'] as const

/**
 * The authorization endpoint (RFC 6749 §3.1), before the provider sees the request: which agent asks, that its address is one
 * it registered, letter by letter, and whether a sign-in that it demanded has happened.
 */
export async function answerAuthorize(context: ProviderContext, { request }: ProviderRequest): Promise<Response> {
  const query = await queryOf(request)
  const plain = withoutSignature(query)
  const client = await findClient(context.db, plain.get('client_id') ?? '')
  const problem = problemOf(client, plain)
  if (problem !== undefined) return errorPage(context.baseUrl, problem, plain)

  if (await isSignedInSince(context, request, query)) forgetDemand(plain)
  // Who wants to meter means our API, whether its library can say so (RFC 8707) or not.
  const metersUsage = scopesOf(plain.get('scope')).some((scope) => scope.startsWith('usage:'))
  if (metersUsage && !plain.has('resource')) plain.set('resource', audiencesOf(context.baseUrl).api)

  const url = new URL(request.url)
  url.search = plain.toString()
  // Without the others, which would have it answer a script with JSON: an authorization endpoint redirects.
  const headers = new Headers()
  for (const name of passedHeaders) {
    const value = request.headers.get(name)
    if (value !== null) headers.set(name, value)
  }
  return context.ask(new Request(url, { headers }))
}

/** OpenID Connect Core §3.1.2.1: by GET or by POST. */
async function queryOf(request: Request): Promise<URLSearchParams> {
  if (request.method === 'POST') return (await readForm(request)) ?? new URLSearchParams()
  return new URL(request.url).searchParams
}

function problemOf(client: ProviderClient | undefined, query: URLSearchParams): AuthErrorCode | undefined {
  if (client === undefined || query.getAll('client_id').length > 1) return 'unknown_client'
  if (!client.isOpen) return 'agent_unavailable'
  const [redirectUri, ...others] = query.getAll('redirect_uri')
  if (redirectUri === undefined || others.length > 0) return 'redirect_mismatch'
  // A native app can't know its port beforehand (RFC 8252 §7.3): there the provider compares all but the port.
  if (client.applicationType === 'native') return undefined
  return client.redirectUris.includes(redirectUri) ? undefined : 'redirect_mismatch'
}

function errorPage(baseUrl: string, code: AuthErrorCode, query: URLSearchParams): Response {
  const url = new URL('/auth-error', baseUrl)
  url.searchParams.set('code', code)
  for (const name of code === 'unknown_client' ? [] : ['client_id', 'redirect_uri']) {
    const value = query.get(name)
    if (value !== null) url.searchParams.set(name, value.slice(0, shownLengthMax))
  }
  return new Response(null, { status: 302, headers: { location: url.href, 'cache-control': 'no-store' } })
}

/** Whether this request already led to our sign-in page, and the person signed in there afterwards. */
async function isSignedInSince(
  { secret, signedInAt }: ProviderContext,
  request: Request,
  query: URLSearchParams,
): Promise<boolean> {
  const askedAt = await signedAt(query, secret)
  if (askedAt === undefined) return false
  const since = await signedInAt(request.headers)
  return since !== undefined && since >= askedAt
}

function forgetDemand(query: URLSearchParams): void {
  query.delete('max_age')
  const prompts = scopesOf(query.get('prompt')).filter((prompt) => prompt !== 'login' && prompt !== 'create')
  if (prompts.length > 0) query.set('prompt', prompts.join(' '))
  else query.delete('prompt')
}
