import { sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'

/** Subscribers hear of a change this long before it can reach them. */
export const noticeDays = 14

/** A subscription to a version that has a successor. */
export interface DueMove {
  readonly subscriptionId: string
  readonly userId: string
  readonly agentId: string
  /** What it is by now. */
  readonly tierId: string
  /** The newest version of the same tier. */
  readonly nextTierId: string
  readonly nextTierAt: Date
}

/**
 * Subscriptions whose tier has a newer version that they are not going to yet, held until the transaction ends; those that
 * somebody changes right now come with the next run. Left out is who has chosen another tier, who has cancelled, and who pays
 * nothing any more. In the order of their ids, `limit` at most.
 *
 * The moment is the first period that begins after the notice: a billing period when the terms of payment change, else a usage
 * period. A scheduled version that has taken over already is written down by its own job first.
 */
export async function findDueMoves(tx: Transaction, limit: number): Promise<DueMove[]> {
  const { rows } = await tx.execute(sql`
    WITH newest AS (
      SELECT DISTINCT ON (family_id) * FROM agent_pricing_tiers
      WHERE family_id IN (SELECT family_id FROM agent_pricing_tiers WHERE version > 1)
      ORDER BY family_id, version DESC
    )
    SELECT subscription.id AS "subscriptionId", subscription.user_id AS "userId", subscription.agent_id AS "agentId",
      present.id AS "tierId", newest.id AS "nextTierId", to_json(move.at) #>> '{}' AS "nextTierAt"
    FROM newest
      JOIN agent_pricing_tiers AS present ON present.family_id = newest.family_id AND present.id <> newest.id
      JOIN user_agent_subscriptions AS subscription ON subscription.tier_id = present.id
      LEFT JOIN agent_pricing_tiers AS pending ON pending.id = subscription.next_tier_id
      CROSS JOIN LATERAL (
        SELECT rialto_now() + make_interval(hours => ${noticeDays * 24}) AS told_until,
          (newest.price, newest.currency, newest.billing_interval, newest.usage_interval, newest.tax_behavior) IS DISTINCT FROM
            (present.price, present.currency, present.billing_interval, present.usage_interval, present.tax_behavior)
            AS pays_otherwise
      ) AS change
      CROSS JOIN LATERAL usage_step(subscription.period_anchor, change.told_until, CASE
        WHEN present.is_free OR NOT change.pays_otherwise THEN CASE present.usage_interval WHEN 'year' THEN 12 ELSE 1 END
        ELSE CASE present.billing_interval WHEN 'year' THEN 12 ELSE 1 END END) AS step
      CROSS JOIN LATERAL (
        SELECT CASE WHEN step.starts_at = change.told_until THEN step.starts_at ELSE step.ends_at END AS step_at,
          -- The end of what is paid for, as Stripe has it, where that is late enough.
          CASE WHEN NOT present.is_free AND subscription.current_period_end >= change.told_until
            THEN subscription.current_period_end END AS paid_until
      ) AS choice
      CROSS JOIN LATERAL (
        SELECT CASE WHEN choice.paid_until IS NOT NULL
            AND (change.pays_otherwise OR present.usage_interval = present.billing_interval) THEN choice.paid_until
          ELSE least(choice.step_at, choice.paid_until) END AS at
      ) AS move
    WHERE subscription.status IN ('active', 'trialing', 'past_due') AND NOT subscription.cancel_at_period_end
      AND (subscription.next_tier_id IS NULL OR (pending.family_id = newest.family_id
        AND pending.id <> newest.id AND subscription.next_tier_at > rialto_now()))
    ORDER BY subscription.id LIMIT ${limit}
    FOR NO KEY UPDATE OF subscription SKIP LOCKED`)
  // The columns are those of the SELECT above.
  return (rows as unknown as (Omit<DueMove, 'nextTierAt'> & { readonly nextTierAt: string })[]).map((row) => ({
    ...row,
    nextTierAt: new Date(row.nextTierAt),
  }))
}
