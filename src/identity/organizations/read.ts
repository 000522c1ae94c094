import { and, asc, eq, sql } from 'drizzle-orm'
import { organization, organizationInvitation, organizationMember, user } from '#src/db/schema/index.ts'
import type { Caller } from '../accounts/context.ts'
import { getPerson } from '../people/context.ts'
import type { PeopleContext } from '../people/context.ts'
import { findMembership, roleOf } from './membership.ts'
import { mayManage, membersMax, openInvitationsMax, roles } from './rules.ts'
import type { Role } from './rules.ts'

export interface OwnOrganization {
  readonly name: string
  readonly slug: string
  readonly role: Role
  readonly members: number
}

export interface OrganizationMember {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly role: Role
  readonly isViewer: boolean
  /** Whether whoever reads this may change the role, or remove the member. */
  readonly isManageable: boolean
}

export interface OpenInvitation {
  readonly id: string
  readonly email: string
  readonly role: Role
  /** ISO 8601. */
  readonly expiresAt: string
  readonly isExpired: boolean
}

export interface OrganizationDetail {
  readonly name: string
  readonly slug: string
  readonly role: Role
  /** What whoever reads this may give to others. */
  readonly assignableRoles: readonly Role[]
  /** Without a confirmed address nobody can invite. */
  readonly mayInvite: boolean
  readonly members: readonly OrganizationMember[]
  /** Empty for those who may not manage them. */
  readonly invitations: readonly OpenInvitation[]
}

const organizationsShownMax = 100

export async function listOrganizations(context: PeopleContext, caller: Caller): Promise<readonly OwnOrganization[]> {
  const person = await getPerson(context, caller)
  const rows = await context.db
    .select({
      name: organization.name,
      slug: organization.slug,
      role: organizationMember.role,
      members: sql<number>`(SELECT count(*)::int FROM organization_member all_of_it
                             WHERE all_of_it.organization_id = ${organization.id})`,
    })
    .from(organizationMember)
    .innerJoin(organization, eq(organization.id, organizationMember.organizationId))
    .where(eq(organizationMember.userId, person.id))
    .orderBy(asc(organization.name), asc(organization.slug))
    .limit(organizationsShownMax)
  return rows.map((row) => ({ ...row, role: roleOf(row.role) }))
}

interface Find {
  readonly caller: Caller
  readonly slug: string
}

/** Undefined for those who don't belong to it. */
export async function findOrganization(
  context: PeopleContext,
  { caller, slug }: Find,
): Promise<OrganizationDetail | undefined> {
  const person = await getPerson(context, caller)
  const own = await findMembership(context.db, { slug, userId: person.id })
  if (own === undefined) return undefined
  const members = await context.db
    .select({
      id: organizationMember.id,
      userId: user.id,
      name: user.name,
      email: user.email,
      role: organizationMember.role,
    })
    .from(organizationMember)
    .innerJoin(user, eq(user.id, organizationMember.userId))
    .where(eq(organizationMember.organizationId, own.organizationId))
    .orderBy(asc(organizationMember.createdAt), asc(organizationMember.id))
    .limit(membersMax)
  const manages = own.role !== 'member'
  return {
    name: own.name,
    slug: own.slug,
    role: own.role,
    assignableRoles: roles.filter((role) => mayManage(own.role, role)),
    mayInvite: manages && person.emailVerified,
    members: members.map(({ userId, ...row }) => {
      const [role, isViewer] = [roleOf(row.role), userId === person.id]
      return { ...row, role, isViewer, isManageable: !isViewer && mayManage(own.role, role) }
    }),
    invitations: manages ? await openInvitations(context, own.organizationId) : [],
  }
}

async function openInvitations({ db }: PeopleContext, organizationId: string): Promise<readonly OpenInvitation[]> {
  const rows = await db
    .select()
    .from(organizationInvitation)
    .where(and(eq(organizationInvitation.organizationId, organizationId), eq(organizationInvitation.status, 'pending')))
    .orderBy(asc(organizationInvitation.email))
    .limit(openInvitationsMax)
  return rows.map(({ id, email, role, expiresAt }) => ({
    id,
    email,
    role: roleOf(role),
    expiresAt: expiresAt.toISOString(),
    isExpired: expiresAt < new Date(),
  }))
}
