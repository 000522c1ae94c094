import { sql } from 'drizzle-orm'
import { SignJWT, errors, importJWK } from 'jose'
import type { CryptoKey, JWK, JWTPayload } from 'jose'
import type { Database } from '#src/db/client.ts'
import { publishAheadSeconds } from './lifetimes.ts'
import { ensureSigningKey } from './rotate.ts'
import { decryptPrivateKey, signingAlgorithm, signingCurve } from './stored-key.ts'
import type { StoredKey } from './stored-key.ts'

/** How long this process believes what it read: a new key signs, and a removed one stops counting, that much later. */
const keepMs = 2_000
/** An unknown key id makes us look again sooner, but not more often than this: anybody can send one. */
const lookAgainMs = 1_000
const keysMax = 50

export interface KeyRing {
  /** The public key of this id. Throws jose's JWKSNoMatchingKey. */
  verifier(kid: string | undefined): Promise<CryptoKey>
  /** Whether what this key signed still counts. `mustBeFresh` asks the database at once. */
  has(kid: string | undefined, options: { readonly mustBeFresh: boolean }): Promise<boolean>
  /** A JWT of these claims, signed by the key that signs now. Throws where none can. */
  sign(token: Unsigned): Promise<string>
  /** The document that clients read (RFC 7517 §5). */
  publish(): Promise<{ readonly keys: readonly JWK[] }>
  /**
   * The keys as better-auth's jwt plugin takes them, the private halves readable. It signs with the latest; where there was
   * none, one is made.
   */
  forPlugin(): Promise<PluginKey[]>
}

interface Unsigned {
  readonly claims: JWTPayload
  /** Of the header (RFC 7515 §4.1.9). */
  readonly typ?: string
}

interface PluginKey {
  id: string
  publicKey: string
  privateKey: string
  createdAt: Date
  alg: typeof signingAlgorithm
  crv: typeof signingCurve
}

interface Key extends StoredKey {
  /** Published long enough for every client to have seen it. */
  readonly isDue: boolean
  readonly verifier: CryptoKey
  /** A JWK text; undefined when this process can't read it, and so can't sign with it. */
  readonly privateJwk: string | undefined
  readonly signer: CryptoKey | undefined
}

interface KeyRingParts {
  readonly db: Database
  readonly secret: string
}

/** The keys that sign our tokens and logout tokens, from the database, decrypted and imported once per process. */
export function createKeyRing({ db, secret }: KeyRingParts): KeyRing {
  let keys: ReadonlyMap<string, Key> = new Map()
  let readAt = Number.NEGATIVE_INFINITY
  let reading: Promise<void> | undefined

  const read = async (): Promise<void> => {
    const startedAt = performance.now()
    keys = await readKeys({ db, secret, known: keys })
    readAt = startedAt
  }
  const readOnce = (): Promise<void> => {
    reading ??= read().finally(() => {
      reading = undefined
    })
    return reading
  }
  const current = async (): Promise<readonly Key[]> => {
    // That nothing can sign is not believed at all: it would outlast the key that is about to be made.
    if (performance.now() - readAt > keepMs || signerOf([...keys.values()]) === undefined) await readOnce()
    return [...keys.values()]
  }

  const usable = async (): Promise<readonly Key[]> => {
    const seen = await current()
    if (signerOf(seen) !== undefined) return seen
    await ensureSigningKey({ db, secret }, seen[0]?.id)
    await read()
    return [...keys.values()]
  }

  return {
    verifier: async (kid = '') => {
      const age = performance.now() - readAt
      if (age > keepMs || (!keys.has(kid) && age > lookAgainMs)) await readOnce()
      const key = keys.get(kid)
      if (key === undefined) throw new errors.JWKSNoMatchingKey()
      return key.verifier
    },
    has: async (kid = '', { mustBeFresh }) => {
      if (mustBeFresh) await read()
      else if (performance.now() - readAt > keepMs) await readOnce()
      return keys.has(kid)
    },
    sign: async ({ claims, typ }) => {
      const { id, signer } = signerOf(await usable()) ?? {}
      if (id === undefined || signer === undefined) throw new Error('No signing key can be read with this secret')
      return new SignJWT(claims)
        .setProtectedHeader({ ...(typ !== undefined && { typ }), alg: signingAlgorithm, kid: id })
        .sign(signer)
    },
    publish: async () => ({
      keys: (await current()).map(({ id, publicKey }) => ({
        ...(JSON.parse(publicKey) as JWK),
        kid: id,
        alg: signingAlgorithm,
        use: 'sig',
      })),
    }),
    forPlugin: async () => {
      const all = await usable()
      const signer = signerOf(all)
      return all.map(({ id, publicKey, privateJwk = '' }) => ({
        id,
        publicKey,
        privateKey: privateJwk,
        // The plugin takes the latest for signing, so the one that is meant is made to be it.
        createdAt: new Date(id === signer?.id ? 1 : 0),
        alg: signingAlgorithm,
        crv: signingCurve,
      }))
    },
  }
}

/** The newest that clients have had time to see. While none is, as in a new installation, the one they have seen longest. */
function signerOf(newestFirst: readonly Key[]): Key | undefined {
  const readable = newestFirst.filter(({ privateJwk }) => privateJwk !== undefined)
  return readable.find(({ isDue }) => isDue) ?? readable.at(-1)
}

async function readKeys({ db, secret, known }: KeyRingParts & { known: ReadonlyMap<string, Key> }) {
  // The newest counts however old it is: it has no successor, and without it nothing could be signed.
  const { rows } = await db.execute(sql`
    SELECT id, public_key, private_key, created_at <= now() - ${publishAheadSeconds} * interval '1 second' AS is_due
    FROM jwks WHERE expires_at IS NULL OR expires_at > now()
      OR NOT EXISTS (SELECT FROM jwks AS newer WHERE newer.created_at > jwks.created_at)
    ORDER BY created_at DESC, id LIMIT ${keysMax}`)
  const keys = new Map<string, Key>()
  for (const row of rows) {
    const isDue = row['is_due'] === true
    const stored = {
      id: String(row['id']),
      publicKey: String(row['public_key']),
      privateKey: String(row['private_key']),
    }
    const earlier = known.get(stored.id)
    const isKnown = earlier?.publicKey === stored.publicKey && earlier.privateKey === stored.privateKey
    const key = isKnown ? { ...earlier, isDue } : await importKey({ stored, isDue, secret })
    if (key !== undefined) keys.set(key.id, key)
  }
  return keys
}

interface Import {
  readonly stored: StoredKey
  readonly isDue: boolean
  readonly secret: string
}

async function importKey({ stored, isDue, secret }: Import): Promise<Key | undefined> {
  const jwk = JSON.parse(stored.publicKey) as JWK
  if (jwk.kty !== 'EC' || jwk.crv !== signingCurve) return undefined
  const privateJwk = await decryptPrivateKey(stored, secret)
  // With this type of key jose imports a CryptoKey, never bytes.
  const verifier = (await importJWK(jwk, signingAlgorithm)) as CryptoKey
  const signer =
    privateJwk === undefined
      ? undefined
      : ((await importJWK(JSON.parse(privateJwk) as JWK, signingAlgorithm)) as CryptoKey)
  return { ...stored, isDue, verifier, privateJwk, signer }
}
