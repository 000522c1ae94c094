import { and, eq, isNull, sql } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import { reviews } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import type { AgentPublisher } from '#src/identity/index.ts'
import { AppError } from '#src/lib/errors.ts'

interface Reply {
  readonly by: AgentPublisher
  readonly reviewId: string
  /** Markdown. Null: takes the answer away. */
  readonly body: string | null
}

/** Sets the publisher's one answer to a review. Throws `not_found`, also for a review that is hidden. */
export async function replyToReview({ db }: Pick<Deps, 'db'>, { by, reviewId, body }: Reply): Promise<void> {
  await db.transaction(async (tx) => {
    const [row] = await tx
      .update(reviews)
      // It is the author's, and not they changed it.
      .set({ reply: body, repliedAt: body === null ? null : sql`now()`, updatedAt: sql`${reviews.updatedAt}` })
      .where(and(eq(reviews.id, reviewId), eq(reviews.agentId, by.agentId), isNull(reviews.hiddenAt)))
      .returning({ id: reviews.id })
    if (row === undefined) throw new AppError('not_found')
    await recordAudit(tx, {
      userId: by.userId,
      orgId: by.organizationId,
      action: body === null ? 'review.remove_reply' : 'review.reply',
      resource: 'review',
      resourceId: reviewId,
      metadata: { agentId: by.agentId },
    })
  })
}
