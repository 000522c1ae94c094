import * as oauth from 'oauth4webapi'
import { errorOf, RialtoError } from './errors.ts'
import type { Settings } from './settings.ts'

export interface TokenSource {
  /** A token that is good for at least another moment. Callers that come at once share one renewal. */
  get(): Promise<string>
  /** Forgets this token, unless another one took its place already. */
  drop(token: string): void
}

const scope = 'usage:read usage:write'
/** Renewed so long before its end, so that it doesn't end on the way. */
const marginMs = 20_000

/** Client credentials (RFC 6749 §4.4) for Rialto's API (RFC 8707), its endpoint found by discovery. */
export function createTokenSource(settings: Settings): TokenSource {
  const { issuer, clientId, clientSecret, resource, timeoutMs } = settings
  const client: oauth.Client = { client_id: clientId }
  const options = () => ({
    // The library’s own type of the same options names its absent body.
    [oauth.customFetch]: (url: string, init: unknown) => settings.fetch(url, init as RequestInit),
    [oauth.allowInsecureRequests]: issuer.protocol === 'http:',
    // Not a caller's signal: the others wait for this renewal, too.
    signal: AbortSignal.timeout(timeoutMs),
  })
  let server: oauth.AuthorizationServer | undefined
  let current: { readonly token: string; readonly endsAt: number } | undefined
  let renewal: Promise<string> | undefined

  const discover = async (): Promise<oauth.AuthorizationServer> => {
    const response = await oauth.discoveryRequest(issuer, options())
    if (response.status !== 200) throw await errorOf(response)
    return oauth.processDiscoveryResponse(issuer, response)
  }

  const renew = async (): Promise<string> => {
    try {
      server ??= await discover()
      const parameters = { scope, resource }
      const authentication = oauth.ClientSecretBasic(clientSecret)
      const sentAt = Date.now()
      const response = await oauth.clientCredentialsGrantRequest(server, client, authentication, parameters, options())
      if (response.status >= 500 || response.status === 429) throw await errorOf(response)
      const { access_token, expires_in = 60 } = await oauth.processClientCredentialsResponse(server, client, response)
      const livesMs = expires_in * 1_000
      current = { token: access_token, endsAt: sentAt + livesMs - Math.min(marginMs, livesMs / 2) }
      return access_token
    } catch (error) {
      throw failureOf(error)
    }
  }

  return {
    get: async () => {
      if (current !== undefined && Date.now() < current.endsAt) return current.token
      renewal ??= renew().finally(() => (renewal = undefined))
      return renewal
    },
    drop: (token) => {
      if (current?.token === token) current = undefined
    },
  }
}

function failureOf(error: unknown): RialtoError {
  if (error instanceof RialtoError) return error
  if (error instanceof oauth.ResponseBodyError) {
    const message = error.error_description ?? 'Rialto refused the client’s credentials'
    return new RialtoError(error.error, message, { status: error.status, cause: error })
  }
  if (error instanceof oauth.WWWAuthenticateChallengeError) {
    return new RialtoError('invalid_client', 'Rialto refused the client’s credentials', {
      status: error.status,
      cause: error,
    })
  }
  if (error instanceof oauth.OperationProcessingError) {
    return new RialtoError('unexpected_answer', `The issuer answered something else: ${error.message}`, {
      cause: error,
    })
  }
  const isTimeout = error instanceof Error && error.name === 'TimeoutError'
  return new RialtoError(isTimeout ? 'timeout' : 'network', 'The issuer could not be reached', { cause: error })
}
