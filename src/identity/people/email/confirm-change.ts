import { eq } from 'drizzle-orm'
import { user, verification } from '#src/db/schema/index.ts'
import { isUniqueViolation } from '#src/db/errors.ts'
import type { Transaction } from '#src/db/client.ts'
import { emailChanged } from '#src/integrations/mail/index.ts'
import { network } from '../../accounts/context.ts'
import type { Caller, RateLimited } from '../../accounts/context.ts'
import { recordAudit } from '#src/db/audit.ts'
import { applyPendingGrant } from '../../operators/pending-grant.ts'
import type { PeopleContext } from '../context.ts'
import { findByToken, takeChange } from './change-link.ts'
import type { WaitingChange } from './change-link.ts'

export type EmailChangeLinkResult =
  | { readonly kind: 'open'; readonly email: string }
  /** Used, replaced by a newer one, cancelled, or run out. */
  | { readonly kind: 'link_expired' }
  | RateLimited

export type ConfirmEmailChangeResult =
  | { readonly kind: 'changed'; readonly email: string }
  /** Somebody made an account with the address in the meantime. */
  | { readonly kind: 'taken'; readonly email: string }
  | { readonly kind: 'link_expired' }
  | RateLimited

interface ChangeLink {
  readonly caller: Caller
  readonly token: string
}

/** Says what a link would do, without doing it: programs open links in mails, people press buttons. */
export async function readEmailChange(
  context: PeopleContext,
  { caller, token }: ChangeLink,
): Promise<EmailChangeLinkResult> {
  const retryAfterSeconds = await context.auth.limits.take({ 'link:network': [network(caller)] })
  if (retryAfterSeconds !== undefined) return { kind: 'rate_limited', retryAfterSeconds }
  const change = await findByToken(context.db, token)
  return change === undefined ? { kind: 'link_expired' } : { kind: 'open', email: change.email }
}

export async function confirmEmailChange(
  context: PeopleContext,
  { caller, token }: ChangeLink,
): Promise<ConfirmEmailChangeResult> {
  const retryAfterSeconds = await context.auth.limits.take({ 'link:network': [network(caller)] })
  if (retryAfterSeconds !== undefined) return { kind: 'rate_limited', retryAfterSeconds }
  const change = await findByToken(context.db, token)
  if (change === undefined) return { kind: 'link_expired' }
  try {
    const isChanged = await context.db.transaction((tx) => applyChange(context, { tx, change }))
    return isChanged ? { kind: 'changed', email: change.email } : { kind: 'link_expired' }
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    await takeChange(context.db, change.userId)
    return { kind: 'taken', email: change.email }
  }
}

interface Applying {
  readonly tx: Transaction
  readonly change: WaitingChange
}

async function applyChange({ mail, baseUrl }: PeopleContext, { tx, change }: Applying): Promise<boolean> {
  const { userId, email } = change
  if (!(await takeChange(tx, userId))) return false
  const [before] = await tx
    .select({ name: user.name, email: user.email })
    .from(user)
    .where(eq(user.id, userId))
    .for('update')
  if (before === undefined) return false
  await tx.update(user).set({ email, emailVerified: true }).where(eq(user.id, userId))
  // What else was sent to the old mailbox, such as a link to choose a password, opens nothing any more.
  await tx.delete(verification).where(eq(verification.value, userId))
  await mail.enqueue(
    { ...emailChanged({ name: before.name, homeUrl: `${baseUrl}/` }), to: before.email, template: 'email-changed' },
    { tx },
  )
  await applyPendingGrant(tx, { id: userId, email })
  await recordAudit(tx, { userId, action: 'person.change_email', resource: 'person', resourceId: userId })
  return true
}
