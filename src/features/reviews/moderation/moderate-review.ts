import { and, eq, sql } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import type { Transaction } from '#src/db/client.ts'
import { reports, reviews } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { refreshAgentSearch } from '#src/features/catalog/index.ts'
import { AppError } from '#src/lib/errors.ts'

/** `hide`: nobody but its author sees it. `unhide`: shown again. `keep`: shown as it is, and what was reported is not so. */
export type Moderation = 'hide' | 'unhide' | 'keep'

interface Moderate {
  readonly act: Moderation
  readonly reviewId: string
  readonly operatorId: string
  /** Kept in the audit trail; of what is hidden its author reads it. */
  readonly reason: string
}

/**
 * What an operator decides about a review, and by it about every open report of it. Doing it again changes nothing but the reason.
 * Throws `not_found`, and `conflict` for keeping what is hidden.
 */
export async function moderateReview({ db }: Pick<Deps, 'db'>, moderate: Moderate): Promise<void> {
  const { act, reviewId, operatorId, reason } = moderate
  await db.transaction(async (tx) => {
    const [review] = await tx.select().from(reviews).where(eq(reviews.id, reviewId)).for('update')
    if (review === undefined) throw new AppError('not_found')
    if (act === 'keep' && review.hiddenAt !== null) throw new AppError('conflict', { detail: 'The review is hidden.' })
    if (act !== 'keep') await setHidden(tx, moderate)
    const decided = await decideReports(tx, moderate)
    await recordAudit(tx, {
      userId: operatorId,
      action: `review.${act}`,
      resource: 'review',
      resourceId: reviewId,
      metadata: { agentId: review.agentId, reason, reportsDecided: decided },
    })
    await refreshAgentSearch(tx, [review.agentId])
  })
}

const setHidden = (tx: Transaction, { act, reviewId, operatorId, reason }: Moderate) =>
  tx
    .update(reviews)
    .set({
      ...(act === 'hide'
        ? { hiddenAt: sql`coalesce(${reviews.hiddenAt}, now())`, hiddenBy: operatorId, hiddenReason: reason }
        : { hiddenAt: null, hiddenBy: null, hiddenReason: null }),
      // An operator hides, never edits.
      updatedAt: sql`${reviews.updatedAt}`,
    })
    .where(eq(reviews.id, reviewId))

async function decideReports(tx: Transaction, { act, reviewId, operatorId, reason }: Moderate): Promise<number> {
  const { rowCount } = await tx
    .update(reports)
    .set({
      state: act === 'hide' ? 'upheld' : 'dismissed',
      decidedBy: operatorId,
      decidedAt: sql`now()`,
      decision: reason,
    })
    .where(and(eq(reports.reviewId, reviewId), eq(reports.state, 'open')))
  return rowCount ?? 0
}
