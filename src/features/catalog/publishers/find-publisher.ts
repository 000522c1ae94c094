import { sql } from 'drizzle-orm'
import { isoTime, readCards } from '../cards.ts'
import { rowsOf } from '../reader.ts'
import type { Reader } from '../reader.ts'
import type { AgentCard } from '../schema.ts'

export interface Publisher {
  readonly slug: string
  readonly name: string
  /** RFC 3339, UTC: when the first of its agents that are listed now was listed. */
  readonly publishesSince: string
  readonly agentCount: number
  /** Shown reviews of all its listed agents. */
  readonly reviewCount: number
  /** Hosts of homepages that it has proven to hold, 10 at most. */
  readonly verifiedHosts: readonly string[]
  /** The latest listed first. */
  readonly agents: readonly AgentCard[]
  /** To be given as `after`, for the agents that follow. */
  readonly nextAfter: string | null
}

interface WhichPublisher {
  readonly slug: string
  /** Slug of the last agent that was shown already; one that isn't the publisher's ends the list. */
  readonly after?: string | undefined
}

/** Fills rows of two and three. */
const agentsPerPage = 24
const hostsMax = 10

type Row = Omit<Publisher, 'agents' | 'nextAfter'> & { readonly page: readonly { id: string; slug: string }[] }

/** An organization and its listed agents. Undefined: there is none, or nothing of it is listed; which of the two isn't said. */
export async function findPublisher(
  { db }: { readonly db: Reader },
  { slug, after }: WhichPublisher,
): Promise<Publisher | undefined> {
  // PostgreSQL refuses the character outright.
  if (slug.includes('\0') || after?.includes('\0') === true) return undefined
  const place = sql`(SELECT published_at, id FROM listed WHERE slug = ${after})`
  const [found] = rowsOf<Row>(
    await db.execute(sql`
      WITH listed AS (
        SELECT agents.* FROM agents JOIN organization ON organization.id = agents.organization_id
        WHERE organization.slug = ${slug} AND agents.status = 'published'
      )
      SELECT organization.slug, organization.name, totals.*,
        ARRAY(SELECT DISTINCT substring(homepage_url FROM '^https?://([^/?#]+)') FROM listed
          WHERE verified_at IS NOT NULL AND homepage_url IS NOT NULL ORDER BY 1 LIMIT ${hostsMax}) AS "verifiedHosts",
        (SELECT coalesce(json_agg(json_build_object('id', id, 'slug', slug) ORDER BY published_at DESC, id DESC), '[]')
          FROM (SELECT * FROM listed ${after === undefined ? sql`` : sql`WHERE (published_at, id) < ${place}`}
            ORDER BY published_at DESC, id DESC LIMIT ${agentsPerPage + 1}) AS part) AS page
      FROM organization CROSS JOIN LATERAL (
        SELECT count(*)::integer AS "agentCount", ${isoTime(sql`min(listed.published_at)`)} AS "publishesSince",
          coalesce(sum(search.review_count), 0)::integer AS "reviewCount"
        FROM listed LEFT JOIN agent_search AS search ON search.agent_id = listed.id
      ) AS totals
      WHERE organization.slug = ${slug} AND "agentCount" > 0`),
  )
  if (found === undefined) return undefined
  const { page, ...publisher } = found
  const shown = page.slice(0, agentsPerPage)
  const agents = await readCards(
    db,
    shown.map(({ id }) => id),
  )
  return { ...publisher, agents, nextAfter: page.length > agentsPerPage ? (shown.at(-1)?.slug ?? null) : null }
}
