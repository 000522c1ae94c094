// What is asked and answered about what organizations earn.
import { z } from '@hono/zod-openapi'
import { billingEntryKinds } from '#src/db/schema/index.ts'
import { currencies } from '#src/lib/currencies.ts'

const organization = z
  .string()
  .max(80)
  .regex(/^[A-Za-z0-9]+([-_][A-Za-z0-9]+)*$/, 'must be a slug or an id')

export const ownOrganizationParam = z.strictObject({
  org: organization.openapi({ description: 'The organization’s slug.', example: 'acme' }),
})
export const organizationParam = z.strictObject({
  org: organization.openapi({
    description: 'The organization’s slug or id. The id alone finds one that is gone.',
    example: 'acme',
  }),
})

export const monthSchema = z
  .string()
  .regex(/^20\d\d-(0[1-9]|1[0-2])$/, 'must be a month such as 2026-11')
  .openapi({ example: '2026-11', description: 'In UTC. Left out: the present one.' })

export const cursorSchema = z
  .string()
  .regex(/^[1-9]\d{14,15}\.[1-9]\d{0,15}$/, 'is not a cursor of this list')
  .openapi({ description: '`nextCursor` of the page before.' })

export const earningsQuery = z.strictObject({ month: monthSchema.optional(), cursor: cursorSchema.optional() })
export const exportQuery = z.strictObject({ month: monthSchema })

const minor = (description: string) => z.int().openapi({ description: `${description} Minor units.` })

const statementSchema = z
  .object({
    currency: z.string(),
    grossMinor: minor('What people paid.'),
    refundsMinor: minor('What was given back to them.'),
    disputesMinor: minor('What their banks took back, less what they brought again.'),
    adjustmentsMinor: minor('Corrections, either way.'),
    feeMinor: minor(
      'The marketplace’s share: for each entry by itself, rounded half up; a refund gives its share back.',
    ),
    owedMinor: minor('gross − refunds − disputes + adjustments − fee.'),
    paidMinor: minor('Paid out in this month, for whatever month.'),
    entries: z.int(),
  })
  .openapi('EarningsStatement')

const balanceSchema = z
  .object({ currency: z.string(), balanceMinor: minor('All that was ever owed, less all that was ever paid out.') })
  .openapi('EarningsBalance')

const entrySchema = z
  .object({
    id: z.uuid(),
    kind: z.enum(billingEntryKinds),
    occurredAt: z.iso.datetime(),
    currency: z.string(),
    amountMinor: minor('Negative where money leaves.'),
    feeMinor: minor('The marketplace’s share of it.'),
    owedMinor: minor('What the organization gets or gives of it; 0 for a payout.'),
    agent: z.object({ slug: z.string(), name: z.string() }).nullable().openapi({ description: 'Null: none, or gone.' }),
    subscriptionId: z.uuid().nullable(),
    invoiceNumber: z.string().nullable(),
    reference: z.string().nullable().openapi({ description: 'Of the movement itself, or of the payout’s transfer.' }),
    isTest: z.boolean().openapi({ description: 'To the organization’s own people: in no figure.' }),
  })
  .openapi('EarningsEntry')

export const earningsSchema = z
  .object({
    organization: z.string(),
    month: z.string(),
    months: z
      .array(z.string())
      .readonly()
      .openapi({ description: 'Of the last 24, those with entries, and the present one.' }),
    statements: z.array(statementSchema).readonly().openapi({ description: 'Of the month, one for each currency.' }),
    testEntries: z.int().openapi({ description: 'Sales to the organization’s own people in this month.' }),
    balances: z.array(balanceSchema).readonly(),
    entries: z.array(entrySchema).readonly().openapi({ description: 'Of the month, newest first, 100 at a time.' }),
    nextCursor: z.string().nullable(),
  })
  .openapi('Earnings', {
    example: {
      organization: 'acme',
      month: '2026-11',
      months: ['2026-11', '2026-10'],
      statements: [
        {
          currency: 'EUR',
          grossMinor: 1900,
          refundsMinor: 0,
          disputesMinor: 0,
          adjustmentsMinor: 0,
          feeMinor: 190,
          owedMinor: 1710,
          paidMinor: 0,
          entries: 1,
        },
      ],
      testEntries: 0,
      balances: [{ currency: 'EUR', balanceMinor: 1710 }],
      entries: [
        {
          id: '9b4f1d2c-7a55-4e0b-8c1d-2f6a7b8c9d10',
          kind: 'charge',
          occurredAt: '2026-11-22T12:00:00.000Z',
          currency: 'EUR',
          amountMinor: 1900,
          feeMinor: 190,
          owedMinor: 1710,
          agent: { slug: 'readability', name: 'Readability' },
          subscriptionId: '6f1c9a52-0c4c-4c8e-9d5e-0f1d6a3b7c11',
          invoiceNumber: 'ABCD1234-0001',
          reference: 'in_1QabcDEfghIJ',
          isTest: false,
        },
      ],
      nextCursor: null,
    },
  })

const reason = z
  .string()
  .trim()
  .min(3)
  .max(500)
  .regex(/^(\P{Cc}|\n)*$/u, 'must not contain control characters')
  .openapi({ example: 'As agreed on 20 November', description: 'Kept in the audit trail.' })

export const feeChangeSchema = z
  .strictObject({
    feeBp: z.int().min(0).max(10_000).openapi({ example: 1000, description: 'Basis points: 1000 is 10 %.' }),
    reason,
  })
  .openapi('FeeChange')

export const feeSchema = z.object({ organization: z.string(), feeBp: z.int() }).openapi('Fee')

export const newPayoutSchema = z
  .strictObject({
    id: z.uuid().toLowerCase().openapi({ description: 'Yours: sent again with it, the payout stands once.' }),
    amountMinor: z
      .int()
      .refine((amount) => amount !== 0, 'must not be 0')
      .openapi({ example: 1710, description: 'Negative: an earlier payout came back, or was recorded by mistake.' }),
    currency: z
      .string()
      .refine((code) => currencies.has(code), 'must be an ISO 4217 code in capitals that payments can be made in'),
    reference: z
      .string()
      .trim()
      .min(1)
      .max(140)
      .regex(/^\P{Cc}*$/u, 'must be one line without control characters')
      .openapi({ example: 'SEPA 2026-11-22 0042', description: 'Of the transfer. The organization sees it.' }),
    reason,
  })
  .openapi('NewPayout')

export const payoutSchema = z
  .object({
    id: z.uuid(),
    amountMinor: z.int(),
    balance: balanceSchema,
    replayed: z.boolean().openapi({ description: 'It stood there already; nothing was written.' }),
  })
  .openapi('Payout')
