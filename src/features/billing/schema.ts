// What buyers send about what they pay for, and what they are answered. Unknown fields are refused, so that a typing error is
// never silently something else that costs.
import { z } from '@hono/zod-openapi'
import { addonScopes, billingIntervals, subscriptionStatuses, trialEnds } from '#src/db/schema/index.ts'
import { taxIdTypes } from './customers/billing-details.ts'
import { agentParam } from '#src/features/pricing/index.ts'

const isoTime = z.iso.datetime()
/** As the database writes it, so that the same id sent in other letters is the same. */
const id = z.uuid().toLowerCase()

const minor = z.int().openapi({ description: 'Minor units of `currency`.' })
const currency = z.string().openapi({ example: 'EUR', description: 'ISO 4217.' })
export const moneySchema = z.object({ amountMinor: minor, currency }).openapi('Money', {
  example: { amountMinor: 1900, currency: 'EUR' },
})
const priceSchema = moneySchema.extend({ interval: z.enum(billingIntervals) }).openapi('RecurringPrice')
const chargeSchema = moneySchema.extend({ at: isoTime }).openapi('ComingCharge')

export const subscriptionParam = z.strictObject({ id: id.openapi({ description: 'The subscription’s.' }) })
export const ownAddonParam = subscriptionParam.extend({ addonId: id })

const cursor = z.string().max(200).optional().openapi({ description: 'The `nextCursor` of the page before.' })
export const pageQuery = z.strictObject({
  cursor,
  limit: z.coerce.number().int().min(1).max(100).default(20).openapi({ type: 'integer' }),
})
/** The lists of Stripe begin after one of its objects. */
export const invoicesQuery = z.strictObject({
  cursor: z
    .string()
    .regex(/^in_\w{1,250}$/, 'is not a cursor of this list; leave it out to begin at the start')
    .optional()
    .openapi({ description: 'The `nextCursor` of the page before.' }),
})

export const newSubscriptionSchema = z
  .strictObject({
    agent: agentParam,
    tierId: id,
    withTrial: z.boolean().default(false).openapi({
      description:
        'Of a paid tier that has one. Without, the first payment is due at once. 409 `trial_used` for who had one.',
    }),
  })
  .openapi('NewSubscription')

const tierSchema = z.object({ id: z.uuid(), name: z.string(), isFree: z.boolean() })

const addonSchema = z
  .object({
    id: z.uuid(),
    offerId: z.uuid().nullable().openapi({ description: 'What was bought. Null: it was given.' }),
    name: z.string(),
    metric: z.string(),
    unit: z.string(),
    amount: z.int().openapi({ description: 'By how many units it raises the limit.' }),
    scope: z.enum(addonScopes),
    isPurchased: z.boolean(),
    price: priceSchema
      .nullable()
      .openapi({ description: 'Charged with the subscription. Null: it is not, or not again.' }),
    grantedAt: isoTime,
  })
  .openapi('SubscriptionAddon')

const subscription = {
  id: '6f1c9a52-0c4c-4c8e-9d5e-0f1d6a3b7c11',
  url: 'https://rialto.example/account/subscriptions/6f1c9a52-0c4c-4c8e-9d5e-0f1d6a3b7c11',
  agent: { slug: 'readability', name: 'Readability' },
  tier: { id: '3d7c2a10-1f4b-4e0f-8a9e-2b3c4d5e6f70', name: 'Reader', isFree: false },
  status: 'trialing' as const,
  price: { amountMinor: 900, currency: 'USD', interval: 'month' as const },
  period: { start: '2026-11-22T12:00:00.000Z', end: '2026-12-06T12:00:00.000Z' },
  trialEndsAt: '2026-12-06T12:00:00.000Z',
  cancelAtPeriodEnd: false,
  endedAt: null,
  pastDueAt: null,
  graceEndsAt: null,
  disputedAt: null,
  next: null,
  nextCharge: { at: '2026-12-06T12:00:00.000Z', amountMinor: 900, currency: 'USD' },
  addons: [],
  createdAt: '2026-11-22T12:00:00.000Z',
}

