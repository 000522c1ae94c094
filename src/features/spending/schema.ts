// What people send and are answered about what they let themselves be charged.
import { z } from '@hono/zod-openapi'
import { purchaseKinds } from '#src/db/schema/index.ts'
import { agentParam } from '#src/features/pricing/index.ts'
import { capMinorMax } from './set-cap.ts'

const isoTime = z.iso.datetime()
const minor = z.int()
const month = z.string().openapi({ example: '2026-11', description: 'A calendar month in UTC.' })
const currency = z.string().openapi({ example: 'EUR', description: 'ISO 4217.' })

export const agentCapParam = z.strictObject({ agent: agentParam })

export const newCapSchema = z
  .strictObject({
    amountMinor: z.int().min(0).max(capMinorMax).openapi({
      example: 2500,
      description: 'Minor units of `currency`, for each month. 0: nothing more is charged.',
    }),
    currency,
  })
  .openapi('NewSpendingCap')

const standingSchema = z
  .object({
    agent: z
      .object({ id: z.uuid(), slug: z.string(), name: z.string() })
      .nullable()
      .openapi({ description: 'Null: all that you pay for.' }),
    currency,
    capMinor: minor.nullable().openapi({ description: 'Null: there is no cap.' }),
    spentMinor: minor.openapi({ description: 'Charged this month, less what was given back of it.' }),
    reservedMinor: minor.openapi({ description: 'Held for purchases that are open.' }),
    dueMinor: minor.openapi({ description: 'Renews this month by itself.' }),
    roomMinor: minor.nullable(),
    leastMinor: minor.openapi({ description: 'The least that a cap can be now.' }),
  })
  .openapi('SpendingCapStanding')

const line = { agent: z.string(), at: isoTime, amountMinor: minor, currency }

export const spendingSchema = z
  .object({
    month,
    endsAt: isoTime,
    all: standingSchema,
    agents: z.array(standingSchema).readonly(),
    currencies: z.array(currency).readonly(),
    charged: z.array(z.object({ ...line, number: z.string().nullable(), givenBackMinor: minor })).readonly(),
    reserved: z.array(z.object({ ...line, href: z.string().nullable(), kind: z.enum(purchaseKinds) })).readonly(),
    due: z.array(z.object({ ...line, subscriptionId: z.uuid(), month })).readonly(),
  })
  .openapi('Spending')
