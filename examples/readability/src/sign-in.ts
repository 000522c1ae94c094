// Sign in with Rialto: OpenID Connect by a stock client. Nothing here is special to Rialto.
import * as oidc from 'openid-client'

/** What the browser keeps, signed, between leaving for Rialto and coming back. */
export interface Flow {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
}

export interface Session {
  readonly userId: string
  readonly name: string
  readonly accessToken: string
  readonly refreshToken: string
}

export function discover({
  issuer,
  clientId,
  clientSecret,
}: Readonly<Record<'issuer' | 'clientId' | 'clientSecret', string>>) {
  const url = new URL(issuer)
  // Plain http is for a marketplace on this very machine.
  const execute = url.protocol === 'http:' ? [oidc.allowInsecureRequests] : []
  return oidc.discovery(url, clientId, clientSecret, oidc.ClientSecretBasic(clientSecret), { execute })
}

export async function begin(client: oidc.Configuration, redirectUri: string): Promise<{ flow: Flow; url: URL }> {
  const flow = { state: oidc.randomState(), nonce: oidc.randomNonce(), verifier: oidc.randomPKCECodeVerifier() }
  const url = oidc.buildAuthorizationUrl(client, {
    redirect_uri: redirectUri,
    scope: 'openid profile offline_access',
    state: flow.state,
    nonce: flow.nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(flow.verifier),
    code_challenge_method: 'S256',
  })
  return { flow, url }
}

export async function finish(client: oidc.Configuration, callback: URL, flow: Flow): Promise<Session> {
  const { state: expectedState, nonce: expectedNonce, verifier: pkceCodeVerifier } = flow
  const checks = { expectedState, expectedNonce, pkceCodeVerifier, idTokenExpected: true }
  const tokens = await oidc.authorizationCodeGrant(client, callback, checks)
  const userId = tokens.claims()?.sub ?? ''
  const { name = 'you' } = await oidc.fetchUserInfo(client, tokens.access_token, userId)
  return { userId, name, accessToken: tokens.access_token, refreshToken: tokens.refresh_token ?? '' }
}

/** The session with living tokens, or undefined when Rialto no longer stands for it: disconnected, signed out, deleted. */
export async function renew(client: oidc.Configuration, session: Session): Promise<Session | undefined> {
  try {
    await oidc.fetchUserInfo(client, session.accessToken, session.userId)
    return session
  } catch {
    const tokens = await oidc.refreshTokenGrant(client, session.refreshToken).catch(refusal)
    if (tokens === undefined) return undefined
    return { ...session, accessToken: tokens.access_token, refreshToken: tokens.refresh_token ?? session.refreshToken }
  }
}

/** Undefined for a no of Rialto's own. That it is away ends nobody's session. */
function refusal(error: unknown): undefined {
  if (error instanceof oidc.ResponseBodyError || error instanceof oidc.WWWAuthenticateChallengeError) return undefined
  throw error
}
