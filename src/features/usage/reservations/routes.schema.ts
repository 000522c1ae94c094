import { z } from '@hono/zod-openapi'
import { decisionExamples, decisionSchema, meterStateSchema } from '../routes.schema.ts'

const reservationId = z
  .uuid()
  .openapi({ description: 'The reservation; also the ledger’s entry that holds its units.' })

export const reservationSchema = decisionSchema
  .extend({
    reservationId: reservationId.optional(),
    amount: z.int().optional().openapi({ description: 'Units held.' }),
    expiresAt: z.iso.datetime().optional().openapi({ description: 'From then on the units may be given to others.' }),
    state: z.enum(['held', 'committed', 'released', 'lapsed']).optional(),
  })
  .openapi('Reservation', { description: 'The decision; where it is allowed, with what is held.' })

export const settlementSchema = meterStateSchema
  .extend({
    reservationId,
    subscriptionId: z.uuid().nullable(),
    state: z.enum(['committed', 'released', 'lapsed']).openapi({
      description:
        '`lapsed`: it had ended by itself. A commit is then a new use, and its decision is part of the answer.',
    }),
    recorded: z.int().openapi({ description: 'Units of it that count.' }),
    short: z.int().openapi({ description: 'Units of the commit that did not fit any more.' }),
    replayed: z.literal(true).optional(),
    purchaseUrl: z.url().optional(),
    ...decisionSchema.pick({ allowed: true, reason: true, entryId: true, refunded: true }).partial().shape,
  })
  .openapi('Settlement')

const { allowed, denied } = decisionExamples
const { entryId: reservation, allowed: _, ...meter } = allowed.value
const settled = { ...meter, reservationId: reservation, short: 0 }

export const reservationExamples = {
  held: {
    summary: 'Held',
    value: {
      ...allowed.value,
      reservationId: reservation,
      amount: 20,
      expiresAt: '2026-11-22T12:05:00.000Z',
      state: 'held',
    },
  },
  denied: { ...denied, summary: 'Denied: nothing is held' },
  replayed: {
    summary: 'Replayed: the first answer again, held once',
    value: {
      ...allowed.value,
      replayed: true,
      reservationId: reservation,
      amount: 20,
      expiresAt: '2026-11-22T12:05:00.000Z',
      state: 'held',
    },
  },
} as const

export const settlementExamples = {
  committed: { summary: 'Committed', value: { ...settled, state: 'committed', recorded: 12 } },
  replayed: {
    summary: 'Replayed: the first answer again',
    value: { ...settled, state: 'committed', recorded: 12, replayed: true },
  },
  short: {
    summary: 'Committed above what was held, and not all of it fitted',
    value: {
      ...settled,
      state: 'committed',
      recorded: 79,
      short: 5,
      used: 100,
      remaining: 0,
      purchaseUrl: denied.value.purchaseUrl,
    },
  },
  lapsed: {
    summary: 'Committed after it had lapsed: a new use, and it was denied',
    value: { ...denied.value, reservationId: reservation, state: 'lapsed', recorded: 0, short: 12 },
  },
} as const

export const releaseExamples = {
  released: { summary: 'Released', value: { ...settled, state: 'released', recorded: 0 } },
} as const

export const settledExample = {
  type: 'about:blank',
  title: 'This reservation was settled another way',
  status: 409,
  code: 'reservation_settled',
  requestId: '7b1e9d3c-9f2a-4f0e-8a55-3c1d2e4f5a6b',
  state: 'committed',
  committed: 12,
}
