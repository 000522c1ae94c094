import { and, eq, isNull, sql } from 'drizzle-orm'
import { stripeEvents } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { failureText } from './failure-text.ts'
import { handleEvent } from './handle-event.ts'
import type { EventHandlers } from './handle-event.ts'
import type { Attempt } from './queue.ts'

const outcomeLengthMax = 100
/** Somebody who asks for it again while it is being processed is served by the same job. */
const roundsMax = 3

interface Processing {
  readonly handlers: EventHandlers
  readonly id: string
}

/** One attempt at an event. What was processed isn't processed again; a failure stays on its row and is answered. */
export async function processEvent(
  { db, log }: Pick<Deps, 'db' | 'log'>,
  { handlers, id }: Processing,
): Promise<Attempt> {
  for (let round = 0; round < roundsMax; round += 1) {
    const [event] = await db
      .update(stripeEvents)
      .set({ attempts: sql`${stripeEvents.attempts} + 1` })
      .where(and(eq(stripeEvents.id, id), isNull(stripeEvents.processedAt)))
      .returning()
    if (event === undefined) return { kind: 'done' }
    // Whoever replays the event begins to count again, and another attempt counts on: then this one doesn't speak for it.
    const isStillMine = and(
      eq(stripeEvents.id, id),
      eq(stripeEvents.attempts, event.attempts),
      isNull(stripeEvents.processedAt),
    )
    try {
      const outcome = (await handleEvent(handlers, event)).slice(0, outcomeLengthMax)
      const processed = await db
        .update(stripeEvents)
        .set({ processedAt: sql`clock_timestamp()`, outcome, errorMessage: null })
        .where(isStillMine)
        .returning({ id: stripeEvents.id })
      if (processed.length > 0) return { kind: 'done' }
    } catch (error) {
      const reason = failureText(error)
      log.error({ eventId: id, type: event.type, attempt: event.attempts, reason }, 'stripe: an event failed')
      await db.update(stripeEvents).set({ errorMessage: reason }).where(isStillMine)
      return { kind: 'failed', reason }
    }
  }
  return { kind: 'failed', reason: 'It was asked for again each time it had been processed' }
}
