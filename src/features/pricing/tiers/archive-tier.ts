import { eq, sql } from 'drizzle-orm'
import type { Database, Transaction } from '#src/db/client.ts'
import { agentPricingTiers } from '#src/db/schema/index.ts'
import { refreshAgentSearch } from '#src/features/catalog/index.ts'
import type { AgentPublisher } from '#src/identity/index.ts'
import { lockAgent } from '../lock-agent.ts'
import type { Tier } from '../schema.ts'
import { auditTier } from './audit-tier.ts'
import { requireFreeName, requireRoomOnOffer } from './offer-rules.ts'
import { describeTier, listTiers, lockTier, readQuotas } from './read-tiers.ts'
import type { TierRow } from './read-tiers.ts'
import { requireMetricsInUse } from './require-metrics-in-use.ts'

interface WhichTier {
  readonly by: AgentPublisher
  readonly tierId: string
}

/** Takes a tier off offer; who has it keeps it. Archiving again changes nothing. Throws `not_found`. */
export async function archiveTier({ db }: { readonly db: Database }, { by, tierId }: WhichTier): Promise<Tier> {
  return db.transaction(async (tx) => {
    await lockAgent(tx, by.agentId)
    const tier = await lockTier(tx, { agentId: by.agentId, tierId })
    return tier.archivedAt === null ? setArchived(tx, { by, tier, isArchived: true }) : describeTier(tx, tier)
  })
}

/**
 * Puts an archived tier on offer again. Throws `not_found`, `invalid_request` when its name is taken by now, and `conflict` when
 * the agent has as many on offer as it may or a metric of the tier is archived.
 */
export async function unarchiveTier({ db }: { readonly db: Database }, { by, tierId }: WhichTier): Promise<Tier> {
  return db.transaction(async (tx) => {
    await lockAgent(tx, by.agentId)
    const tier = await lockTier(tx, { agentId: by.agentId, tierId })
    if (tier.archivedAt === null) return describeTier(tx, tier)
    const present = await listTiers(tx, by.agentId)
    requireFreeName(present, tier)
    requireRoomOnOffer(present)
    await requireMetricsInUse(tx, await readQuotas(tx, [tier.id]))
    return setArchived(tx, { by, tier, isArchived: false })
  })
}

interface Archiving {
  readonly by: AgentPublisher
  readonly tier: TierRow
  readonly isArchived: boolean
}

async function setArchived(tx: Transaction, { by, tier, isArchived }: Archiving): Promise<Tier> {
  const [row] = await tx
    .update(agentPricingTiers)
    .set({ archivedAt: isArchived ? sql`rialto_now()` : null })
    .where(eq(agentPricingTiers.id, tier.id))
    .returning()
  if (row === undefined) throw new Error('The tier went away under its lock')
  const action = isArchived ? 'archive' : 'unarchive'
  await auditTier(tx, by, { action, tierId: tier.id, metadata: { tierName: tier.tierName, version: tier.version } })
  const described = await describeTier(tx, row)
  await refreshAgentSearch(tx, [by.agentId])
  return described
}
