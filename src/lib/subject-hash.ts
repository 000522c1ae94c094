import { createHmac, hkdfSync } from 'node:crypto'

/** A keyed hash of whom or what something is about, such as `person:{id}`: tells the same from another, and nothing else. */
export type SubjectHash = (subject: string) => string

/** Without the secret nobody can try out addresses or ids against what is stored. */
export function createSubjectHash(secret: string): SubjectHash {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'rialto subject hashes', 32))
  return (subject) => createHmac('sha256', key).update(subject).digest('base64url')
}
