import { and, eq, isNull, sql } from 'drizzle-orm'
import { agentAddonOffers, agents } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { AppError } from '#src/lib/errors.ts'
import { metadataOf } from '../intents/metadata.ts'
import { priceAtStripe } from './price-at-stripe.ts'
import type { StripePrice, WantedPrice } from './price-at-stripe.ts'
import { wordsOf } from './words.ts'

/**
 * What Stripe calls an add-on on offer: made when it is first asked for, and the same for all who ask at once. Throws `not_found`,
 * and `unavailable` when Stripe is.
 */
export async function ensureOfferPrice(deps: Pick<Deps, 'db' | 'payments'>, offerId: string): Promise<StripePrice> {
  const { offer, agentName, readAt } = await getOffer(deps, offerId)
  if (offer.stripeProductId !== null && offer.stripePriceId !== null) {
    return { productId: offer.stripeProductId, priceId: offer.stripePriceId }
  }
  const made = await priceAtStripe(deps, wantedPrice(offer, agentName))
  await deps.db
    .update(agentAddonOffers)
    .set({
      stripeProductId: made.productId,
      stripePriceId: made.priceId,
      stripeSyncedAt: readAt,
      // What Stripe knows is no change of the offer.
      updatedAt: sql`${agentAddonOffers.updatedAt}`,
    })
    .where(and(eq(agentAddonOffers.id, offerId), isNull(agentAddonOffers.stripePriceId)))
  return made
}

type OfferRow = typeof agentAddonOffers.$inferSelect

async function getOffer({ db }: Pick<Deps, 'db'>, offerId: string) {
  const [found] = await db
    .select({
      offer: agentAddonOffers,
      agentName: agents.name,
      readAt: sql`now()`.mapWith(agentAddonOffers.updatedAt),
    })
    .from(agentAddonOffers)
    .innerJoin(agents, eq(agents.id, agentAddonOffers.agentId))
    .where(eq(agentAddonOffers.id, offerId))
  if (found === undefined) throw new AppError('not_found', { offerId })
  return found
}

/** Its terms never change, so its id is enough to find the price by. */
function wantedPrice(offer: OfferRow, agentName: string): WantedPrice {
  const { id, agentId, price, currency, billingInterval } = offer
  return {
    productId: offer.stripeProductId ?? `rialto_offer_${id}`,
    words: wordsOf({ agentName, name: offer.displayName, description: '', taxCode: null }),
    productMetadata: { ...metadataOf({ kind: 'product', agentId }), rialto_offer: id },
    key: `offer-price:${id}`,
    price: {
      unit_amount: price,
      currency: currency.toLowerCase(),
      ...(billingInterval !== null && { recurring: { interval: billingInterval } }),
      metadata: { ...metadataOf({ kind: 'price', agentId }), rialto_offer: id },
    },
  }
}
