import { sql } from 'drizzle-orm'
import { readCards } from './cards.ts'
import { commonestTags } from './list-tags.ts'
import { rowsOf } from './reader.ts'
import type { Reader } from './reader.ts'
import type { CatalogHome } from './services.ts'

/** Shops on the bridge of the home page, seven on each side. */
const bayCount = 14
const newestCount = 6

/** What the home page shows. Four round trips, most of them at once. */
export async function home({ db }: { db: Reader }): Promise<CatalogHome> {
  const [best, newest, tags, counted] = await Promise.all([
    db.execute(sql`SELECT agent_id AS id FROM agent_search ORDER BY quality DESC, agent_id DESC LIMIT ${bayCount}`),
    db.execute(
      sql`SELECT agent_id AS id FROM agent_search ORDER BY listed_at DESC, agent_id DESC LIMIT ${newestCount}`,
    ),
    commonestTags({ db }),
    db.execute(sql`SELECT count(*)::integer AS count FROM agent_search`),
  ])
  const idsOf = (result: { rows: unknown[] }): string[] => rowsOf<{ id: string }>(result).map(({ id }) => id)
  const [bays, newestCards] = await Promise.all([readCards(db, idsOf(best)), readCards(db, idsOf(newest))])
  return { bays, newest: newestCards, tags, agentCount: rowsOf<{ count: number }>(counted)[0]?.count ?? 0 }
}
