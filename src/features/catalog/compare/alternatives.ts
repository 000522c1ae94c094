import { sql } from 'drizzle-orm'
import { readCards } from '../cards.ts'
import { rowsOf } from '../reader.ts'
import type { Reader } from '../reader.ts'
import type { AgentCard } from '../schema.ts'

const alternativesMax = 6
/** The best agents of all, among which is looked: a walk of a few milliseconds, however many are listed. */
const lookedAtMax = 2000

/** Agents that share the most tags with these, the best first between equals; six at most, none that shares no tag. */
export async function findAlternatives({ db }: { db: Reader }, slugs: readonly string[]): Promise<AgentCard[]> {
  if (slugs.length === 0) return []
  const rows = rowsOf<{ id: string }>(
    await db.execute(sql`
      WITH given AS MATERIALIZED (
        SELECT agents.id, tags FROM agents JOIN agent_search ON agent_id = agents.id
        WHERE slug = ANY(${sql.param(slugs)}::text[])
      ),
      looked_at AS (SELECT agent_id, tags, quality FROM agent_search ORDER BY quality DESC, agent_id DESC LIMIT ${lookedAtMax})
      SELECT agent_id AS id FROM looked_at CROSS JOIN LATERAL (
        SELECT count(*) AS shared FROM given, unnest(given.tags) AS tag WHERE tag = ANY(looked_at.tags)
      ) AS likeness
      WHERE shared > 0 AND agent_id NOT IN (SELECT id FROM given)
      ORDER BY shared DESC, quality DESC, agent_id DESC LIMIT ${alternativesMax}`),
  )
  return readCards(
    db,
    rows.map(({ id }) => id),
  )
}
