import { sql } from 'drizzle-orm'
import type { z } from '@hono/zod-openapi'
import type { Reader, ReviewedAgent } from '../agent.ts'
import { obstacleOf } from '../rules/may-review.ts'
import type { ownReviewSchema } from '../schema.ts'
import { readStanding } from '../standing.ts'
import { editedAt, isoTime } from './times.ts'

/** Somebody's own review of an agent, also when it is hidden, and what is in the way of writing one. */
export type OwnReview = z.infer<typeof ownReviewSchema>

export async function readOwnReview(
  db: Reader,
  { agent, userId }: { readonly agent: ReviewedAgent; readonly userId: string },
): Promise<OwnReview> {
  const standing = await readStanding(db, { agent, userId })
  const { rows } = await db.execute(sql`
    SELECT review.id, rating, title, body, ${isoTime(sql`created_at`)} AS "createdAt",
      ${editedAt(sql`review`)} AS "editedAt",
      CASE WHEN hidden_at IS NOT NULL
        THEN json_build_object('at', ${isoTime(sql`hidden_at`)}, 'reason', coalesce(hidden_reason, '')) END AS hidden
    FROM reviews AS review WHERE agent_id = ${agent.id} AND user_id = ${userId}`)
  const [review] = rows as unknown as NonNullable<OwnReview['review']>[]
  return { review: review ?? null, obstacle: obstacleOf(standing) ?? null }
}
