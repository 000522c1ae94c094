import { eq, sql } from 'drizzle-orm'
import type { Database, Transaction } from '#src/db/client.ts'
import { agentPricingTiers } from '#src/db/schema/index.ts'
import type { AgentPublisher } from '#src/identity/index.ts'
import { lockAgent, requireUnchanged } from '../lock-agent.ts'
import { isLower } from '../rules/quota.ts'
import type { StoredQuota } from '../rules/quota.ts'
import type { QuotaEdit, Tier } from '../schema.ts'
import { auditTier } from './audit-tier.ts'
import { newVersion } from './new-version.ts'
import { requireOnOffer } from './offer-rules.ts'
import { describeTier, isInUse, lockTier, readQuotas } from './read-tiers.ts'
import type { TierRow } from './read-tiers.ts'
import { resolveQuotas, writeQuotas } from './write-quotas.ts'
import type { ResolvedQuota } from './write-quotas.ts'

interface SetQuotas {
  readonly by: AgentPublisher
  readonly tierId: string
  readonly edit: QuotaEdit
}

/**
 * Sets what a tier includes; metrics that are not named stay as they are. More acts at once, for everybody who has the tier.
 * Less, once somebody ever had it, is a new version. Throws `not_found`, `invalid_request` that names the field, `conflict`.
 */
export async function setQuotas({ db }: { readonly db: Database }, { by, tierId, edit }: SetQuotas): Promise<Tier> {
  return db.transaction(async (tx) => {
    await lockAgent(tx, by.agentId)
    const current = await lockTier(tx, { agentId: by.agentId, tierId })
    requireOnOffer(current)
    requireUnchanged(current, edit.updatedAt)
    const quotas = await resolveQuotas(tx, { agentId: by.agentId, quotas: edit.quotas })
    const before = new Map((await readQuotas(tx, [current.id])).map((row) => [row.metricId, row.quotaLimit]))
    const row = await write(tx, { current, before, quotas })
    const metadata = {
      version: row.version,
      before: Object.fromEntries(quotas.map(({ metric, metricId }) => [metric, shown(before.get(metricId))])),
      after: Object.fromEntries(quotas.map(({ metric, quota }) => [metric, shown(quota)])),
    }
    await auditTier(tx, by, { action: 'set_quotas', tierId: row.id, metadata })
    return describeTier(tx, row)
  })
}

const shown = (quota: StoredQuota): number | string => (quota === null ? 'unlimited' : (quota ?? 'not_included'))

interface Write {
  readonly current: TierRow
  /** By metric. */
  readonly before: ReadonlyMap<string, number | null>
  readonly quotas: readonly ResolvedQuota[]
}

async function write(tx: Transaction, { current, before, quotas }: Write): Promise<TierRow> {
  const lowered = quotas.filter(({ metricId, quota }) => isLower(before.get(metricId), quota))
  const raised = quotas.filter((quota) => !lowered.includes(quota))
  if (lowered.length === 0 || !(await isInUse(tx, current.id))) {
    await writeQuotas(tx, { tierId: current.id, quotas })
    return touch(tx, current)
  }
  // What becomes more does so for those who have the present version, too, and is copied into the next.
  await writeQuotas(tx, { tierId: current.id, quotas: raised })
  const next = await newVersion(tx, { current, change: {} })
  await writeQuotas(tx, { tierId: next.id, quotas: lowered })
  return next
}

/** So that an editor who read the tier before learns that its quotas are others now. */
async function touch(tx: Transaction, { id }: TierRow): Promise<TierRow> {
  const [row] = await tx
    .update(agentPricingTiers)
    .set({ updatedAt: sql`now()` })
    .where(eq(agentPricingTiers.id, id))
    .returning()
  if (row === undefined) throw new Error('The tier went away under its lock')
  return row
}
