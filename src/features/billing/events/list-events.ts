import { and, desc, eq, gte, isNotNull, isNull, lt, or, sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import { stripeEvents } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'

export const eventStates = ['failed', 'waiting', 'processed'] as const
/** `failed`: its last attempt failed; it may be tried again. `waiting`: not tried yet, or just being tried. */
export type EventState = (typeof eventStates)[number]

export interface EventFilter {
  readonly state?: EventState | undefined
  /** A type, or the beginning of one up to a dot: `invoice` finds all of `invoice.…`. */
  readonly type?: string | undefined
  /** Received at or after. */
  readonly from?: Date | undefined
  /** Received before. */
  readonly to?: Date | undefined
}

export interface ListedEvent {
  readonly id: string
  readonly stripeEventId: string
  readonly type: string
  readonly state: EventState
  readonly outcome: string | null
  readonly error: string | null
  readonly attempts: number
  readonly receivedAt: string
  readonly processedAt: string | null
}

export interface EventPage {
  readonly items: readonly ListedEvent[]
  /** The id to go on from. */
  readonly nextCursor?: string
}

interface Listing extends EventFilter {
  /** The last event of the page before. */
  readonly cursor?: string | undefined
  /** 1 to 100. */
  readonly limit: number
}

/** Newest first. */
export async function listEvents({ db }: Pick<Deps, 'db'>, { cursor, limit, ...filter }: Listing): Promise<EventPage> {
  const rows = await db
    .select(listed)
    .from(stripeEvents)
    .where(and(conditionOf(filter), cursor === undefined ? undefined : isBelow(cursor)))
    .orderBy(desc(stripeEvents.receivedAt), desc(stripeEvents.id))
    .limit(limit + 1)
  const items = rows.slice(0, limit).map(shown)
  const last = items.at(-1)
  return { items, ...(rows.length > limit && last !== undefined && { nextCursor: last.id }) }
}

export const countedMax = 1_000

/** How many there are; counts to 1,000. */
export async function countEvents({ db }: Pick<Deps, 'db'>, filter: EventFilter): Promise<number> {
  const some = db.select({ id: stripeEvents.id }).from(stripeEvents).where(conditionOf(filter)).limit(countedMax)
  return db.$count(some.as('some'))
}

export const listed = {
  id: stripeEvents.id,
  stripeEventId: stripeEvents.stripeEventId,
  type: stripeEvents.type,
  outcome: stripeEvents.outcome,
  error: stripeEvents.errorMessage,
  attempts: stripeEvents.attempts,
  receivedAt: stripeEvents.receivedAt,
  processedAt: stripeEvents.processedAt,
}

type ListedRow = Omit<ListedEvent, 'state' | 'receivedAt' | 'processedAt'> & {
  readonly receivedAt: Date
  readonly processedAt: Date | null
}

export const shown = ({ receivedAt, processedAt, ...event }: ListedRow): ListedEvent => ({
  ...event,
  state: stateOf({ processedAt, error: event.error }),
  receivedAt: receivedAt.toISOString(),
  processedAt: processedAt?.toISOString() ?? null,
})

export function stateOf({ processedAt, error }: { processedAt: Date | null; error: string | null }): EventState {
  if (processedAt !== null) return 'processed'
  return error === null ? 'waiting' : 'failed'
}

function conditionOf({ state, type, from, to }: EventFilter): SQL | undefined {
  return and(
    state && stateConditions[state],
    type === undefined
      ? undefined
      : or(eq(stripeEvents.type, type), sql`starts_with(${stripeEvents.type}, ${`${type}.`}::text)`),
    from && gte(stripeEvents.receivedAt, from),
    to && lt(stripeEvents.receivedAt, to),
  )
}

const stateConditions: Record<EventState, SQL | undefined> = {
  failed: and(isNull(stripeEvents.processedAt), isNotNull(stripeEvents.errorMessage)),
  waiting: and(isNull(stripeEvents.processedAt), isNull(stripeEvents.errorMessage)),
  processed: isNotNull(stripeEvents.processedAt),
}

/** By the row itself, whose time is finer than what JavaScript keeps of it. No row ever goes. */
const isBelow = (cursor: string): SQL => sql`(${stripeEvents.receivedAt}, ${stripeEvents.id}) < (
  SELECT place.received_at, place.id FROM stripe_events AS place WHERE place.id = ${cursor})`
