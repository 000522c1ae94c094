import { eq } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { agentPricingTiers } from '#src/db/schema/index.ts'
import { refreshAgentSearch } from '#src/features/catalog/index.ts'
import type { AgentPublisher } from '#src/identity/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { lockAgent } from '../lock-agent.ts'
import { tierVersionsMax } from '../schema.ts'
import { auditTier } from './audit-tier.ts'
import { findVersionsInUse, lockTier } from './read-tiers.ts'

/**
 * Removes a tier that nobody ever had or began to buy. Throws `not_found`, and `conflict` for one with history: that is archived.
 */
export async function deleteTier(
  { db }: { readonly db: Database },
  { by, tierId }: { readonly by: AgentPublisher; readonly tierId: string },
): Promise<void> {
  await db.transaction(async (tx) => {
    await lockAgent(tx, by.agentId)
    const { familyId, tierName } = await lockTier(tx, { agentId: by.agentId, tierId })
    const isOfTier = eq(agentPricingTiers.familyId, familyId)
    const versions = await tx
      .select({ id: agentPricingTiers.id })
      .from(agentPricingTiers)
      .where(isOfTier)
      .limit(tierVersionsMax)
      .for('update')
    const inUse = await findVersionsInUse(
      tx,
      versions.map(({ id }) => id),
    )
    if (inUse.size > 0) {
      throw new AppError('conflict', { detail: 'Somebody has, had or began to buy it, so it can only be archived.' })
    }
    await tx.delete(agentPricingTiers).where(isOfTier)
    await auditTier(tx, by, { action: 'delete', tierId, metadata: { tierName } })
    await refreshAgentSearch(tx, [by.agentId])
  })
}
