// Taking out of kept events what they say about people: when a person goes, and when it has become old.
import { and, asc, eq, inArray, lt, sql } from 'drizzle-orm'
import type { Database, Transaction } from '#src/db/client.ts'
import { billingCustomers, stripeEvents } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { reducedToIds } from './event.ts'

const batchSize = 200
const batchesMax = 500
const keptDays = 90

/** Of events that were processed more than 90 days ago only ids are left; at most 100,000 at once. Resolves to how many. */
export async function reduceOldEvents({ db }: Pick<Deps, 'db'>): Promise<number> {
  let reduced = 0
  for (let batch = 0; batch < batchesMax; batch += 1) {
    const found = await reduceSome(db, lt(stripeEvents.processedAt, sql`now() - make_interval(days => ${keptDays})`))
    reduced += found
    if (found < batchSize) break
  }
  return reduced
}

/**
 * Leaves only ids of what was kept about a customer. To be called when their person has begun to go (account_deletions): whatever
 * comes in from then on is reduced at once, and what is just coming in is waited for.
 */
export async function reduceEventsOf({ db }: Pick<Deps, 'db'>, stripeCustomerId: string): Promise<void> {
  for (let found = batchSize; found === batchSize;) {
    found = await db.transaction(async (tx) => {
      await tx
        .select({ id: billingCustomers.id })
        .from(billingCustomers)
        .where(eq(billingCustomers.stripeCustomerId, stripeCustomerId))
        .for('update')
      return reduceSome(tx, eq(stripeEvents.stripeCustomerId, stripeCustomerId))
    })
  }
}

async function reduceSome(db: Database | Transaction, which: ReturnType<typeof eq>): Promise<number> {
  const events = await db
    .select({ id: stripeEvents.id, payload: stripeEvents.payload })
    .from(stripeEvents)
    .where(and(eq(stripeEvents.isReduced, false), which))
    .orderBy(asc(stripeEvents.id))
    .limit(batchSize)
  if (events.length === 0) return 0
  // One statement for all of them: their new payloads travel beside their ids.
  const payloads = JSON.stringify(Object.fromEntries(events.map(({ id, payload }) => [id, reducedToIds(payload)])))
  await db
    .update(stripeEvents)
    .set({
      payload: sql`${payloads}::jsonb -> ${stripeEvents.id}::text`,
      isReduced: true,
      stripeCustomerId: null,
    })
    .where(
      inArray(
        stripeEvents.id,
        events.map(({ id }) => id),
      ),
    )
  return events.length
}
