// What people send about reviews, and what they are answered.
import { z } from '@hono/zod-openapi'
import { reportReasons } from '#src/db/schema/index.ts'
import { text } from '#src/http/text-schema.ts'
import { obstacles } from './rules/may-review.ts'

export const titleCharactersMax = 200
export const bodyCharactersMax = 10_000
export const replyCharactersMax = 5_000
export const detailsCharactersMax = 2_000

export const newReviewSchema = z
  .strictObject({
    rating: z.int({ error: 'must be 1 to 5' }).min(1, 'must be 1 to 5').max(5, 'must be 1 to 5'),
    title: text({ max: titleCharactersMax, isOneLine: true }).default(''),
    body: text({ max: bodyCharactersMax }).default('').openapi({ description: 'Markdown.' }),
  })
  .openapi('NewReview', {
    example: { rating: 4, title: 'Reads what I would skip', body: 'Fast, and **right** most of the time.' },
  })
export type NewReview = z.infer<typeof newReviewSchema>

export const replySchema = z
  .strictObject({ body: text({ min: 1, max: replyCharactersMax }).openapi({ description: 'Markdown.' }) })
  .openapi('ReviewReplyText', { example: { body: 'Thank you. Long texts are faster since 1.4.' } })

/** Of the reasons for reports, those that a review can give. */
export const reviewReportReasons = reportReasons.filter(
  (reason) => reason !== 'not_working' && reason !== 'mine',
) as unknown as readonly ReviewReportReason[]
export type ReviewReportReason = Exclude<(typeof reportReasons)[number], 'not_working' | 'mine'>

export const newReportSchema = z
  .strictObject({
    reason: z.enum(reviewReportReasons as [ReviewReportReason, ...ReviewReportReason[]]),
    details: text({ max: detailsCharactersMax }).default(''),
  })
  .openapi('NewReviewReport', { example: { reason: 'spam', details: 'The same words stand at three agents.' } })
export type NewReport = z.infer<typeof newReportSchema>

export const moderationSchema = z
  .strictObject({
    reason: text({ min: 1, max: 500 }).openapi({
      description: 'Kept in the audit trail. Of a hidden review its author reads it, and nobody else.',
    }),
  })
  .openapi('ReviewModeration', { example: { reason: 'It names a private person.' } })

export const reviewSorts = ['helpful', 'newest', 'highest', 'lowest'] as const
export type ReviewSort = (typeof reviewSorts)[number]

const isoTime = z.iso.datetime().openapi({ example: '2026-11-22T12:00:00.000Z' })
const day = z.iso.date().openapi({ example: '2026-07-20' })

const useSchema = z
  .object({
    times: z.int().positive().openapi({ description: 'Uses that counted and were not given back; counts to 1,000.' }),
    isMore: z.boolean().openapi({ description: 'There are more than were counted.' }),
    firstDay: day,
    lastDay: day,
  })
  .openapi('ReviewerUse', { example: { times: 312, isMore: false, firstDay: '2026-07-20', lastDay: '2026-11-21' } })

const replyAnswer = z.object({ body: z.string(), by: z.string(), repliedAt: isoTime })

export const reviewSchema = z
  .object({
    id: z.uuid(),
    rating: z.int().min(1).max(5),
    title: z.string(),
    body: z.string().openapi({ description: 'Markdown of a stranger: sanitise it before it becomes HTML.' }),
    author: z.string().openapi({ description: 'The name that they go by here.' }),
    use: useSchema.nullable().openapi({
      description: 'How much they have used the agent, from the ledger. Null: the agent counts nothing of theirs.',
    }),
    reply: replyAnswer.nullable().openapi({ description: 'Of the publisher.' }),
    createdAt: isoTime,
    editedAt: isoTime.nullable(),
  })
  .openapi('Review')
export type Review = z.infer<typeof reviewSchema>

const count = z.int().nonnegative()

export const ratingSchema = z
  .object({
    count: count.openapi({ description: 'Reviews that are shown.' }),
    rating: z.number().nullable().openapi({
      description:
        'With ten reviews of 3.5 counted in, as ranking does, so that few reviews say little. Null: fewer than three.',
      example: 4.3,
    }),
    mean: z.number().nullable().openapi({ description: 'The plain mean. Null: fewer than three.', example: 4.6 }),
    distribution: z
      .object({ 5: count, 4: count, 3: count, 2: count, 1: count })
      .openapi({ description: 'Reviews by their stars.' }),
  })
  .openapi('Rating')

export const reviewListSchema = z
  .object({ rating: ratingSchema, items: z.array(reviewSchema), nextCursor: z.string().nullable() })
  .openapi('ReviewList')

export const ownReviewSchema = z
  .object({
    review: z
      .object({
        id: z.uuid(),
        rating: z.int().min(1).max(5),
        title: z.string(),
        body: z.string(),
        createdAt: isoTime,
        editedAt: isoTime.nullable(),
        hidden: z.object({ at: isoTime, reason: z.string() }).nullable().openapi({ description: 'Null: it is shown.' }),
      })
      .nullable(),
    obstacle: z
      .enum(obstacles)
      .nullable()
      .openapi({ description: 'What is in the way of writing or changing one. Null: nothing.' }),
  })
  .openapi('OwnReview')
