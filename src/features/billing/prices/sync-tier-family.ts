import { and, desc, eq, isNotNull, sql } from 'drizzle-orm'
import { agentPricingTiers, agents } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { agree } from './agree.ts'
import { tiersStillNeeded } from './still-needed.ts'
import { wordsOf } from './words.ts'

/** As many as an agent may have of all its tiers. */
const versionsMax = 500

/**
 * Brings Stripe's product and prices of a tier into step with its versions: the words are those of the newest. A version that is
 * archived goes off sale once nobody has it any more. Throws `unavailable`.
 */
export async function syncTierFamily(deps: Pick<Deps, 'db' | 'payments'>, familyId: string): Promise<void> {
  const versions = await deps.db
    .select({
      tier: agentPricingTiers,
      agentName: agents.name,
      readAt: sql`now()`.mapWith(agentPricingTiers.updatedAt),
    })
    .from(agentPricingTiers)
    .innerJoin(agents, eq(agents.id, agentPricingTiers.agentId))
    .where(eq(agentPricingTiers.familyId, familyId))
    .orderBy(desc(agentPricingTiers.version))
    .limit(versionsMax)
  const [newest] = versions
  const needed = await tiersStillNeeded(
    deps.db,
    versions.map(({ tier }) => tier.id),
  )
  const priced = versions.flatMap(({ tier: { id, stripePriceId, stripeProductId, archivedAt } }) =>
    stripePriceId === null || stripeProductId === null
      ? []
      : [{ id: stripePriceId, productId: stripeProductId, isOnSale: archivedAt === null || needed.has(id) }],
  )
  const productId = priced[0]?.productId
  if (newest === undefined || productId === undefined) return
  const { tier, agentName, readAt } = newest
  const words = wordsOf({ agentName, name: tier.tierName, description: tier.description, taxCode: tier.taxCode })
  await agree(deps.payments.stripe, { productId, words, prices: priced })
  await deps.db
    .update(agentPricingTiers)
    // What Stripe knows is no change of the tier: else it would never be in step.
    .set({ stripeSyncedAt: readAt, updatedAt: sql`${agentPricingTiers.updatedAt}` })
    .where(and(eq(agentPricingTiers.familyId, familyId), isNotNull(agentPricingTiers.stripePriceId)))
}
