import { signJWT } from 'better-auth/plugins'
import type { AuthServer } from '../auth.ts'
import type { SignLogoutToken } from './back-channel-logout.ts'

/** As the provider signs those that it sends itself (OpenID Connect Back-Channel Logout §2.4). */
export const logoutTokenSigner =
  (server: AuthServer): SignLogoutToken =>
  async (claims) => {
    const context = await server.$context
    const options = context.getPlugin('jwt')?.options
    if (options === undefined) throw new Error('The jwt plugin is missing')
    // Signing reads the context alone of what an endpoint is given.
    return signJWT({ context } as unknown as Parameters<typeof signJWT>[0], {
      options,
      header: { typ: 'logout+jwt' },
      payload: claims,
    })
  }
