import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import { rowsOf } from './reader.ts'
import type { Reader } from './reader.ts'
import type { AgentCard } from './schema.ts'

/** RFC 3339, UTC, milliseconds. */
export const isoTime = (moment: SQL): SQL => sql`to_char(${moment} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** With fewer reviews an average says nothing; the rating is what ranking counts with, as on the agent's own page. */
const averagedMin = 3

/** What a card shows, of `agents AS agent`. The cheapest tier on offer per month; a yearly price counts a twelfth. */
export const cardColumns = (): SQL => sql`
  agent.slug, agent.name, agent.tagline, agent.license,
  coalesce(publisher.name, agent.publisher_name) AS "publisherName",
  agent.listing = 'directory_entry' AND agent.claimed_at IS NULL AS "isUnclaimed",
  agent.verified_at IS NOT NULL AS "isVerified",
  ${isoTime(sql`agent.updated_at`)} AS "updatedAt",
  (SELECT coalesce(json_agg(json_build_object('slug', tag.slug, 'name', tag.name) ORDER BY tag.name, tag.slug), '[]')
    FROM agent_tags JOIN tags AS tag ON tag.id = agent_tags.tag_id WHERE agent_tags.agent_id = agent.id) AS tags,
  CASE WHEN cheapest.id IS NULL THEN NULL ELSE json_build_object('amountMinor', cheapest.price,
    'currency', cheapest.currency, 'interval', cheapest.billing_interval) END AS "priceFrom",
  coalesce(cheapest.trial_days, 0) AS "trialDays",
  EXISTS (SELECT FROM agent_pricing_tiers AS tier WHERE tier.agent_id = agent.id AND tier.archived_at IS NULL
    AND tier.effective_at <= rialto_now() AND NOT tier.is_free) AS "hasPaidTiers",
  agent.coming_soon AS "isComingSoon",
  coalesce(listed.installs, 0) AS installs,
  coalesce(listed.review_count, 0) AS "reviewCount",
  CASE WHEN listed.review_count >= ${averagedMin}
    THEN round((35 + listed.rating_sum) / (10.0 + listed.review_count), 1)::double precision END AS rating`

export const cardTables = (): SQL => sql`
  agents AS agent LEFT JOIN organization AS publisher ON publisher.id = agent.organization_id
  LEFT JOIN agent_search AS listed ON listed.agent_id = agent.id
  LEFT JOIN LATERAL (
    SELECT * FROM agent_pricing_tiers AS tier
    WHERE tier.agent_id = agent.id AND tier.archived_at IS NULL AND tier.effective_at <= rialto_now()
    ORDER BY tier.price / CASE tier.billing_interval WHEN 'year' THEN 12.0 ELSE 1.0 END, tier.price, tier.id LIMIT 1
  ) AS cheapest ON true`

/** Cards of listed agents in the order of the ids; one that has gone since is left out. */
export async function readCards(reader: Reader, agentIds: readonly string[]): Promise<AgentCard[]> {
  if (agentIds.length === 0) return []
  const result = await reader.execute(sql`
    SELECT ${cardColumns()}
    FROM unnest(${sql.param(agentIds)}::uuid[]) WITH ORDINALITY AS wanted(id, position)
    JOIN (${cardTables()}) ON agent.id = wanted.id
    WHERE agent.status = 'published'
    ORDER BY wanted.position`)
  return rowsOf<AgentCard>(result)
}
