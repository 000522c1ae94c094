import { sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { AppError } from '#src/lib/errors.ts'
import { claimedHost } from './rules/claimed-host.ts'
import type { ClaimedHost } from './rules/claimed-host.ts'

/** Enough to read with: the database, or a transaction. */
export type Reader = Pick<Database, 'execute'>

export interface ClaimedAgent {
  readonly id: string
  /** Its present one, whatever it was looked for by. */
  readonly slug: string
  readonly name: string
  readonly isUnclaimed: boolean
  /** Null: of nobody, or the marketplace's own. */
  readonly publisherName: string | null
  readonly target: ClaimedHost
}

interface Which {
  readonly slug: string
  readonly allowsThisMachine: boolean
}

/** Undefined: it has no page. */
export async function findClaimedAgent(
  db: Reader,
  { slug, allowsThisMachine }: Which,
): Promise<ClaimedAgent | undefined> {
  // PostgreSQL refuses the character outright.
  if (slug.includes('\0')) return undefined
  const { rows } = await db.execute<
    Omit<ClaimedAgent, 'target'> & { homepageUrl: string | null } & Record<string, unknown>
  >(sql`
    SELECT agents.id, agents.slug, agents.name, organization.name AS "publisherName", homepage_url AS "homepageUrl",
      listing = 'directory_entry' AND claimed_at IS NULL AS "isUnclaimed"
    FROM agents LEFT JOIN organization ON organization.id = organization_id
    WHERE (agents.slug = ${slug} OR agents.id = (SELECT agent_id FROM agent_slug_history WHERE slug = ${slug}))
      AND status = 'published'
    ORDER BY agents.slug = ${slug} DESC LIMIT 1`)
  const [row] = rows
  if (row === undefined) return undefined
  const { homepageUrl, ...agent } = row
  return { ...agent, target: claimedHost({ homepageUrl, allowsThisMachine }) }
}

/** Throws `not_found`, and `conflict` for what somebody has claimed. */
export async function getUnclaimedAgent(db: Reader, which: Which): Promise<ClaimedAgent> {
  const agent = await findClaimedAgent(db, which)
  if (agent === undefined) throw new AppError('not_found')
  if (!agent.isUnclaimed) throw new AppError('conflict', { detail: 'It has a publisher.' })
  return agent
}
