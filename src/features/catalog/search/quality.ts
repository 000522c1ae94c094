import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import { isOfStranger, isShownReview } from './who-counts.ts'

/** More of either say nothing new, and counting them would make an edit slow. */
const countedMax = 100_000

/** The numbers of the formula that people are told; see decision 027. */
export const qualityFormula = {
  /** Reviews that every agent is taken to have beside its own, so that one enthusiast proves nothing. */
  assumedReviews: 10,
  assumedStars: 3.5,
  starsMax: 5,
  /** Ten times as many installs multiply the score by e to this. */
  installsWeight: 0.3,
  /** `yearsSpan` years later multiply the score by e to this. */
  updatedWeight: 0.7,
  updatedYears: 2,
  /** Years count from here and not from today, so that an agent's quality changes only when the agent does. */
  updatedSince: '2024-01-01T00:00:00Z',
} as const

const secondsPerYear = 31_536_000
const raw = (number: number): SQL => sql.raw(String(number))
/** With a decimal point, or PostgreSQL would divide whole numbers. */
const decimal = (number: number): SQL => sql.raw(number.toFixed(2))

/** What is counted of an agent: `installs`, `review_count` and `rating_sum` of a subquery. */
export const figuresOf = (agent: SQL): SQL => sql`(
  SELECT (
    SELECT count(*)::integer FROM (
      SELECT FROM agent_installs AS install WHERE install.agent_id = ${agent}.id AND ${isOfStranger(sql`install`)}
      LIMIT ${raw(countedMax)}
    ) AS counted
  ) AS installs, count(*)::integer AS review_count, coalesce(sum(rating), 0)::integer AS rating_sum
  FROM (
    SELECT rating FROM reviews AS review WHERE review.agent_id = ${agent}.id AND ${isShownReview(sql`review`)}
    LIMIT ${raw(countedMax)}
  ) AS shown
)`

/**
 * The three parts of quality, from columns of `row` (`installs`, `review_count`, `rating_sum`, `updated_at`): each is the natural
 * logarithm of a factor of the score.
 */
export function qualityParts(row: SQL): { rating: SQL; installs: SQL; updated: SQL } {
  const { assumedReviews, assumedStars, starsMax, installsWeight, updatedWeight, updatedYears, updatedSince } =
    qualityFormula
  const stars = sql`((${decimal(assumedReviews * assumedStars)} + ${row}.rating_sum) / (${decimal(assumedReviews)} + ${row}.review_count))`
  const years = sql`extract(epoch FROM ${row}.updated_at - ${sql.raw(`timestamptz '${updatedSince}'`)}) / ${raw(secondsPerYear)}`
  return {
    rating: sql`ln(${stars} / ${raw(starsMax)})`,
    installs: sql`${raw(installsWeight)} * log(1 + ${row}.installs::numeric)`,
    updated: sql`${raw(updatedWeight)} * (${years}) / ${raw(updatedYears)}`,
  }
}

/** How good an agent is regardless of what is searched for; relevance multiplies its text rank by e to this power. */
export function qualityOf(row: SQL): SQL {
  const { rating, installs, updated } = qualityParts(row)
  return sql`(${rating} + ${installs} + ${updated})`
}
