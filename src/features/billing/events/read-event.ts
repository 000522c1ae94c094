import { eq } from 'drizzle-orm'
import { stripeEvents } from '#src/db/schema/index.ts'
import type { Json } from '#src/db/schema/business.ts'
import type { Deps } from '#src/deps.ts'
import { AppError } from '#src/lib/errors.ts'
import { listed, shown } from './list-events.ts'
import type { ListedEvent } from './list-events.ts'
import { findEventJob } from './queue.ts'
import { readTraces } from './traces.ts'
import type { EventTraces } from './traces.ts'

export interface EventDetail extends ListedEvent {
  readonly livemode: boolean
  readonly payload: Json
  /** Only ids of it are kept. */
  readonly isReduced: boolean
  /** When it will be tried next. Null: it is not waiting for that. */
  readonly nextAttemptAt: string | null
  readonly traces: EventTraces
}

/** Throws `not_found`. */
export async function readEvent({ db, jobs }: Pick<Deps, 'db' | 'jobs'>, id: string): Promise<EventDetail> {
  const [row] = await db
    .select({
      ...listed,
      livemode: stripeEvents.livemode,
      payload: stripeEvents.payload,
      isReduced: stripeEvents.isReduced,
    })
    .from(stripeEvents)
    .where(eq(stripeEvents.id, id))
  if (row === undefined) throw new AppError('not_found')
  const { livemode, payload, isReduced, ...event } = row
  const job = row.processedAt === null ? await findEventJob(jobs.boss, id) : undefined
  return {
    ...shown(event),
    livemode,
    payload,
    isReduced,
    nextAttemptAt: job?.nextAttemptAt.toISOString() ?? null,
    traces: await readTraces({ db }, payload),
  }
}
