import { recordAudit } from '#src/db/audit.ts'
import { spendingCaps } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { isThis } from './set-cap.ts'
import type { WhichCap } from './set-cap.ts'
import { lockSpending } from './taken.ts'

/** Takes a cap away. Only its owner does, by their session. One that isn't there stays away. */
export async function removeCap({ db }: Pick<Deps, 'db'>, which: WhichCap): Promise<void> {
  await db.transaction(async (tx) => {
    // Whoever sets it at the same moment comes before or after.
    await lockSpending(tx, which.userId)
    const [cap] = await tx.delete(spendingCaps).where(isThis(which)).returning()
    if (cap === undefined) return
    await recordAudit(tx, {
      userId: which.userId,
      action: 'spending.remove_cap',
      resource: 'spending_cap',
      resourceId: cap.id,
      metadata: { agentId: which.agentId ?? null, before: cap.amount, currency: cap.currency },
    })
  })
}
