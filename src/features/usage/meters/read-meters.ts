import { asc, inArray, sql } from 'drizzle-orm'
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
  readonly subscription_id: string | null
  readonly used: string
  readonly held: string
  readonly limit_at: string | null
  readonly limit_parts: string[] | null
  readonly period_start: string | null
  readonly period_end: string | null
}

type Metered = Pick<SubscriptionRow, 'id' | 'userId' | 'agentId'>

/** Every metric of the agent, whoever asks: the caller knows that they may. */
export async function readMeters(deps: MeterDeps, subscription: Metered): Promise<SubscriptionMeter[]> {
  return (await readMetersOf(deps, [subscription])).get(subscription.id) ?? []
}

/** As readMeters for several at once, in two statements; a few dozen at most. Those that have ended are left out. */
export async function readMetersOf(
  { db, config }: MeterDeps,
  subscriptions: readonly Metered[],
): Promise<Map<string, SubscriptionMeter[]>> {
  if (subscriptions.length === 0) return new Map()
  const { agentId, sortOrder, slug } = agentMetricDefinitions
  const metrics = await db
    .select()
    .from(agentMetricDefinitions)
    .where(
      inArray(
        agentId,
        subscriptions.map((subscription) => subscription.agentId),
      ),
    )
    .orderBy(asc(sortOrder), asc(slug))
    .limit(metricsMax * subscriptions.length)
  const asked = subscriptions.flatMap((subscription) =>
    metrics.filter((metric) => metric.agentId === subscription.agentId).map((metric) => ({ subscription, metric })),
  )
  const each = <T>(value: (one: (typeof asked)[number]) => T) => sql.param(asked.map(value))
  const { rows } = await db.execute<CheckedRow>(sql`
    SELECT key, subscription_id, used, held, limit_at, limit_parts, period_start, period_end
    FROM check_usage(make_interval(secs => ${graceSecondsOf(config)}), ${each(({ subscription }) => subscription.userId)}::text[],
      ${each(({ subscription }) => subscription.agentId)}::uuid[], ${each(({ metric }) => metric.slug)}::text[],
      ${each(() => 1)}::bigint[])
    WHERE refusal IS DISTINCT FROM 'no_subscription'
    ORDER BY key`)
  const meters = rows.flatMap((row) => {
    const { subscription, metric } = asked[row.key - 1] ?? {}
    // An earlier subscription to the same agent is not the one that is counted.
    if (subscription === undefined || metric === undefined || row.subscription_id !== subscription.id) return []
    const meter = meterOf(row, { subscriptionId: subscription.id, metric })
    return meter === undefined ? [] : { subscriptionId: subscription.id, meter }
  })
  const bySubscription = Map.groupBy(meters, ({ subscriptionId }) => subscriptionId)
  return new Map([...bySubscription].map(([id, found]) => [id, found.map(({ meter }) => meter)]))
}

interface Counted {
  readonly subscriptionId: string
  readonly metric: typeof agentMetricDefinitions.$inferSelect
}

/** Undefined: it is out of use, and nothing of it is left. */
function meterOf(row: CheckedRow, { subscriptionId, metric }: Counted): SubscriptionMeter | undefined {
  const used = Number(row.used)
  if (metric.archivedAt !== null && used === 0 && row.limit_at === '0') return undefined
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
  return { ...state, displayName, unit, kind, held: Number(row.held) }
}
