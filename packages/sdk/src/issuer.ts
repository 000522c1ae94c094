import * as oauth from 'oauth4webapi'
import { errorOf, RialtoError } from './errors.ts'
import type { Settings } from './settings.ts'

/** The marketplace as an OAuth server, and this agent as its client. */
export interface Issuer {
  readonly client: oauth.Client
  readonly authentication: oauth.ClientAuth
  /** Found by discovery, once. */
  server(): Promise<oauth.AuthorizationServer>
  /** Of one request. */
  options(): oauth.TokenEndpointRequestOptions & oauth.UserInfoRequestOptions
}

export function createIssuer({ issuer, clientId, clientSecret, fetch, timeoutMs }: Settings): Issuer {
  let server: oauth.AuthorizationServer | undefined
  const options = () => ({
    // The library’s own type of the same options names its absent body.
    [oauth.customFetch]: (url: string, init: unknown) => fetch(url, init as RequestInit),
    [oauth.allowInsecureRequests]: issuer.protocol === 'http:',
    signal: AbortSignal.timeout(timeoutMs),
  })
  const discover = async (): Promise<oauth.AuthorizationServer> => {
    const response = await oauth.discoveryRequest(issuer, options())
    if (response.status !== 200) throw await errorOf(response)
    return oauth.processDiscoveryResponse(issuer, response)
  }
  return {
    client: { client_id: clientId },
    authentication: oauth.ClientSecretBasic(clientSecret),
    server: async () => (server ??= await discover()),
    options,
  }
}

/** The answer, unless it is one that says nothing about the request: then its error. */
export async function decided(answer: Promise<Response>): Promise<Response> {
  const response = await answer
  if (response.status >= 500 || response.status === 429) throw await errorOf(response)
  return response
}

/** What went wrong at the issuer, in the SDK's own words. */
export function issuerFailure(error: unknown): RialtoError {
  if (error instanceof RialtoError) return error
  if (error instanceof oauth.AuthorizationResponseError) {
    return new RialtoError(error.error, error.error_description ?? 'Rialto did not sign the person in', {
      cause: error,
    })
  }
  if (error instanceof oauth.ResponseBodyError) {
    const message = error.error_description ?? `Rialto refused: ${error.error}`
    return new RialtoError(error.error, message, { status: error.status, cause: error })
  }
  if (error instanceof oauth.WWWAuthenticateChallengeError) {
    const code = error.cause[0]?.parameters.error ?? 'invalid_client'
    return new RialtoError(code, `Rialto refused: ${code}`, { status: error.status, cause: error })
  }
  if (error instanceof oauth.OperationProcessingError) {
    return new RialtoError('unexpected_answer', `The issuer answered something else: ${error.message}`, {
      cause: error,
    })
  }
  const isTimeout = error instanceof Error && error.name === 'TimeoutError'
  return new RialtoError(isTimeout ? 'timeout' : 'network', 'The issuer could not be reached', { cause: error })
}
