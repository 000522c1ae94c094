import { and, eq } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import type { Transaction } from '#src/db/client.ts'
import { organizationMember } from '#src/db/schema/index.ts'
import type { Caller } from '../accounts/context.ts'
import { getPerson } from '../people/context.ts'
import type { PeopleContext } from '../people/context.ts'
import { countOwners, holdMembership, roleOf } from './membership.ts'
import type { Membership } from './membership.ts'
import { isRole, mayManage } from './rules.ts'
import type { Role } from './rules.ts'

export interface MemberResult {
  /** `last_owner`: it would have none left. `gone`: somebody else was faster. */
  readonly kind: 'done' | 'forbidden' | 'last_owner' | 'gone'
}

interface OfMember {
  readonly caller: Caller
  readonly slug: string
  readonly memberId: string
}

/** Acts on the member's next request. */
export async function changeRole(
  context: PeopleContext,
  { role, ...which }: OfMember & { readonly role: string },
): Promise<MemberResult> {
  if (!isRole(role)) return { kind: 'forbidden' }
  return onMember(context, {
    ...which,
    allows: (own, present) => mayManage(own.role, present) && mayManage(own.role, role),
    losesOwner: role !== 'owner',
    action: 'organization.change_role',
    metadata: { role },
    write: (tx, memberId) => tx.update(organizationMember).set({ role }).where(eq(organizationMember.id, memberId)),
  })
}

/** Acts on the member's next request. */
export async function removeMember(context: PeopleContext, which: OfMember): Promise<MemberResult> {
  return onMember(context, {
    ...which,
    allows: (own, present) => mayManage(own.role, present),
    losesOwner: true,
    action: 'organization.remove_member',
    write: (tx, memberId) => tx.delete(organizationMember).where(eq(organizationMember.id, memberId)),
  })
}

/** Everybody may leave but the last owner. */
export async function leaveOrganization(
  context: PeopleContext,
  { caller, slug }: Omit<OfMember, 'memberId'>,
): Promise<MemberResult> {
  return onMember(context, {
    caller,
    slug,
    memberId: 'own',
    allows: () => true,
    losesOwner: true,
    action: 'organization.leave',
    write: (tx, memberId) => tx.delete(organizationMember).where(eq(organizationMember.id, memberId)),
  })
}

interface MemberChange extends OfMember {
  allows(own: Membership, present: Role): boolean
  /** The member is no owner afterwards. */
  readonly losesOwner: boolean
  readonly action: string
  readonly metadata?: { readonly role: Role }
  write(tx: Transaction, memberId: string): PromiseLike<unknown>
}

async function onMember(context: PeopleContext, change: MemberChange): Promise<MemberResult> {
  const person = await getPerson(context, change.caller)
  return context.db.transaction(async (tx) => {
    const own = await holdMembership(tx, { slug: change.slug, userId: person.id })
    if (own === undefined) return { kind: 'forbidden' }
    const member = await findMember(tx, {
      organizationId: own.organizationId,
      memberId: change.memberId === 'own' ? own.memberId : change.memberId,
    })
    if (member === undefined) return { kind: 'gone' }
    if (!change.allows(own, member.role)) return { kind: 'forbidden' }
    const isLastOwner = member.role === 'owner' && (await countOwners(tx, own.organizationId)) === 1
    if (isLastOwner && change.losesOwner) return { kind: 'last_owner' }
    await change.write(tx, member.id)
    await recordAudit(tx, {
      userId: person.id,
      orgId: own.organizationId,
      action: change.action,
      resource: 'person',
      resourceId: member.userId,
      ...(change.metadata === undefined ? {} : { metadata: change.metadata }),
    })
    return { kind: 'done' }
  })
}

async function findMember(tx: Transaction, which: { readonly organizationId: string; readonly memberId: string }) {
  const [row] = await tx
    .select({ id: organizationMember.id, userId: organizationMember.userId, role: organizationMember.role })
    .from(organizationMember)
    .where(and(eq(organizationMember.id, which.memberId), eq(organizationMember.organizationId, which.organizationId)))
  return row && { ...row, role: roleOf(row.role) }
}
