import { and, eq } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import type { Transaction } from '#src/db/client.ts'
import { organizationInvitation, organizationMember, user } from '#src/db/schema/index.ts'
import { organizationInvitation as invitationMail } from '#src/integrations/mail/index.ts'
import { newId } from '#src/lib/ids.ts'
import { network } from '../accounts/context.ts'
import type { Caller, RateLimited } from '../accounts/context.ts'
import { parseEmail } from '../accounts/input.ts'
import type { EmailProblem } from '../accounts/input.ts'
import { getPerson } from '../people/context.ts'
import type { PeopleContext, Person } from '../people/context.ts'
import { holdMembership } from './membership.ts'
import type { Membership } from './membership.ts'
import { invitationDays, isRole, mayManage, openInvitationsMax } from './rules.ts'
import type { Role } from './rules.ts'

export interface InviteForm {
  readonly email: string
  readonly role: string
}

export type InviteResult =
  | { readonly kind: 'invited'; readonly email: string }
  | { readonly kind: 'invalid'; readonly problem: EmailProblem | 'member' | 'too_many' }
  | { readonly kind: 'unverified' }
  | { readonly kind: 'forbidden' }
  | RateLimited

interface Invite {
  readonly caller: Caller
  readonly slug: string
  readonly form: InviteForm
}

/** Sends an invitation by mail. A second one to the same address replaces the first. */
export async function inviteMember(context: PeopleContext, { caller, slug, form }: Invite): Promise<InviteResult> {
  const person = await getPerson(context, caller)
  if (!person.emailVerified) return { kind: 'unverified' }
  const email = parseEmail(form.email)
  if (email.problem !== undefined) return { kind: 'invalid', problem: email.problem }
  const { role } = form
  if (!isRole(role)) return { kind: 'forbidden' }
  const retryAfterSeconds = await context.auth.limits.take({
    'invitation:account': [person.id],
    'mail:network': [network(caller)],
  })
  if (retryAfterSeconds !== undefined) return { kind: 'rate_limited', retryAfterSeconds }

  return context.db.transaction(async (tx) => {
    const own = await holdMembership(tx, { slug, userId: person.id })
    if (own === undefined || !mayManage(own.role, role)) return { kind: 'forbidden' }
    if (await isMember(tx, { own, email: email.value })) return { kind: 'invalid', problem: 'member' }
    await closeOthers(tx, { own, email: email.value })
    const open = and(
      eq(organizationInvitation.organizationId, own.organizationId),
      eq(organizationInvitation.status, 'pending'),
    )
    if ((await tx.$count(organizationInvitation, open)) >= openInvitationsMax) {
      return { kind: 'invalid', problem: 'too_many' }
    }
    await send(context, { tx, own, person, email: email.value, role })
    return { kind: 'invited', email: email.value }
  })
}

interface About {
  readonly own: Membership
  readonly email: string
}

async function isMember(tx: Transaction, { own, email }: About): Promise<boolean> {
  const rows = await tx
    .select({ id: organizationMember.id })
    .from(organizationMember)
    .innerJoin(user, eq(user.id, organizationMember.userId))
    .where(and(eq(organizationMember.organizationId, own.organizationId), eq(user.email, email)))
  return rows.length > 0
}

async function closeOthers(tx: Transaction, { own, email }: About): Promise<void> {
  await tx
    .update(organizationInvitation)
    .set({ status: 'canceled' })
    .where(
      and(
        eq(organizationInvitation.organizationId, own.organizationId),
        eq(organizationInvitation.email, email),
        eq(organizationInvitation.status, 'pending'),
      ),
    )
}

interface Sending extends About {
  readonly tx: Transaction
  readonly person: Person
  readonly role: Role
}

async function send({ mail, baseUrl }: PeopleContext, { tx, own, person, email, role }: Sending): Promise<void> {
  const id = newId()
  const expiresAt = new Date(Date.now() + invitationDays * 86_400_000)
  await tx.insert(organizationInvitation).values({
    id,
    organizationId: own.organizationId,
    email,
    role,
    expiresAt,
    inviterId: person.id,
  })
  const message = invitationMail({
    organization: own.name,
    inviter: person.name,
    url: `${baseUrl}/invitations/${id}`,
    validDays: invitationDays,
  })
  await mail.enqueue(
    { ...message, to: email, template: 'organization-invitation', usefulUntil: expiresAt.toISOString() },
    { tx },
  )
  await recordAudit(tx, {
    userId: person.id,
    orgId: own.organizationId,
    action: 'organization.invite',
    resource: 'invitation',
    resourceId: id,
    metadata: { role },
  })
}

interface Withdraw {
  readonly caller: Caller
  readonly slug: string
  readonly invitationId: string
}

/** Takes an invitation back. One that is not open any more stays as it is. */
export async function withdrawInvitation(
  context: PeopleContext,
  { caller, slug, invitationId }: Withdraw,
): Promise<{ readonly kind: 'withdrawn' | 'forbidden' }> {
  const person = await getPerson(context, caller)
  return context.db.transaction(async (tx) => {
    const own = await holdMembership(tx, { slug, userId: person.id })
    if (own === undefined || own.role === 'member') return { kind: 'forbidden' }
    const { rowCount } = await tx
      .update(organizationInvitation)
      .set({ status: 'canceled' })
      .where(
        and(
          eq(organizationInvitation.id, invitationId),
          eq(organizationInvitation.organizationId, own.organizationId),
          eq(organizationInvitation.status, 'pending'),
        ),
      )
    if (rowCount === 1) {
      await recordAudit(tx, {
        userId: person.id,
        orgId: own.organizationId,
        action: 'organization.withdraw_invitation',
        resource: 'invitation',
        resourceId: invitationId,
      })
    }
    return { kind: 'withdrawn' }
  })
}
