// What operators send and are answered about money that was paid.
import { z } from '@hono/zod-openapi'
import { moneySchema } from '../schema.ts'

export const reasonSchema = z
  .string()
  .trim()
  .min(3)
  .max(500)
  .regex(/^(\P{Cc}|\n)*$/u, 'must not contain control characters')
  .openapi({ example: 'Bought by mistake', description: 'Kept in the audit trail.' })

export const newRefundSchema = z
  .strictObject({
    id: z
      .uuid()
      .toLowerCase()
      .optional()
      .openapi({ description: 'Yours: sent again with it, the money is given back once. Left out, one is made.' }),
    invoice: z
      .string()
      .regex(/^in_\w{1,250}$/, 'must be the id of an invoice')
      .openapi({ example: 'in_1SVQ2mB7' }),
    amountMinor: z
      .int()
      .min(1)
      .max(Number.MAX_SAFE_INTEGER)
      .optional()
      .openapi({ example: 500, description: 'Left out: all that is left.' }),
    reason: reasonSchema,
    preview: z
      .boolean()
      .default(false)
      .openapi({ description: 'True: nothing is done, and the answer says what would be.' }),
  })
  .openapi('NewRefund')

export const refundSchema = z
  .object({
    id: z.uuid(),
    amount: moneySchema,
    left: moneySchema.openapi({ description: 'What could still be given back after it.' }),
    revokes: z
      .object({ addonId: z.uuid(), name: z.string() })
      .nullable()
      .openapi({ description: 'The add-on that ends with it.' }),
    replayed: z.boolean().openapi({ description: 'It had been made already; nothing more was given back.' }),
    preview: z.boolean(),
  })
  .openapi('Refund', {
    example: {
      id: '3f0f7c1e-0a3f-4e54-9a53-2f6f0c0f7b11',
      amount: { amountMinor: 500, currency: 'EUR' },
      left: { amountMinor: 0, currency: 'EUR' },
      revokes: { addonId: '9b4f1d2c-7a55-4e0b-8c1d-2f6a7b8c9d10', name: '50 more messages' },
      replayed: false,
      preview: false,
    },
  })

export const operatorInvoiceListSchema = z
  .object({
    items: z.array(
      z.object({
        id: z.string(),
        number: z.string().nullable(),
        date: z.iso.datetime(),
        amount: moneySchema,
        paid: moneySchema,
        refunded: moneySchema,
        state: z.enum(['open', 'paid', 'void', 'uncollectible']),
        url: z.string().nullable().openapi({ description: 'Stripe’s page for it.' }),
        pdfUrl: z.string().nullable(),
        agentName: z.string().nullable(),
      }),
    ),
  })
  .openapi('SubscriptionInvoiceList')
