import { eq } from 'drizzle-orm'
import type { Database, Transaction } from '#src/db/client.ts'
import { agentPricingTiers } from '#src/db/schema/index.ts'
import { refreshAgentSearch } from '#src/features/catalog/index.ts'
import type { AgentPublisher } from '#src/identity/index.ts'
import { lockAgent, requireUnchanged } from '../lock-agent.ts'
import { checkSuccession, checkTerms, isSameTerms } from '../rules/tier-terms.ts'
import type { Tier, TierEdit } from '../schema.ts'
import { auditTier } from './audit-tier.ts'
import { newVersion } from './new-version.ts'
import { requireFreeName, requireFreeTier, requireOnOffer } from './offer-rules.ts'
import { describeTier, isInUse, listTiers, lockTier, termsOf } from './read-tiers.ts'
import type { TierRow } from './read-tiers.ts'
import { recommendOnly } from './recommend.ts'

interface EditTier {
  readonly by: AgentPublisher
  readonly tierId: string
  readonly edit: TierEdit
}

/**
 * Changes a tier on offer. Its words, trial and recommendation change at once. Its terms (price and intervals) do only as long
 * as nobody ever had it or began to buy it; else the change is a new version, and who has the present one keeps it until their
 * first period after notice. Throws `not_found`, `invalid_request` that names the field, and `conflict`.
 */
export async function editTier({ db }: { readonly db: Database }, { by, tierId, edit }: EditTier): Promise<Tier> {
  return db.transaction(async (tx) => {
    await lockAgent(tx, by.agentId)
    const current = await lockTier(tx, { agentId: by.agentId, tierId })
    requireOnOffer(current)
    requireUnchanged(current, edit.updatedAt)
    const [before, after] = [editableOf(current), applied(current, edit)]
    checkTerms(after)
    const present = await listTiers(tx, by.agentId)
    requireFreeName(present, { tierName: after.tierName, familyId: current.familyId })
    if (after.trialEndsWith !== before.trialEndsWith) requireFreeTier(present, after)
    const row = await write(tx, { current, before, after })
    if (row.recommended) await recommendOnly(tx, row)
    const metadata = { version: row.version, before, after }
    await auditTier(tx, by, { action: 'edit', tierId: row.id, metadata })
    const described = await describeTier(tx, row)
    await refreshAgentSearch(tx, [by.agentId])
    return described
  })
}

type Editable = ReturnType<typeof editableOf>

const editableOf = (row: TierRow) => {
  const { tierName, description, trialDays, trialWithoutCard, trialEndsWith, recommended } = row
  return { tierName, description, trialDays, trialWithoutCard, trialEndsWith, recommended, ...termsOf(row) }
}

function applied(row: TierRow, edit: TierEdit): Editable {
  const before = editableOf(row)
  return {
    tierName: edit.tierName ?? before.tierName,
    description: edit.description ?? before.description,
    trialDays: edit.trialDays ?? before.trialDays,
    trialWithoutCard: edit.trialWithoutCard ?? before.trialWithoutCard,
    trialEndsWith: edit.trialEndsWith ?? before.trialEndsWith,
    recommended: edit.recommended ?? before.recommended,
    priceMinor: edit.priceMinor ?? before.priceMinor,
    currency: edit.currency ?? before.currency,
    billingInterval: edit.billingInterval ?? before.billingInterval,
    usageInterval: edit.usageInterval ?? before.usageInterval,
    taxBehavior: edit.taxBehavior ?? before.taxBehavior,
  }
}

interface Write {
  readonly current: TierRow
  readonly before: Editable
  readonly after: Editable
}

async function write(tx: Transaction, { current, before, after }: Write): Promise<TierRow> {
  const { priceMinor, ...rest } = after
  const change = { ...rest, price: priceMinor, isFree: priceMinor === 0 }
  if (!isSameTerms(before, after) && (await isInUse(tx, current.id))) {
    checkSuccession(before, after)
    return newVersion(tx, { current, change })
  }
  const [row] = await tx.update(agentPricingTiers).set(change).where(eq(agentPricingTiers.id, current.id)).returning()
  if (row === undefined) throw new Error('The tier went away under its lock')
  return row
}
