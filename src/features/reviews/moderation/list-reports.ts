import { sql } from 'drizzle-orm'
import type { z } from '@hono/zod-openapi'
import type { reportKinds, reportStates } from '#src/db/schema/index.ts'
import type { Reader } from '../agent.ts'
import { isoTime } from '../read/times.ts'
import type { reportSchema } from '../schema.ts'

export type Report = z.infer<typeof reportSchema>

interface Listing {
  /** Left out: of any. */
  readonly kind?: (typeof reportKinds)[number] | undefined
  /** Left out: of any. */
  readonly reviewId?: string | undefined
  readonly state: (typeof reportStates)[number]
  /** The last report of the page before; one that is gone meanwhile ends the list. */
  readonly cursor?: string | undefined
  readonly limit: number
}

/** What people reported about reviews and agents: the oldest first, which has waited longest. */
export async function listReports(
  db: Reader,
  { kind, reviewId, state, cursor, limit }: Listing,
): Promise<{ readonly items: readonly Report[]; readonly nextCursor: string | undefined }> {
  const { rows } = await db.execute(sql`
    SELECT report.id, report.kind, json_build_object('slug', agent.slug, 'name', agent.name) AS agent,
      CASE WHEN review.id IS NOT NULL THEN json_build_object('id', review.id, 'rating', review.rating,
        'title', review.title, 'body', review.body, 'author', author.name, 'isHidden', review.hidden_at IS NOT NULL)
      END AS review,
      report.reason, report.details, report.reporter_email AS "reporterEmail", report.state,
      ${isoTime(sql`report.created_at`)} AS "createdAt",
      ${isoTime(sql`report.decided_at`)} AS "decidedAt"
    FROM reports AS report
      JOIN agents AS agent ON agent.id = report.agent_id
      LEFT JOIN reviews AS review ON review.id = report.review_id
      LEFT JOIN "user" AS author ON author.id = review.user_id
    WHERE report.state = ${state} AND ${kind === undefined ? sql`true` : sql`report.kind = ${kind}`}
      AND ${reviewId === undefined ? sql`true` : sql`report.review_id = ${reviewId}`} AND ${
        cursor === undefined
          ? sql`true`
          : sql`(report.created_at, report.id) > (
            SELECT place.created_at, place.id FROM reports AS place WHERE place.id = ${cursor})`
      }
    ORDER BY report.created_at, report.id LIMIT ${limit + 1}`)
  const found = rows as unknown as Report[]
  const items = found.slice(0, limit)
  return { items, nextCursor: found.length > limit ? items.at(-1)?.id : undefined }
}
