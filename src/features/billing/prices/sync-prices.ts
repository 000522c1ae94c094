import { sql } from 'drizzle-orm'
import type { Deps } from '#src/deps.ts'
import { AppError } from '#src/lib/errors.ts'
import { requireEnvironment } from '../environment.ts'
import { syncOffer } from './sync-offer.ts'
import { syncTierFamily } from './sync-tier-family.ts'

type SyncDeps = Pick<Deps, 'db' | 'payments' | 'log'>

/** Products brought into step by one run; the others wait for the next. */
const productsMax = 200
/** A change is dated when its transaction begins, and may be there this much later. */
const settledAfterSeconds = 60
/** Then Stripe is told again: somebody may have gone who had an archived price, or something was changed there by hand. */
const toldAgainAfterDays = 7

/**
 * Tells Stripe of what has changed about products that it already knows, those first that it was told of longest ago. One that
 * fails is logged and doesn't hold up the others. Returns how many were brought into step.
 */
export async function syncPrices(deps: SyncDeps): Promise<number> {
  const { environment, stripeAccountId } = await requireEnvironment(deps)
  // Before the first payment there is nothing at Stripe.
  if (environment === null || stripeAccountId === null) return 0
  let synced = 0
  for (const product of await findBehind(deps)) {
    try {
      await (product.kind === 'tier' ? syncTierFamily(deps, product.id) : syncOffer(deps, product.id))
      synced += 1
    } catch (error) {
      deps.log.warn({ err: error, product }, 'billing: a product is not in step with Stripe')
      // The rest would fail alike.
      if (error instanceof AppError && error.code === 'unavailable') break
    }
  }
  return synced
}

interface Product {
  readonly kind: 'tier' | 'offer'
  /** The family of the tier, or the offer. */
  readonly id: string
}

/** Of agents that somebody may buy: what is not on sale needs no words. */
async function findBehind({ db }: SyncDeps): Promise<readonly Product[]> {
  const settled = sql`make_interval(secs => ${settledAfterSeconds})`
  const { rows } = await db.execute<{ kind: Product['kind']; id: string }>(sql`
    WITH known AS (
      SELECT 'tier' AS kind, tier.family_id AS id, greatest(max(tier.updated_at), agent.updated_at) AS changed_at,
        min(coalesce(tier.stripe_synced_at, '-infinity')) FILTER (WHERE tier.stripe_price_id IS NOT NULL) AS synced_at
      FROM agent_pricing_tiers AS tier JOIN agents AS agent ON agent.id = tier.agent_id
      WHERE agent.status = 'published' AND NOT tier.is_free
      GROUP BY tier.family_id, agent.id
      UNION ALL
      SELECT 'offer', offer.id, greatest(offer.updated_at, agent.updated_at), coalesce(offer.stripe_synced_at, '-infinity')
      FROM agent_addon_offers AS offer JOIN agents AS agent ON agent.id = offer.agent_id
      WHERE agent.status = 'published' AND offer.stripe_price_id IS NOT NULL
    )
    SELECT kind, id FROM known
    WHERE changed_at > synced_at - ${settled} OR synced_at < now() - make_interval(days => ${toldAgainAfterDays})
    ORDER BY synced_at, id LIMIT ${productsMax}`)
  return rows
}
