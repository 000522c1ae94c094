import { takeAcrRequest } from './acr-request.ts'
import { findClient } from './clients.ts'
import type { ProviderClient } from './clients.ts'
import type { ProviderContext, ProviderRequest } from './context.ts'
import { readForm } from './form.ts'
import { addPrompt, dropPrompts, promptsOf } from './prompts.ts'
import { isPushedUri, takePushed } from './pushed-requests.ts'
import { isRegistered } from './redirect-uris.ts'
import { audiencesOf, issuerOf } from './resources.ts'
import { scopesOf } from './scopes.ts'
import { accountChoice, signedAt, withoutSignature } from './signed-query.ts'
import { stepUpFor } from './step-up.ts'

/** A refusal that may not be sent to the agent, because nobody knows that the address is the agent's. */
export type AuthErrorCode = 'unknown_client' | 'agent_unavailable' | 'redirect_mismatch' | 'request_gone'

const shownLengthMax = 500
const passedHeaders = ['cookie', 'user-agent', 'x-rialto-client-address'] as const

/**
 * The authorization endpoint (RFC 6749 §3.1), before the provider sees the request: which agent asks, that its address is one
 * it registered, letter by letter, whether a sign-in that it demanded has happened, and whether that was of the class it wants.
 */
export async function answerAuthorize(context: ProviderContext, { request }: ProviderRequest): Promise<Response> {
  const asked = await readAsked(context, await queryOf(request))
  const { query, askedAt } = asked
  if (asked.isGone) return errorPage(context.baseUrl, 'request_gone', query)
  const client = await findClient(context.db, query.get('client_id') ?? '')
  const problem = problemOf(client, query)
  if (client === undefined || problem !== undefined) {
    return errorPage(context.baseUrl, problem ?? 'unknown_client', query)
  }
  const goBack = (error: string, description: string): Response =>
    sendBack({ issuer: issuerOf(context.baseUrl), query, error, description })
  if (client.requiresPush && !asked.isPushed && askedAt === undefined) {
    return goBack('invalid_request', 'This client pushes its requests (RFC 9126)')
  }
  const wanted = takeAcrRequest(query)
  if (wanted.kind === 'impossible') return goBack(unmet, 'No sign-in here is of an essential acr')

  const needsSession = askedAt !== undefined || wanted.classes.length > 0
  const session = needsSession ? await context.findSession(request.headers) : undefined
  if (askedAt !== undefined && session !== undefined && session.at >= askedAt) forgetDemand(query)
  else if (askedAt !== undefined && asked.choseAccount) dropPrompts(query, ['select_account'])
  if (session !== undefined) {
    const stepUp = await stepUpFor(context.db, { session, wanted: wanted.classes })
    if (stepUp === 'impossible') return goBack(unmet, 'The person has no way to sign in like this')
    if (stepUp === 'needed' && promptsOf(query).includes('none')) return goBack('login_required', 'A sign-in is needed')
    if (stepUp === 'needed') addPrompt(query, 'login')
  }
  return askProvider(context, { request, query })
}

/** OpenID Connect Core Unmet Authentication Requirements §2. */
const unmet = 'unmet_authentication_requirements'

interface Asked {
  /** The agent's request alone. */
  readonly query: URLSearchParams
  /** When the provider signed it for our pages, which lead back here; undefined at the first time. */
  readonly askedAt: Date | undefined
  /** It was pushed, and is taken by this. */
  readonly isPushed: boolean
  /** It was pushed, and is used, too old, or another client's. */
  readonly isGone: boolean
  /** On our page the person chose to go on as who is signed in. */
  readonly choseAccount: boolean
}

async function readAsked({ db, secret }: ProviderContext, sent: URLSearchParams): Promise<Asked> {
  const choseAccount = sent.has(accountChoice)
  sent.delete(accountChoice)
  const requestUri = sent.get('request_uri')
  if (requestUri !== null && isPushedUri(requestUri)) {
    // What else the query holds doesn't count (RFC 9101 §6.3).
    const query = await takePushed(db, { clientId: sent.get('client_id') ?? '', requestUri })
    const isGone = query === undefined
    return { query: query ?? sent, askedAt: undefined, isPushed: !isGone, isGone, choseAccount: false }
  }
  const askedAt = await signedAt(sent, secret)
  return { query: withoutSignature(sent), askedAt, isPushed: false, isGone: false, choseAccount }
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
  if (redirectUri === undefined || others.length > 0 || !isRegistered(client, redirectUri)) return 'redirect_mismatch'
  return undefined
}

function errorPage(baseUrl: string, code: AuthErrorCode, query: URLSearchParams): Response {
  const url = new URL('/auth-error', baseUrl)
  url.searchParams.set('code', code)
  for (const name of code === 'unknown_client' ? [] : ['client_id', 'redirect_uri']) {
    const value = query.get(name)
    if (value !== null) url.searchParams.set(name, value.slice(0, shownLengthMax))
  }
  return redirectTo(url)
}

interface Refusal {
  readonly issuer: string
  readonly query: URLSearchParams
  readonly error: string
  readonly description: string
}

/** To the agent, with an error (RFC 6749 §4.1.2.1, RFC 9207). Its address was found to be registered. */
function sendBack({ issuer, query, error, description }: Refusal): Response {
  const url = new URL(query.get('redirect_uri') ?? '')
  url.searchParams.set('error', error)
  url.searchParams.set('error_description', description)
  const state = query.get('state')
  if (state !== null) url.searchParams.set('state', state)
  url.searchParams.set('iss', issuer)
  return redirectTo(url)
}

const redirectTo = (url: URL): Response =>
  new Response(null, { status: 302, headers: { location: url.href, 'cache-control': 'no-store' } })

/** The person signed in again, so whatever the agent demanded of that has happened. */
function forgetDemand(query: URLSearchParams): void {
  query.delete('max_age')
  dropPrompts(query, ['login', 'create', 'select_account'])
}

interface Passing {
  readonly request: Request
  readonly query: URLSearchParams
}

function askProvider(context: ProviderContext, { request, query }: Passing): Promise<Response> {
  // Who wants to meter means our API, whether its library can say so (RFC 8707) or not.
  const metersUsage = scopesOf(query.get('scope')).some((scope) => scope.startsWith('usage:'))
  if (metersUsage && !query.has('resource')) query.set('resource', audiencesOf(context.baseUrl).api)
  const url = new URL(request.url)
  url.search = query.toString()
  // Without the others, which would have it answer a script with JSON: an authorization endpoint redirects.
  const headers = new Headers()
  for (const name of passedHeaders) {
    const value = request.headers.get(name)
    if (value !== null) headers.set(name, value)
  }
  return context.ask(new Request(url, { headers }))
}
