import { and, eq, sql } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import { usageDisputes } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { adjustUsage } from '#src/features/pricing/index.ts'
import { settleInTransaction } from '#src/features/usage/index.ts'
import { disputeDecided } from '#src/integrations/mail/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { findDispute } from './list-disputes.ts'

interface Decide {
  readonly disputeId: string
  readonly operatorId: string
  /** Units given back, 1 or more; left out: none. */
  readonly units?: number | undefined
  /** What the person is told, 1 to 1,000 characters. */
  readonly decision: string
}

/**
 * Credits units of the disputed entry, or says why not; the person gets a mail. Each dispute is decided once: credit and decision
 * are written together, so what the person is told is what the ledger says.
 *
 * Throws `not_found`; `conflict` for one that is decided; `invalid_request` for more than the entry has left; and what adjustUsage
 * throws.
 */
export async function decideDispute(
  deps: Pick<Deps, 'db' | 'config' | 'mail' | 'baseUrl'>,
  { disputeId, operatorId, units, decision }: Decide,
): Promise<void> {
  const dispute = await findDispute(deps.db, disputeId)
  if (dispute === undefined) throw new AppError('not_found')
  if (dispute.state !== 'open') throw new AppError('conflict', { detail: 'This is decided already.' })
  const state = units === undefined ? 'declined' : 'credited'
  await settleInTransaction(deps.db, async (tx) => {
    // In everybody's order of locks; where the dispute was decided meanwhile, the credit goes with the rest.
    if (units !== undefined) {
      await adjustUsage(
        { db: tx, config: deps.config },
        {
          subscriptionId: dispute.subscriptionId,
          metric: dispute.entry.metric,
          delta: -units,
          entryId: dispute.entry.id,
          clientReqId: dispute.id,
          operatorId,
          reason: `Dispute ${dispute.id}: ${decision}`.slice(0, 500),
          isPreview: false,
        },
      )
    }
    const { rowCount } = await tx
      .update(usageDisputes)
      .set({ state, creditedUnits: units ?? null, decision, decidedBy: operatorId, decidedAt: sql`now()` })
      .where(and(eq(usageDisputes.id, dispute.id), eq(usageDisputes.state, 'open')))
    if (rowCount !== 1) throw new AppError('conflict', { detail: 'This is decided already.' })
    await recordAudit(tx, {
      userId: operatorId,
      action: `usage.dispute_${state}`,
      resource: 'subscription',
      resourceId: dispute.subscriptionId,
      metadata: { disputeId: dispute.id, entryId: dispute.entry.id, ...(units !== undefined && { units }) },
    })
    const { name, email } = dispute.person
    const mail = disputeDecided({
      name,
      agentName: dispute.agent.name,
      credited: units === undefined ? undefined : `${units.toLocaleString('en')} ${dispute.entry.unit}`,
      decision,
      receiptUrl: `${deps.baseUrl}/account/subscriptions/${dispute.subscriptionId}/usage/${dispute.entry.id}`,
    })
    await deps.mail.enqueue({ ...mail, to: email, template: 'dispute-decided' }, { tx })
  })
}
