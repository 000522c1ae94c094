import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'

/** Months of an organization that can be chosen from, the present one included. */
export const monthsShownMax = 24

/**
 * The marketplace's share of the entry `entry`, in minor units: rounded half up, for each entry by itself. What is given back
 * gives back its share, so a full refund leaves no fee.
 */
const feeSql = sql`(
  CASE entry.kind WHEN 'payout' THEN 0 WHEN 'fee' THEN -entry.amount
  ELSE sign(entry.amount) * div(
    abs(entry.amount)::numeric * coalesce(substring(entry.metadata->>'feeBp' FROM '^[0-9]{1,5}$')::int, 0) + 5000, 10000)
  END)`

/** Entries of one organization, `condition` about `entry` included, each with its fee. */
export const entriesWithFee = (organizationRef: string, condition: SQL): SQL => sql`
  (SELECT entry.*, ${feeSql} AS fee FROM billing_entries AS entry
   WHERE entry.organization_ref = ${organizationRef} AND ${condition})`

/** The moments of a calendar month in UTC; `month` as 2026-11. */
export const inMonth = (month: string): SQL => sql`
  entry.occurred_at >= (${`${month}-01`}::date)::timestamp AT TIME ZONE 'UTC'
  AND entry.occurred_at < (${`${month}-01`}::date + interval '1 month')::timestamp AT TIME ZONE 'UTC'`

/** What PostgreSQL summed, as a number of ours. A sum that a number can't hold is no sum to show. */
export function exactly(sum: string): number {
  const value = Number(sum)
  if (!Number.isSafeInteger(value)) throw new Error(`${sum} is more than can be counted exactly`)
  return value
}
