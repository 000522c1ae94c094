import type { Caller } from '../accounts/context.ts'
import type { PeopleContext } from '../people/context.ts'
import { createOrganization } from './create.ts'
import type { CreateOrganizationResult, OrganizationForm } from './create.ts'
import { answerInvitation, readInvitation } from './invitation.ts'
import type { AnswerInvitationResult, InvitationState } from './invitation.ts'
import { inviteMember, withdrawInvitation } from './invite.ts'
import type { InviteForm, InviteResult } from './invite.ts'
import { changeRole, leaveOrganization, removeMember } from './members.ts'
import type { MemberResult } from './members.ts'
import { findOrganization, listOrganizations } from './read.ts'
import type { OrganizationDetail, OwnOrganization } from './read.ts'

/**
 * What people do with organizations. The tables are better-auth's; who may do what is decided here, in one transaction that
 * holds the organization, because the plugin looks first and writes afterwards. Throws `unauthenticated` without a session.
 */
export interface OrganizationServices {
  list(caller: Caller): Promise<readonly OwnOrganization[]>
  find(caller: Caller, slug: string): Promise<OrganizationDetail | undefined>
  create(caller: Caller, form: OrganizationForm): Promise<CreateOrganizationResult>
  invite(caller: Caller, slug: string, form: InviteForm): Promise<InviteResult>
  withdraw(caller: Caller, slug: string, invitationId: string): Promise<{ readonly kind: 'withdrawn' | 'forbidden' }>
  readInvitation(caller: Caller, invitationId: string): Promise<InvitationState>
  answerInvitation(
    caller: Caller,
    answer: { readonly invitationId: string; readonly accepts: boolean },
  ): Promise<AnswerInvitationResult>
  changeRole(
    caller: Caller,
    change: { readonly slug: string; readonly memberId: string; readonly role: string },
  ): Promise<MemberResult>
  removeMember(caller: Caller, which: { readonly slug: string; readonly memberId: string }): Promise<MemberResult>
  leave(caller: Caller, slug: string): Promise<MemberResult>
}

export function createOrganizationServices(context: PeopleContext): OrganizationServices {
  return {
    list: (caller) => listOrganizations(context, caller),
    find: (caller, slug) => findOrganization(context, { caller, slug }),
    create: (caller, form) => createOrganization(context, { caller, form }),
    invite: (caller, slug, form) => inviteMember(context, { caller, slug, form }),
    withdraw: (caller, slug, invitationId) => withdrawInvitation(context, { caller, slug, invitationId }),
    readInvitation: (caller, invitationId) => readInvitation(context, { caller, invitationId }),
    answerInvitation: (caller, answer) => answerInvitation(context, { caller, ...answer }),
    changeRole: (caller, change) => changeRole(context, { caller, ...change }),
    removeMember: (caller, which) => removeMember(context, { caller, ...which }),
    leave: (caller, slug) => leaveOrganization(context, { caller, slug }),
  }
}
