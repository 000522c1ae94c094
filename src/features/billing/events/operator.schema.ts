// What operators ask about Stripe's events, and what they are answered.
import { z } from '@hono/zod-openapi'
import { eventStates } from './list-events.ts'

const eventType = z
  .string()
  .max(100)
  .regex(/^[a-z0-9_]+(\.[a-z0-9_]+)*$/, 'must be a type of Stripe’s events, or the beginning of one')
const isoTime = z.iso.datetime()
const time = isoTime.transform((text) => new Date(text))
/** As the database writes it. */
const id = z.uuid().toLowerCase()

export const eventParam = z.strictObject({ id: id.openapi({ description: 'Ours, not Stripe’s.' }) })
export const reconciledParam = z.strictObject({ id: id.openapi({ description: 'The subscription’s.' }) })

export const eventQuery = z.strictObject({
  state: z.enum(eventStates).optional(),
  type: eventType.optional().openapi({ description: 'Whole, or up to a dot: `invoice` finds all of `invoice.…`.' }),
  from: time.optional().openapi({ type: 'string', format: 'date-time', description: 'Received at or after.' }),
  to: time.optional().openapi({ type: 'string', format: 'date-time', description: 'Received before.' }),
  cursor: id.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
})

const listedFields = {
  id: z.uuid(),
  stripeEventId: z.string(),
  type: z.string(),
  state: z.enum(eventStates).openapi({ description: 'A `failed` one may be tried again by itself.' }),
  outcome: z.string().nullable().openapi({ description: 'Null: not processed.' }),
  error: z.string().nullable().openapi({ description: 'Of the last attempt.' }),
  attempts: z.int().openapi({ description: 'Since it came, or was replayed.' }),
  receivedAt: isoTime,
  processedAt: isoTime.nullable(),
}

const listedExample = {
  id: '0b7c9a52-6c1e-4f4e-9a3b-5d8e2f1a7c64',
  stripeEventId: 'evt_1Q8zR2',
  type: 'invoice.paid',
  state: 'processed',
  outcome: 'reconciled',
  error: null,
  attempts: 1,
  receivedAt: '2026-11-22T12:00:00.000Z',
  processedAt: '2026-11-22T12:00:01.000Z',
} as const

export const eventListSchema = z
  .object({ items: z.array(z.object(listedFields).openapi('StripeEvent')), nextCursor: z.string().optional() })
  .openapi('StripeEventList', { example: { items: [listedExample] } })

const money = z.object({ amountMinor: z.int(), currency: z.string() })
const entry = z.object({ stripeObjectId: z.string(), kind: z.string(), money })

const eventSchema = z
  .object({
    ...listedFields,
    livemode: z.boolean(),
    payload: z.record(z.string(), z.unknown()),
    isReduced: z.boolean().openapi({ description: 'Only ids of the payload are kept.' }),
    nextAttemptAt: isoTime.nullable(),
    traces: z.object({
      subscription: z
        .object({
          id: z.uuid(),
          agent: z.string(),
          tier: z.string(),
          status: z.string(),
          periodStart: isoTime,
          periodEnd: isoTime,
          cancelsAtPeriodEnd: z.boolean(),
          pastDueSince: isoTime.nullable(),
          disputedSince: isoTime.nullable(),
        })
        .optional(),
      entries: z.array(entry).openapi({ description: 'Movements of money; 50 at most.' }),
    }),
  })
  .openapi('StripeEventDetail')

export const eventAnswerSchema = eventSchema

const changeSchema = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('subscription'),
      field: z.string(),
      before: z.string().nullable(),
      after: z.string().nullable(),
    }),
    z.object({ kind: z.literal('subscription_added'), subscriptionId: z.uuid() }),
    z.object({ kind: z.literal('entry'), entry }),
  ])
  .openapi('BillingChange')

export const replaySchema = z
  .object({ event: eventSchema, changes: z.array(changeSchema) })
  .openapi('StripeEventReplay', {
    description: '`event.state` is `waiting` when nothing came of it within ten seconds.',
  })

export const reconciledSchema = z
  .object({
    outcome: z.enum(['reconciled', 'foreign', 'pending', 'undone', 'refused']),
    changes: z.array(changeSchema),
  })
  .openapi('ReconciledSubscription', { example: { outcome: 'reconciled', changes: [] } })
