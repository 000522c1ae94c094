import { eq } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import { reports, reviews } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { interactionMailsJob, recordInteraction } from '#src/features/engagement/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { getReviewedAgent } from './agent.ts'
import { findReview } from './read/list-reviews.ts'
import type { NewReport } from './schema.ts'
import { getContact } from './standing.ts'
import { takeAttempt } from './take-attempt.ts'

interface ReportReview {
  readonly slug: string
  readonly reviewId: string
  readonly userId: string
  readonly report: NewReport
}

/**
 * Tells the operators about somebody else's review; again while they have not decided, nothing changes. Throws `not_found`,
 * `forbidden` for one's own, `rate_limited`.
 */
export async function reportReview(
  { db, auth, jobs }: Pick<Deps, 'db' | 'auth' | 'jobs'>,
  { slug, reviewId, userId, report }: ReportReview,
): Promise<void> {
  await takeAttempt(auth, { 'report:account': [userId] })
  const isNew = await db.transaction(async (tx) => {
    const agent = await getReviewedAgent(tx, slug)
    if ((await findReview(tx, { agent, id: reviewId })) === undefined) throw new AppError('not_found')
    const [review] = await tx.select({ authorId: reviews.userId }).from(reviews).where(eq(reviews.id, reviewId))
    if (review?.authorId === userId) throw new AppError('forbidden', { detail: 'It is your own. Change or delete it.' })
    const [written] = await tx
      .insert(reports)
      .values({ ...report, kind: 'review', agentId: agent.id, reviewId, reporterId: userId })
      // Their earlier one is still open.
      .onConflictDoNothing()
      .returning({ id: reports.id })
    if (written === undefined) return false
    await recordAudit(tx, {
      userId,
      action: 'review.report',
      resource: 'review',
      resourceId: reviewId,
      metadata: { agentId: agent.id, reportId: written.id, reason: report.reason },
    })
    const { id: agentId, name: agentName } = agent
    const metadata = { reason: report.reason, reviewId }
    await recordInteraction(tx, { ...(await getContact(tx, userId)), type: 'reported', agentId, agentName, metadata })
    return true
  })
  if (isNew) await jobs.wake(interactionMailsJob)
}
