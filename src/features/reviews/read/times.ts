import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'

/** RFC 3339, UTC, milliseconds. */
export const isoTime = (moment: SQL): SQL => sql`to_char(${moment} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** As finely as PostgreSQL keeps it. */
export const exactTime = (moment: SQL): SQL =>
  sql`to_char(${moment} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`

/** Null: as it was first written. What a publisher or an operator does about a review changes its `updated_at` not. */
export const editedAt = (review: SQL): SQL =>
  sql`CASE WHEN ${review}.updated_at > ${review}.created_at THEN ${isoTime(sql`${review}.updated_at`)} END`
