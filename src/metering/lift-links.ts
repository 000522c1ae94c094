import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

/** What a link that lifts a limit is about. It grants nothing: the page behind it asks who is there. */
export interface LiftSubject {
  readonly userId: string
  readonly agentId: string
  readonly metric: string
}

export interface LiftLinks {
  urlFor(subject: LiftSubject): string
  /** Undefined: not one of ours, or damaged. */
  read(token: string): LiftSubject | undefined
}

const ivBytes = 12
const tagBytes = 16
const tokenLengthMax = 1_024

/** Sealed (AES-256-GCM), so that a link shows neither who was stopped nor where, and nobody can make one for another. */
export function createLiftLinks({ baseUrl, secret }: { readonly baseUrl: string; readonly secret: string }): LiftLinks {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'rialto lift links', 32))
  return {
    urlFor: ({ userId, agentId, metric }) => {
      const iv = randomBytes(ivBytes)
      const cipher = createCipheriv('aes-256-gcm', key, iv)
      const sealed = Buffer.concat([cipher.update(JSON.stringify([userId, agentId, metric])), cipher.final()])
      return `${baseUrl}/buy/${Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')}`
    },
    read: (token) => {
      const bytes = token.length > tokenLengthMax ? Buffer.alloc(0) : Buffer.from(token, 'base64url')
      if (bytes.length <= ivBytes + tagBytes) return undefined
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes))
      decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes))
      try {
        const opened = Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()])
        const [userId, agentId, metric] = JSON.parse(opened.toString()) as [string, string, string]
        return { userId, agentId, metric }
      } catch {
        // What can't be opened was not sealed here.
        return undefined
      }
    },
  }
}
