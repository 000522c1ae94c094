import { eq, sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { agentPricingTiers } from '#src/db/schema/index.ts'
import type { AgentPublisher } from '#src/identity/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { lockAgent } from '../lock-agent.ts'
import { isSameSet } from '../rules/same-set.ts'
import type { Tier } from '../schema.ts'
import { auditTier } from './audit-tier.ts'
import { describeTiers, listTiers } from './read-tiers.ts'

/** Puts the tiers on offer into this order. Throws `conflict` unless it names each of them once: they have changed meanwhile. */
export async function orderTiers(
  { db }: { readonly db: Database },
  { by, tierIds }: { readonly by: AgentPublisher; readonly tierIds: readonly string[] },
): Promise<readonly Tier[]> {
  return db.transaction(async (tx) => {
    await lockAgent(tx, by.agentId)
    const before = (await listTiers(tx, by.agentId)).filter(({ archivedAt }) => archivedAt === null).map(({ id }) => id)
    if (!isSameSet(before, tierIds)) {
      throw new AppError('conflict', { detail: 'Name the present version of each tier on offer once.', tiers: before })
    }
    const order = sql`${sql.param(tierIds)}::uuid[]`
    await tx
      .update(agentPricingTiers)
      .set({ sortOrder: sql`array_position(${order}, ${agentPricingTiers.id}) - 1` })
      .where(sql`${eq(agentPricingTiers.agentId, by.agentId)} AND ${agentPricingTiers.id} = ANY(${order})`)
    await auditTier(tx, by, { action: 'reorder', metadata: { before, after: tierIds } })
    return describeTiers(tx, await listTiers(tx, by.agentId))
  })
}
