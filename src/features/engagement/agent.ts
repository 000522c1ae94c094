import { sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { AppError } from '#src/lib/errors.ts'

/** Enough to read with: the database, or a transaction. */
export type Reader = Pick<Database, 'execute'>

/** An agent that has a page. */
export interface ListedAgent extends Record<string, unknown> {
  readonly id: string
  /** Its present one, whatever it was looked for by. */
  readonly slug: string
  readonly name: string
  /** Facts about what nobody has claimed: nobody uses it through us. */
  readonly isDirectoryEntry: boolean
  readonly comingSoon: boolean
  /** Its makers have claimed the entry, and nobody signs in to it through us yet. */
  readonly isUnconnected: boolean
}

/** Also by an address that it had before. */
export async function findListedAgent(db: Reader, slug: string): Promise<ListedAgent | undefined> {
  // PostgreSQL refuses the character outright.
  if (slug.includes('\0')) return undefined
  const { rows } = await db.execute<ListedAgent>(sql`
    SELECT id, agents.slug, name, listing = 'directory_entry' AS "isDirectoryEntry", coming_soon AS "comingSoon",
      claimed_at IS NOT NULL AND oauth_client_id IS NULL AS "isUnconnected"
    FROM agents
    WHERE (slug = ${slug} OR id = (SELECT agent_id FROM agent_slug_history WHERE slug = ${slug}))
      AND status = 'published'
    ORDER BY slug = ${slug} DESC LIMIT 1`)
  return rows[0]
}

/** Throws `not_found`. */
export async function getListedAgent(db: Reader, slug: string): Promise<ListedAgent> {
  const agent = await findListedAgent(db, slug)
  if (agent === undefined) throw new AppError('not_found')
  return agent
}
