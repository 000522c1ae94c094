import { and, asc, desc, eq, sql } from 'drizzle-orm'
import type { Database, Transaction } from '#src/db/client.ts'
import { agentMetricDefinitions, agentPricingTiers, tierMetricQuotas } from '#src/db/schema/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { metricsMax, tierVersionsMax } from '../schema.ts'
import type { Tier } from '../schema.ts'

export type TierRow = typeof agentPricingTiers.$inferSelect

/** The newest version of each tier in its publisher's order, those that are not on offer last. */
export async function listTiers(db: Database | Transaction, agentId: string): Promise<TierRow[]> {
  const { familyId, version } = agentPricingTiers
  const newest = db
    .selectDistinctOn([familyId])
    .from(agentPricingTiers)
    .where(eq(agentPricingTiers.agentId, agentId))
    .orderBy(familyId, desc(version))
    .as('newest')
  return db
    .select()
    .from(newest)
    .orderBy(sql`${newest.archivedAt} IS NOT NULL`, asc(newest.sortOrder), asc(newest.id))
    .limit(tierVersionsMax)
}

export interface WhichTier {
  readonly agentId: string
  /** Of any version: whoever looks at an old one edits the tier all the same. */
  readonly tierId: string
}

/** The newest version of this tier, held until the transaction ends. Throws `not_found`, also for another agent's. */
export async function lockTier(tx: Transaction, { agentId, tierId }: WhichTier): Promise<TierRow> {
  const [named] = await tx
    .select({ familyId: agentPricingTiers.familyId })
    .from(agentPricingTiers)
    .where(and(eq(agentPricingTiers.id, tierId), eq(agentPricingTiers.agentId, agentId)))
  if (named === undefined) throw new AppError('not_found', { tierId })
  const [newest] = await tx
    .select()
    .from(agentPricingTiers)
    .where(eq(agentPricingTiers.familyId, named.familyId))
    .orderBy(desc(agentPricingTiers.version))
    .limit(1)
    // Against whoever subscribes right now: they hold the version they read (FOR SHARE) until they are subscribed.
    .for('update')
  if (newest === undefined) throw new Error('The tier went away under the lock on its agent')
  return newest
}

/**
 * Which of these versions somebody has, had, or is going to have. What has a price at Stripe counts: somebody may be buying it
 * right now.
 */
export async function findVersionsInUse(
  db: Database | Transaction,
  tierIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await db.execute(sql`
    SELECT wanted.id FROM unnest(${sql.param(tierIds)}::uuid[]) AS wanted(id)
    WHERE EXISTS (SELECT FROM user_agent_subscriptions WHERE tier_id = wanted.id)
      OR EXISTS (SELECT FROM user_agent_subscriptions WHERE next_tier_id = wanted.id)
      OR EXISTS (SELECT FROM agent_pricing_tiers WHERE id = wanted.id AND stripe_price_id IS NOT NULL)`)
  return new Set(rows.map(({ id }) => String(id)))
}

export const isInUse = async (tx: Transaction, tierId: string): Promise<boolean> =>
  (await findVersionsInUse(tx, [tierId])).size > 0

export interface QuotaRow {
  readonly tierId: string
  readonly metricId: string
  readonly metric: string
  readonly displayName: string
  /** Null: unlimited. */
  readonly quotaLimit: number | null
}

/** What these versions include, by the order of the metrics. */
export async function readQuotas(db: Database | Transaction, tierIds: readonly string[]): Promise<QuotaRow[]> {
  return db
    .select({
      tierId: tierMetricQuotas.tierId,
      metricId: tierMetricQuotas.metricId,
      metric: agentMetricDefinitions.slug,
      displayName: agentMetricDefinitions.displayName,
      quotaLimit: tierMetricQuotas.quotaLimit,
    })
    .from(tierMetricQuotas)
    .innerJoin(agentMetricDefinitions, eq(agentMetricDefinitions.id, tierMetricQuotas.metricId))
    .where(sql`${tierMetricQuotas.tierId} = ANY(${sql.param(tierIds)}::uuid[])`)
    .orderBy(asc(agentMetricDefinitions.sortOrder), asc(agentMetricDefinitions.slug))
    .limit(tierVersionsMax * metricsMax)
}

/** The tiers as the API shows them. */
export async function describeTiers(db: Database | Transaction, rows: readonly TierRow[]): Promise<Tier[]> {
  const ids = rows.map(({ id }) => id)
  const quotas = Map.groupBy(await readQuotas(db, ids), ({ tierId }) => tierId)
  const inUse = await findVersionsInUse(db, ids)
  return rows.map((row) => ({
    id: row.id,
    familyId: row.familyId,
    version: row.version,
    tierName: row.tierName,
    description: row.description,
    ...termsOf(row),
    trialDays: row.trialDays,
    trialWithoutCard: row.trialWithoutCard,
    trialEndsWith: row.trialEndsWith,
    recommended: row.recommended,
    isInUse: inUse.has(row.id),
    archivedAt: row.archivedAt?.toISOString() ?? null,
    updatedAt: row.updatedAt.toISOString(),
    quotas: (quotas.get(row.id) ?? []).map(({ metric, quotaLimit }) => ({ metric, limit: quotaLimit ?? 'unlimited' })),
  }))
}

export async function describeTier(tx: Transaction, row: TierRow): Promise<Tier> {
  const [tier] = await describeTiers(tx, [row])
  if (tier === undefined) throw new Error('A tier has no description')
  return tier
}

export const termsOf = ({ price, currency, billingInterval, usageInterval, taxBehavior }: TierRow) => ({
  priceMinor: price,
  currency,
  billingInterval,
  usageInterval,
  taxBehavior,
})