export const subscriptionSchema = z
  .object({
    id: z.uuid(),
    url: z.url().openapi({ description: 'Its page, for its owner.' }),
    agent: z.object({ slug: z.string(), name: z.string() }),
    tier: tierSchema,
    status: z.enum(subscriptionStatuses).openapi({
      description:
        '`active` and `trialing` allow use, `past_due` does until `graceEndsAt`; `unpaid`, `paused` (a charge is disputed), `incomplete`, `incomplete_expired` and `canceled` don’t.',
    }),
    price: priceSchema.nullable().openapi({ description: 'As it was agreed. Null: free.' }),
    period: z
      .object({ start: isoTime, end: isoTime })
      .nullable()
      .openapi({ description: 'What is paid for; null once it is over.' }),
    trialEndsAt: isoTime.nullable(),
    cancelAtPeriodEnd: z.boolean(),
    endedAt: isoTime.nullable(),
    pastDueAt: isoTime.nullable().openapi({ description: 'Since when a payment has failed.' }),
    graceEndsAt: isoTime.nullable().openapi({ description: 'Until when it goes on without that payment.' }),
    disputedAt: isoTime.nullable(),
    next: z
      .object({ tier: tierSchema, at: isoTime })
      .nullable()
      .openapi({ description: 'The tier that takes over by itself.' }),
    nextCharge: chargeSchema.nullable().openapi({
      description: 'What is charged next by itself, after a trial if there is a card by then. Null: nothing.',
    }),
    addons: z.array(addonSchema).readonly(),
    createdAt: isoTime,
  })
  .openapi('Subscription', { example: subscription })

export const subscriptionPageSchema = z
  .object({ items: z.array(subscriptionSchema).readonly(), nextCursor: z.string().nullable() })
  .openapi('SubscriptionPage')

export const checkoutSchema = z
  .object({
    intentId: z.uuid(),
    checkoutUrl: z.url().openapi({ description: 'Where it is paid. Send the person there.' }),
    returnUrl: z.url().openapi({ description: 'Where they come back to, with what came of it.' }),
  })
  .openapi('StartedCheckout')

export const changeInputSchema = z.strictObject({ tierId: id }).openapi('TierChange')

const wholeSeconds = z.int().min(0).max(99_999_999_999)

export const changeCommitSchema = z
  .strictObject({
    tierId: id,
    id: id.optional().openapi({ description: 'Yours: sent again with it, it is changed once. Left out, one is made.' }),
    prorationDate: wholeSeconds
      .optional()
      .openapi({ description: 'As the preview gave it, for 15 minutes: the amount is the same then.' }),
    expectedMinor: z
      .int()
      .min(0)
      .optional()
      .openapi({ description: 'What the preview said is due now. 409 `conflict` where it is anything else.' }),
  })
  .openapi('TierChangeCommit')

const endingAddons = z.array(z.string()).readonly().openapi({ description: 'Add-ons that can’t be billed with it.' })

export const changePreviewSchema = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('now'),
      prorationDate: wholeSeconds,
      dueNow: moneySchema,
      lines: z.array(z.object({ description: z.string(), amount: moneySchema })).readonly(),
      after: priceSchema,
      nextChargeAt: isoTime.nullable(),
      endingAddons,
    }),
    z.object({ kind: z.literal('at_period_end'), at: isoTime, after: priceSchema, endingAddons }),
    z.object({
      kind: z.literal('trial'),
      trialEndsAt: isoTime,
      endsWith: z
        .enum(trialEnds)
        .openapi({ description: 'What follows the trial: only after `charge` is anything due.' }),
      after: priceSchema,
      endingAddons,
    }),
    z.object({ kind: z.literal('keep') }),
    z.object({ kind: z.literal('checkout') }),
  ])
  .openapi('TierChangePreview', {
    description:
      '`now`: at once, and the difference is due. `at_period_end`: nothing is due, it takes over then. `trial`: at once, the trial goes on. `keep`: it is the present tier. `checkout`: it begins with `POST /subscriptions`.',
  })

export const changeAnswerSchema = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('done') }),
    z.object({ kind: z.literal('kept') }),
    z.object({ kind: z.literal('checkout') }),
    z.object({ kind: z.literal('scheduled'), at: isoTime }),
    z.object({ kind: z.literal('needs_payment'), url: z.url() }),
  ])
  .openapi('TierChangeAnswer', {
    description:
      '`needs_payment`: nothing changes before the person has paid at `url`. `checkout`: nothing happened; it begins with `POST /subscriptions`.',
  })

