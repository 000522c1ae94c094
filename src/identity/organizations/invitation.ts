import { and, eq, gt } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import type { Transaction } from '#src/db/client.ts'
import { organization, organizationInvitation, organizationMember } from '#src/db/schema/index.ts'
import { newId } from '#src/lib/ids.ts'
import { network } from '../accounts/context.ts'
import type { Caller, RateLimited } from '../accounts/context.ts'
import { findPerson, getPerson } from '../people/context.ts'
import type { PeopleContext, Person } from '../people/context.ts'
import { findMembership, roleOf } from './membership.ts'
import { membersMax } from './rules.ts'
import type { Role } from './rules.ts'

export type InvitationState =
  | { readonly kind: 'open'; readonly organization: string; readonly role: Role }
  /** Nobody is signed in; the address is not shown to whoever only has the link. */
  | { readonly kind: 'needs_sign_in'; readonly organization: string }
  /** `invited` is masked: "a•••@example.com". */
  | { readonly kind: 'wrong_account'; readonly organization: string; readonly invited: string }
  | { readonly kind: 'unverified'; readonly organization: string }
  | { readonly kind: 'already_member'; readonly organization: string; readonly slug: string }
  | { readonly kind: 'expired' | 'withdrawn' | 'declined' | 'accepted'; readonly organization: string }
  | { readonly kind: 'unknown' }
  | RateLimited

interface Open {
  readonly caller: Caller
  readonly invitationId: string
}

/** Says what an invitation is to whoever opened it. */
export async function readInvitation(context: PeopleContext, { caller, invitationId }: Open): Promise<InvitationState> {
  const retryAfterSeconds = await context.auth.limits.take({ 'link:network': [network(caller)] })
  if (retryAfterSeconds !== undefined) return { kind: 'rate_limited', retryAfterSeconds }
  const invitation = await findInvitation(context, invitationId)
  if (invitation === undefined) return { kind: 'unknown' }
  const { name, slug } = invitation
  const person = await findPerson(context, caller)
  if (person !== undefined && (await findMembership(context.db, { slug, userId: person.id })) !== undefined) {
    return { kind: 'already_member', organization: name, slug }
  }
  if (invitation.status !== 'pending') return { kind: closedKind(invitation.status), organization: name }
  if (invitation.expiresAt < new Date()) return { kind: 'expired', organization: name }
  if (person === undefined) return { kind: 'needs_sign_in', organization: name }
  if (person.email !== invitation.email) {
    return { kind: 'wrong_account', organization: name, invited: masked(invitation.email) }
  }
  if (!person.emailVerified) return { kind: 'unverified', organization: name }
  return { kind: 'open', organization: name, role: roleOf(invitation.role) }
}

interface Answer extends Open {
  readonly accepts: boolean
}

export type AnswerInvitationResult =
  | { readonly kind: 'joined'; readonly slug: string }
  | { readonly kind: 'declined' }
  /** The organization has as many members as one may have; the invitation stays open. */
  | { readonly kind: 'full' }
  /** It is not open to this person, or not any more: the page says why. */
  | { readonly kind: 'refused' }

/** Only the person it was sent to, with that address confirmed, can answer; of several answers at once one counts. */
export async function answerInvitation(
  context: PeopleContext,
  { caller, invitationId, accepts }: Answer,
): Promise<AnswerInvitationResult> {
  const person = await getPerson(context, caller)
  if (!person.emailVerified) return { kind: 'refused' }
  const invitation = await findInvitation(context, invitationId)
  if (invitation === undefined) return { kind: 'refused' }
  return context.db.transaction(async (tx) => {
    await tx
      .select({ id: organization.id })
      .from(organization)
      .where(eq(organization.id, invitation.organizationId))
      .for('no key update')
    const { organizationId } = invitation
    const members = await tx.$count(organizationMember, eq(organizationMember.organizationId, organizationId))
    if (accepts && members >= membersMax) return { kind: 'full' }
    if (!(await close(tx, { person, invitationId, accepts }))) return { kind: 'refused' }
    if (accepts) {
      await tx
        .insert(organizationMember)
        .values({ id: newId(), organizationId, userId: person.id, role: roleOf(invitation.role) })
        .onConflictDoNothing()
    }
    await recordAudit(tx, {
      userId: person.id,
      orgId: organizationId,
      action: accepts ? 'organization.join' : 'organization.decline_invitation',
      resource: 'invitation',
      resourceId: invitationId,
    })
    return accepts ? { kind: 'joined', slug: invitation.slug } : { kind: 'declined' }
  })
}

interface Closing {
  readonly person: Person
  readonly invitationId: string
  readonly accepts: boolean
}

async function close(tx: Transaction, { person, invitationId, accepts }: Closing): Promise<boolean> {
  const { rowCount } = await tx
    .update(organizationInvitation)
    .set({ status: accepts ? 'accepted' : 'rejected' })
    .where(
      and(
        eq(organizationInvitation.id, invitationId),
        eq(organizationInvitation.email, person.email),
        eq(organizationInvitation.status, 'pending'),
        gt(organizationInvitation.expiresAt, new Date()),
      ),
    )
  return rowCount === 1
}

async function findInvitation({ db }: PeopleContext, invitationId: string) {
  const [row] = await db
    .select({
      organizationId: organization.id,
      name: organization.name,
      slug: organization.slug,
      email: organizationInvitation.email,
      role: organizationInvitation.role,
      status: organizationInvitation.status,
      expiresAt: organizationInvitation.expiresAt,
    })
    .from(organizationInvitation)
    .innerJoin(organization, eq(organization.id, organizationInvitation.organizationId))
    .where(eq(organizationInvitation.id, invitationId))
  return row
}

function closedKind(status: string): 'accepted' | 'declined' | 'withdrawn' {
  if (status === 'accepted') return 'accepted'
  return status === 'rejected' ? 'declined' : 'withdrawn'
}

const masked = (email: string): string => email.replace(/^(.)[^@]*/u, '$1•••')
