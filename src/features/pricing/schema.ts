// What publishers send about metrics, tiers and quotas: parsed once, at the edge. Unknown fields are refused, so that nobody
// can set what is not theirs to set.
import { z } from '@hono/zod-openapi'
import { billingIntervals, metricKinds, taxBehaviors, trialEnds } from '#src/db/schema/index.ts'
import { currencies } from '#src/lib/currencies.ts'

/** Metrics in use of one agent, and all it ever had. */
export const liveMetricsMax = 50
export const metricsMax = 200
/** Tiers on offer of one agent, and all versions it ever had. */
export const liveTiersMax = 20
export const tierVersionsMax = 500
/** Stripe takes at most eight digits. */
const priceMinorMax = 99_999_999
const trialDaysMax = 730
const thresholdsMax = 5

const oneLine = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^\P{Cc}*$/u, 'must be one line without control characters')

const paragraph = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .regex(/^(\P{Cc}|[\n\t])*$/u, 'must not contain control characters')

/** PostgreSQL keeps microseconds; what is read and sent back has milliseconds. */
const readAt = z.iso.datetime().optional().openapi({
  description:
    'The `updatedAt` that you read: 409 when somebody has changed it since. Left out, your change simply wins.',
})

export const metricSlugSchema = z
  .string()
  .max(64)
  .regex(/^[a-z][a-z0-9]*([_.-][a-z0-9]+)*$/, 'must be lower-case letters and digits, with single _ . - between')
  .openapi({ example: 'messages', description: 'What the agent’s code names it by. Never changes.' })

const thresholds = z
  .array(z.int().min(1).max(100))
  .max(thresholdsMax)
  .transform((percents) => [...new Set(percents)].toSorted((a, b) => a - b))
  .openapi({ type: 'array', items: { type: 'integer' }, description: 'Percent of a limit; each gives one notice.' })

const metricWords = {
  displayName: oneLine(80).openapi({ example: 'Messages' }),
  unit: oneLine(40).openapi({ example: 'messages', description: 'In the plural, as in “1,000 messages a month”.' }),
}

export const newMetricSchema = z
  .strictObject({
    slug: metricSlugSchema,
    ...metricWords,
    kind: z
      .enum(metricKinds)
      .default('counter')
      .openapi({ description: '`counter` starts at 0 each usage period, `gauge` is a level. Never changes.' }),
    thresholds: thresholds.default([80, 100]),
  })
  .openapi('NewMetric')
export type NewMetric = z.infer<typeof newMetricSchema>

export const metricEditSchema = z
  .strictObject({ ...metricWords, thresholds })
  .partial()
  .extend({ updatedAt: readAt })
  .openapi('MetricEdit')
export type MetricEdit = z.infer<typeof metricEditSchema>

export const metricOrderSchema = z
  .strictObject({ metrics: z.array(metricSlugSchema).max(liveMetricsMax) })
  .openapi('MetricOrder', { example: { metrics: ['messages', 'seats'] } })

const isoTime = z.iso.datetime()

export const metricSchema = z
  .object({
    slug: z.string(),
    displayName: z.string(),
    unit: z.string(),
    kind: z.enum(metricKinds),
    thresholds: z.array(z.int()),
    archivedAt: isoTime.nullable(),
    updatedAt: isoTime,
  })
  .openapi('Metric', {
    example: {
      slug: 'messages',
      displayName: 'Messages',
      unit: 'messages',
      kind: 'counter',
      thresholds: [80, 100],
      archivedAt: null,
      updatedAt: '2026-11-22T12:00:00.000Z',
    },
  })
export type Metric = z.infer<typeof metricSchema>

/** `unlimited`; a number of units, 0 included; or no quota at all. The last two deny, unless an add-on raises them. */
export const quotaLimitSchema = z
  .union([z.int().min(0).max(Number.MAX_SAFE_INTEGER), z.literal('unlimited'), z.literal('not_included')])
  .openapi({ example: 1000, description: 'Units per usage period (for a gauge: the highest level).' })
export type QuotaLimit = z.infer<typeof quotaLimitSchema>

export const quotasSchema = z
  .array(z.strictObject({ metric: metricSlugSchema, limit: quotaLimitSchema }))
  .max(liveMetricsMax)
  .refine((quotas) => new Set(quotas.map(({ metric }) => metric)).size === quotas.length, 'names a metric twice')
export type Quotas = z.infer<typeof quotasSchema>

