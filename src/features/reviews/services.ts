import type { Deps } from '#src/deps.ts'
import { AppError } from '#src/lib/errors.ts'
import { listReports } from '#src/features/engagement/index.ts'
import type { Report } from '#src/features/engagement/index.ts'
import { requireAgentPublisher, requireOperator } from '#src/identity/index.ts'
import type { AccountViewer } from '#src/identity/index.ts'
import { findReviewedAgent, getReviewedAgent } from './agent.ts'
import type { ReviewedAgent } from './agent.ts'
import { deleteReview } from './delete-review.ts'
import { moderateReview } from './moderation/moderate-review.ts'
import type { Moderation } from './moderation/moderate-review.ts'
import { attempt, parsed } from './outcome.ts'
import type { ReviewOutcome } from './outcome.ts'
import { listOwnReviews, listReviewable } from './read/list-own-reviews.ts'
import type { Reviewable, WrittenPage } from './read/list-own-reviews.ts'
import { findReview, listReviews } from './read/list-reviews.ts'
import { readOwnReview } from './read/own-review.ts'
import type { OwnReview } from './read/own-review.ts'
import { readRating } from './read/read-rating.ts'
import { readViewerOfReview } from './read/viewer-of-review.ts'
import type { ViewerOfReview } from './read/viewer-of-review.ts'
import { replyToReview } from './reply-to-review.ts'
import { reportReview } from './report-review.ts'
import type { Rating } from './rules/rating.ts'
import { moderationSchema, newReportSchema, newReviewSchema, replySchema } from './schema.ts'
import type { Review, ReviewSort } from './schema.ts'
import { writeReview } from './write-review.ts'

/** What the agent's page shows. */
export interface ReviewSummary {
  readonly slug: string
  readonly name: string
  readonly rating: Rating
  /** The first few. */
  readonly items: readonly Review[]
}

export interface ReviewedPage extends ReviewSummary {
  readonly kind: 'found'
  readonly nextCursor: string | undefined
  /** Of whoever looks. Undefined: they are not signed in. */
  readonly own: OwnReview | undefined
}

export type ReviewedLookup =
  | ReviewedPage
  | { readonly kind: 'moved'; readonly slug: string }
  | { readonly kind: 'missing' }

export interface OwnReviewPage extends OwnReview {
  readonly slug: string
  readonly name: string
}

export interface OneReviewPage extends ViewerOfReview {
  readonly slug: string
  readonly name: string
  readonly review: Review
  /** Only operators see one that is. */
  readonly isHidden: boolean
  /** Open ones of it, the oldest first; none for anybody but operators. */
  readonly reports: readonly Report[]
}

export interface WrittenReviews extends WrittenPage {
  /** What they may review and have not; a few, and on the first page alone. */
  readonly reviewable: readonly Reviewable[]
}

interface OfAgent {
  readonly slug: string
  readonly userId: string
}

interface OfReview {
  readonly slug: string
  readonly id: string
  readonly viewer: AccountViewer
}

/** What the pages show of reviews, and what people do there; texts come as they were typed. */
export interface ReviewServices {
  /** Undefined: the agent can't be reviewed, as what nobody has claimed or nobody can use yet. */
  summary(slug: string): Promise<ReviewSummary | undefined>
  /** Throws `AppError('invalid_request')` for a cursor of another list. */
  list(asked: AskedList): Promise<ReviewedLookup>
  own(whose: OfAgent): Promise<OwnReviewPage | undefined>
  /** All of one person's. Throws `AppError('invalid_request')` for a cursor of another list. */
  written(whose: { readonly userId: string; readonly cursor?: string | undefined }): Promise<WrittenReviews>
  one(which: OfReview): Promise<OneReviewPage | undefined>
  write(review: OfAgent & { readonly typed: unknown }): Promise<ReviewOutcome>
  remove(whose: OfAgent): Promise<ReviewOutcome>
  reply(reply: OfReview & { readonly typed: unknown }): Promise<ReviewOutcome>
  removeReply(which: OfReview): Promise<ReviewOutcome>
  report(report: OfReview & { readonly typed: unknown }): Promise<ReviewOutcome>
  moderate(decision: OfReview & { readonly act: Moderation; readonly typed: unknown }): Promise<ReviewOutcome>
}

interface AskedList {
  readonly slug: string
  readonly sort: ReviewSort
  readonly cursor?: string | undefined
  readonly viewerId: string | undefined
}

/** Open ones of one review. */
const reportsShownMax = 20
const reviewsOnPage = 20
const reviewsInSummary = 3

type Needs = Pick<Deps, 'db' | 'auth' | 'jobs'>

