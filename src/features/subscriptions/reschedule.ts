import { eq } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { userAgentSubscriptions } from '#src/db/schema/index.ts'
import { schedule } from '#src/features/usage/index.ts'
import type { NewId } from '#src/lib/ids.ts'
import { lockCounters } from './counters.ts'
import { rehomeUse } from './rehome-use.ts'
import type { Columns } from './settle.ts'
import { periodFactsOf } from './subscription.ts'
import type { Subscription } from './subscription.ts'
import type { Tier } from './tier.ts'

interface Rescheduling {
  /** Locked by the caller. */
  readonly before: Subscription
  /** The tier from now on. */
  readonly tier: Tier
  readonly columns: Columns
  readonly now: Date
  readonly graceMs: number
  readonly newId: NewId
}

/** Changes a subscription's tier or period, and moves what was used into the periods that it has now. */
export async function reschedule(
  tx: Transaction,
  { before, tier, columns, now, graceMs, newId }: Rescheduling,
): Promise<Subscription> {
  const { id, currentPeriodStart } = before.row
  const planned = schedule(periodFactsOf({ ...before.row, ...columns }), tier, now).bounds.start
  // Before the update, whose trigger marks them too: counters are always locked in the order of their ids.
  const counters = await lockCounters(tx, {
    subscriptionIds: [id],
    endsAfter: planned < currentPeriodStart ? planned : currentPeriodStart,
  })
  const [row] = await tx
    .update(userAgentSubscriptions)
    .set({ ...columns, tierId: tier.id })
    .where(eq(userAgentSubscriptions.id, id))
    .returning()
  if (row === undefined) throw new Error('The locked subscription is missing')
  const after = { row, tier }
  await rehomeUse(tx, { before, after, counters, now, graceMs, newId })
  return after
}
