import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { Reader } from '../agent.ts'

interface Named extends Record<string, unknown> {
  readonly agentId: string
  /** Its present one, whatever it was looked for by. */
  readonly slug: string
  readonly agentName: string
}

/** Whom to write to about an agent. */
export type Contact =
  | (Named & { readonly kind: 'publisher'; readonly organizationId: string; readonly publisherName: string })
  /** Nobody has claimed it: the project is to be found at its own address. */
  | (Named & { readonly kind: 'unclaimed'; readonly projectUrl: string | null })
  /** The marketplace's own, or an organization in which nobody can be written to. */
  | (Named & { readonly kind: 'nobody' })

/** Undefined: it has no page. */
export async function findContact(db: Reader, slug: string): Promise<Contact | undefined> {
  // PostgreSQL refuses the character outright.
  if (slug.includes('\0')) return undefined
  const { rows } = await db.execute<Row>(sql`
    SELECT agents.id AS "agentId", agents.slug, agents.name AS "agentName", organization_id AS "organizationId",
      organization.name AS "publisherName", listing = 'directory_entry' AS "isUnclaimed",
      coalesce(homepage_url, repository_url) AS "projectUrl",
      EXISTS (SELECT ${contactable(sql`organization_id`)}) AS "isReachable"
    FROM agents LEFT JOIN organization ON organization.id = organization_id
    WHERE (agents.slug = ${slug} OR agents.id = (SELECT agent_id FROM agent_slug_history WHERE slug = ${slug}))
      AND status = 'published'
    ORDER BY agents.slug = ${slug} DESC LIMIT 1`)
  const [row] = rows
  if (row === undefined) return undefined
  const { organizationId, publisherName, isUnclaimed, isReachable, projectUrl, ...named } = row
  if (isUnclaimed) return { ...named, kind: 'unclaimed', projectUrl }
  if (organizationId === null || publisherName === null || !isReachable) return { ...named, kind: 'nobody' }
  return { ...named, kind: 'publisher', organizationId, publisherName }
}

interface Row extends Named {
  readonly organizationId: string | null
  readonly publisherName: string | null
  readonly isUnclaimed: boolean
  readonly isReachable: boolean
  readonly projectUrl: string | null
}

/** SQL after `SELECT`'s columns: `member` and `person` of an organization's owners and admins whom mails can go to. */
export const contactable = (organizationId: SQL): SQL => sql`
  FROM organization_member AS member JOIN "user" AS person ON person.id = member.user_id
  WHERE member.organization_id = ${organizationId} AND member.role IN ('owner', 'admin')
    AND person.email_verified AND NOT person.banned`
