import type { Database, Transaction } from '#src/db/client.ts'
import { readSiteSettings } from '#src/db/site-settings.ts'
import { agentPricingTiers } from '#src/db/schema/index.ts'
import { refreshAgentSearch } from '#src/features/catalog/index.ts'
import type { AgentPublisher } from '#src/identity/index.ts'
import { lockAgent } from '../lock-agent.ts'
import { checkTerms } from '../rules/tier-terms.ts'
import type { NewTier, Tier, TypedTier } from '../schema.ts'
import { auditTier } from './audit-tier.ts'
import { requireRoomForVersion } from './new-version.ts'
import { requireFreeName, requireFreeTier, requireRoomOnOffer } from './offer-rules.ts'
import { describeTier, listTiers } from './read-tiers.ts'
import type { TierRow } from './read-tiers.ts'
import { recommendOnly } from './recommend.ts'
import { resolveQuotas, writeQuotas } from './write-quotas.ts'

/**
 * Adds a tier at the end of the agent's and puts it on offer. Throws `invalid_request` that names the field, and `conflict`
 * when the agent has as many as it may.
 */
export async function createTier(
  { db }: { readonly db: Database },
  { by, tier: typed }: { readonly by: AgentPublisher; readonly tier: TypedTier },
): Promise<Tier> {
  const tier = { ...typed, currency: typed.currency ?? (await readSiteSettings(db)).currency }
  checkTerms(tier)
  return db.transaction(async (tx) => {
    await lockAgent(tx, by.agentId)
    const present = await listTiers(tx, by.agentId)
    requireFreeName(present, { tierName: tier.tierName })
    requireFreeTier(present, tier)
    requireRoomOnOffer(present)
    await requireRoomForVersion(tx, by.agentId)
    const quotas = await resolveQuotas(tx, { agentId: by.agentId, quotas: tier.quotas })
    const row = await insertTier(tx, { by, tier, sortOrder: nextPlace(present) })
    await writeQuotas(tx, { tierId: row.id, quotas })
    if (row.recommended) await recommendOnly(tx, row)
    await auditTier(tx, by, { action: 'create', tierId: row.id, metadata: { after: tier } })
    const described = await describeTier(tx, row)
    await refreshAgentSearch(tx, [by.agentId])
    return described
  })
}

const nextPlace = (present: readonly TierRow[]): number => Math.max(-1, ...present.map((row) => row.sortOrder)) + 1

interface Insert {
  readonly by: AgentPublisher
  readonly tier: NewTier
  readonly sortOrder: number
}

async function insertTier(tx: Transaction, { by, tier, sortOrder }: Insert): Promise<TierRow> {
  const { priceMinor, quotas: _, ...rest } = tier
  const values = { ...rest, agentId: by.agentId, price: priceMinor, isFree: priceMinor === 0, sortOrder }
  const [row] = await tx.insert(agentPricingTiers).values(values).returning()
  if (row === undefined) throw new Error('The tier was not inserted')
  return row
}
