import { symmetricDecrypt, symmetricEncrypt } from 'better-auth/crypto'
import { exportJWK, generateKeyPair } from 'jose'

/** A pair of keys as the jwks table holds it: both halves are JWK texts, the private one encrypted with the server's secret. */
export interface StoredKey {
  readonly id: string
  readonly publicKey: string
  readonly privateKey: string
}

/** The only algorithm that anything here is signed by. */
export const signingAlgorithm = 'ES256'
export const signingCurve = 'P-256'

export async function newStoredKey(secret: string): Promise<StoredKey> {
  const pair = await generateKeyPair(signingAlgorithm, { extractable: true })
  const privateJwk = JSON.stringify(await exportJWK(pair.privateKey))
  return {
    id: crypto.randomUUID(),
    publicKey: JSON.stringify(await exportJWK(pair.publicKey)),
    // As better-auth stores it, so that a key outlives a change of who reads it.
    privateKey: JSON.stringify(await symmetricEncrypt({ key: secret, data: privateJwk })),
  }
}

/** The private half as a JWK text; undefined when another secret encrypted it. */
export async function decryptPrivateKey({ privateKey }: StoredKey, secret: string): Promise<string | undefined> {
  const data = JSON.parse(privateKey) as string
  try {
    return await symmetricDecrypt({ key: secret, data })
  } catch {
    return undefined
  }
}
