import { eq } from 'drizzle-orm'
import { stripeEvents } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { enqueueEvent } from './queue.ts'
import { reducedToIds, subjectOf } from './event.ts'
import type { StripeEvent } from './event.ts'
import { isAboutOurs } from './ownership.ts'

/**
 * Keeps an event and queues it, in one transaction. One that is here already is queued again unless it was processed: the crash or
 * the failure after the first time may have been what made it come again. Strangers' events are kept as ids only.
 */
export async function storeEvent(
  { db, jobs }: Pick<Deps, 'db' | 'jobs'>,
  { event, isReduced = false }: { readonly event: StripeEvent; readonly isReduced?: boolean },
): Promise<'stored' | 'known'> {
  return db.transaction(async (tx) => {
    const subject = subjectOf(event.payload)
    const isKept = !isReduced && (await isAboutOurs(tx, subject))
    const [stored] = await tx
      .insert(stripeEvents)
      .values({
        stripeEventId: event.id,
        type: event.type,
        livemode: event.livemode,
        payload: isKept ? event.payload : reducedToIds(event.payload),
        stripeCustomerId: isKept ? subject.customerId : null,
        isReduced: !isKept,
      })
      .onConflictDoNothing({ target: stripeEvents.stripeEventId })
      .returning({ id: stripeEvents.id })
    if (stored !== undefined) {
      await enqueueEvent(jobs.boss, { tx, id: stored.id })
      return 'stored'
    }
    const [known] = await tx
      .select({ id: stripeEvents.id, processedAt: stripeEvents.processedAt })
      .from(stripeEvents)
      .where(eq(stripeEvents.stripeEventId, event.id))
    if (known?.processedAt === null) await enqueueEvent(jobs.boss, { tx, id: known.id })
    return 'known'
  })
}