const line = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .regex(/^\P{Cc}*$/u, 'must be one line without control characters')
const addressLine = line(200).default('')

export const billingDetailsSchema = z
  .strictObject({
    name: line(120).min(1),
    company: line(120).default(''),
    email: z.email().max(254).openapi({ description: 'Where invoices are sent.' }),
    address: z.strictObject({
      line1: addressLine,
      line2: addressLine,
      postalCode: addressLine,
      city: addressLine,
      state: addressLine,
      country: z
        .string()
        .regex(/^([A-Z]{2})?$/, 'must be two capitals (ISO 3166-1)')
        .default('')
        .openapi({ example: 'DE' }),
    }),
    taxId: z
      .strictObject({ type: z.enum(taxIdTypes), value: line(40).min(1) })
      .nullable()
      .default(null)
      .openapi({ description: 'Checked by Stripe. Null: none.' }),
  })
  .openapi('BillingDetailsInput')

const cardSchema = z
  .object({
    id: z.string(),
    brand: z.string(),
    last4: z.string(),
    expMonth: z.int(),
    expYear: z.int(),
    isDefault: z.boolean().openapi({ description: 'It pays renewals, changes and add-ons.' }),
  })
  .openapi('SavedCard')

export const billingSchema = z
  .object({
    details: z
      .object({
        name: z.string(),
        company: z.string(),
        email: z.string(),
        address: z.object({
          line1: z.string(),
          line2: z.string(),
          postalCode: z.string(),
          city: z.string(),
          state: z.string(),
          country: z.string(),
        }),
        taxId: z
          .object({
            type: z.string(),
            value: z.string(),
            verification: z.string().openapi({ description: '`pending`, `verified`, `unverified` or `unavailable`.' }),
          })
          .nullable(),
      })
      .nullable()
      .openapi({ description: 'Null: nothing was bought or saved yet.' }),
    cards: z.array(cardSchema).readonly(),
  })
  .openapi('BillingDetails')

export const invoicePageSchema = z
  .object({
    items: z
      .array(
        z
          .object({
            id: z.string(),
            number: z.string().nullable(),
            date: isoTime,
            amount: moneySchema,
            paid: moneySchema.openapi({ description: 'By card: credit pays the rest.' }),
            refunded: moneySchema,
            state: z.enum(['open', 'paid', 'void', 'uncollectible']),
            url: z.url().nullable().openapi({ description: 'Where it is shown, and paid while it is open.' }),
            pdfUrl: z.url().nullable(),
            agentName: z.string().nullable(),
          })
          .openapi('Invoice'),
      )
      .readonly(),
    nextCursor: z.string().nullable(),
  })
  .openapi('InvoicePage')

export const portalInputSchema = z
  .strictObject({ returnTo: z.string().max(500).optional().openapi({ description: 'A path of the marketplace.' }) })
  .openapi('NewPortalSession')
export const portalSchema = z.object({ url: z.url() }).openapi('PortalSession')

export const newOwnAddonSchema = z
  .strictObject({
    offerId: id,
    id: id.optional().openapi({ description: 'Yours: sent again with it, it is bought once. Left out, one is made.' }),
    prorationDate: wholeSeconds.optional(),
  })
  .openapi('BuyAddon')

export const boughtAddonSchema = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('done') }),
    z.object({ kind: z.literal('needs_payment'), url: z.url() }),
    z.object({ kind: z.literal('checkout'), url: z.url(), intentId: z.uuid() }),
  ])
  .openapi('BoughtAddon', {
    description:
      '`done`: paid with the saved card. `checkout`: no card is saved, send the person to `url`. `needs_payment`: their bank asks them something, there.',
  })

export const removedAddonSchema = z.object({ removedAt: isoTime, givenBackMinor: z.int() }).openapi('RemovedAddon')

export const cancellationSchema = z
  .object({ kind: z.enum(['at_period_end', 'at_once']), endsAt: isoTime })
  .openapi('Cancellation')
