import { importJWK } from 'jose'
import type { JWK } from 'jose'
import { z } from 'zod'
import { AppError } from '#src/lib/errors.ts'

const keysMax = 10
const rsaBytesMin = 256

const text = z.string().min(1).max(2_000)
const shared = { kid: z.string().min(1).max(255).optional(), use: z.literal('sig').optional() }

/** Public members alone: what else a key says is left out, and a private one is refused before that. */
const key = z.discriminatedUnion('kty', [
  z.object({
    ...shared,
    kty: z.literal('EC'),
    crv: z.enum(['P-256', 'P-384', 'P-521']),
    x: text,
    y: text,
    alg: z.enum(['ES256', 'ES384', 'ES512']).optional(),
  }),
  z.object({
    ...shared,
    kty: z.literal('OKP'),
    crv: z.literal('Ed25519'),
    x: text,
    alg: z.literal('EdDSA').optional(),
  }),
  z.object({
    ...shared,
    kty: z.literal('RSA'),
    n: text.refine((modulus) => Buffer.from(modulus, 'base64url').length >= rsaBytesMin),
    e: text,
    alg: z.enum(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']).optional(),
  }),
])

const keySet = z.object({ keys: z.array(key).min(1).max(keysMax) })

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

export type ClientKeys = z.infer<typeof keySet>

/**
 * The public keys (RFC 7517) by which an agent proves itself, given in full: an address to read them from would have this server
 * call whatever a publisher names. Throws `invalid_request`.
 */
export async function checkClientKeys(jwks: unknown): Promise<ClientKeys> {
  const { success, data } = keySet.safeParse(jwks)
  if (hasPrivateKey(jwks)) throw refused('A private key was sent. Make a new pair, and send the public key alone.')
  if (!success) throw refused('Between 1 and 10 public keys are needed: EC, Ed25519, or RSA of at least 2048 bits.')
  const ids = data.keys.map(({ kid }) => kid)
  if (ids.length > 1 && new Set(ids).size + Number(ids.includes(undefined)) !== ids.length) {
    throw refused('Several keys need different ids (kid).')
  }
  for (const jwk of data.keys) await checkImport(jwk)
  return data
}

function hasPrivateKey(jwks: unknown): boolean {
  const keys: unknown = typeof jwks === 'object' && jwks !== null && 'keys' in jwks ? jwks.keys : []
  const isPrivate = (one: unknown) =>
    typeof one === 'object' && one !== null && privateMembers.some((member) => member in one)
  return Array.isArray(keys) && keys.some(isPrivate)
}

const usualAlgorithms = { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512', Ed25519: 'EdDSA' } as const

/** Points that lie on no curve, and algorithms of another one. */
async function checkImport(jwk: ClientKeys['keys'][number]): Promise<void> {
  const usual = jwk.kty === 'RSA' ? (jwk.alg ?? 'RS256') : usualAlgorithms[jwk.crv]
  const isConsistent = jwk.alg === undefined || jwk.alg === usual
  // Its type wants absent members, ours may also be undefined.
  const imported = isConsistent && (await importJWK(jwk as JWK, usual).then(isKey, () => false))
  if (!imported) throw refused('A key can’t be read, or is not of its algorithm.')
}

const isKey = (imported: unknown): boolean => imported !== undefined

const refused = (detail: string): AppError => new AppError('invalid_request', { detail })
