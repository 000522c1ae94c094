import { sql } from 'drizzle-orm'
import { isoTime, readCards } from '../cards.ts'
import { rowsOf } from '../reader.ts'
import type { Reader } from '../reader.ts'
import type { AgentCard } from '../schema.ts'

const collectionsMax = 50
const agentsMax = 100
/** Whose pictures stand for a collection. */
const shownFirst = 5

export interface CollectionSummary {
  readonly slug: string
  readonly title: string
  readonly description: string
  readonly agentCount: number
  /** Its first agents. */
  readonly first: readonly { readonly slug: string; readonly name: string }[]
  /** RFC 3339, UTC. */
  readonly updatedAt: string
}

export interface Collection extends Omit<CollectionSummary, 'first'> {
  readonly agents: readonly AgentCard[]
}

/** Published collections that have a listed agent, in their operator's order, 50 at most. */
export const listCollections = async ({ db }: { db: Reader }): Promise<CollectionSummary[]> =>
  rowsOf<CollectionSummary>(
    await db.execute(sql`
      SELECT collection.slug, title, description, ${isoTime(sql`collection.updated_at`)} AS "updatedAt",
        "agentCount", first
      FROM collections AS collection CROSS JOIN LATERAL (
        SELECT count(*)::integer AS "agentCount",
          (array_agg(json_build_object('slug', agents.slug, 'name', agents.name)
            ORDER BY chosen.sort_order, agents.id))[:${sql.raw(String(shownFirst))}] AS first
        FROM collection_agents AS chosen JOIN agents ON agents.id = agent_id
        WHERE collection_id = collection.id AND status = 'published'
      ) AS content
      WHERE published_at IS NOT NULL AND "agentCount" > 0
      ORDER BY sort_order, collection.id LIMIT ${collectionsMax}`),
  )

/** A published collection with its listed agents, 100 at most; undefined when there is none. */
export async function findCollection({ db }: { db: Reader }, slug: string): Promise<Collection | undefined> {
  // PostgreSQL refuses the character outright.
  if (slug.includes('\0')) return undefined
  const [found] = rowsOf<Omit<Collection, 'agents' | 'agentCount'> & { agentIds: string[] }>(
    await db.execute(sql`
      SELECT slug, title, description, ${isoTime(sql`updated_at`)} AS "updatedAt", ARRAY(
        SELECT agent_id::text FROM collection_agents
        WHERE collection_id = collections.id ORDER BY sort_order, agent_id LIMIT ${agentsMax}
      ) AS "agentIds"
      FROM collections WHERE slug = ${slug} AND published_at IS NOT NULL`),
  )
  if (found === undefined) return undefined
  const { agentIds, ...collection } = found
  const agents = await readCards(db, agentIds)
  return { ...collection, agents, agentCount: agents.length }
}
