import { jwtVerify } from 'jose'
import { JWTExpired } from 'jose/errors'
import { z } from 'zod'
import type { Auth } from '../auth.ts'

/** What a verification link says, without using it. */
export type VerificationLink =
  | { readonly kind: 'open'; readonly userId: string; readonly email: string; readonly isVerified: boolean }
  | { readonly kind: 'expired' }
  | { readonly kind: 'unknown' }

const claims = z.object({ email: z.email(), userId: z.string(), updateTo: z.never().optional() })

/** At most what a signed link takes; anything longer is none. */
const tokenLengthMax = 2_000

export async function readVerificationLink(auth: Auth, token: string): Promise<VerificationLink> {
  if (token.length > tokenLengthMax) return { kind: 'unknown' }
  const signed = await openToken(auth.secret, token)
  if (signed.kind !== 'open') return signed

  const { internalAdapter } = await auth.server.$context
  const user = await internalAdapter.findUserById(signed.userId)
  // The address may have changed since, or the account is gone.
  if (user === null || user.email !== signed.email) return { kind: 'unknown' }
  return { kind: 'open', userId: user.id, email: user.email, isVerified: user.emailVerified }
}

async function openToken(secret: string, token: string) {
  try {
    const { payload } = await jwtVerify(token, new TextEncoder().encode(secret), { algorithms: ['HS256'] })
    const parsed = claims.safeParse(payload)
    return parsed.success ? { kind: 'open' as const, ...parsed.data } : { kind: 'unknown' as const }
  } catch (error) {
    return error instanceof JWTExpired ? { kind: 'expired' as const } : { kind: 'unknown' as const }
  }
}
