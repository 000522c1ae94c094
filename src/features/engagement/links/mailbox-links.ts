// Links that only a mailbox knows: pressing the button behind one says that its owner wants what was asked for.
import { createHmac } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'
import { JWTExpired } from 'jose/errors'
import { z } from 'zod'

const kinds = ['recipient', 'waitlist', 'report'] as const

export interface MailboxSubject {
  readonly kind: (typeof kinds)[number]
  /** Of the row that waits to be confirmed. */
  readonly id: string
}

export type MailboxLink =
  | ({ readonly state: 'open' } & { readonly subject: MailboxSubject })
  | { readonly state: 'expired' }
  /** Cut off, or not one of ours. */
  | { readonly state: 'unknown' }

export const linkDays = 7

const claims = z.object({ aud: z.enum(kinds), sub: z.uuid() })
/** A signed link takes less; anything longer is none. */
const tokenLengthMax = 500

interface Issuer {
  readonly baseUrl: string
  readonly secret: string
}

export async function mailboxUrl({ baseUrl, secret }: Issuer, { kind, id }: MailboxSubject): Promise<string> {
  const token = await new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setAudience(kind)
    .setSubject(id)
    .setExpirationTime(`${linkDays} days`)
    .sign(keyOf(secret))
  return `${baseUrl}/confirm/mailbox/${token}`
}

export async function readMailboxLink(secret: string, token: string): Promise<MailboxLink> {
  if (token.length > tokenLengthMax) return { state: 'unknown' }
  try {
    const { payload } = await jwtVerify(token, keyOf(secret), { algorithms: ['HS256'] })
    const parsed = claims.safeParse(payload)
    if (!parsed.success) return { state: 'unknown' }
    return { state: 'open', subject: { kind: parsed.data.aud, id: parsed.data.sub } }
  } catch (error) {
    return { state: error instanceof JWTExpired ? 'expired' : 'unknown' }
  }
}

/** A key of its own: no link of another purpose passes for one of these, nor one of these elsewhere. */
const keyOf = (secret: string): Uint8Array => createHmac('sha256', secret).update('mailbox-links').digest()
