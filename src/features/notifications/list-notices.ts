import { sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'

export interface ShownNotice {
  readonly id: string
  readonly subscriptionId: string
  readonly agent: string
  readonly metric: string
  readonly unit: string
  /** Percent of `limit`. */
  readonly threshold: number
  readonly used: number
  readonly limit: number
  /** RFC 3339, by the database’s own clock: when it was noticed. */
  readonly at: string
}

/** The newest; what is older stands in the receipts. */
const noticesMax = 50

/** The percents of limits that a person's use came to, newest first: the publisher's and their own, mailed or not. */
export async function listNotices(db: Database, userId: string): Promise<readonly ShownNotice[]> {
  const { rows } = await db.execute<ShownNotice & Record<string, unknown>>(sql`
    SELECT notice.id, subscription.id AS "subscriptionId", agent.name AS agent, metric.display_name AS metric, metric.unit,
      threshold, used_at::float8 AS used, limit_at::float8 AS limit,
      to_char(notice.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS at
    FROM user_agent_subscriptions AS subscription
      JOIN usage_notices AS notice ON notice.subscription_id = subscription.id
      JOIN agents AS agent ON agent.id = subscription.agent_id
      JOIN agent_metric_definitions AS metric ON metric.id = notice.metric_id
    WHERE subscription.user_id = ${userId}
    ORDER BY notice.created_at DESC, threshold DESC, notice.id LIMIT ${noticesMax}`)
  return rows
}