export const createReviewServices = (deps: Needs): ReviewServices => ({
  summary: (slug) => readSummary(deps, slug),
  list: (asked) => readList(deps, asked),
  own: (whose) => readOwn(deps, whose),
  written: (whose) => readWritten(deps, whose),
  one: (which) => readOne(deps, which),
  write: ({ typed, ...whose }) =>
    parsed({ schema: newReviewSchema, typed }, (review) => writeReview(deps, { ...whose, review })),
  remove: (whose) => attempt(() => deleteReview(deps, whose)),
  reply: ({ typed, ...which }) =>
    parsed({ schema: replySchema, typed }, ({ body }) => setReply(deps, { ...which, body })),
  removeReply: (which) => attempt(() => setReply(deps, { ...which, body: null })),
  report: ({ typed, ...which }) =>
    parsed({ schema: newReportSchema, typed }, (report) =>
      reportReview(deps, { slug: which.slug, reviewId: idOf(which), userId: which.viewer.id, report }),
    ),
  moderate: ({ typed, act, ...which }) =>
    parsed({ schema: moderationSchema, typed }, async ({ reason }) => {
      const { id: operatorId } = await requireOperator(deps.db, which.viewer)
      await moderateReview(deps, { act, reviewId: idOf(which), operatorId, reason })
    }),
})

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Throws `not_found` for what is no id at all. */
function idOf({ id }: OfReview): string {
  if (uuid.test(id)) return id
  throw new AppError('not_found')
}

async function readSummary({ db }: Needs, slug: string): Promise<ReviewSummary | undefined> {
  const found = await findReviewedAgent(db, slug)
  if (found.kind !== 'found') return undefined
  const { agent } = found
  const [rating, { items }] = await Promise.all([
    readRating(db, agent.id),
    listReviews(db, { agent, sort: 'helpful', limit: reviewsInSummary }),
  ])
  return agent.isComingSoon && rating.count === 0 ? undefined : { ...namesOf(agent), rating, items }
}

async function readList({ db }: Needs, { slug, sort, cursor, viewerId }: AskedList): Promise<ReviewedLookup> {
  const found = await findReviewedAgent(db, slug)
  if (found.kind !== 'found') return found
  const { agent } = found
  const [rating, page, own] = await Promise.all([
    readRating(db, agent.id),
    listReviews(db, { agent, sort, cursor, limit: reviewsOnPage }),
    viewerId === undefined ? undefined : readOwnReview(db, { agent, userId: viewerId }),
  ])
  return { kind: 'found', ...namesOf(agent), rating, ...page, own }
}

async function readOwn({ db }: Needs, { slug, userId }: OfAgent): Promise<OwnReviewPage | undefined> {
  const found = await findReviewedAgent(db, slug)
  if (found.kind !== 'found') return undefined
  return { ...namesOf(found.agent), ...(await readOwnReview(db, { agent: found.agent, userId })) }
}

async function readWritten(
  { db }: Needs,
  { userId, cursor }: { readonly userId: string; readonly cursor?: string | undefined },
): Promise<WrittenReviews> {
  const [page, reviewable] = await Promise.all([
    listOwnReviews(db, { userId, cursor, limit: reviewsOnPage }),
    cursor === undefined ? listReviewable(db, userId) : [],
  ])
  return { ...page, reviewable }
}

async function readOne({ db }: Needs, { slug, id, viewer }: OfReview): Promise<OneReviewPage | undefined> {
  const found = uuid.test(id) ? await findReviewedAgent(db, slug) : undefined
  if (found?.kind !== 'found') return undefined
  const { agent } = found
  const shown = await findReview(db, { agent, id })
  const review = shown ?? (viewer.isOperator ? await findReview(db, { agent, id, withHidden: true }) : undefined)
  if (review === undefined) return undefined
  const present = await readViewerOfReview(db, { agent, reviewId: id, userId: viewer.id })
  const open = { kind: 'review', state: 'open', reviewId: id, limit: reportsShownMax } as const
  const reports = viewer.isOperator ? (await listReports(db, open)).items : []
  return { ...namesOf(agent), review, isHidden: shown === undefined, reports, ...present }
}

async function setReply(deps: Needs, { body, ...which }: OfReview & { readonly body: string | null }): Promise<void> {
  const { viewer } = which
  const { slug } = await getReviewedAgent(deps.db, which.slug)
  const by = await requireAgentPublisher(deps.db, { viewer, slug, roles: ['owner', 'admin'] })
  await replyToReview(deps, { by, reviewId: idOf(which), body })
}

const namesOf = ({ slug, name }: ReviewedAgent) => ({ slug, name })
