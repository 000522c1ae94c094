import { and, eq, gt, isNull, lte, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Transaction } from '#src/db/client.ts'
import { agentPricingTiers, tierMetricQuotas } from '#src/db/schema/index.ts'
import { quotaOf } from '#src/features/usage/index.ts'
import type { ComparedTier } from '#src/features/usage/index.ts'
import { AppError } from '#src/lib/errors.ts'

export type Tier = typeof agentPricingTiers.$inferSelect

/** Of this agent, whether on offer or not. Throws `not_found`. */
export async function getTier(
  tx: Transaction,
  { tierId, agentId }: { tierId: string; agentId: string },
): Promise<Tier> {
  const [tier] = await tx
    .select()
    .from(agentPricingTiers)
    .where(and(eq(agentPricingTiers.id, tierId), eq(agentPricingTiers.agentId, agentId)))
  if (tier === undefined) throw new AppError('not_found')
  return tier
}

/**
 * As getTier, and its terms stay until the transaction ends: a publisher may still change a version that nobody has, and waits
 * here for whoever is about to have it. Throws `not_found`.
 */
export async function holdTier(tx: Transaction, which: { tierId: string; agentId: string }): Promise<Tier> {
  await tx
    .select({ id: agentPricingTiers.id })
    .from(agentPricingTiers)
    .where(eq(agentPricingTiers.id, which.tierId))
    .for('share')
  return getTier(tx, which)
}

/** As holdTier; throws `conflict` for one that nobody can take any more or yet: archived, not begun, or an older version. */
export async function getTierOnOffer(tx: Transaction, which: { tierId: string; agentId: string }): Promise<Tier> {
  const tier = await holdTier(tx, which)
  const newer = alias(agentPricingTiers, 'newer')
  const [offered] = await tx
    .select({ id: agentPricingTiers.id })
    .from(agentPricingTiers)
    .where(
      and(
        eq(agentPricingTiers.id, tier.id),
        isNull(agentPricingTiers.archivedAt),
        lte(agentPricingTiers.effectiveAt, sql`rialto_now()`),
        sql`NOT EXISTS ${tx
          .select({ id: newer.id })
          .from(newer)
          .where(
            and(
              eq(newer.familyId, agentPricingTiers.familyId),
              gt(newer.version, agentPricingTiers.version),
              isNull(newer.archivedAt),
              lte(newer.effectiveAt, sql`rialto_now()`),
            ),
          )}`,
      ),
    )
  if (offered === undefined) throw new AppError('conflict', { detail: 'This tier is not on offer.' })
  return tier
}

/** What two tiers are compared by. */
export async function comparedTier(tx: Transaction, tier: Tier): Promise<ComparedTier> {
  const rows = await tx
    .select({ metricId: tierMetricQuotas.metricId, quotaLimit: tierMetricQuotas.quotaLimit })
    .from(tierMetricQuotas)
    .where(eq(tierMetricQuotas.tierId, tier.id))
  const { price, currency, usageInterval } = tier
  return { price, currency, usageInterval, quotas: new Map(rows.map((row) => [row.metricId, quotaOf(row)])) }
}

/** What somebody agrees to pay with a tier, as the subscription keeps it. */
export const termsOf = (tier: Tier): { amount: number; currency: string | null; priceId: string | null } =>
  tier.isFree
    ? { amount: 0, currency: null, priceId: null }
    : { amount: tier.price, currency: tier.currency, priceId: tier.stripePriceId }
