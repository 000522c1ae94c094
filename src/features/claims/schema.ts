// What people send about claims, and what they are answered.
import { z } from '@hono/zod-openapi'
import { claimMethods, claimStates } from '#src/db/schema/index.ts'
import { text } from '#src/http/text-schema.ts'

export const newClaimSchema = z
  .strictObject({
    organization: z
      .string({ error: 'must be chosen' })
      .min(1, 'must be chosen')
      .max(80)
      .openapi({ description: 'The slug of an organization that you own or administer.' }),
  })
  .openapi('NewClaim', { example: { organization: 'analytical-engines' } })

export const checkSchema = z
  .strictObject({ method: z.enum(claimMethods) })
  .openapi('ClaimCheck', { example: { method: 'well_known' } })

export const refusalSchema = z
  .strictObject({
    reason: text({ min: 1, max: 500 }).openapi({ description: 'Whoever made the claim reads it in a mail.' }),
  })
  .openapi('ClaimRefusal', { example: { reason: 'The site is a mirror of the project’s.' } })

const isoTime = z.iso.datetime().openapi({ example: '2026-11-23T12:00:00.000Z' })
const named = z.object({ slug: z.string(), name: z.string() })

const fields = {
  id: z.uuid(),
  organization: named,
  state: z.enum(claimStates),
  host: z.string().openapi({ description: 'Where the proof has to stand: the host of the homepage.' }),
  method: z.enum(claimMethods).openapi({ description: 'How it was looked for last.' }),
  checkedAt: isoTime.nullable(),
  checkError: z.string().nullable().openapi({ description: 'What was asked and what came back instead.' }),
  provenAt: isoTime.nullable(),
  decidedAt: isoTime.nullable(),
  reason: z.string().nullable().openapi({ description: 'Why it was refused.' }),
  createdAt: isoTime,
}

export const ownClaimSchema = z
  .object({
    ...fields,
    token: z.string().openapi({ description: 'The text that has to stand there.' }),
    fileUrl: z.string().openapi({ description: 'Where it may stand as a file.' }),
    dnsName: z.string().nullable().openapi({ description: 'Or as a TXT record. Null: by the file alone.' }),
  })
  .openapi('OwnClaim')
export type OwnClaim = z.infer<typeof ownClaimSchema>

export const claimSchema = z
  .object({ ...fields, agent: named, claimant: z.object({ name: z.string(), email: z.string() }) })
  .openapi('Claim')
export type Claim = z.infer<typeof claimSchema>

export const claimListSchema = z
  .object({ items: z.array(claimSchema), nextCursor: z.string().nullable() })
  .openapi('ClaimList')
