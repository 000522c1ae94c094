import { dpopAlgorithms, proofSecondsMax } from '../guards/dpop.ts'
import { isDpopProofError, verifyDpopProof } from '@better-auth/core/oauth2'
import { networkOf } from '../network.ts'
import type { ProviderContext, ProviderRequest } from './context.ts'
import { readForm, repeatsParameter } from './form.ts'
import { identifyClient } from './identify-client.ts'
import type { IdentifiedClient } from './identify-client.ts'
import { oauthError } from './oauth-errors.ts'
import { keepPushed, pushedSeconds } from './pushed-requests.ts'
import { isRegistered } from './redirect-uris.ts'
import { oauthScopes, scopesOf } from './scopes.ts'

/** What only proves who asks; the request is kept without it. */
const credentials = ['client_secret', 'client_assertion', 'client_assertion_type'] as const
const queryLengthMax = 8_000

/**
 * Pushed authorization requests (RFC 9126): an agent leaves its request here, proven like at the token endpoint, and sends the
 * person with a reference that says nothing and counts once. What would be refused later anyway is refused at once.
 */
export async function answerPush(context: ProviderContext, asked: ProviderRequest): Promise<Response> {
  const form = await readForm(asked.request)
  if (form === undefined || repeatsParameter(form)) {
    return oauthError({ error: 'invalid_request', description: 'Send a form, with each parameter once.' })
  }
  const identified = await identifyClient(context, asked, form)
  if (identified.kind === 'refused') return identified.response
  const refusal = (await refuseClient(context, asked, identified)) ?? refuseRequest(identified)
  if (refusal !== undefined) return refusal

  const { clientId } = identified.client
  const query = new URLSearchParams(identified.form)
  query.set('client_id', clientId)
  for (const name of credentials) query.delete(name)
  const jkt = await provenKey(asked.request)
  if (jkt === 'invalid' || (jkt !== undefined && (query.get('dpop_jkt') ?? jkt) !== jkt)) {
    return oauthError({ error: 'invalid_dpop_proof', description: 'The proof is not one for this request and key.' })
  }
  if (jkt !== undefined) query.set('dpop_jkt', jkt)
  if (query.toString().length > queryLengthMax) {
    return oauthError({ error: 'invalid_request', description: `The request is longer than ${queryLengthMax}.` })
  }
  const body = { request_uri: await keepPushed(context.db, { clientId, query }), expires_in: pushedSeconds }
  return Response.json(body, { status: 201, headers: { 'cache-control': 'no-store' } })
}

async function refuseClient(
  context: ProviderContext,
  { request, clientAddress }: ProviderRequest,
  { client, form }: IdentifiedClient,
): Promise<Response | undefined> {
  // Anybody can name a public client.
  if (client.authMethod === 'none') {
    const wait = await context.limits.take({ 'push:pair': [client.clientId, networkOf(clientAddress)] })
    if (wait === undefined) return undefined
    const headers = { 'retry-after': String(wait) }
    return oauthError({ error: 'temporarily_unavailable', description: 'Too many requests.', headers })
  }
  if (client.authMethod !== 'private_key_jwt') return undefined
  // Its proof is the provider's to check, which does so before it finds that there is no such token.
  const proof = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'none', client_id: client.clientId })
  for (const name of credentials) {
    const value = form.get(name)
    if (value !== null) proof.set(name, value)
  }
  const answer = await context.askForTokens({ request, form: proof })
  const { error } = (await answer.clone().json()) as { error?: unknown }
  return error === 'invalid_grant' ? undefined : answer
}

function refuseRequest({ client, form }: IdentifiedClient): Response | undefined {
  if (form.has('request_uri')) return refused('invalid_request', 'A pushed request can’t refer to another.')
  if (form.has('request')) return refused('request_not_supported', 'Request objects are not offered.')
  if (form.get('response_type') !== 'code')
    return refused('unsupported_response_type', 'The one response type is code.')
  if (!isRegistered(client, form.get('redirect_uri') ?? '')) {
    return refused('invalid_request', 'The redirect_uri is not registered.')
  }
  if (!scopesOf(form.get('scope')).every((scope) => (oauthScopes as readonly string[]).includes(scope))) {
    return refused('invalid_scope', 'A scope is not offered.')
  }
  return undefined
}

const refused = (error: Parameters<typeof oauthError>[0]['error'], description: string): Response =>
  oauthError({ error, description })

/** RFC 9449 §10.1: a proof sent along binds the code to its key. The code then needs another one, so this is not used up. */
async function provenKey(request: Request): Promise<string | 'invalid' | undefined> {
  const proof = request.headers.get('dpop')
  if (proof === null) return undefined
  try {
    const { jkt } = await verifyDpopProof({
      proofJwt: proof,
      method: request.method,
      url: request.url,
      proofMaxAgeSeconds: proofSecondsMax,
      signingAlgorithms: dpopAlgorithms,
    })
    return jkt
  } catch (error) {
    if (isDpopProofError(error)) return 'invalid'
    throw error
  }
}
