import * as oauth from 'oauth4webapi'
import { decided, issuerFailure } from './issuer.ts'
import type { Issuer } from './issuer.ts'

export interface TokenSource {
  /** A token that is good for at least another moment. Callers that come at once share one renewal. */
  get(): Promise<string>
  /** Forgets this token, unless another one took its place already. */
  drop(token: string): void
}

const scope = 'usage:read usage:write'
/** Renewed so long before its end, so that it doesn't end on the way. */
const marginMs = 20_000

/** Client credentials (RFC 6749 §4.4) for Rialto's API (RFC 8707). */
export function createTokenSource(issuer: Issuer, resource: string): TokenSource {
  const { client, authentication } = issuer
  let current: { readonly token: string; readonly endsAt: number } | undefined
  let renewal: Promise<string> | undefined

  const renew = async (): Promise<string> => {
    try {
      const server = await issuer.server()
      const sentAt = Date.now()
      const response = await decided(
        // No caller's signal: the others wait for this renewal, too.
        oauth.clientCredentialsGrantRequest(server, client, authentication, { scope, resource }, issuer.options()),
      )
      const { access_token, expires_in = 60 } = await oauth.processClientCredentialsResponse(server, client, response)
      const livesMs = expires_in * 1_000
      current = { token: access_token, endsAt: sentAt + livesMs - Math.min(marginMs, livesMs / 2) }
      return access_token
    } catch (error) {
      throw issuerFailure(error)
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
