import { signJWT } from 'better-auth/plugins'
import type { AuthServer } from './auth.ts'

interface Unsigned {
  readonly claims: Readonly<Record<string, unknown>>
  /** Of the header (RFC 7515 §4.1.9). */
  readonly typ?: string | undefined
}

/** Signs with the key of the ID tokens. */
export type SignToken = (token: Unsigned) => Promise<string>

export const tokenSigner =
  (server: AuthServer): SignToken =>
  async ({ claims, typ }) => {
    const context = await server.$context
    const options = context.getPlugin('jwt')?.options
    if (options === undefined) throw new Error('The jwt plugin is missing')
    // Signing reads the context alone of what an endpoint is given.
    return signJWT({ context } as unknown as Parameters<typeof signJWT>[0], {
      options,
      header: typ === undefined ? {} : { typ },
      payload: { ...claims },
    })
  }
