import { Stripe } from 'stripe'
import { apiVersion } from './api-version.ts'
import type { Sandbox } from './sandbox/index.ts'

export type StripeAccess = { readonly secretKey: string } | { readonly sandbox: Pick<Sandbox, 'fetch'> }

/** A call may take this long; with its repetitions, always under one idempotency key, three times that. */
const callMs = 20_000
const retriesMax = 2

/** The official client, for Stripe itself or for the sandbox in this process. */
export function createStripe(access: StripeAccess): Stripe {
  const options = { apiVersion, timeout: callMs, maxNetworkRetries: retriesMax, telemetry: false } as const
  if ('secretKey' in access) return new Stripe(access.secretKey, options)
  const { sandbox } = access
  const httpClient = Stripe.createFetchHttpClient((input: string | URL | Request, init?: RequestInit) =>
    sandbox.fetch(new Request(input, init)),
  )
  return new Stripe('sk_test_sandbox', { ...options, httpClient })
}
