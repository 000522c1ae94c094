// The address in a mail that ends its kind: it says who and what, so that nothing is kept for it and it works for ever.
import { createHmac } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import { optionalMailKinds } from '#src/db/schema/index.ts'

export type OptionalMailKind = (typeof optionalMailKinds)[number]

export interface UnsubscribeSubject {
  readonly userId: string
  readonly kind: OptionalMailKind
}

const audience = 'unsubscribe'
const claims = z.object({ sub: z.string().min(1).max(255), kind: z.enum(optionalMailKinds) })
/** A signed link takes less; anything longer is none. */
const tokenLengthMax = 800

interface Issuer {
  readonly baseUrl: string
  readonly secret: string
}

export async function unsubscribeUrl(
  { baseUrl, secret }: Issuer,
  { userId, kind }: UnsubscribeSubject,
): Promise<string> {
  const token = await new SignJWT({ kind })
    .setProtectedHeader({ alg: 'HS256' })
    .setAudience(audience)
    .setSubject(userId)
    .sign(keyOf(secret))
  return `${baseUrl}/unsubscribe/${token}`
}

/** Undefined: cut off, or not one of ours. */
export async function readUnsubscribeLink(secret: string, token: string): Promise<UnsubscribeSubject | undefined> {
  if (token.length > tokenLengthMax) return undefined
  try {
    const { payload } = await jwtVerify(token, keyOf(secret), { algorithms: ['HS256'], audience })
    const { sub: userId, kind } = claims.parse(payload)
    return { userId, kind }
  } catch {
    return undefined
  }
}

/** A key of its own: no link of another purpose passes for one of these, nor one of these elsewhere. */
const keyOf = (secret: string): Uint8Array => createHmac('sha256', secret).update('unsubscribe-links').digest()
