import { jwksMaxAgeSeconds } from '../signing-keys/index.ts'
import type { ProviderContext } from './context.ts'

/** The public keys (RFC 7517 §5), the next one among them long before it signs. */
export const answerJwks = async ({ keys }: ProviderContext): Promise<Response> =>
  Response.json(await keys.publish(), { headers: { 'cache-control': `public, max-age=${jwksMaxAgeSeconds}` } })
