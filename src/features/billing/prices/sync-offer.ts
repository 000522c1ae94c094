import { eq, sql } from 'drizzle-orm'
import { agentAddonOffers, agents } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { agree } from './agree.ts'
import { offersStillNeeded } from './still-needed.ts'
import { wordsOf } from './words.ts'

/**
 * Brings Stripe's product and price of an add-on into step. Archived, it goes off sale once nobody has it any more. Throws
 * `unavailable`.
 */
export async function syncOffer(deps: Pick<Deps, 'db' | 'payments'>, offerId: string): Promise<void> {
  const [found] = await deps.db
    .select({
      offer: agentAddonOffers,
      agentName: agents.name,
      readAt: sql`now()`.mapWith(agentAddonOffers.updatedAt),
    })
    .from(agentAddonOffers)
    .innerJoin(agents, eq(agents.id, agentAddonOffers.agentId))
    .where(eq(agentAddonOffers.id, offerId))
  if (found === undefined) return
  const { offer, agentName, readAt } = found
  if (offer.stripeProductId === null || offer.stripePriceId === null) return
  const isOnSale = offer.archivedAt === null || (await offersStillNeeded(deps.db, [offer.id])).size > 0
  await agree(deps.payments.stripe, {
    productId: offer.stripeProductId,
    words: wordsOf({ agentName, name: offer.displayName, description: '', taxCode: null }),
    prices: [{ id: offer.stripePriceId, isOnSale }],
  })
  await deps.db
    .update(agentAddonOffers)
    // What Stripe knows is no change of the offer: else it would never be in step.
    .set({ stripeSyncedAt: readAt, updatedAt: sql`${agentAddonOffers.updatedAt}` })
    .where(eq(agentAddonOffers.id, offerId))
}
