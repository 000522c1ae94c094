import { asc, eq, sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { agentMetricDefinitions, agentPricingTiers } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import type { AccessToken } from '#src/identity/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { stateOf } from '../decision.ts'
import type { MeterState } from '../decision.ts'
import { graceSecondsOf, partsOf } from '../limit-in-force.ts'
import { readableSubscriptions } from '../subscribers.ts'
import type { SubscriptionRow } from '../subscribers.ts'

export interface SubscriptionMeter extends MeterState {
  readonly displayName: string
  readonly unit: string
  readonly kind: 'counter' | 'gauge'
  /** How much of `used` is only reserved. */
  readonly held: number
}

export interface SubscriptionUsage {
  readonly subscriptionId: string
  readonly userId: string
  readonly status: SubscriptionRow['status']
  readonly tier: { readonly id: string; readonly name: string; readonly isFree: boolean }
  /** In the publisher's order; empty once the subscription has ended. */
  readonly meters: readonly SubscriptionMeter[]
}

type MeterDeps = Pick<Deps, 'config' | 'db'>

/** As many as an agent can have. */
const metricsMax = 200

/** Where a subscription stands with every metric of its agent. Throws `not_found`, also for one that is not the caller's. */
export async function readSubscriptionUsage(
  deps: MeterDeps,
  token: AccessToken,
  subscriptionId: string,
): Promise<SubscriptionUsage> {
  const [subscription] = await readableSubscriptions(deps.db, token, { subscriptionId })
  if (subscription === undefined) throw new AppError('not_found')
  const { userId, status } = subscription
  const tier = await tierOf(deps.db, subscription)
  return { subscriptionId, userId, status, tier, meters: await readMeters(deps, subscription) }
}

async function tierOf(
  db: Database,
  { tierId, nextTierId, nextTierAt }: SubscriptionRow,
): Promise<SubscriptionUsage['tier']> {
  const [tier] = await db
    .select({ id: agentPricingTiers.id, name: agentPricingTiers.tierName, isFree: agentPricingTiers.isFree })
    .from(agentPricingTiers)
    .where(
      // A change that is due counts, whether or not a job has written it down yet.
      sql`${agentPricingTiers.id} = CASE WHEN ${nextTierAt?.toISOString() ?? null}::timestamptz <= rialto_now()
        THEN ${nextTierId}::uuid ELSE ${tierId}::uuid END`,
    )
  if (tier === undefined) throw new AppError('not_found')
  return tier
}

interface CheckedRow extends Record<string, unknown> {
  readonly key: number
  readonly used: string
  readonly held: string
  readonly limit_at: string | null
  readonly limit_parts: string[] | null
  readonly period_start: string | null
  readonly period_end: string | null
}

/** Every metric of the agent, whoever asks: the caller knows that they may. */
export async function readMeters(
  { db, config }: MeterDeps,
  subscription: Pick<SubscriptionRow, 'id' | 'userId' | 'agentId'>,
): Promise<SubscriptionMeter[]> {
  const { id: subscriptionId, userId, agentId } = subscription
  const { sortOrder, slug } = agentMetricDefinitions
  const metrics = await db
    .select()
    .from(agentMetricDefinitions)
    .where(eq(agentMetricDefinitions.agentId, agentId))
    .orderBy(asc(sortOrder), asc(slug))
    .limit(metricsMax)
  const each = <T>(value: T) => sql.param(metrics.map(() => value))
  const { rows } = await db.execute<CheckedRow>(sql`
    SELECT key, used, held, limit_at, limit_parts, period_start, period_end
    FROM check_usage(make_interval(secs => ${graceSecondsOf(config)}), ${each(userId)}::text[], ${each(agentId)}::uuid[],
      ${sql.param(metrics.map((metric) => metric.slug))}::text[], ${each(1)}::bigint[])
    WHERE subscription_id = ${subscriptionId} AND refusal IS DISTINCT FROM 'no_subscription'
    ORDER BY key`)
  return rows.flatMap((row) => {
    const metric = metrics[row.key - 1]
    if (metric === undefined) return []
    const used = Number(row.used)
    // What is out of use is shown where something of it is left.
    if (metric.archivedAt !== null && used === 0 && row.limit_at === '0') return []
    const { displayName, unit, kind } = metric
    const state = stateOf(metric.slug, {
      subscriptionId,
      isGauge: kind === 'gauge',
      used,
      limit: row.limit_at === null ? null : Number(row.limit_at),
      parts: partsOf(row.limit_parts?.map(Number) ?? null),
      period:
        row.period_start === null || row.period_end === null
          ? undefined
          : { start: new Date(row.period_start), end: new Date(row.period_end) },
    })
    return [{ ...state, displayName, unit, kind, held: Number(row.held) }]
  })
}
