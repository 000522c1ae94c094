import * as oauth from 'oauth4webapi'
import { RialtoError } from './errors.ts'
import { decided, issuerFailure } from './issuer.ts'
import type { Issuer } from './issuer.ts'

export interface SignInOptions {
  /** One of those that the agent registered. */
  readonly redirectUri: string
  /** `openid profile offline_access` unless given. */
  readonly scope?: string
}

/** Somebody who signed in. Plain data: keep it where your sessions are, never in the browser. */
export interface Session {
  /** Their `sub`: what metering calls `userId`. */
  readonly userId: string
  /** With the scope `profile`. */
  readonly name: string | undefined
  /** With the scope `email`. */
  readonly email: string | undefined
  readonly accessToken: string
  /** With the scope `offline_access`. */
  readonly refreshToken: string | undefined
}

export interface SignIn {
  /** Where to send the person, and what to keep of it for `finish`: in a signed cookie of theirs, for minutes. */
  begin(parameters?: Readonly<Record<string, string>>): Promise<{ readonly url: URL; readonly flow: string }>
  /**
   * Who came back to the redirect URI with this query. Rejects with `invalid_flow` for a flow that is none or another's, and with
   * the code of OAuth's error, such as `access_denied`.
   */
  finish(query: URLSearchParams, flow: string): Promise<Session>
  /**
   * The session with living tokens: keep what comes back. Undefined when Rialto no longer stands for it: disconnected, signed out,
   * deleted. Rejects, as `unavailable` and the like, where that can't be known now.
   */
  renew(session: Session): Promise<Session | undefined>
}

interface Flow {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
}

/** Sign in with Rialto: the code flow of OpenID Connect with PKCE (RFC 7636), state and nonce. */
export function createSignIn(
  issuer: Issuer,
  { redirectUri, scope = 'openid profile offline_access' }: SignInOptions,
): SignIn {
  const { client, authentication } = issuer
  /** By refresh token: each is good once, so requests that come together share what it gave. */
  const renewals = new Map<string, Promise<Session | undefined>>()

  const begin: SignIn['begin'] = async (parameters = {}) => {
    const server = await issuer.server()
    const flow: Flow = {
      state: oauth.generateRandomState(),
      nonce: oauth.generateRandomNonce(),
      verifier: oauth.generateRandomCodeVerifier(),
    }
    const url = new URL(server.authorization_endpoint ?? '')
    const query = {
      ...parameters,
      response_type: 'code',
      client_id: client.client_id,
      redirect_uri: redirectUri,
      scope,
      state: flow.state,
      nonce: flow.nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(flow.verifier),
      code_challenge_method: 'S256',
    }
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    return { url, flow: JSON.stringify(flow) }
  }

  const finish: SignIn['finish'] = async (query, flow) => {
    const { state, nonce: expectedNonce, verifier } = readFlow(flow)
    if (query.get('state') !== state) throw new RialtoError('invalid_flow', 'This sign-in was begun elsewhere')
    const server = await issuer.server()
    const callback = oauth.validateAuthResponse(server, client, query, state)
    const response = await decided(
      oauth.authorizationCodeGrantRequest(
        server,
        client,
        authentication,
        callback,
        redirectUri,
        verifier,
        issuer.options(),
      ),
    )
    const checks = { expectedNonce, requireIdToken: true }
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, checks)
    const claims = oauth.getValidatedIdTokenClaims(tokens)
    if (claims === undefined) throw new RialtoError('unexpected_answer', 'The issuer sent no ID token')
    const { sub: userId, name, email } = claims
    return { userId, name: textOf(name), email: textOf(email), ...tokensOf(tokens) }
  }

  const isLiving = async ({ accessToken, userId }: Session): Promise<boolean> => {
    const server = await issuer.server()
    const response = await decided(oauth.userInfoRequest(server, client, accessToken, issuer.options()))
    if (response.status === 401) return false
    await oauth.processUserInfoResponse(server, client, userId, response)
    return true
  }

  const refresh = async (session: Session, refreshToken: string): Promise<Session | undefined> => {
    const server = await issuer.server()
    const response = await decided(
      oauth.refreshTokenGrantRequest(server, client, authentication, refreshToken, issuer.options()),
    )
    const tokens = await oauth.processRefreshTokenResponse(server, client, response)
    return { ...session, ...tokensOf(tokens, refreshToken) }
  }

  const renew: SignIn['renew'] = async (session) => {
    if (await isLiving(session)) return session
    const { refreshToken } = session
    if (refreshToken === undefined) return undefined
    const renewal = renewals.get(refreshToken) ?? refresh(session, refreshToken)
    renewals.set(refreshToken, renewal)
    try {
      return await renewal
    } catch (error) {
      const failure = issuerFailure(error)
      if (failure.code === 'invalid_grant') return undefined
      throw failure
    } finally {
      renewals.delete(refreshToken)
    }
  }

  const failing =
    <Arguments extends unknown[], Result>(work: (...given: Arguments) => Promise<Result>) =>
    (...given: Arguments): Promise<Result> =>
      work(...given).catch((error: unknown) => Promise.reject(issuerFailure(error)))
  return { begin: failing(begin), finish: failing(finish), renew: failing(renew) }
}

function readFlow(text: string): Flow {
  try {
    const { state, nonce, verifier } = JSON.parse(text) as Flow
    if ([state, nonce, verifier].every((part) => typeof part === 'string')) return { state, nonce, verifier }
  } catch {
    // Said below, as for whatever else is not what begin gave.
  }
  throw new RialtoError('invalid_flow', 'This is no sign-in that was begun here')
}

const tokensOf = ({ access_token, refresh_token }: oauth.TokenEndpointResponse, before?: string) => ({
  accessToken: access_token,
  refreshToken: refresh_token ?? before,
})

const textOf = (claim: unknown): string | undefined => (typeof claim === 'string' ? claim : undefined)
