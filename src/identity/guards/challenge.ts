import { resourceMetadataUrl } from '../provider/resources.ts'
import { dpopAlgorithms } from './dpop.ts'

export type TokenScheme = 'Bearer' | 'DPoP'

interface Refusal {
  readonly error: 'invalid_token' | 'invalid_dpop_proof' | 'insufficient_scope'
  readonly scopes?: readonly string[]
}

interface Challenge {
  /** What the token is for; undefined where the issuer itself is asked. */
  readonly resource?: string | undefined
  /** The scheme that was tried. */
  readonly scheme?: TokenScheme
  readonly refusal?: Refusal | undefined
}

/**
 * `WWW-Authenticate` of a refusal: both schemes (RFC 9449 §7.2), the one that was tried with what was wrong (RFC 6750 §3, RFC 9449
 * §7.1). Programs that only look at the first find the one they used, and there where to get a token (RFC 9728 §5.1).
 */
export function challenge({ resource, scheme = 'Bearer', refusal }: Challenge): string {
  const metadata = resource === undefined ? [] : [`resource_metadata="${resourceMetadataUrl(resource)}"`]
  const problem = refusal === undefined ? [] : [`error="${refusal.error}"`]
  if (refusal?.scopes !== undefined) problem.push(`scope="${refusal.scopes.join(' ')}"`)
  const algorithms = `algs="${dpopAlgorithms.join(' ')}"`
  const bearer = (own: readonly string[]): string => ['Bearer', [...own, ...metadata].join(', ')].join(' ').trimEnd()
  const dpop = (own: readonly string[]): string => `DPoP ${[...own, ...metadata, algorithms].join(', ')}`
  return scheme === 'Bearer' ? `${bearer(problem)}, ${dpop([])}` : `${dpop(problem)}, ${bearer([])}`
}
