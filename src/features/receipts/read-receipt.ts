import { eq } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { usageDisputes } from '#src/db/schema/index.ts'
import { getRefundableEntry, readLedgerEntry, refundedOf, takenBy } from '#src/features/usage/index.ts'
import type { LedgerEntry } from '#src/features/usage/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { findOwnSubscription, isUuid } from './own-subscription.ts'
import type { CountedMetric, OwnSubscription, WhichSubscription } from './own-subscription.ts'

export interface Dispute {
  readonly id: string
  readonly state: (typeof usageDisputes.$inferSelect)['state']
  readonly message: string
  readonly creditedUnits: number | null
  readonly decision: string
  readonly createdAt: string
  /** Null: open. */
  readonly decidedAt: string | null
}

export interface Receipt {
  readonly subscription: OwnSubscription
  readonly metric: CountedMetric
  readonly entry: LedgerEntry
  /** Units of it that count and can be given back; null where nothing of its kind can be. */
  readonly creditable: number | null
  /** Null: nobody said that it is wrong. */
  readonly dispute: Dispute | null
}

/** One entry of somebody's own subscription; undefined for anything else. */
export async function readReceipt(
  db: Database,
  { which, entryId }: { readonly which: WhichSubscription; readonly entryId: string },
): Promise<Receipt | undefined> {
  const subscription = isUuid(entryId) ? await findOwnSubscription(db, which) : undefined
  if (subscription === undefined) return undefined
  const entry = await readLedgerEntry(db, { subscriptionId: subscription.id, entryId })
  const metric = subscription.metrics.find(({ slug }) => slug === entry?.metric)
  if (entry === undefined || metric === undefined) return undefined
  const [dispute] = await db.select().from(usageDisputes).where(eq(usageDisputes.entryId, entry.id))
  return {
    subscription,
    metric,
    entry,
    creditable: await creditableUnits(db, { agentId: subscription.agent.id, entryId: entry.id }),
    dispute: dispute === undefined ? null : disputeOf(dispute),
  }
}

export const disputeOf = (row: typeof usageDisputes.$inferSelect): Dispute => ({
  id: row.id,
  state: row.state,
  message: row.message,
  creditedUnits: row.creditedUnits,
  decision: row.decision,
  createdAt: row.createdAt.toISOString(),
  decidedAt: row.decidedAt?.toISOString() ?? null,
})

/** Null for a level, for what took nothing by itself, and for what is only held. */
export async function creditableUnits(
  db: Database,
  which: { readonly agentId: string; readonly entryId: string },
): Promise<number | null> {
  try {
    return await db.transaction(async (tx) => {
      const entry = await getRefundableEntry(tx, which)
      return (await takenBy(tx, entry)) - (await refundedOf(tx, entry))
    })
  } catch (error) {
    if (error instanceof AppError && ['counter_only', 'invalid_request', 'conflict'].includes(error.code)) return null
    throw error
  }
}
