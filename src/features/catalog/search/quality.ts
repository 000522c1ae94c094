import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import { isShownReview } from './shown-reviews.ts'

/** More of either say nothing new, and counting them would make an edit slow. */
const countedMax = 100_000

/**
 * How good an agent is regardless of what is searched for; relevance multiplies its text rank by e to this power.
 *
 * ln(rating ÷ 5) + 0.3 × log10(1 + installs) + 0.7 × years ÷ 2, where rating is the mean of the shown reviews and of ten
 * reviews of 3.5, and years is the time from 2024 to the last change. Because time counts from a fixed day and not from
 * today, an agent's quality changes only when the agent does, and no nightly recount is needed.
 */
export const qualityOf = (agent: SQL): SQL => sql`(
  SELECT ln((35 + coalesce(sum(rating), 0)) / (10.0 + count(*)) / 5) FROM (
    SELECT rating FROM reviews AS review
    WHERE review.agent_id = ${agent}.id AND ${isShownReview(sql`review`)} LIMIT ${sql.raw(String(countedMax))}
  ) AS shown
) + 0.3 * (
  SELECT log(1 + count(*)::numeric) FROM (
    SELECT FROM agent_installs WHERE agent_id = ${agent}.id LIMIT ${sql.raw(String(countedMax))}
  ) AS installs
) + 0.7 * extract(epoch FROM ${agent}.updated_at - timestamptz '2024-01-01 00:00:00Z') / 63072000`
