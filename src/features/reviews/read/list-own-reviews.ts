import { sql } from 'drizzle-orm'
import type { Reader } from '../agent.ts'
import { daysNeeded, obstacleOf } from '../rules/may-review.ts'
import { readStanding } from '../standing.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import type { ReviewPlace } from './cursor.ts'
import { editedAt, exactTime, isoTime } from './times.ts'

/** Somebody's own review as they find it among all of theirs, also one that nobody else sees. Times are RFC 3339. */
export interface WrittenReview {
  readonly id: string
  readonly agent: {
    readonly slug: string
    readonly name: string
    /** It has a page that shows the review. */
    readonly isListed: boolean
  }
  readonly rating: number
  readonly title: string
  /** Markdown. */
  readonly body: string
  readonly createdAt: string
  readonly editedAt: string | null
  /** Null: everybody sees it. */
  readonly hidden: { readonly at: string; readonly reason: string } | null
  readonly reply: { readonly body: string; readonly by: string; readonly repliedAt: string } | null
}

export interface WrittenPage {
  readonly items: readonly WrittenReview[]
  readonly nextCursor: string | undefined
}

interface Whose {
  readonly userId: string
  readonly cursor?: string | undefined
  readonly limit: number
}

/** All that somebody has written, the newest first. Throws `invalid_request` for a cursor that is none. */
export async function listOwnReviews(db: Reader, { userId, cursor, limit }: Whose): Promise<WrittenPage> {
  const after = cursor === undefined ? undefined : decodeCursor('newest', cursor)
  const isFurther =
    after === undefined
      ? sql`true`
      : sql`(review.created_at, review.id) < (${after.at}::timestamptz, ${after.id}::uuid)`
  const { rows } = await db.execute(sql`
    SELECT review.id, review.rating, review.title, review.body,
      json_build_object('slug', agents.slug, 'name', agents.name,
        'isListed', agents.status = 'published' AND agents.listing = 'agent') AS agent,
      ${isoTime(sql`review.created_at`)} AS "createdAt", ${editedAt(sql`review`)} AS "editedAt",
      CASE WHEN review.hidden_at IS NOT NULL THEN json_build_object('at', ${isoTime(sql`review.hidden_at`)},
        'reason', coalesce(review.hidden_reason, '')) END AS hidden,
      CASE WHEN review.reply IS NOT NULL THEN json_build_object('body', review.reply,
        'by', coalesce(organization.name, agents.publisher_name, agents.name),
        'repliedAt', ${isoTime(sql`review.replied_at`)}) END AS reply,
      json_build_object('rating', review.rating, 'at', ${exactTime(sql`review.created_at`)}, 'id', review.id) AS place
    FROM reviews AS review JOIN agents ON agents.id = review.agent_id
    LEFT JOIN organization ON organization.id = agents.organization_id
    WHERE review.user_id = ${userId} AND ${isFurther}
    ORDER BY review.created_at DESC, review.id DESC LIMIT ${limit + 1}`)
  const found = rows as unknown as (WrittenReview & { readonly place: ReviewPlace })[]
  const page = found.slice(0, limit)
  const last = page.at(-1)
  return {
    items: page.map(({ place: _place, ...review }) => review),
    nextCursor: found.length > limit && last !== undefined ? encodeCursor('newest', last.place) : undefined,
  }
}

export interface Reviewable {
  readonly slug: string
  readonly name: string
}

/** Each is asked for by itself, as the page to write on does. */
const reviewableMax = 6

/** Agents that somebody may review and has not: those that they have signed in to most lately. */
export async function listReviewable(db: Reader, userId: string): Promise<Reviewable[]> {
  const { rows } = await db.execute(sql`
    SELECT agents.id, agents.slug, agents.name, agents.organization_id AS "organizationId"
    FROM (
      SELECT agent_id, max(day) AS latest FROM agent_sign_ins WHERE user_id = ${userId}
      GROUP BY agent_id HAVING count(*) >= ${daysNeeded}
    ) AS used JOIN agents ON agents.id = used.agent_id
    WHERE agents.status = 'published' AND agents.listing = 'agent'
      AND NOT EXISTS (SELECT FROM reviews WHERE reviews.agent_id = agents.id AND reviews.user_id = ${userId})
    ORDER BY used.latest DESC, agents.slug LIMIT ${reviewableMax}`)
  const found = rows as unknown as (Reviewable & { readonly id: string; readonly organizationId: string | null })[]
  const standings = await Promise.all(found.map((agent) => readStanding(db, { agent, userId })))
  return found.flatMap(({ slug, name }, place) => {
    const standing = standings[place]
    return standing !== undefined && obstacleOf(standing) === undefined ? { slug, name } : []
  })
}
