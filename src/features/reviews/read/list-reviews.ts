import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import { isShownReview } from '#src/features/catalog/index.ts'
import type { Reader, ReviewedAgent } from '../agent.ts'
import type { Review, ReviewSort } from '../schema.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import type { ReviewPlace } from './cursor.ts'
import { editedAt, exactTime, isoTime } from './times.ts'
import { readUseOfReviewers } from './use-of-reviewers.ts'

/** Most reviews on one page. */
export const reviewsPerPageMax = 50

interface Listing {
  readonly agent: ReviewedAgent
  /** `helpful` is the newest first, until there is something better to go by. */
  readonly sort: ReviewSort
  readonly cursor?: string | undefined
  readonly limit: number
}

export interface ReviewPage {
  readonly items: readonly Review[]
  readonly nextCursor: string | undefined
}

/** The shown reviews of an agent. Throws `invalid_request` for a cursor of another list. */
export async function listReviews(db: Reader, { agent, sort, cursor, limit }: Listing): Promise<ReviewPage> {
  const after = cursor === undefined ? undefined : decodeCursor(sort, cursor)
  const rows = await selectReviews(db, {
    agent,
    where: after === undefined ? sql`true` : isAfter[sort](after),
    orderBy: orders[sort],
    limit: limit + 1,
  })
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    items: await withUse(db, page),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(sort, last.place) : undefined,
  }
}

interface Which {
  readonly agent: ReviewedAgent
  readonly id: string
  /** For operators. */
  readonly withHidden?: boolean
}

/** One review of this agent. */
export async function findReview(db: Reader, { agent, id, withHidden = false }: Which): Promise<Review | undefined> {
  const where = sql`review.id = ${id}`
  const rows = await selectReviews(db, { agent, where, orderBy: orders.newest, limit: 1, withHidden })
  return (await withUse(db, rows))[0]
}

const newestFirst = sql`review.created_at DESC, review.id DESC`

const orders: Readonly<Record<ReviewSort, SQL>> = {
  helpful: newestFirst,
  newest: newestFirst,
  highest: sql`review.rating DESC, ${newestFirst}`,
  lowest: sql`review.rating, ${newestFirst}`,
}

const isOlder = ({ at, id }: ReviewPlace): SQL =>
  sql`(review.created_at, review.id) < (${at}::timestamptz, ${id}::uuid)`

const isAfter: Readonly<Record<ReviewSort, (place: ReviewPlace) => SQL>> = {
  helpful: isOlder,
  newest: isOlder,
  highest: (place) => sql`(review.rating < ${place.rating} OR (review.rating = ${place.rating} AND ${isOlder(place)}))`,
  lowest: (place) => sql`(review.rating > ${place.rating} OR (review.rating = ${place.rating} AND ${isOlder(place)}))`,
}

interface Selection {
  readonly agent: ReviewedAgent
  readonly where: SQL
  readonly orderBy: SQL
  readonly limit: number
  readonly withHidden?: boolean
}

type Row = Omit<Review, 'use'> & { readonly place: ReviewPlace }

async function selectReviews(
  db: Reader,
  { agent, where, orderBy, limit, withHidden = false }: Selection,
): Promise<readonly Row[]> {
  const isVisible = withHidden ? sql`true` : isShownReview(sql`review`)
  const { rows } = await db.execute(sql`
    SELECT review.id, review.rating, review.title, review.body, person.name AS author,
      ${isoTime(sql`review.created_at`)} AS "createdAt", ${editedAt(sql`review`)} AS "editedAt",
      CASE WHEN review.reply IS NOT NULL THEN json_build_object('body', review.reply,
        'by', ${agent.publisherName ?? agent.name}::text, 'repliedAt', ${isoTime(sql`review.replied_at`)}) END AS reply,
      json_build_object('rating', review.rating, 'at', ${exactTime(sql`review.created_at`)}, 'id', review.id) AS place
    FROM reviews AS review JOIN "user" AS person ON person.id = review.user_id
    WHERE review.agent_id = ${agent.id} AND ${isVisible} AND ${where}
    ORDER BY ${orderBy} LIMIT ${limit}`)
  return rows as unknown as Row[]
}

async function withUse(db: Reader, rows: readonly Row[]): Promise<readonly Review[]> {
  const uses = await readUseOfReviewers(
    db,
    rows.map(({ id }) => id),
  )
  return rows.map(({ id, rating, title, body, author, reply, createdAt, editedAt }) => ({
    id,
    rating,
    title,
    body,
    author,
    use: uses.get(id) ?? null,
    reply,
    createdAt,
    editedAt,
  }))
}
