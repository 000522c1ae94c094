import { and, eq } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import { agents, reviews } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { refreshAgentSearch } from '#src/features/catalog/index.ts'
import { AppError } from '#src/lib/errors.ts'

/**
 * Takes somebody's own review away, also of an agent that is not listed any more. Of one that is hidden the words go, and that it
 * is hidden stays: writing it anew would undo what an operator decided. Throws `not_found`.
 */
export async function deleteReview(
  { db }: Pick<Deps, 'db'>,
  { slug, userId }: { readonly slug: string; readonly userId: string },
): Promise<void> {
  // PostgreSQL refuses the character outright.
  if (slug.includes('\0')) throw new AppError('not_found')
  await db.transaction(async (tx) => {
    const [own] = await tx
      .select({ id: reviews.id, agentId: reviews.agentId, hiddenAt: reviews.hiddenAt })
      .from(reviews)
      .innerJoin(agents, eq(agents.id, reviews.agentId))
      .where(and(eq(agents.slug, slug), eq(reviews.userId, userId)))
      .for('update', { of: reviews })
    if (own === undefined) throw new AppError('not_found')
    const { id, agentId, hiddenAt } = own
    const isOwn = eq(reviews.id, id)
    if (hiddenAt === null) await tx.delete(reviews).where(isOwn)
    else await tx.update(reviews).set({ title: '', body: '', reply: null, repliedAt: null }).where(isOwn)
    await recordAudit(tx, {
      userId,
      action: 'review.delete',
      resource: 'review',
      resourceId: id,
      metadata: { agentId, wasHidden: hiddenAt !== null },
    })
    await refreshAgentSearch(tx, [agentId])
  })
}
