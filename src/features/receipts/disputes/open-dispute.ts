import { and, eq, sql } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import { usageDisputes } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { interactionMailsJob, recordInteraction } from '#src/features/engagement/index.ts'
import { AppError } from '#src/lib/errors.ts'
import type { WhichSubscription } from '../own-subscription.ts'
import { readReceipt } from '../read-receipt.ts'

interface OpenDispute {
  readonly which: WhichSubscription
  readonly entryId: string
  /** 1 to 2,000 characters. */
  readonly message: string
}

/** Of one person, not decided yet. */
const openMax = 20

/**
 * Tells the operators that a receipt is wrong. One for each entry, for good. Throws `not_found` for what is not somebody's own,
 * `conflict` for what took nothing that could be given back, was disputed already, or is one too many at a time.
 */
export async function openDispute(
  deps: Pick<Deps, 'db' | 'jobs' | 'newId'>,
  { which, entryId, message }: OpenDispute,
): Promise<void> {
  const receipt = await readReceipt(deps.db, { which, entryId })
  if (receipt === undefined) throw new AppError('not_found')
  if (receipt.creditable === null || receipt.creditable <= 0) {
    throw new AppError('conflict', { detail: 'Nothing of this entry counts.' })
  }
  const { userId } = which
  const { subscription, entry } = receipt
  await deps.db.transaction(async (tx) => {
    // One person's disputes take turns, so that the limit holds.
    await tx.execute(sql`SELECT FROM "user" WHERE id = ${userId} FOR NO KEY UPDATE`)
    const open = await tx.$count(usageDisputes, and(eq(usageDisputes.userId, userId), eq(usageDisputes.state, 'open')))
    if (open >= openMax) throw new AppError('conflict', { detail: `At most ${openMax} can wait at a time.` })
    const id = deps.newId()
    const [written] = await tx
      .insert(usageDisputes)
      .values({ id, subscriptionId: subscription.id, entryId: entry.id, userId, message })
      .onConflictDoNothing({ target: usageDisputes.entryId })
      .returning({ id: usageDisputes.id })
    if (written === undefined) throw new AppError('conflict', { detail: 'This entry was disputed already.' })
    await recordInteraction(tx, {
      type: 'disputed',
      userId,
      agentId: subscription.agent.id,
      metadata: { disputeId: id, metric: entry.metric, units: entry.delta },
    })
    await recordAudit(tx, {
      userId,
      action: 'usage.dispute',
      resource: 'subscription',
      resourceId: subscription.id,
      metadata: { entryId: entry.id, disputeId: id },
    })
  })
  await deps.jobs.wake(interactionMailsJob)
}
