import { sql } from 'drizzle-orm'
import { cardColumns, cardTables, isoTime } from './cards.ts'
import { rowsOf } from './reader.ts'
import type { Reader } from './reader.ts'
import type { AgentDetail } from './schema.ts'
import { tiersOnOffer } from './tiers-on-offer.ts'

export type AgentLookup =
  | { readonly kind: 'found'; readonly agent: AgentDetail }
  /** The agent has another address now. */
  | { readonly kind: 'moved'; readonly slug: string }
  /** There is none, or it is not published. */
  | { readonly kind: 'missing' }

const partsMax = 50

/** Everything the agent's page shows, in one round trip; two for an address that no agent has now. */
export async function getAgent({ db }: { db: Reader }, slug: string): Promise<AgentLookup> {
  // PostgreSQL refuses the character outright.
  if (slug.includes('\0')) return { kind: 'missing' }
  const [agent] = rowsOf<AgentDetail>(
    await db.execute(sql`
      SELECT ${cardColumns()}, publisher.slug AS "publisherSlug", agent.description, agent.homepage_url AS "homepageUrl",
        agent.repository_url AS "repositoryUrl", agent.documentation_url AS "documentationUrl",
        agent.license_note AS "licenseNote",
        (agent.initiate_login_uri IS NOT NULL AND agent.oauth_client_id IS NOT NULL AND NOT agent.coming_soon) AS "isLaunchable", agent.runs_as AS "runsAs", agent.languages,
        (SELECT coalesce(json_agg(json_build_object('icon', coalesce(icon, ''), 'title', title, 'description', description)
            ORDER BY sort_order, id), '[]')
          FROM (SELECT * FROM agent_capabilities WHERE agent_id = agent.id ORDER BY sort_order, id LIMIT ${partsMax}) AS part
        ) AS capabilities,
        (SELECT coalesce(json_agg(json_build_object('title', title, 'description', description)
            ORDER BY sort_order, id), '[]')
          FROM (SELECT * FROM agent_steps WHERE agent_id = agent.id ORDER BY sort_order, id LIMIT ${partsMax}) AS part
        ) AS steps,
        (SELECT coalesce(json_agg(json_build_object('version', version, 'summary', summary,
            'publishedAt', ${isoTime(sql`published_at`)}) ORDER BY published_at DESC, id), '[]')
          FROM (SELECT * FROM agent_changelog WHERE agent_id = agent.id
            ORDER BY published_at DESC, id LIMIT ${partsMax}) AS part
        ) AS changelog,
        ${tiersOnOffer()} AS tiers,
        (SELECT coalesce(jsonb_agg(jsonb_build_object('asOf', source->'checkedAt') || source ORDER BY position), '[]')
          FROM jsonb_array_elements(agent.sources) WITH ORDINALITY AS listed(source, position)) AS sources
      FROM ${cardTables()}
      WHERE agent.slug = ${slug} AND agent.status = 'published'`),
  )
  if (agent !== undefined) return { kind: 'found', agent }
  const [moved] = rowsOf<{ slug: string }>(
    await db.execute(sql`
      SELECT agents.slug FROM agent_slug_history JOIN agents ON agents.id = agent_id
      WHERE agent_slug_history.slug = ${slug} AND agents.slug <> ${slug} AND status = 'published'`),
  )
  return moved === undefined ? { kind: 'missing' } : { kind: 'moved', slug: moved.slug }
}
