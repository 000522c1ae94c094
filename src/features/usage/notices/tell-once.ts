import { sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { openStatuses } from '#src/db/schema/business.ts'
import type { Deps } from '#src/deps.ts'
import { sendOptionalMail } from '#src/features/notifications/index.ts'
import { usageThreshold } from '#src/integrations/mail/index.ts'
import { afterLimit } from './after-limit.ts'
import type { LimitedTime } from './after-limit.ts'
import { worthTelling } from './worth-telling.ts'

export type NoticeDeps = Pick<Deps, 'auth' | 'baseUrl' | 'db' | 'mail' | 'liftLinks'>

export interface CounterKey {
  readonly subscriptionId: string
  readonly metricId: string
  /** As PostgreSQL writes it. */
  readonly periodStart: string
}

interface Telling {
  readonly deps: NoticeDeps
  readonly counter: CounterKey
}

/**
 * One mail about what waits to be told of this counter, and the mark that it was told. No mail, and the mark, where it is of no
 * use any more: its period or its subscription is over, its person is locked out, or it is the publisher's own.
 */
export async function tellOnce(tx: Transaction, { deps, counter }: Telling): Promise<void> {
  const about = await holdSubject(tx, counter)
  if (about === undefined) return
  const told = await markTold(tx, counter)
  // Where the person chose others, the publisher's are for its agent alone.
  const notice = worthTelling(told.filter(({ threshold }) => about.thresholds.includes(threshold)))
  if (notice === undefined || !about.is_reachable) return
  await sendOptionalMail(tx, deps, {
    kind: 'usage_limits',
    userId: about.user_id,
    to: about.email,
    template: 'usage-threshold',
    id: notice.id,
    render: (unsubscribeUrl) =>
      usageThreshold({
        name: about.name,
        agent: about.agent,
        metric: about.metric,
        percent: notice.threshold,
        used: notice.used,
        limit: notice.limit,
        after: afterLimit(about),
        liftUrl: deps.liftLinks.urlFor({ userId: about.user_id, agentId: about.agent_id, metric: about.slug }),
        unsubscribeUrl,
      }),
  })
}

type Subject = LimitedTime & {
  readonly user_id: string
  readonly email: string
  readonly name: string
  readonly agent_id: string
  readonly agent: string
  readonly slug: string
  readonly metric: string
  /** Percent at which the person is told. */
  readonly thresholds: readonly number[]
  readonly is_reachable: boolean
}

/**
 * Held until the transaction ends: by the subscription two processes know of each other, and nobody is locked out between
 * looking and mailing. Undefined: somebody works on it just now, and the next run comes back; or it has gone.
 */
async function holdSubject(tx: Transaction, counter: CounterKey): Promise<Subject | undefined> {
  const { rows } = await tx.execute<Subject & Record<string, unknown>>(sql`
    SELECT person.id AS user_id, person.email, person.name, agent.id AS agent_id, agent.name AS agent, metric.slug,
      metric.display_name AS metric, metric.kind = 'gauge' AS is_gauge,
      coalesce(subscription.notice_thresholds, metric.thresholds) AS thresholds, tier.is_free, subscription.cancel_at_period_end,
      subscription.current_period_end, usage.period_start, usage.period_end,
      NOT subscription.is_test AND NOT person.banned AND usage.period_end > rialto_now()
        AND subscription.status = ANY(${sql.param([...openStatuses])}::text[]) AS is_reachable
    FROM user_agent_subscriptions AS subscription
      JOIN "user" AS person ON person.id = subscription.user_id
      JOIN agents AS agent ON agent.id = subscription.agent_id
      JOIN agent_pricing_tiers AS tier ON tier.id = subscription.tier_id
      JOIN agent_metric_definitions AS metric ON metric.id = ${counter.metricId}
      JOIN subscription_usage AS usage ON usage.subscription_id = subscription.id AND usage.metric_id = metric.id
        AND usage.period_start = ${counter.periodStart}::timestamptz
    WHERE subscription.id = ${counter.subscriptionId}
    FOR NO KEY UPDATE OF subscription SKIP LOCKED
    FOR SHARE OF person SKIP LOCKED`)
  const [row] = rows
  return row && { ...row, ...instants(row) }
}

/** Raw SQL gives moments as the driver does: text or Date. */
const instants = ({ current_period_end, period_start, period_end }: LimitedTime): Partial<LimitedTime> => ({
  current_period_end: new Date(current_period_end),
  period_start: new Date(period_start),
  period_end: new Date(period_end),
})

/** Marks and gives all that wait; none where another process was quicker. */
async function markTold(tx: Transaction, counter: CounterKey) {
  const { rows } = await tx.execute<{
    id: string
    threshold: number
    limit_at: string
    used_at: string
    at: number
  }>(sql`
    UPDATE usage_notices SET mailed_at = now()
    WHERE subscription_id = ${counter.subscriptionId} AND metric_id = ${counter.metricId}
      AND period_start = ${counter.periodStart}::timestamptz AND mailed_at IS NULL
    RETURNING id, threshold, limit_at, used_at, extract(epoch FROM created_at)::float8 AS at`)
  return rows.map(({ id, threshold, limit_at, used_at, at }) => ({
    id,
    threshold,
    limit: Number(limit_at),
    used: Number(used_at),
    at,
  }))
}
