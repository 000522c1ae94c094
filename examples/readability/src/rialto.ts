// Sign in with Rialto: OpenID Connect by a stock client. Nothing here is special to Rialto.
import * as oidc from 'openid-client'

export interface Settings {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  readonly redirectUri: string
}

/** What the browser keeps, signed, between leaving for Rialto and coming back. */
export interface Flow {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
}

export interface Session {
  readonly subject: string
  readonly name: string
  readonly accessToken: string
  readonly refreshToken: string | undefined
}

export async function connect({ issuer, clientId, clientSecret, redirectUri }: Settings) {
  const url = new URL(issuer)
  // Plain http is for a marketplace on this very machine.
  const execute = url.protocol === 'http:' ? [oidc.allowInsecureRequests] : []
  const config = await oidc.discovery(url, clientId, clientSecret, oidc.ClientSecretBasic(clientSecret), { execute })

  return {
    async begin(): Promise<{ flow: Flow; url: URL }> {
      const flow = { state: oidc.randomState(), nonce: oidc.randomNonce(), verifier: oidc.randomPKCECodeVerifier() }
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: 'openid profile offline_access',
        state: flow.state,
        nonce: flow.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(flow.verifier),
        code_challenge_method: 'S256',
      })
      return { flow, url }
    },

    async finish(callback: URL, flow: Flow): Promise<Session> {
      const tokens = await oidc.authorizationCodeGrant(config, callback, {
        expectedState: flow.state,
        expectedNonce: flow.nonce,
        pkceCodeVerifier: flow.verifier,
        idTokenExpected: true,
      })
      const claims = tokens.claims()
      if (claims === undefined) throw new Error('Rialto sent no id token')
      const { name = 'you' } = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub)
      return { subject: claims.sub, name, accessToken: tokens.access_token, refreshToken: tokens.refresh_token }
    },

    /** The session with living tokens, or undefined when Rialto no longer stands for it: disconnected, signed out, deleted. */
    async renew(session: Session): Promise<Session | undefined> {
      try {
        await oidc.fetchUserInfo(config, session.accessToken, session.subject)
        return session
      } catch {
        if (session.refreshToken === undefined) return undefined
      }
      try {
        const tokens = await oidc.refreshTokenGrant(config, session.refreshToken)
        return {
          ...session,
          accessToken: tokens.access_token,
          refreshToken: tokens.refresh_token ?? session.refreshToken,
        }
      } catch {
        return undefined
      }
    },
  }
}
