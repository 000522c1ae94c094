import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

// While an agent changes over to a new secret both count, so what is stored is either `hash` or
// `hash~previous hash~seconds since 1970 at which the previous one ends`. Base64url has no tilde.
const separator = '~'

const secretBytes = 32

/** 256 random bits: a plain hash is enough, nobody can guess one. */
export const newClientSecret = (): string => `rialto_${randomBytes(secretBytes).toString('base64url')}`

export const hashClientSecret = (secret: string): string => createHash('sha256').update(secret).digest('base64url')

interface Rotation {
  readonly stored: string
  readonly next: string
  readonly previousEndsAt: Date
}

/** What to store so that the present secret counts until `previousEndsAt`; an even older one ends at once. */
export function rotatedSecret({ stored, next, previousEndsAt }: Rotation): string {
  const [present = ''] = stored.split(separator)
  return [hashClientSecret(next), present, Math.floor(previousEndsAt.getTime() / 1_000)].join(separator)
}

export function isClientSecret(secret: string, stored: string): boolean {
  const [present = '', previous, endsAt] = stored.split(separator)
  const hash = hashClientSecret(secret)
  if (isSame(hash, present)) return true
  return previous !== undefined && Number(endsAt) * 1_000 > Date.now() && isSame(hash, previous)
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
