import { eq, sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { agentPricingTiers } from '#src/db/schema/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { tierVersionsMax } from '../schema.ts'
import type { TierRow } from './read-tiers.ts'

type TierChange = Partial<typeof agentPricingTiers.$inferInsert>

/**
 * Puts the next version of a tier on offer in place of the one given, which its subscribers keep for now: a job moves each
 * over after notice (versions/schedule-moves.ts). Throws `conflict` when the agent has had too many versions.
 */
export async function newVersion(
  tx: Transaction,
  { current, change }: { readonly current: TierRow; readonly change: TierChange },
): Promise<TierRow> {
  await requireRoomForVersion(tx, current.agentId)
  const [next] = await tx
    .insert(agentPricingTiers)
    .values({ ...copyOf(current), ...change })
    .returning()
  if (next === undefined) throw new Error('The version was not inserted')
  await tx.execute(sql`
    INSERT INTO tier_metric_quotas (tier_id, metric_id, quota_limit)
    SELECT ${next.id}, metric_id, quota_limit FROM tier_metric_quotas WHERE tier_id = ${current.id}`)
  await tx
    .update(agentPricingTiers)
    .set({ archivedAt: sql`rialto_now()` })
    .where(eq(agentPricingTiers.id, current.id))
  return next
}

/** What the next version starts from. A price at Stripe belongs to one version; the product is the same for all. */
const copyOf = (tier: TierRow) => ({
  agentId: tier.agentId,
  familyId: tier.familyId,
  version: tier.version + 1,
  tierName: tier.tierName,
  description: tier.description,
  isFree: tier.isFree,
  price: tier.price,
  currency: tier.currency,
  billingInterval: tier.billingInterval,
  usageInterval: tier.usageInterval,
  stripeProductId: tier.stripeProductId,
  taxBehavior: tier.taxBehavior,
  taxCode: tier.taxCode,
  trialDays: tier.trialDays,
  trialWithoutCard: tier.trialWithoutCard,
  trialEndsWith: tier.trialEndsWith,
  recommended: tier.recommended,
  sortOrder: tier.sortOrder,
})

export async function requireRoomForVersion(tx: Transaction, agentId: string): Promise<void> {
  const versions = await tx.$count(agentPricingTiers, eq(agentPricingTiers.agentId, agentId))
  if (versions < tierVersionsMax) return
  throw new AppError('conflict', { detail: 'The agent has had as many versions of tiers as it may.', tierVersionsMax })
}
