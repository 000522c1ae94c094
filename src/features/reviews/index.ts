export { reviewRoutes } from './routes.ts'
export { createReviewServices } from './services.ts'
export type {
  OneReviewPage,
  OwnReviewPage,
  ReviewServices,
  ReviewSummary,
  ReviewedPage,
  WrittenReviews,
} from './services.ts'
export type { WrittenReview } from './read/list-own-reviews.ts'
export type { FieldErrors, ReviewOutcome } from './outcome.ts'
export type { Obstacle } from './rules/may-review.ts'
export type { Rating } from './rules/rating.ts'
export type { Review, ReviewReportReason, ReviewSort } from './schema.ts'
export type { Moderation } from './moderation/moderate-review.ts'
