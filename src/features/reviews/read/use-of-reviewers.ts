import { sql } from 'drizzle-orm'
import type { Reader } from '../agent.ts'

/** How much somebody used what they review. */
export interface ReviewerUse {
  /** Uses that counted and were not given back as a whole; `usesCountedMax` at most. */
  readonly times: number
  /** There are more than were counted. */
  readonly isMore: boolean
  /** UTC, YYYY-MM-DD. */
  readonly firstDay: string
  readonly lastDay: string
}

/** More says nothing new, and every reader of the page would wait for it. */
export const usesCountedMax = 1_000
const subscriptionsMax = 20

/**
 * The badge of each review, from the ledger: what was reported or reserved by the agent of its person, less what was refunded.
 * Reviews of people for whom nothing was counted are left out. For one page of reviews.
 */
export async function readUseOfReviewers(
  db: Reader,
  reviewIds: readonly string[],
): Promise<ReadonlyMap<string, ReviewerUse>> {
  if (reviewIds.length === 0) return new Map()
  const ofKind = sql`entry.subscription_id = subscription.id AND entry.event_type IN ('consume', 'hold')`
  const { rows } = await db.execute(sql`
    SELECT review.id, least(count(*), ${usesCountedMax})::int AS times, count(*) > ${usesCountedMax} AS "isMore",
      to_char(min(used.at) AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS "firstDay",
      to_char(max(used.at) AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS "lastDay"
    FROM reviews AS review
      CROSS JOIN LATERAL (
        SELECT DISTINCT entry.id, entry.at FROM (
          SELECT id FROM user_agent_subscriptions
          WHERE user_id = review.user_id AND agent_id = review.agent_id AND NOT is_test
          ORDER BY created_at DESC LIMIT ${subscriptionsMax}
        ) AS subscription CROSS JOIN LATERAL (
          (SELECT entry.id, entry.delta, entry.occurred_at AS at FROM usage_ledger AS entry WHERE ${ofKind}
            ORDER BY entry.seq DESC LIMIT ${usesCountedMax + 1})
          UNION ALL
          -- So that the time of use begins where it began, however much followed.
          (SELECT entry.id, entry.delta, entry.occurred_at FROM usage_ledger AS entry WHERE ${ofKind}
            ORDER BY entry.seq LIMIT 1)
        ) AS entry
        WHERE entry.delta + coalesce((
            SELECT sum(back.delta) FROM usage_ledger AS back
            WHERE back.refers_to_id = entry.id AND back.event_type IN ('refund', 'settle', 'lapse')
          ), 0) > 0
          AND NOT EXISTS (SELECT FROM usage_reservations AS held WHERE held.id = entry.id AND held.state = 'held')
      ) AS used
    WHERE review.id = ANY(${sql.param(reviewIds)}::uuid[])
    GROUP BY review.id`)
  return new Map((rows as unknown as ({ id: string } & ReviewerUse)[]).map(({ id, ...use }) => [id, use]))
}
