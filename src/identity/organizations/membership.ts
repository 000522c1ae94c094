import { and, eq } from 'drizzle-orm'
import type { Database, Transaction } from '#src/db/client.ts'
import { organization, organizationMember } from '#src/db/schema/index.ts'
import type { Role } from './rules.ts'
import { isRole } from './rules.ts'

export interface Membership {
  readonly memberId: string
  readonly organizationId: string
  readonly name: string
  readonly slug: string
  readonly role: Role
}

interface Which {
  readonly slug: string
  readonly userId: string
}

/** Undefined for somebody who doesn't belong to it, as for one that doesn't exist. */
export async function findMembership(db: Database | Transaction, which: Which): Promise<Membership | undefined> {
  const [row] = await membershipQuery(db, which)
  return row && toMembership(row)
}

/**
 * As findMembership, and holds the organization until the transaction ends: whoever changes who belongs to it comes here
 * first, so that two last owners can't leave at once, and rights taken a moment ago don't count.
 */
export async function holdMembership(tx: Transaction, which: Which): Promise<Membership | undefined> {
  await tx
    .select({ id: organization.id })
    .from(organization)
    .where(eq(organization.slug, which.slug))
    .for('no key update')
  return findMembership(tx, which)
}

export const countOwners = (tx: Transaction, organizationId: string): Promise<number> =>
  tx.$count(
    organizationMember,
    and(eq(organizationMember.organizationId, organizationId), eq(organizationMember.role, 'owner')),
  )

const membershipQuery = (db: Database | Transaction, { slug, userId }: Which) =>
  db
    .select({
      memberId: organizationMember.id,
      organizationId: organization.id,
      name: organization.name,
      slug: organization.slug,
      role: organizationMember.role,
    })
    .from(organizationMember)
    .innerJoin(organization, eq(organization.id, organizationMember.organizationId))
    .where(and(eq(organization.slug, slug), eq(organizationMember.userId, userId)))

function toMembership<T extends { readonly role: string }>(row: T): T & { readonly role: Role } {
  return { ...row, role: roleOf(row.role) }
}

/** A role that Rialto doesn't know has the least rights. */
export const roleOf = (text: string | null): Role => (text !== null && isRole(text) ? text : 'member')
