import { sql } from 'drizzle-orm'
import { isShownReview } from '#src/features/catalog/index.ts'
import type { Reader } from '../agent.ts'
import { ratingOf } from '../rules/rating.ts'
import type { Distribution, Rating, Stars } from '../rules/rating.ts'

/** As many as ranking counts. */
const countedMax = 100_000

export async function readRating(db: Reader, agentId: string): Promise<Rating> {
  const { rows } = await db.execute(sql`
    SELECT rating, count(*)::int AS count FROM (
      SELECT review.rating FROM reviews AS review
      WHERE review.agent_id = ${agentId} AND ${isShownReview(sql`review`)} LIMIT ${countedMax}
    ) AS shown
    GROUP BY rating`)
  const counts = new Map((rows as unknown as { rating: Stars; count: number }[]).map((row) => [row.rating, row.count]))
  const of = (rating: Stars): number => counts.get(rating) ?? 0
  const distribution: Distribution = { 5: of(5), 4: of(4), 3: of(3), 2: of(2), 1: of(1) }
  return ratingOf(distribution)
}
