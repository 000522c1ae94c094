import { sql } from 'drizzle-orm'
import { errors, importJWK } from 'jose'
import type { CryptoKey, JWK } from 'jose'
import type { Database } from '#src/db/client.ts'

/** An unknown key id makes us look again, but not more often than this: anybody can send one. */
const lookAgainMs = 1_000
/** Also without an unknown id, so that a removed key stops counting. */
const keepMs = 60_000
const keysMax = 50

export interface SigningKeys {
  /** The public key of this id. Throws jose's JWKSNoMatchingKey. */
  get(kid: string | undefined): Promise<CryptoKey>
}

/** The keys that sign our tokens, from the database, kept in this process. */
export function createSigningKeys(db: Database): SigningKeys {
  let keys: ReadonlyMap<string, CryptoKey> = new Map()
  let readAt = Number.NEGATIVE_INFINITY
  let reading: Promise<void> | undefined

  const read = async (): Promise<void> => {
    keys = await readKeys(db)
    readAt = performance.now()
  }
  const readOnce = (): Promise<void> => {
    reading ??= read().finally(() => {
      reading = undefined
    })
    return reading
  }

  return {
    get: async (kid) => {
      if (kid === undefined) throw new errors.JWKSNoMatchingKey()
      const age = performance.now() - readAt
      if (age > keepMs || (!keys.has(kid) && age > lookAgainMs)) await readOnce()
      const key = keys.get(kid)
      if (key === undefined) throw new errors.JWKSNoMatchingKey()
      return key
    },
  }
}

async function readKeys(db: Database): Promise<ReadonlyMap<string, CryptoKey>> {
  // A rotated key still counts for what it signed; nothing it signed lives longer than an hour.
  const { rows } = await db.execute(sql`
    SELECT id, public_key FROM jwks WHERE expires_at IS NULL OR expires_at > now() - interval '1 hour'
    ORDER BY created_at DESC LIMIT ${keysMax}`)
  const keys = new Map<string, CryptoKey>()
  for (const row of rows) {
    const jwk = JSON.parse(String(row['public_key'])) as JWK
    if (jwk.kty !== 'EC' || jwk.crv !== 'P-256') continue
    keys.set(String(row['id']), (await importJWK(jwk, 'ES256')) as CryptoKey)
  }
  return keys
}
