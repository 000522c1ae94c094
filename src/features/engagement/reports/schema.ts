// What people tell about an agent, and what operators see of it.
import { z } from '@hono/zod-openapi'
import { reportKinds, reportReasons, reportStates } from '#src/db/schema/index.ts'
import { text } from '#src/http/text-schema.ts'

export const detailsCharactersMax = 2_000

export const newAgentReportSchema = z
  .strictObject({
    reason: z.enum(reportReasons, { error: 'must be chosen' }),
    details: text({ max: detailsCharactersMax }).default(''),
  })
  .openapi('NewAgentReport', { example: { reason: 'not_working', details: 'Since Monday it answers nothing.' } })

export const newRemovalSchema = z
  .strictObject({
    details: text({ min: 1, max: detailsCharactersMax }).openapi({
      description: 'Who asks, and how an operator can see that the project is theirs.',
    }),
  })
  .openapi('NewRemoval', { example: { details: 'I maintain the project: see MAINTAINERS.md, line 3.' } })

export const decisionSchema = z
  .strictObject({
    reason: text({ min: 1, max: 500 }).openapi({
      description: 'Kept with the report and in the audit trail. Of a removal whoever asked for it reads it.',
    }),
    takesDown: z.boolean().default(false).openapi({
      description:
        'Of an upheld report about an entry that nobody has claimed: it is taken down. An upheld removal does so anyway.',
    }),
  })
  .openapi('ReportDecision', { example: { reason: 'The project’s maintainer asked for it.' } })

const isoTime = z.iso.datetime().openapi({ example: '2026-11-22T12:00:00.000Z' })

export const reportSchema = z
  .object({
    id: z.uuid(),
    kind: z.enum(reportKinds),
    agent: z.object({ slug: z.string(), name: z.string() }),
    review: z
      .object({
        id: z.uuid(),
        rating: z.int(),
        title: z.string(),
        body: z.string(),
        author: z.string(),
        isHidden: z.boolean(),
      })
      .nullable()
      .openapi({ description: 'Null: it is about the agent.' }),
    reason: z.enum(reportReasons),
    details: z.string(),
    reporterEmail: z.string().nullable().openapi({ description: 'To answer to. Null: they have an account.' }),
    state: z.enum(reportStates),
    createdAt: isoTime,
    decidedAt: isoTime.nullable(),
    decision: z.string().openapi({ description: 'Why it was decided so.' }),
  })
  .openapi('Report')
export type Report = z.infer<typeof reportSchema>

export const reportDetailSchema = reportSchema
  .extend({
    reporter: z
      .object({ name: z.string(), email: z.string() })
      .nullable()
      .openapi({ description: 'Of the account, where they have one.' }),
    decidedBy: z.string().nullable().openapi({ description: 'The name of the operator who decided.' }),
    isDirectoryEntry: z.boolean().openapi({ description: 'Nobody has claimed the agent.' }),
    isListed: z.boolean().openapi({ description: 'The agent has a page.' }),
  })
  .openapi('ReportDetail')
export type ReportDetail = z.infer<typeof reportDetailSchema>

export const reportListSchema = z
  .object({ items: z.array(reportSchema), nextCursor: z.string().nullable() })
  .openapi('ReportList')
