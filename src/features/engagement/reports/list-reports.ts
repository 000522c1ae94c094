import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { reportKinds, reportStates } from '#src/db/schema/index.ts'
import { AppError } from '#src/lib/errors.ts'
import type { Reader } from '../agent.ts'
import type { Report, ReportDetail } from './schema.ts'

export type ReportKind = (typeof reportKinds)[number]
export type ReportState = (typeof reportStates)[number]

interface Listing {
  /** Left out: of any. */
  readonly kind?: ReportKind | undefined
  /** Left out: of any. */
  readonly reviewId?: string | undefined
  readonly state: ReportState
  /** The last report of the page before; one that is gone meanwhile ends the list. */
  readonly cursor?: string | undefined
  /** 1 to 100. */
  readonly limit: number
}

/** What people reported: of open ones the oldest first, which has waited longest; of decided ones the newest. */
export async function listReports(
  db: Reader,
  { kind, reviewId, state, cursor, limit }: Listing,
): Promise<{ readonly items: readonly Report[]; readonly nextCursor: string | undefined }> {
  const [isAfter, direction] = state === 'open' ? [sql`>`, sql`ASC`] : [sql`<`, sql`DESC`]
  const { rows } = await db.execute(sql`
    SELECT ${columns()} FROM ${tables()}
    WHERE report.state = ${state} AND report.confirmed_at IS NOT NULL
      AND ${kind === undefined ? sql`true` : sql`report.kind = ${kind}`}
      AND ${reviewId === undefined ? sql`true` : sql`report.review_id = ${reviewId}`} AND ${
        cursor === undefined
          ? sql`true`
          : sql`(report.created_at, report.id) ${isAfter} (
            SELECT place.created_at, place.id FROM reports AS place WHERE place.id = ${cursor})`
      }
    ORDER BY report.created_at ${direction}, report.id ${direction} LIMIT ${limit + 1}`)
  const found = rows as unknown as Report[]
  const items = found.slice(0, limit)
  return { items, nextCursor: found.length > limit ? items.at(-1)?.id : undefined }
}

/** With who reported it and who decided. Throws `not_found`, also for one whose mailbox has not said yes. */
export async function getReport(db: Reader, id: string): Promise<ReportDetail> {
  const { rows } = await db.execute(sql`
    SELECT ${columns()},
      CASE WHEN reporter.id IS NOT NULL THEN json_build_object('name', reporter.name, 'email', reporter.email) END
        AS reporter,
      decider.name AS "decidedBy", agent.listing = 'directory_entry' AS "isDirectoryEntry",
      agent.status = 'published' AS "isListed"
    FROM ${tables()}
      LEFT JOIN "user" AS reporter ON reporter.id = report.reporter_id
      LEFT JOIN "user" AS decider ON decider.id = report.decided_by
    WHERE report.id = ${id} AND report.confirmed_at IS NOT NULL`)
  const [report] = rows as unknown as ReportDetail[]
  if (report === undefined) throw new AppError('not_found')
  return report
}

/** Counting goes no further. */
export const countedReportsMax = 1_000

/** How many wait for an operator. */
export async function countOpenReports(db: Reader): Promise<number> {
  const { rows } = await db.execute<{ count: number }>(sql`
    SELECT count(*)::int FROM (
      SELECT FROM reports WHERE state = 'open' AND confirmed_at IS NOT NULL LIMIT ${countedReportsMax}
    ) AS open`)
  return rows[0]?.count ?? 0
}

const columns = (): SQL => sql`
  report.id, report.kind, json_build_object('slug', agent.slug, 'name', agent.name) AS agent,
  CASE WHEN review.id IS NOT NULL THEN json_build_object('id', review.id, 'rating', review.rating,
    'title', review.title, 'body', review.body, 'author', author.name, 'isHidden', review.hidden_at IS NOT NULL)
  END AS review,
  report.reason, report.details, report.reporter_email AS "reporterEmail", report.state, report.decision,
  ${isoTime(sql`report.created_at`)} AS "createdAt", ${isoTime(sql`report.decided_at`)} AS "decidedAt"`

const tables = (): SQL => sql`
  reports AS report
  JOIN agents AS agent ON agent.id = report.agent_id
  LEFT JOIN reviews AS review ON review.id = report.review_id
  LEFT JOIN "user" AS author ON author.id = review.user_id`

/** RFC 3339, UTC, milliseconds. */
const isoTime = (moment: SQL): SQL => sql`to_char(${moment} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
