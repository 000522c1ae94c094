// What agents can be filtered by beside their tags. A trait is `group:value`; tags are slugs and never hold a colon.
import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { AgentFilters, Availability, PriceModel } from '../schema.ts'

/** Of these groups several values may be chosen, and one of them is enough. */
export type ChoiceGroup = 'price' | 'status'
export type Trait = `price:${PriceModel}` | `status:${Availability}` | 'trial:yes' | 'verified:yes'

/** Traits that an agent must have all of. */
export const requiredTraits = ({ hasTrial, isVerified }: AgentFilters): Trait[] => [
  ...(hasTrial === true ? (['trial:yes'] as const) : []),
  ...(isVerified === true ? (['verified:yes'] as const) : []),
]

/** Traits of which an agent must have one, by group; groups in which nothing is chosen are left out. */
export function chosenTraits({ prices = [], statuses = [] }: AgentFilters): Map<ChoiceGroup, Trait[]> {
  const chosen = new Map<ChoiceGroup, Trait[]>()
  if (prices.length > 0)
    chosen.set(
      'price',
      prices.map((price): Trait => `price:${price}`),
    )
  if (statuses.length > 0)
    chosen.set(
      'status',
      statuses.map((status): Trait => `status:${status}`),
    )
  return chosen
}

const isOnOffer = (tier: SQL): SQL => sql`${tier}.archived_at IS NULL AND ${tier}.effective_at <= rialto_now()`

/** Checks in a row that nobody answered, after which an agent counts as unreachable: as many as its page waits for. */
const unansweredMin = 3

const isUnreachable = (agent: SQL): SQL => sql`(
  SELECT count(*) = ${sql.raw(String(unansweredMin))} AND NOT bool_or(is_reachable) FROM (
    SELECT is_reachable FROM agent_checks WHERE agent_id = ${agent}.id
    ORDER BY checked_at DESC LIMIT ${sql.raw(String(unansweredMin))}
  ) AS latest
)`

/** The traits of an agent, in order: what can be bought of it now, who stands behind it, and whether it can be used yet. */
export const traitsOf = (agent: SQL): SQL => sql`(
  SELECT array_remove(ARRAY[
    CASE WHEN bool_or(tier.is_free) THEN 'price:free' END,
    CASE WHEN bool_or(NOT tier.is_free) THEN 'price:subscription' END,
    CASE WHEN EXISTS (SELECT FROM agent_addon_offers AS addon WHERE addon.agent_id = ${agent}.id AND addon.archived_at IS NULL)
      THEN 'price:top-up' END,
    CASE WHEN count(tier) = 0 THEN 'price:none' END,
    CASE WHEN bool_or(tier.trial_days > 0) THEN 'trial:yes' END,
    CASE WHEN ${agent}.verified_at IS NOT NULL THEN 'verified:yes' END,
    CASE WHEN ${agent}.listing = 'directory_entry' AND ${agent}.claimed_at IS NULL THEN 'status:unclaimed'
      WHEN ${agent}.coming_soon THEN 'status:coming-soon'
      WHEN ${agent}.initiate_login_uri IS NOT NULL AND ${isUnreachable(agent)} THEN 'status:unreachable'
      ELSE 'status:available' END
  ], NULL)
  FROM (VALUES (true)) AS always
  LEFT JOIN agent_pricing_tiers AS tier ON tier.agent_id = ${agent}.id AND ${isOnOffer(sql`tier`)}
)`
