import { sql } from 'drizzle-orm'
import { rowsOf } from './reader.ts'
import type { Reader } from './reader.ts'
import type { TagCount } from './schema.ts'
import { countFacets } from './search/facets.ts'

interface TagPage {
  readonly items: Pick<TagCount, 'slug' | 'name'>[]
  /** The slug after which the next page begins. */
  readonly next: string | undefined
}

/** All tags by slug, a page at a time. */
export async function listTags(
  { db }: { db: Reader },
  { after, limit }: { after: string | undefined; limit: number },
): Promise<TagPage> {
  const rows = rowsOf<{ slug: string; name: string }>(
    await db.execute(sql`
      SELECT slug, name FROM tags WHERE slug COLLATE "C" > ${after ?? ''} ORDER BY slug COLLATE "C" LIMIT ${limit + 1}`),
  )
  const items = rows.slice(0, limit)
  return { items, next: rows.length > limit ? items.at(-1)?.slug : undefined }
}

/** The tags of most agents, commonest first, 40 at most; estimates beyond 5,000 agents. */
export const commonestTags = async ({ db }: { db: Reader }): Promise<TagCount[]> =>
  (await countFacets(db, { condition: undefined, without: new Map() })).tags
