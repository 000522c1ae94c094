import { decodeJwt } from 'jose'
import { networkOf } from '../network.ts'
import { isClientAssertion } from './client-assertion.ts'
import { isClientSecret } from './client-secret.ts'
import { findClient } from './clients.ts'
import type { ProviderClient } from './clients.ts'
import type { ProviderContext, ProviderRequest } from './context.ts'
import { oauthError } from './oauth-errors.ts'
import { issuerOf } from './resources.ts'

interface Credentials {
  readonly clientId: string
  readonly secret: string | undefined
  readonly isBasic: boolean
}

/** A client that proved itself, and the form as the provider expects it from this client. */
export interface IdentifiedClient {
  readonly client: ProviderClient
  readonly form: URLSearchParams
  readonly authorization: string | undefined
}

export type Identification =
  | ({ readonly kind: 'known' } & IdentifiedClient)
  | { readonly kind: 'refused'; readonly response: Response }

/**
 * Checks who calls before the provider touches a code or a token, so that nobody else can use one up. A secret is taken from
 * the header and from the body alike, whichever the client is registered for: libraries differ, and a client that picked the
 * other one would only see "invalid_client".
 */
export async function identifyClient(
  context: ProviderContext,
  { request, clientAddress }: ProviderRequest,
  form: URLSearchParams,
): Promise<Identification> {
  const credentials = credentialsOf(request, form)
  if (credentials === undefined) {
    return refused(oauthError({ error: 'invalid_request', description: 'The client authentication is malformed.' }))
  }
  const client = await findClient(context.db, credentials.clientId)
  const issuer = issuerOf(context.baseUrl)
  const { origin, pathname } = new URL(request.url)
  const presented = { form, audiences: [issuer, `${issuer}/oauth2/token`, origin + pathname] }
  if (client !== undefined && client.isOpen && (await isAuthentic(client, credentials, presented))) {
    return { kind: 'known', client, ...asRegistered(client, credentials, form) }
  }
  const wait = await context.limits.take({ 'client:pair': [credentials.clientId, networkOf(clientAddress)] })
  if (wait !== undefined) {
    const headers = { 'retry-after': String(wait) }
    return refused(oauthError({ error: 'temporarily_unavailable', description: 'Too many wrong tries.', headers }))
  }
  const description = 'The client is unknown, switched off, or did not prove itself.'
  const headers = credentials.isBasic ? { 'www-authenticate': 'Basic realm="Rialto"' } : {}
  return refused(oauthError({ error: 'invalid_client', description, headers }))
}

const refused = (response: Response) => ({ kind: 'refused', response }) as const

interface Presented {
  readonly form: URLSearchParams
  readonly audiences: readonly string[]
}

async function isAuthentic(client: ProviderClient, { secret }: Credentials, presented: Presented): Promise<boolean> {
  switch (client.authMethod) {
    case 'none':
      return secret === undefined
    case 'private_key_jwt':
      return secret === undefined && isClientAssertion({ client, ...presented })
    default:
      return secret !== undefined && client.clientSecret !== null && isClientSecret(secret, client.clientSecret)
  }
}

/** RFC 6749 §2.3: one way of authentication per request. */
function credentialsOf(request: Request, form: URLSearchParams): Credentials | undefined {
  const inForm = form.get('client_id') ?? undefined
  const secret = form.get('client_secret') ?? undefined
  const header = request.headers.get('authorization')
  if (header !== null) {
    const basic = parseBasic(header)
    const isOther = inForm !== undefined && inForm !== basic?.clientId
    return basic === undefined || isOther || secret !== undefined ? undefined : basic
  }
  const assertion = form.get('client_assertion')
  const clientId = inForm ?? (assertion === null ? undefined : subjectOf(assertion))
  return clientId === undefined ? undefined : { clientId, secret, isBasic: false }
}

function parseBasic(header: string): Credentials | undefined {
  const encoded = /^basic +([a-z0-9+/=]+)$/i.exec(header)?.[1]
  if (encoded === undefined) return undefined
  const pair = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  if (colon < 1) return undefined
  try {
    return { clientId: decoded(pair.slice(0, colon)), secret: decoded(pair.slice(colon + 1)), isBasic: true }
  } catch {
    return undefined
  }
}

/** Both halves are form-encoded (RFC 6749 §2.3.1). */
const decoded = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '))

function subjectOf(assertion: string): string | undefined {
  try {
    return decodeJwt(assertion).sub
  } catch {
    return undefined
  }
}

function asRegistered(client: ProviderClient, { clientId, secret }: Credentials, form: URLSearchParams) {
  const sent = new URLSearchParams(form)
  if (secret === undefined) return { form: sent, authorization: undefined }
  if (client.authMethod === 'client_secret_post') {
    sent.set('client_id', clientId)
    sent.set('client_secret', secret)
    return { form: sent, authorization: undefined }
  }
  sent.delete('client_secret')
  const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`
  return { form: sent, authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}
