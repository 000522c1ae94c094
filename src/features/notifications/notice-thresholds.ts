import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { agentMetricDefinitions, agents, openStatuses, userAgentSubscriptions } from '#src/db/schema/index.ts'

export interface NoticeThresholds {
  readonly subscriptionId: string
  readonly agent: { readonly slug: string; readonly name: string }
  /** Percent of a limit, ascending. Null: those that the publisher chose. */
  readonly chosen: readonly number[] | null
  /** What the publisher chose, of all metrics together. */
  readonly usual: readonly number[]
}

/** More than anybody looks through; the others keep what they have. */
const subscriptionsMax = 100
export const thresholdsMax = 5

/** Of every subscription that is not over. */
export async function readNoticeThresholds(db: Database, userId: string): Promise<readonly NoticeThresholds[]> {
  const { id, agentId, status, noticeThresholds, userId: owner } = userAgentSubscriptions
  const rows = await db
    .select({
      subscriptionId: id,
      agent: { slug: agents.slug, name: agents.name },
      chosen: noticeThresholds,
      usual: sql<number[]>`ARRAY(
        SELECT DISTINCT threshold FROM ${agentMetricDefinitions} AS metric CROSS JOIN LATERAL unnest(metric.thresholds) AS threshold
        WHERE metric.agent_id = ${agentId} AND metric.archived_at IS NULL ORDER BY threshold)`,
    })
    .from(userAgentSubscriptions)
    .innerJoin(agents, eq(agents.id, agentId))
    .where(and(eq(owner, userId), inArray(status, [...openStatuses])))
    .orderBy(asc(agents.name), asc(id))
    .limit(subscriptionsMax)
  return rows
}

interface Choice {
  /** As it stands in a form: anything. */
  readonly subscriptionId: string
  readonly userId: string
  /** As typed: "50, 80 and 100". Nothing: those that the publisher chose. */
  readonly typed: string
}

/** `wrong`: no list of at most five whole numbers from 1 to 100. `not_found`: also for another person's. */
export async function chooseNoticeThresholds(
  db: Database,
  { subscriptionId, userId, typed }: Choice,
): Promise<'saved' | 'wrong' | 'not_found'> {
  const chosen = parseThresholds(typed)
  if (chosen === undefined) return 'wrong'
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(subscriptionId)) return 'not_found'
  const { rowCount } = await db
    .update(userAgentSubscriptions)
    .set({ noticeThresholds: chosen.length === 0 ? null : [...chosen] })
    .where(and(eq(userAgentSubscriptions.id, subscriptionId), eq(userAgentSubscriptions.userId, userId)))
  return rowCount === 0 ? 'not_found' : 'saved'
}

const typedMax = 100

/** Undefined: not a list of at most five whole numbers from 1 to 100. */
export function parseThresholds(typed: string): readonly number[] | undefined {
  if (typed.length > typedMax) return undefined
  const words = typed.split(/[\s,;%]+|\band\b/).filter((word) => word !== '')
  if (!words.every((word) => /^\d{1,3}$/.test(word))) return undefined
  const numbers = [...new Set(words.map(Number))].toSorted((one, other) => one - other)
  return numbers.length <= thresholdsMax && numbers.every((percent) => percent >= 1 && percent <= 100)
    ? numbers
    : undefined
}
