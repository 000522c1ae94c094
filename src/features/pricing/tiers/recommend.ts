import { and, eq, ne } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { agentPricingTiers } from '#src/db/schema/index.ts'
import type { TierRow } from './read-tiers.ts'

/** Takes the recommendation from the agent's other tiers: one that recommends several recommends none. */
export const recommendOnly = async (tx: Transaction, { id, agentId }: TierRow): Promise<void> =>
  void (await tx
    .update(agentPricingTiers)
    .set({ recommended: false })
    .where(
      and(
        eq(agentPricingTiers.agentId, agentId),
        eq(agentPricingTiers.recommended, true),
        ne(agentPricingTiers.id, id),
      ),
    ))
