// What Stripe could not deliver, or delivered into the void, is asked for.
import { eq, inArray, sql } from 'drizzle-orm'
import type { Stripe } from 'stripe'
import { z } from 'zod'
import { installation, jobPositions, stripeEvents } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { apiVersion } from '#src/integrations/stripe/index.ts'
import { businessNow } from '../clock.ts'
import { stripeCall } from '../stripe-failures.ts'
import { parseEvent } from './event.ts'
import { storeEvent } from './store-event.ts'

const job = 'stripe-events-missed'

const pageSize = 100
const pagesMax = 100
/** An event may show up in the list a little after its time. */
const overlapSeconds = 3_600
/** Stripe keeps them for so long. */
const listedSeconds = 30 * 86_400
/** So long Stripe itself tries to deliver. */
const retriedSeconds = 3 * 86_400

type IngestDeps = Pick<Deps, 'db' | 'jobs' | 'payments' | 'log'>

/** All in seconds, as Stripe has them. */
const positionSchema = z.object({
  /** Everything up to here has been seen. */
  seenUntil: z.int().optional(),
  /** A stretch that one call had not enough pages for, newest first; `after` is the event that the last page ended with. */
  open: z.object({ from: z.int(), until: z.int(), after: z.string() }).optional(),
})
type Position = z.infer<typeof positionSchema>

/**
 * Pages through Stripe's list of events since it was last seen through, and keeps and queues what is missing here, as the endpoint
 * would have; at most 10,000 at once, and the next call goes on from there. Resolves to how many were missing. Throws `unavailable`.
 */
export async function ingestMissedEvents(deps: IngestDeps): Promise<number> {
  const [present] = await deps.db.select().from(installation)
  // Nothing was ever asked of this Stripe, so nothing of ours happened there.
  if (present?.environment !== deps.payments.environment) return 0
  const now = Math.floor((await businessNow(deps.db)).getTime() / 1_000)
  const position = await readPosition(deps)
  const listedFrom = now - listedSeconds
  const open = position.open !== undefined && position.open.from >= listedFrom ? position.open : undefined
  const { from, until } = open ?? {
    from: Math.max((position.seenUntil ?? 0) - overlapSeconds, listedFrom),
    until: now,
  }
  const listed = await ingest(deps, {
    filter: { created: { gte: from, lte: until } },
    after: open?.after,
    onPage: (after) => savePosition(deps, { ...position, open: { from, until, after } }),
  })
  if (listed.isComplete) await savePosition(deps, { seenUntil: until })
  const undelivered = await ingest(deps, {
    filter: { delivery_success: false, created: { gte: now - retriedSeconds } },
  })
  const missing = listed.missing + undelivered.missing
  if (missing > 0) deps.log.warn({ missing }, 'stripe: events had been missed and are being processed now')
  return missing
}

interface Ingesting {
  readonly filter: Stripe.EventListParams
  readonly after?: string | undefined
  readonly onPage?: (after: string) => Promise<void>
}

async function ingest(
  deps: IngestDeps,
  { filter, onPage, ...begin }: Ingesting,
): Promise<{ missing: number; isComplete: boolean }> {
  let after = begin.after
  let missing = 0
  for (let page = 0; page < pagesMax; page += 1) {
    const { data, has_more: isMore } = await stripeCall(() =>
      deps.payments.stripe.events.list({
        ...filter,
        limit: pageSize,
        ...(after !== undefined && { starting_after: after }),
      }),
    )
    missing += await storeMissing(deps, data)
    after = data.at(-1)?.id
    if (!isMore || after === undefined) return { missing, isComplete: true }
    await onPage?.(after)
  }
  return { missing, isComplete: false }
}

async function storeMissing(deps: IngestDeps, events: readonly Stripe.Event[]): Promise<number> {
  const ids = events.map(({ id }) => id)
  const known = await deps.db
    .select({ id: stripeEvents.stripeEventId })
    .from(stripeEvents)
    .where(inArray(stripeEvents.stripeEventId, ids))
  const knownIds = new Set(known.map(({ id }) => id))
  let missing = 0
  // Oldest first, as they happened.
  for (const listed of events.toReversed()) {
    const event = knownIds.has(listed.id) ? undefined : parseEvent(listed)
    if (event === undefined || event.livemode !== (deps.payments.environment === 'live')) continue
    // In this list stands what the account's own version made of it. Ids are the same in all of them.
    const isReduced = event.apiVersion !== apiVersion
    if ((await storeEvent(deps, { event, isReduced })) === 'stored') missing += 1
  }
  return missing
}

async function readPosition({ db }: Pick<Deps, 'db'>): Promise<Position> {
  const [row] = await db.select({ position: jobPositions.position }).from(jobPositions).where(eq(jobPositions.job, job))
  const parsed = positionSchema.safeParse(row?.position ?? {})
  return parsed.success ? parsed.data : {}
}

/** Two at once do the same work twice and no harm: whatever stretch ends here had been seen through to its beginning. */
async function savePosition({ db }: Pick<Deps, 'db'>, position: Position): Promise<void> {
  await db
    .insert(jobPositions)
    .values({ job, position })
    .onConflictDoUpdate({ target: jobPositions.job, set: { position, updatedAt: sql`now()` } })
}
