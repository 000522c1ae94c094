import { setTimeout as sleep } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import { stripeEvents } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { AppError } from '#src/lib/errors.ts'
import { enqueueEvent, removeWaitingJob } from './queue.ts'
import { readEvent } from './read-event.ts'
import type { EventDetail } from './read-event.ts'
import { changesBetween } from './traces.ts'
import type { TracedChange } from './traces.ts'

/** A worker looks every half second, and most of what it does then takes less than one. */
const waitMsMax = 10_000
const lookAgainMs = 100

export interface Replay {
  readonly event: EventDetail
  readonly changes: readonly TracedChange[]
}

interface Replaying {
  readonly id: string
  readonly operatorId: string
}

/**
 * Has an event processed again at once, whatever came of it before; safe at any time, because the object is fetched as it is now.
 * Waits for what comes of it, ten seconds at most: then it is still `waiting`. Throws `not_found`.
 */
export async function replayEvent(deps: Pick<Deps, 'db' | 'jobs'>, { id, operatorId }: Replaying): Promise<Replay> {
  const { db, jobs } = deps
  const before = await readEvent(deps, id)
  await db.transaction(async (tx) => {
    const [row] = await tx
      .update(stripeEvents)
      .set({ processedAt: null, errorMessage: null, outcome: null, attempts: 0 })
      .where(eq(stripeEvents.id, id))
      .returning({ id: stripeEvents.id })
    if (row === undefined) throw new AppError('not_found')
    // One that would be tried in an hour stands in the way of one that is tried now.
    await removeWaitingJob(jobs.boss, { tx, id })
    await enqueueEvent(jobs.boss, { tx, id })
    await recordAudit(tx, {
      userId: operatorId,
      action: 'stripe_event.replay',
      resource: 'stripe_event',
      resourceId: id,
      metadata: { type: before.type, before: before.state },
    })
  })
  const deadline = Date.now() + waitMsMax
  let event = await readEvent(deps, id)
  while (event.state === 'waiting' && Date.now() < deadline) {
    await sleep(lookAgainMs)
    event = await readEvent(deps, id)
  }
  return { event, changes: changesBetween(before.traces, event.traces) }
}
