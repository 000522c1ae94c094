import { createHash } from 'node:crypto'

/** The provider's own hash of a code (its default `storeTokens: 'hashed'`): base64url of SHA-256, without padding. */
export const hashCode = (code: string): string => createHash('sha256').update(code).digest('base64url')
