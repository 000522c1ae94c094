import { sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { AppError } from '#src/lib/errors.ts'

/** Enough to read with: the database, or a transaction. */
export type Reader = Pick<Database, 'execute'>

/** An agent that people review: published, and not one that nobody has claimed. */
export interface ReviewedAgent {
  readonly id: string
  readonly slug: string
  readonly name: string
  /** Null: the marketplace's own. */
  readonly organizationId: string | null
  /** Who answers reviews, as shown. */
  readonly publisherName: string | null
  /** It can't be used yet: it is only coming, or its makers have claimed the entry and nobody signs in to it through us. */
  readonly isComingSoon: boolean
}

export type AgentLookup =
  | { readonly kind: 'found'; readonly agent: ReviewedAgent }
  /** It has another address now. */
  | { readonly kind: 'moved'; readonly slug: string }
  | { readonly kind: 'missing' }

export async function findReviewedAgent(db: Reader, slug: string): Promise<AgentLookup> {
  // PostgreSQL refuses the character outright.
  if (slug.includes('\0')) return { kind: 'missing' }
  const { rows } = await db.execute(sql`
    SELECT agents.id, agents.slug, agents.name, organization_id AS "organizationId",
      coalesce(organization.name, publisher_name) AS "publisherName", 
      coming_soon OR (claimed_at IS NOT NULL AND oauth_client_id IS NULL) AS "isComingSoon"
    FROM agents LEFT JOIN organization ON organization.id = organization_id
    WHERE (agents.slug = ${slug} OR agents.id = (SELECT agent_id FROM agent_slug_history WHERE slug = ${slug}))
      AND status = 'published' AND listing = 'agent'
    ORDER BY agents.slug = ${slug} DESC LIMIT 1`)
  const [agent] = rows as unknown as ReviewedAgent[]
  if (agent === undefined) return { kind: 'missing' }
  return agent.slug === slug ? { kind: 'found', agent } : { kind: 'moved', slug: agent.slug }
}

/** Throws `not_found`. */
export async function getReviewedAgent(db: Reader, slug: string): Promise<ReviewedAgent> {
  const found = await findReviewedAgent(db, slug)
  if (found.kind !== 'found') throw new AppError('not_found')
  return found.agent
}
