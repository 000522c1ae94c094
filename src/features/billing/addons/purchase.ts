import { z } from '@hono/zod-openapi'
import { AppError } from '#src/lib/errors.ts'
import type { Intent } from '../intents/intents.ts'
import type { Offer } from './offer.ts'

export type BoughtAddon =
  | { readonly kind: 'done' }
  /** On Stripe's page for checkout. */
  | { readonly kind: 'checkout'; readonly url: string; readonly intentId: string }
  /** On Stripe's page for the invoice. */
  | { readonly kind: 'needs_payment'; readonly url: string }

const termsSchema = z.discriminatedUnion('by', [
  z.object({ by: z.literal('checkout') }),
  z.object({ by: z.literal('card'), card: z.string() }),
  z.object({ by: z.literal('item'), prorationDate: z.int() }),
])
export type AddonTerms = z.infer<typeof termsSchema>

export const addonTermsOf = ({ input }: Pick<Intent, 'input'>): AddonTerms => termsSchema.parse(input)

export interface Purchase {
  readonly intent: Intent
  readonly offer: Offer
}

export function refusalOf({ reason }: Intent): AppError {
  if (reason === 'payment_declined' || reason === 'not_paid') return new AppError('payment_declined')
  return new AppError('conflict', { detail: 'This purchase came to nothing, and nothing is owed for it.' })
}
