import { decodeProtectedHeader, errors, jwtVerify } from 'jose'
import type { Database } from '#src/db/client.ts'
import { issuerOf } from '../provider/resources.ts'
import { provesPossession } from './dpop.ts'
import type { ShownProof } from './dpop.ts'
import type { KeyRing } from '../signing-keys/index.ts'
import type { TokenClaims } from './token-claims.ts'
import { readClaims } from './token-claims.ts'
import { readTokenState } from './token-state.ts'
import type { TokenAgent } from './token-state.ts'

export interface AccessToken extends TokenClaims {
  readonly agent: TokenAgent | undefined
}

export interface AccessTokens {
  /**
   * The token if it is ours, has not ended and still counts; else undefined. Whoever asks checks audience, scopes and, where the
   * token has a `jkt`, the proof. That it was switched off is known within 2 s in every process; `mustBeFresh` asks the database
   * at once.
   */
  verify(token: string, options?: { readonly mustBeFresh?: boolean }): Promise<AccessToken | undefined>
  /** Whether a request for this path of ours was made by who holds the token's key. Uses the proof up. */
  provesPossession(shown: Omit<ShownProof, 'url'> & { readonly path: string }): Promise<boolean>
}

/** How long a token's state is believed. */
const stateMsMax = 2_000
/** About 1 kB each. */
const tokensMax = 10_000
const tokenLengthMax = 4_096

interface Verified {
  readonly claims: TokenClaims
  readAt: number
  token: Promise<AccessToken | undefined>
}

interface Reading {
  readonly claims: TokenClaims
  readonly mustBeFresh: boolean
}

interface AccessTokensParts {
  readonly db: Database
  readonly keys: KeyRing
  readonly baseUrl: string
}

/**
 * Verifies access tokens in this process. The signature is checked once per token (0.17 ms), its state every two seconds by one
 * query; a busy token costs neither. Oldest out first; an ended one is dropped when it comes again.
 */
export function createAccessTokens({ db, keys, baseUrl }: AccessTokensParts): AccessTokens {
  const issuer = issuerOf(baseUrl)
  const known = new Map<string, Verified>()

  const claimsOf = async (token: string): Promise<TokenClaims | undefined> => {
    try {
      // Only ES256 with a key of ours, whatever the header wishes (RFC 8725 §3.1); its jwk, jku and x5u are never read.
      const { payload } = await jwtVerify(token, ({ kid }) => keys.verifier(kid), {
        issuer,
        algorithms: ['ES256'],
        typ: 'at+jwt',
        requiredClaims: ['exp', 'iat', 'jti', 'aud', 'sub', 'client_id'],
      })
      return readClaims(payload)
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined
      throw error
    }
  }

  const read = async (token: string, { claims, mustBeFresh }: Reading): Promise<AccessToken | undefined> => {
    // The signature was checked once, and the key that made it may be gone by now.
    const isOurs = await keys.has(decodeProtectedHeader(token).kid, { mustBeFresh })
    const state = isOurs ? await readTokenState(db, claims) : { isAlive: false as const }
    if (state.isAlive) return { ...claims, agent: state.agent }
    known.delete(token)
    return undefined
  }

  const keep = (token: string, reading: Reading): Verified => {
    known.delete(token)
    for (const oldest of known.keys()) {
      if (known.size < tokensMax) break
      known.delete(oldest)
    }
    const verified = { claims: reading.claims, readAt: performance.now(), token: read(token, reading) }
    known.set(token, verified)
    // A database that is away must not be remembered as an answer.
    verified.token.catch(() => known.delete(token))
    return verified
  }

  return {
    verify: async (token, { mustBeFresh = false } = {}) => {
      if (token.length > tokenLengthMax) return undefined
      const found = known.get(token)
      const claims = found?.claims ?? (await claimsOf(token))
      if (claims === undefined || claims.expiresAt.getTime() <= Date.now()) {
        known.delete(token)
        return undefined
      }
      const isRecent = found !== undefined && performance.now() - found.readAt < stateMsMax
      return isRecent && !mustBeFresh ? found.token : keep(token, { claims, mustBeFresh }).token
    },
    provesPossession: ({ path, ...shown }) => provesPossession(db, { ...shown, url: `${baseUrl}${path}` }),
  }
}
