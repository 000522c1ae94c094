// The shapes of the answers, for the OpenAPI document and the SDK's types.
import { z } from '@hono/zod-openapi'

export const reasons = ['quota_exceeded', 'not_included', 'no_subscription', 'payment_required', 'suspended'] as const

const part = z.object({
  part: z.enum(['included', 'one_cycle_granted', 'one_cycle_purchased', 'permanent_granted', 'permanent_purchased']),
  limit: z.int(),
  used: z.int(),
  remaining: z.int(),
})

export const meterStateSchema = z.object({
  metric: z.string(),
  used: z.int(),
  limit: z.int().nullable().openapi({ description: 'Null: unlimited.' }),
  remaining: z.int().nullable(),
  unlimited: z.boolean(),
  periodStart: z.iso.datetime().nullable(),
  periodEnd: z.iso.datetime().nullable(),
  resetsAt: z.iso.datetime().nullable().openapi({ description: 'Null for a gauge, which never starts again.' }),
  breakdown: z.array(part).readonly().openapi({ description: 'What the limit is made of, in the order it is drawn.' }),
})

export const decisionSchema = meterStateSchema
  .extend({
    allowed: z.boolean(),
    reason: z.enum(reasons).optional().openapi({ description: 'Why not.' }),
    subscriptionId: z.uuid().nullable(),
    entryId: z.uuid().optional().openapi({ description: 'The ledger’s entry; what a refund names.' }),
    replayed: z.literal(true).optional().openapi({ description: 'This id was answered before; this is that answer.' }),
    refunded: z.int().optional().openapi({ description: 'Units given back since, when replayed.' }),
    purchaseUrl: z.url().optional().openapi({
      description:
        'Where the person can lift the limit. Send them there; with `?return_to=` and an address at an origin of your redirect URIs they are offered the way back.',
    }),
  })
  .openapi('Decision')

const failureSchema = z.object({
  clientReqId: z.string().nullable(),
  error: z.object({
    code: z.string(),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .readonly()
      .optional(),
  }),
})

export const batchAnswerSchema = z
  .object({ results: z.array(z.union([decisionSchema.extend({ clientReqId: z.string() }), failureSchema])).readonly() })
  .openapi('UsageBatchAnswer')

const period = { periodStart: '2026-11-01T00:00:00.000Z', periodEnd: '2026-12-01T00:00:00.000Z' }
const meter = { metric: 'messages', unlimited: false, ...period, resetsAt: period.periodEnd }
const subscriptionId = '6f1c9a52-0c4c-4c8e-9d5e-0f1d6a3b7c11'
const entryId = 'c2a1d7f0-5b7e-4a63-8f0e-1b2c3d4e5f60'
const included = (used: number) => [{ part: 'included', limit: 100, used, remaining: 100 - used }]

export const decisionExamples = {
  allowed: {
    summary: 'Allowed, and recorded',
    value: {
      allowed: true,
      subscriptionId,
      entryId,
      ...meter,
      used: 41,
      limit: 100,
      remaining: 59,
      breakdown: included(41),
    },
  },
  denied: {
    summary: 'Denied: nothing was recorded, the same id works once the limit is lifted',
    value: {
      allowed: false,
      reason: 'quota_exceeded',
      subscriptionId,
      ...meter,
      used: 100,
      limit: 100,
      remaining: 0,
      breakdown: included(100),
      purchaseUrl: 'https://market.example/buy/3q2-7wAA',
    },
  },
  replayed: {
    summary: 'Replayed: the first answer again, counted once',
    value: {
      allowed: true,
      subscriptionId,
      entryId,
      replayed: true,
      ...meter,
      used: 41,
      limit: 100,
      remaining: 59,
      breakdown: included(41),
    },
  },
} as const

export const conflictExample = {
  type: 'about:blank',
  title: 'This clientReqId was used for something else',
  status: 409,
  code: 'request_id_conflict',
  requestId: '7b1e9d3c-9f2a-4f0e-8a55-3c1d2e4f5a6b',
}
