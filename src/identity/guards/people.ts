import { sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { AppError } from '#src/lib/errors.ts'
import type { AccountViewer } from '../accounts/viewer.ts'

/** Whoever is signed in. Throws `unauthenticated`. */
export function requirePerson(viewer: AccountViewer | undefined): AccountViewer {
  if (viewer === undefined) throw new AppError('unauthenticated')
  return viewer
}

/**
 * Someone who runs the marketplace, as the database knows at this moment: the role in a cookie may be a minute old. Throws
 * `unauthenticated` or `forbidden`.
 */
export async function requireOperator(db: Database, viewer: AccountViewer | undefined): Promise<AccountViewer> {
  const person = requirePerson(viewer)
  const { rowCount } = await db.execute(sql`
    SELECT FROM "user" WHERE id = ${person.id} AND role = 'admin' AND NOT banned`)
  if (rowCount !== 1) throw new AppError('forbidden')
  return person
}

export type MemberRole = 'owner' | 'admin' | 'member'

interface PublisherGuard {
  readonly viewer: AccountViewer | undefined
  readonly organizationId: string
  readonly roles?: readonly MemberRole[]
}

/**
 * A member of this publishing organization, asked for each request: whoever was removed is out at once. Throws
 * `unauthenticated`, `not_found` for strangers, who may not learn that it exists, or `forbidden` for another role.
 */
export async function requirePublisherOf(
  db: Database,
  { viewer, organizationId, roles = ['owner', 'admin', 'member'] }: PublisherGuard,
): Promise<{ readonly person: AccountViewer; readonly role: MemberRole }> {
  const person = requirePerson(viewer)
  const { rows } = await db.execute(sql`
    SELECT member.role FROM organization_member AS member JOIN "user" AS person ON person.id = member.user_id
    WHERE member.organization_id = ${organizationId} AND member.user_id = ${person.id} AND NOT person.banned`)
  const role = rows[0]?.['role'] as MemberRole | undefined
  if (role === undefined) throw new AppError('not_found')
  if (!roles.includes(role)) throw new AppError('forbidden')
  return { person, role }
}
