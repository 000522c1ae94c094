// What publishers send about add-ons that can be bought, and what they are answered. Unknown fields are refused.
import { z } from '@hono/zod-openapi'
import { addonScopes, billingIntervals } from '#src/db/schema/index.ts'
import { metricSlugSchema } from '#src/features/pricing/index.ts'
import { currencies } from '#src/lib/currencies.ts'

/** Add-ons on offer of one agent, and all it ever had. */
export const liveOffersMax = 20
export const offersMax = 500
/** Stripe takes at most eight digits. */
const priceMinorMax = 99_999_999
/** A hundred of these, and a quota, are still a number that JavaScript can count to. */
const unitsMax = 1_000_000_000_000

const scopeWords =
  '`one_cycle` is paid once and counts in the usage period in which it is bought. `permanent` is charged with every bill of the subscription and counts in all periods.'

export const newOfferSchema = z
  .strictObject({
    displayName: z
      .string()
      .trim()
      .min(1)
      .max(80)
      .regex(/^\P{Cc}*$/u, 'must be one line without control characters')
      .openapi({ example: '1,000 more messages' }),
    metric: metricSlugSchema,
    amount: z.int().min(1).max(unitsMax).openapi({ example: 1000, description: 'Units by which it raises the limit.' }),
    scope: z.enum(addonScopes).openapi({ description: scopeWords }),
    priceMinor: z.int().min(1).max(priceMinorMax).openapi({
      example: 500,
      description: 'Once, or for one billing interval, in the minor unit that Stripe counts the currency in.',
    }),
    currency: z
      .string()
      .refine((code) => currencies.has(code), 'must be an ISO 4217 code in capitals that payments can be made in')
      .openapi({ example: 'EUR', description: 'That of a tier on offer: a subscription has one currency.' }),
    billingInterval: z.enum(billingIntervals).optional().openapi({
      description:
        'For `permanent` alone: that of a tier on offer in this currency, whose subscribers can take it. An add-on once made never changes: another price is another add-on.',
    }),
  })
  .openapi('NewAddonOffer')
export type NewOffer = z.infer<typeof newOfferSchema>

const isoTime = z.iso.datetime()

export const offerSchema = z
  .object({
    id: z.uuid(),
    displayName: z.string(),
    metric: z.string(),
    amount: z.int(),
    scope: z.enum(addonScopes),
    priceMinor: z.int(),
    currency: z.string(),
    billingInterval: z.enum(billingIntervals).nullable(),
    archivedAt: isoTime.nullable(),
    createdAt: isoTime,
  })
  .openapi('AddonOffer', {
    example: {
      id: '3c9b3d0e-2f6f-4a52-9d0c-0f8d9a1b2c3d',
      displayName: '1,000 more messages',
      metric: 'messages',
      amount: 1000,
      scope: 'one_cycle',
      priceMinor: 500,
      currency: 'EUR',
      billingInterval: null,
      archivedAt: null,
      createdAt: '2026-11-22T12:00:00.000Z',
    },
  })
export type Offer = z.infer<typeof offerSchema>

export const offerListSchema = z.object({ items: z.array(offerSchema) }).openapi('AddonOfferList')