const tierWords = {
  tierName: oneLine(80).openapi({ example: 'Pro' }),
  description: paragraph(2_000),
  trialDays: z.int().min(0).max(trialDaysMax).openapi({ example: 14, description: 'A free tier has none.' }),
  trialWithoutCard: z.boolean().openapi({
    description: 'A trial begins without a card. It is charged for only if one was added by its end.',
  }),
  trialEndsWith: z.enum(trialEnds).openapi({
    description:
      'What follows a trial: `charge` the first charge (without a card by then: nothing), `free_tier` the agent’s free tier (if none is on offer by then: nothing), `end` nothing.',
  }),
  recommended: z.boolean().openapi({ description: 'One tier of an agent at most: the others lose it.' }),
}

const tierTerms = {
  priceMinor: z.int().min(0).max(priceMinorMax).openapi({
    example: 1900,
    description:
      'For one billing interval, in the minor unit that Stripe counts the currency in: 1900 is €19.00 and ¥1900, and ISK 19. 0: free.',
  }),
  currency: z
    .string()
    .refine((code) => currencies.has(code), 'must be an ISO 4217 code in capitals that payments can be made in')
    .openapi({ example: 'EUR' }),
  billingInterval: z.enum(billingIntervals),
  usageInterval: z
    .enum(billingIntervals)
    .openapi({ description: 'How often counters start again; a yearly tier may still grant its quota monthly.' }),
  taxBehavior: z.enum(taxBehaviors),
}

export const newTierSchema = z
  .strictObject({
    ...tierWords,
    ...tierTerms,
    description: tierWords.description.default(''),
    trialDays: tierWords.trialDays.default(0),
    trialWithoutCard: tierWords.trialWithoutCard.default(false),
    trialEndsWith: tierWords.trialEndsWith.default('charge'),
    recommended: tierWords.recommended.default(false),
    currency: tierTerms.currency.optional().openapi({ description: 'The marketplace’s own when left out.' }),
    billingInterval: tierTerms.billingInterval.default('month'),
    usageInterval: tierTerms.usageInterval.default('month'),
    taxBehavior: tierTerms.taxBehavior.default('unspecified'),
    quotas: quotasSchema.default([]),
  })
  .openapi('NewTier')
/** As typed. */
export type TypedTier = z.infer<typeof newTierSchema>
export type NewTier = TypedTier & { readonly currency: string }

export const tierEditSchema = z
  .strictObject({ ...tierWords, ...tierTerms })
  .partial()
  .extend({ updatedAt: readAt })
  .openapi('TierEdit')
export type TierEdit = z.infer<typeof tierEditSchema>

export const quotaEditSchema = z
  .strictObject({ quotas: quotasSchema.min(1), updatedAt: readAt })
  .openapi('QuotaEdit', { example: { quotas: [{ metric: 'messages', limit: 1000 }] } })
export type QuotaEdit = z.infer<typeof quotaEditSchema>

export const tierOrderSchema = z.strictObject({ tiers: z.array(z.uuid()).max(liveTiersMax) }).openapi('TierOrder')

export const tierSchema = z
  .object({
    id: z.uuid().openapi({ description: 'Of this version.' }),
    familyId: z.uuid().openapi({ description: 'The same for all versions of the tier.' }),
    version: z.int(),
    tierName: z.string(),
    description: z.string(),
    priceMinor: z.int(),
    currency: z.string(),
    billingInterval: z.enum(billingIntervals),
    usageInterval: z.enum(billingIntervals),
    taxBehavior: z.enum(taxBehaviors),
    trialDays: z.int(),
    trialWithoutCard: z.boolean(),
    trialEndsWith: z.enum(trialEnds),
    recommended: z.boolean(),
    isInUse: z.boolean().openapi({
      description: 'Somebody has, had or began to buy it: its terms don’t change any more, a change is a new version.',
    }),
    archivedAt: isoTime.nullable(),
    updatedAt: isoTime,
    quotas: z
      .array(z.object({ metric: z.string(), limit: z.union([z.int(), z.literal('unlimited')]) }))
      .openapi({ description: 'A metric that is not here is not included.' }),
  })
  .openapi('Tier', {
    example: {
      id: '0b9c2a3e-5e0d-4a58-9f5e-3c1f4f0f8a11',
      familyId: '6d1f0a52-2d53-4a6e-8a37-2a5f9f6f3b10',
      version: 2,
      tierName: 'Pro',
      description: '',
      priceMinor: 1900,
      currency: 'EUR',
      billingInterval: 'month',
      usageInterval: 'month',
      taxBehavior: 'unspecified',
      trialDays: 14,
      trialWithoutCard: false,
      trialEndsWith: 'charge',
      recommended: true,
      isInUse: true,
      archivedAt: null,
      updatedAt: '2026-11-22T12:00:00.000Z',
      quotas: [{ metric: 'messages', limit: 1000 }],
    },
  })
export type Tier = z.infer<typeof tierSchema>
