import { CLIENT_ASSERTION_TYPE, PRIVATE_KEY_JWT_SIGNING_ALGORITHMS } from '@better-auth/core/oauth2'
import { createLocalJWKSet, errors, jwtVerify } from 'jose'
import type { JSONWebKeySet } from 'jose'
import type { ProviderClient } from './clients.ts'

/** What a client may sign its proofs by; all of them need a private key that we never see. */
export const assertionAlgorithms: readonly string[] = PRIVATE_KEY_JWT_SIGNING_ALGORITHMS

interface Presented {
  readonly client: ProviderClient
  readonly form: URLSearchParams
  /** Any of them will do: the issuer, the token endpoint, the endpoint at hand. */
  readonly audiences: readonly string[]
}

/**
 * Whether a client's proof (RFC 7523 §3) is its own, for us and of now. Known before a code or token is touched; that a proof
 * counts once is the provider's to see, which alone writes down the ones that came.
 */
export async function isClientAssertion({ client, form, audiences }: Presented): Promise<boolean> {
  if (client.jwks === null || form.get('client_assertion_type') !== CLIENT_ASSERTION_TYPE) return false
  // Checked when it was registered (features/agent-clients/client-keys.ts).
  const keys = createLocalJWKSet(JSON.parse(client.jwks) as JSONWebKeySet)
  try {
    await jwtVerify(form.get('client_assertion') ?? '', keys, {
      issuer: client.clientId,
      subject: client.clientId,
      audience: [...audiences],
      algorithms: [...assertionAlgorithms],
      requiredClaims: ['exp', 'jti'],
    })
    return true
  } catch (error) {
    if (error instanceof errors.JOSEError) return false
    throw error
  }
}
