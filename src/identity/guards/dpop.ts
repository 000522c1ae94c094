import { DPOP_SIGNING_ALGORITHMS, isDpopProofError, verifyDpopProof } from '@better-auth/core/oauth2'
import { sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'

/** What a proof may be signed by, here and at the provider's own endpoints. */
export const dpopAlgorithms = DPOP_SIGNING_ALGORITHMS

/** How old a proof may be; one that is made anew for each request is a second old, clocks differ by more. */
export const proofSecondsMax = 120
/** Longer than a proof counts, so that it is never forgotten while it does. */
const rememberMoreMs = 60_000
const proofLengthMax = 4_096

export interface ShownProof {
  /** The DPoP header; undefined = there was none. */
  readonly proof: string | undefined
  readonly method: string
  /** As the world knows it; its query doesn't count. */
  readonly url: string
  /** The access token the request carries, as it came. */
  readonly accessToken: string
  /** Thumbprint of the key the token is bound to (RFC 9449 §6). */
  readonly jkt: string
}

/** Whether the request was made by who holds the token's key (RFC 9449 §4.3). A proof counts once, in whatever process. */
export async function provesPossession(db: Database, shown: ShownProof): Promise<boolean> {
  const { proof, method, url, accessToken, jkt } = shown
  if (proof === undefined || proof.length > proofLengthMax) return false
  try {
    await verifyDpopProof({
      proofJwt: proof,
      method,
      url,
      accessToken,
      expectedJkt: jkt,
      requireAth: true,
      proofMaxAgeSeconds: proofSecondsMax,
      replayStore: { reserve: ({ key, expiresAt }) => useOnce(db, { digest: key, expiresAt }) },
    })
    return true
  } catch (error) {
    if (isDpopProofError(error)) return false
    throw error
  }
}

async function useOnce(db: Database, { digest, expiresAt }: { digest: string; expiresAt: Date }): Promise<boolean> {
  const until = new Date(expiresAt.getTime() + rememberMoreMs)
  const { rowCount } = await db.execute(sql`
    INSERT INTO dpop_proofs (digest, expires_at) VALUES (${digest}, ${until}) ON CONFLICT (digest) DO NOTHING`)
  return rowCount === 1
}
