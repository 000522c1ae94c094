import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { rowsOf } from './reader.ts'
import { refreshAgentSearch, refreshedMax } from './refresh-agent-search.ts'
import { figuresOf } from './search/quality.ts'
import { traitsOf } from './search/traits.ts'

/**
 * Refreshes the search rows that have become untrue without an edit: a price came into effect or its tier went, an agent
 * stopped answering, the publisher has another name, somebody joined it, was suspended or left with all they did; or an older
 * version wrote the row. Returns how many there were. About a second for 100,000 agents when there are none.
 */
export async function refreshOutdatedSearch(db: Database): Promise<number> {
  let refreshed = 0
  let after: string | null = '00000000-0000-0000-0000-000000000000'
  while (after !== null) {
    const { last, outdated } = await findOutdated(db, after)
    if (outdated.length > 0) await db.transaction((tx) => refreshAgentSearch(tx, outdated))
    refreshed += outdated.length
    after = last
  }
  return refreshed
}

interface Chunk {
  /** Null: there are no more agents. */
  readonly last: string | null
  readonly outdated: string[]
}

async function findOutdated(db: Database, after: string): Promise<Chunk> {
  const [chunk] = rowsOf<Chunk>(await db.execute(outdatedAfter(after)))
  return chunk ?? { last: null, outdated: [] }
}

const outdatedAfter = (after: string): SQL => sql`
  WITH chunk AS MATERIALIZED (
    SELECT * FROM agents WHERE id > ${after}::uuid ORDER BY id LIMIT ${refreshedMax}
  ), compared AS (
    SELECT chunk.id, CASE WHEN chunk.status <> 'published' THEN row.agent_id IS NOT NULL
      ELSE row.agent_id IS NULL OR (row.updated_at, row.traits, row.installs, row.review_count, row.rating_sum, row.publisher)
        IS DISTINCT FROM
        (chunk.updated_at, ${traitsOf(sql`chunk`)}, figures.installs, figures.review_count, figures.rating_sum,
          coalesce(organization.name, chunk.publisher_name, ''))
      END AS is_outdated
    FROM chunk LEFT JOIN agent_search AS row ON row.agent_id = chunk.id
    LEFT JOIN organization ON organization.id = chunk.organization_id
    CROSS JOIN LATERAL ${figuresOf(sql`chunk`)} AS figures
  )
  SELECT (array_agg(id ORDER BY id DESC))[1] AS last,
    coalesce(array_agg(id) FILTER (WHERE is_outdated), '{}') AS outdated
  FROM compared`
