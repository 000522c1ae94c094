import { and, eq, isNull, sql } from 'drizzle-orm'
import { agentPricingTiers, agents } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { AppError } from '#src/lib/errors.ts'
import { metadataOf } from '../intents/metadata.ts'
import { priceAtStripe } from './price-at-stripe.ts'
import type { StripePrice, WantedPrice } from './price-at-stripe.ts'
import { syncTierFamily } from './sync-tier-family.ts'
import { wordsOf } from './words.ts'

/** Terms that change while Stripe is asked are asked for again, and not for ever. */
const attemptsMax = 3

/**
 * What Stripe calls this version of a tier: made when it is first asked for, and the same for all who ask at once. A tier on offer
 * can be bought by it. Throws `not_found`, and `unavailable` when Stripe is. A free tier has no price at Stripe: that is a bug.
 */
export async function ensureTierPrice(deps: Pick<Deps, 'db' | 'payments'>, tierId: string): Promise<StripePrice> {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const { tier, agentName, readAt } = await getTier(deps, tierId)
    if (tier.isFree) throw new Error('A free tier has no price at Stripe')
    if (tier.stripeProductId !== null && tier.stripePriceId !== null) {
      if (isBehind(tier)) await syncTierFamily(deps, tier.familyId)
      return { productId: tier.stripeProductId, priceId: tier.stripePriceId }
    }
    await writeDown(deps, { tier, readAt, made: await priceAtStripe(deps, wantedPrice(tier, agentName)) })
  }
  throw new AppError('unavailable', { detail: 'The price is being changed right now.' })
}

type TierRow = typeof agentPricingTiers.$inferSelect

async function getTier({ db }: Pick<Deps, 'db'>, tierId: string) {
  const [found] = await db
    .select({
      tier: agentPricingTiers,
      agentName: agents.name,
      readAt: sql`now()`.mapWith(agentPricingTiers.updatedAt),
    })
    .from(agentPricingTiers)
    .innerJoin(agents, eq(agents.id, agentPricingTiers.agentId))
    .where(eq(agentPricingTiers.id, tierId))
  if (found === undefined) throw new AppError('not_found', { tierId })
  return found
}

/** It was edited or put on offer again since Stripe was told. */
const isBehind = ({ updatedAt, stripeSyncedAt }: TierRow): boolean =>
  stripeSyncedAt === null || updatedAt > stripeSyncedAt

function wantedPrice(tier: TierRow, agentName: string): WantedPrice {
  const { id, agentId, familyId, price, currency, billingInterval, taxBehavior } = tier
  return {
    productId: tier.stripeProductId ?? `rialto_tier_${familyId}`,
    words: wordsOf({ agentName, name: tier.tierName, description: tier.description, taxCode: tier.taxCode }),
    productMetadata: { ...metadataOf({ kind: 'product', agentId }), rialto_tier_family: familyId },
    key: `tier-price:${id}:${price}-${currency}-${billingInterval}-${taxBehavior}`,
    price: {
      unit_amount: price,
      currency: currency.toLowerCase(),
      recurring: { interval: billingInterval },
      tax_behavior: taxBehavior,
      metadata: { ...metadataOf({ kind: 'price', agentId }), rialto_tier: id },
    },
  }
}

interface Made {
  readonly tier: TierRow
  readonly readAt: Date
  readonly made: StripePrice
}

/** Only while nobody else has, and only if the price is still that of the tier. */
async function writeDown({ db }: Pick<Deps, 'db'>, { tier, readAt, made }: Made): Promise<void> {
  const { id, price, currency, billingInterval, taxBehavior } = tier
  await db
    .update(agentPricingTiers)
    .set({
      stripeProductId: made.productId,
      stripePriceId: made.priceId,
      stripeSyncedAt: readAt,
      // What Stripe knows is no change of the tier.
      updatedAt: sql`${agentPricingTiers.updatedAt}`,
    })
    .where(
      and(
        eq(agentPricingTiers.id, id),
        isNull(agentPricingTiers.stripePriceId),
        eq(agentPricingTiers.price, price),
        eq(agentPricingTiers.currency, currency),
        eq(agentPricingTiers.billingInterval, billingInterval),
        eq(agentPricingTiers.taxBehavior, taxBehavior),
      ),
    )
}
