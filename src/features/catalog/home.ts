import { sql } from 'drizzle-orm'
import { isoTime, readCards } from './cards.ts'
import { listCollections } from './collections/collections.ts'
import type { CollectionSummary } from './collections/collections.ts'
import { commonestTags } from './list-tags.ts'
import { rowsOf } from './reader.ts'
import type { Reader } from './reader.ts'
import type { AgentCard, TagCount } from './schema.ts'

/** Shops on the bridge of the home page, seven on each side. */
const bayCount = 14
const newestCount = 6
const collectionsShown = 4
const releasesShown = 6
/** The agents that changed last, among which the newest releases are looked for. */
const changedLooked = 200

export interface CatalogHome {
  /** Agents for the shops of the bridge: the best by quality. */
  readonly bays: AgentCard[]
  readonly newest: AgentCard[]
  readonly collections: CollectionSummary[]
  readonly releases: Release[]
  readonly tags: TagCount[]
  readonly agentCount: number
}

/** The newest version of an agent, as its change log names it. */
export interface Release {
  readonly slug: string
  readonly name: string
  readonly version: string
  readonly summary: string
  /** RFC 3339, UTC. */
  readonly publishedAt: string
}

/** What the home page shows. Seven short round trips, most of them at once. */
export async function home({ db }: { db: Reader }): Promise<CatalogHome> {
  const [best, newest, collections, releases, tags, counted] = await Promise.all([
    db.execute(sql`SELECT agent_id AS id FROM agent_search ORDER BY quality DESC, agent_id DESC LIMIT ${bayCount}`),
    db.execute(
      sql`SELECT agent_id AS id FROM agent_search ORDER BY listed_at DESC, agent_id DESC LIMIT ${newestCount}`,
    ),
    listCollections({ db }),
    readReleases(db),
    commonestTags({ db }),
    db.execute(sql`SELECT count(*)::integer AS count FROM agent_search`),
  ])
  const idsOf = (result: { rows: unknown[] }): string[] => rowsOf<{ id: string }>(result).map(({ id }) => id)
  const [bays, newestCards] = await Promise.all([readCards(db, idsOf(best)), readCards(db, idsOf(newest))])
  return {
    bays,
    newest: newestCards,
    collections: collections.slice(0, collectionsShown),
    releases,
    tags,
    agentCount: rowsOf<{ count: number }>(counted)[0]?.count ?? 0,
  }
}

/** Releases by their own dates, one for each agent. */
const readReleases = async (db: Reader): Promise<Release[]> =>
  rowsOf<Release>(
    await db.execute(sql`
      SELECT agents.slug, agents.name, release.version, release.summary,
        ${isoTime(sql`release.published_at`)} AS "publishedAt"
      FROM (SELECT agent_id FROM agent_search ORDER BY updated_at DESC, agent_id DESC LIMIT ${changedLooked}) AS changed
      JOIN agents ON agents.id = changed.agent_id
      CROSS JOIN LATERAL (
        SELECT version, summary, published_at FROM agent_changelog WHERE agent_id = agents.id
        ORDER BY published_at DESC, id LIMIT 1
      ) AS release
      WHERE release.published_at <= now()
      ORDER BY release.published_at DESC, agents.id LIMIT ${releasesShown}`),
  )
