import { sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { keysOf } from './keys.ts'

interface NamedAgent {
  readonly id: string
  readonly name: string
  readonly publisher: string
}

/**
 * Makes the suggestions of agents say what their search rows and names say; called where those are written. Rows that would not
 * change are not written, and an agent without a search row has lost its suggestions with it.
 */
export async function writeSuggestions(tx: Transaction, agents: readonly NamedAgent[]): Promise<void> {
  if (agents.length === 0) return
  const rows = agents.flatMap(({ id, name, publisher }) => {
    const names = keysOf(name)
    const others = keysOf(publisher).filter((key) => !names.includes(key))
    return [...names.map((key) => ({ id, key, isName: true })), ...others.map((key) => ({ id, key, isName: false }))]
  })
  await tx.execute(sql`
    WITH wanted AS MATERIALIZED (
      SELECT agent_id, key COLLATE "C" AS key, is_name, search.quality FROM unnest(
        ${sql.param(rows.map(({ id }) => id))}::uuid[], ${sql.param(rows.map(({ key }) => key))}::text[],
        ${sql.param(rows.map(({ isName }) => isName))}::boolean[]
      ) AS source(agent_id, key, is_name)
      JOIN agent_search AS search USING (agent_id)
    ), gone AS (
      DELETE FROM agent_suggestions AS present
      WHERE agent_id = ANY(${sql.param(agents.map(({ id }) => id))}::uuid[])
        AND NOT EXISTS (SELECT FROM wanted WHERE wanted.agent_id = present.agent_id AND wanted.key = present.key)
    )
    INSERT INTO agent_suggestions AS present (agent_id, key, is_name, quality) SELECT * FROM wanted
    ON CONFLICT (agent_id, key) DO UPDATE SET is_name = excluded.is_name, quality = excluded.quality
    WHERE (present.is_name, present.quality) IS DISTINCT FROM (excluded.is_name, excluded.quality)`)
}
