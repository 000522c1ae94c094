import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { openStatuses } from '#src/db/schema/index.ts'

/**
 * Which of these versions somebody has, is going to have or may be paying for right now. Stripe refuses a price that is off sale
 * also where it only stands beside what is changed, as in the schedule of a subscription.
 */
export const tiersStillNeeded = (db: Database, tierIds: readonly string[]): Promise<ReadonlySet<string>> =>
  filtered(db, {
    ids: tierIds,
    isNeeded: sql`
      EXISTS (SELECT FROM user_agent_subscriptions WHERE tier_id = wanted.id AND status = ANY(${open}))
      OR EXISTS (SELECT FROM user_agent_subscriptions WHERE next_tier_id = wanted.id AND status = ANY(${open}))
      OR EXISTS (SELECT FROM billing_intents WHERE tier_id = wanted.id AND state = 'open')
      -- Billed by it still, after another version has taken over here.
      OR EXISTS (SELECT FROM user_agent_subscriptions AS billed JOIN agent_pricing_tiers AS tier ON tier.id = wanted.id
        WHERE billed.agent_id = tier.agent_id AND billed.price_id = tier.stripe_price_id AND billed.status = ANY(${open}))`,
  })

/** The same for an add-on: those that come with every bill stand in the subscription itself. */
export const offersStillNeeded = (db: Database, offerIds: readonly string[]): Promise<ReadonlySet<string>> =>
  filtered(db, {
    ids: offerIds,
    isNeeded: sql`
      EXISTS (SELECT FROM subscription_addons AS addon
        JOIN user_agent_subscriptions AS subscription ON subscription.id = addon.subscription_id
        WHERE addon.offer_id = wanted.id AND addon.scope = 'permanent' AND addon.revoked_at IS NULL
          AND subscription.status = ANY(${open}))
      OR EXISTS (SELECT FROM billing_intents WHERE offer_id = wanted.id AND state = 'open')`,
  })

const open = sql`${sql.param(openStatuses)}::text[]`

interface Filter {
  readonly ids: readonly string[]
  /** About `wanted.id`. */
  readonly isNeeded: SQL
}

async function filtered(db: Database, { ids, isNeeded }: Filter): Promise<ReadonlySet<string>> {
  const { rows } = await db.execute<{ id: string }>(
    sql`SELECT id FROM unnest(${sql.param(ids)}::uuid[]) AS wanted(id) WHERE ${isNeeded}`,
  )
  return new Set(rows.map(({ id }) => id))
}
