import type { Review, ReviewSummary } from '#src/features/reviews/index.ts'
import { renderMarkdown } from '../../markdown.server.ts'

/** With the words of strangers as sanitised HTML. */
export const renderReview = (review: Review) => ({
  ...review,
  html: renderMarkdown(review.body),
  reply: review.reply && { ...review.reply, html: renderMarkdown(review.reply.body) },
})

export type RenderedReview = ReturnType<typeof renderReview>

/** For the agent's page. Undefined: the agent can't be reviewed. */
export const renderSummary = (summary: ReviewSummary | undefined) =>
  summary && { ...summary, items: summary.items.map(renderReview) }

export type RenderedSummary = NonNullable<ReturnType<typeof renderSummary>>
