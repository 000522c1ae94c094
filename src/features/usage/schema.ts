// What agents send about usage: parsed once, at the edge. Unknown fields are refused, so that a typing error is never silently
// something else.
import { z } from '@hono/zod-openapi'
import { ledgerEventTypes } from '#src/db/schema/business.ts'

/** Of metadata, as JSON. */
const metadataBytesMax = 2_048
const metadataKeysMax = 20
export const batchEventsMax = 1_000
const ttlSecondsMax = 24 * 3_600

const unitsMax = Number.MAX_SAFE_INTEGER

const isPlain = (text: string): boolean => !text.includes('\0') && text.isWellFormed()

const requestId = z
  .uuid()
  .transform((id) => id.toLowerCase())
  .openapi({
    type: 'string',
    format: 'uuid',
    description:
      'Your idempotency key. Sending it again, however often, is answered the same and counted once; it is remembered for at least 400 days.',
  })

const userId = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, 'must be the `sub` of the person’s ID token')
  .optional()
  .openapi({ description: 'The person’s `sub`. May be left out with a person’s own token.' })

const metric = z
  .string()
  .max(64)
  .regex(/^[a-z][a-z0-9]*([_.-][a-z0-9]+)*$/, 'must be the slug of one of your metrics')
  .openapi({ example: 'messages' })

const delta = z
  .int()
  .min(-unitsMax)
  .max(unitsMax)
  .refine((units) => units !== 0, 'must not be 0')
  .default(1)
  .openapi({ type: 'integer', description: 'Whole units. Negative only for a gauge, with your backend’s own token.' })

const amount = z.int().min(1).max(unitsMax)

const scalar = z.union([z.string().max(500).refine(isPlain), z.number(), z.boolean(), z.null()])

const metadata = z
  .record(z.string().min(1).max(64).refine(isPlain), scalar)
  .refine((fields) => Object.keys(fields).length <= metadataKeysMax, `must have at most ${metadataKeysMax} fields`)
  .refine((fields) => JSON.stringify(fields).length <= metadataBytesMax, `must be at most ${metadataBytesMax} bytes`)
  .optional()
  .openapi({
    description: 'Shown with the entry in the history. Never put personal data here.',
    example: { model: 'small', requestId: 'r-42' },
  })

const latestMoment = Date.UTC(9999, 0, 1)

/** Any that PostgreSQL can read, in UTC: offsets past ±15:59 and years out of four digits are none. */
const moment = z.iso
  .datetime({ offset: true })
  .refine((text) => Date.parse(text) >= 0 && Date.parse(text) < latestMoment, 'must lie between 1970 and 9999')
  .transform((text) => new Date(text).toISOString())

const occurredAt = moment.optional().openapi({
  type: 'string',
  format: 'date-time',
  description:
    'When it happened, if not now. It counts in the period in which it arrives, and is shown with this time.',
})

export const usageReport = z
  .strictObject({ clientReqId: requestId, userId, metric, delta, occurredAt, metadata })
  .openapi('UsageReport')

export const usageBatch = z
  .strictObject({ events: z.array(z.unknown()).min(1).max(batchEventsMax) })
  .openapi('UsageBatch', {
    properties: {
      events: {
        type: 'array',
        items: { $ref: '#/components/schemas/UsageReport' },
        maxItems: batchEventsMax,
        description: 'Each is answered by itself; one that is wrong fails alone.',
      },
    },
  })

export const usageQuestion = z.strictObject({ userId, metric, delta }).openapi('UsageQuestion')

export const reservationRequest = z
  .strictObject({
    clientReqId: requestId,
    userId,
    metric,
    amount: amount.openapi({ description: 'The most that the work may take.' }),
    ttlSeconds: z.int().min(1).max(ttlSecondsMax).default(300),
    metadata,
  })
  .openapi('ReservationRequest')

export const commitRequest = z
  .strictObject({ amount: z.int().min(0).max(unitsMax).openapi({ description: 'What the work really took.' }) })
  .openapi('CommitRequest')

export const refundRequest = z
  .strictObject({
    clientReqId: requestId,
    entryId: z
      .uuid()
      .transform((id) => id.toLowerCase())
      .openapi({ type: 'string', format: 'uuid', description: 'Of an allowed decision, or a committed reservation.' }),
    amount: amount.optional().openapi({ description: 'Units to give back. Left out: all that is left of the entry.' }),
  })
  .openapi('RefundRequest')

export const idParam = z.object({
  id: z
    .uuid()
    .transform((id) => id.toLowerCase())
    .openapi({ type: 'string', format: 'uuid', param: { in: 'path', name: 'id' } }),
})

export const ledgerPageMax = 200

export const ledgerQuery = z.strictObject({
  subscriptionId: z
    .uuid()
    .transform((id) => id.toLowerCase())
    .optional()
    .openapi({ type: 'string', format: 'uuid' }),
  userId,
  metric: metric.optional(),
  type: z.enum(ledgerEventTypes).optional(),
  from: moment
    .optional()
    .openapi({ type: 'string', format: 'date-time', description: 'Of what happened then or later (`occurredAt`).' }),
  to: moment.optional().openapi({ type: 'string', format: 'date-time', description: 'Of what happened before.' }),
  limit: z.coerce.number().int().min(1).max(ledgerPageMax).default(50).openapi({ type: 'integer' }),
  cursor: z.string().max(500).optional().openapi({ description: 'The `nextCursor` of the page before.' }),
  format: z.enum(['json', 'csv']).optional().openapi({ description: 'Instead of an Accept header.' }),
})

export type UsageReport = z.infer<typeof usageReport>
export type UsageQuestionBody = z.infer<typeof usageQuestion>
export type ReservationRequest = z.infer<typeof reservationRequest>
export type RefundRequest = z.infer<typeof refundRequest>
export type LedgerQuery = z.infer<typeof ledgerQuery>
