import { hkdfSync } from 'node:crypto'
import type { Pool } from 'pg'
import type { Stripe } from 'stripe'
import type { StripeConfig } from '#src/config.ts'
import { createStripe } from './client.ts'
import { createSandbox } from './sandbox/index.ts'
import type { Sandbox } from './sandbox/index.ts'

/** Which payments this process makes, and what it makes them with. */
export interface Payments {
  readonly environment: 'sandbox' | 'test' | 'live'
  /** The official client: for Stripe, or for the sandbox. */
  readonly stripe: Stripe
  /** What webhooks are signed with. */
  readonly webhookSecret: string
  /** Undefined: there are keys, and money may move. */
  readonly sandbox: Sandbox | undefined
}

interface PaymentsOptions {
  /** Undefined: the sandbox. */
  readonly stripe: StripeConfig | undefined
  readonly pool: Pool
  /** The public origin, without a trailing slash. */
  readonly baseUrl: string
  readonly authSecret: string
  /** A fault of the sandbox itself. */
  readonly onError: (error: unknown) => void
}

/** With keys Stripe, and without any the sandbox; never both. Asks nobody yet. */
export function createPayments({ stripe, pool, baseUrl, authSecret, onError }: PaymentsOptions): Payments {
  if (stripe !== undefined) {
    const { environment, webhookSecret, secretKey } = stripe
    return { environment, webhookSecret, stripe: createStripe({ secretKey }), sandbox: undefined }
  }
  const sandbox = createSandbox({ pool, baseUrl, onError })
  return {
    environment: 'sandbox',
    stripe: createStripe({ sandbox }),
    webhookSecret: `whsec_${Buffer.from(hkdfSync('sha256', authSecret, '', 'rialto sandbox webhooks', 32)).toString('base64url')}`,
    sandbox,
  }
}
