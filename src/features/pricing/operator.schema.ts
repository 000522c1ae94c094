// What operators send about one subscription, and what they are answered.
import { z } from '@hono/zod-openapi'
import { addonScopes, addonSources } from '#src/db/schema/index.ts'
import { meterStateSchema } from '#src/features/usage/index.ts'
import { metricSlugSchema } from './schema.ts'

/** A hundred of these, and a quota, are still a number that JavaScript can count to. */
const addonUnitsMax = 1_000_000_000_000
const units = z.int().min(1).max(addonUnitsMax)

const reason = z
  .string()
  .trim()
  .min(3)
  .max(500)
  .regex(/^(\P{Cc}|\n)*$/u, 'must not contain control characters')
  .openapi({ example: 'Goodwill after the outage of 20 November', description: 'Kept in the audit trail.' })

const preview = z
  .boolean()
  .default(false)
  .openapi({ description: 'True: nothing is written, and the answer says what would be.' })

/** As the database writes it, so that the same id sent in other letters is the same. */
const id = z.uuid().toLowerCase()

export const subscriptionParam = z.strictObject({ id: id.openapi({ description: 'The subscription’s.' }) })
export const addonParam = subscriptionParam.extend({ addonId: id })

export const newAddonSchema = z
  .strictObject({
    id: id
      .optional()
      .openapi({ description: 'Yours: sent again with it, the add-on is granted once. Left out, one is made.' }),
    metric: metricSlugSchema,
    amount: units.openapi({ example: 100 }),
    scope: z
      .enum(addonScopes)
      .openapi({ description: '`one_cycle` counts in the present usage period, `permanent` in all until revoked.' }),
    reason,
    preview,
  })
  .openapi('NewAddon')

export const revocationSchema = z.strictObject({ reason, preview }).openapi('AddonRevocation')

export const adjustmentSchema = z
  .strictObject({
    clientReqId: id.openapi({ description: 'Yours: sent again with it, the adjustment is made once.' }),
    metric: metricSlugSchema,
    delta: z
      .int()
      .min(-Number.MAX_SAFE_INTEGER)
      .max(Number.MAX_SAFE_INTEGER)
      .refine((value) => value !== 0, 'must not be 0')
      .openapi({ example: -5, description: 'Units. Negative where an entry is taken back.' }),
    entryId: id.optional().openapi({
      description:
        'For counters: the entry of the ledger that is taken back. Left out: the present counter or level is set right as a whole.',
    }),
    reason,
    preview,
  })
  .openapi('UsageAdjustment')

const isoTime = z.iso.datetime()

const addonSchema = z
  .object({
    id: z.uuid(),
    metric: z.string(),
    amount: z.int(),
    scope: z.enum(addonScopes),
    source: z.enum(addonSources),
    reason: z.string().nullable().openapi({ description: 'Null for what was bought.' }),
    grantedAt: isoTime,
    revokedAt: isoTime.nullable(),
  })
  .openapi('Addon')

export const addonListSchema = z.object({ items: z.array(addonSchema) }).openapi('AddonList')

const addon = {
  id: '9b4f1d2c-7a55-4e0b-8c1d-2f6a7b8c9d10',
  metric: 'messages',
  amount: 100,
  scope: 'one_cycle',
  source: 'admin_grant',
  reason: 'Goodwill after the outage of 20 November',
  grantedAt: '2026-11-22T12:00:00.000Z',
  revokedAt: null,
} as const
const period = { periodStart: '2026-11-01T00:00:00.000Z', periodEnd: '2026-12-01T00:00:00.000Z' }
const meter = { metric: 'messages', used: 100, unlimited: false, ...period, resetsAt: period.periodEnd }
const included = { part: 'included', limit: 100, used: 100, remaining: 0 } as const
const before = { ...meter, limit: 100, remaining: 0, breakdown: [included] }
const after = {
  ...meter,
  limit: 200,
  remaining: 100,
  breakdown: [included, { part: 'one_cycle_granted', limit: 100, used: 0, remaining: 100 } as const],
}

export const addonChangeSchema = z
  .object({
    addon: addonSchema,
    before: meterStateSchema,
    after: meterStateSchema,
    replayed: z.boolean().openapi({ description: 'It had been granted already; nothing was changed.' }),
    preview: z.boolean().openapi({ description: 'Nothing was written.' }),
  })
  .openapi('AddonChange', { example: { addon, before, after, replayed: false, preview: false } })

export const adjustmentAnswerSchema = z
  .object({
    entryId: z.uuid(),
    usedBefore: z.int().openapi({ description: 'Of the counter or level that was adjusted.' }),
    usedAfter: z.int(),
    meter: meterStateSchema.openapi({ description: 'Where the metric stands now.' }),
    replayed: z.boolean(),
    preview: z.boolean().openapi({ description: 'Nothing was written.' }),
  })
  .openapi('UsageAdjustmentAnswer', {
    example: {
      entryId: 'c2a1d7f0-5b7e-4a63-8f0e-1b2c3d4e5f60',
      usedBefore: 105,
      usedAfter: 100,
      meter: before,
      replayed: false,
      preview: false,
    },
  })
