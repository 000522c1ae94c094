import { sql } from 'drizzle-orm'
import type { Reader, ReviewedAgent } from '../agent.ts'

/** What somebody is to a review. */
export interface ViewerOfReview {
  readonly isAuthor: boolean
  /** An owner or admin of the agent's publisher. */
  readonly mayReply: boolean
}

interface Which {
  readonly agent: ReviewedAgent
  readonly reviewId: string
  readonly userId: string
}

export async function readViewerOfReview(db: Reader, { agent, reviewId, userId }: Which): Promise<ViewerOfReview> {
  const { rows } = await db.execute(sql`
    SELECT EXISTS (SELECT FROM reviews WHERE id = ${reviewId} AND user_id = ${userId}) AS "isAuthor",
      EXISTS (
        SELECT FROM organization_member
        WHERE organization_id = ${agent.organizationId} AND user_id = ${userId} AND role IN ('owner', 'admin')
      ) AS "mayReply"`)
  const [viewer] = rows as unknown as ViewerOfReview[]
  if (viewer === undefined) throw new Error('A question without a table has one answer')
  return viewer
}
