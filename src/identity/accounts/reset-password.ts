import { isAPIError } from 'better-auth/api'
import type { PasswordProblem } from '../password-rules.ts'
import { network } from './context.ts'
import type { AccountContext, Caller, RateLimited } from './context.ts'

export type ResetLinkResult =
  | { readonly kind: 'open'; readonly email: string }
  /** It never existed, was used, or ran out: better-auth keeps no trace that would tell them apart. */
  | { readonly kind: 'link_expired' }
  | RateLimited

export type ResetPasswordResult =
  | { readonly kind: 'changed'; readonly email: string }
  | { readonly kind: 'invalid'; readonly problem: PasswordProblem; readonly email: string }
  | { readonly kind: 'link_expired' }
  | RateLimited

interface ResetLink {
  readonly caller: Caller
  readonly token: string
}

interface ResetPassword extends ResetLink {
  readonly password: string
}

/** Says whether a reset link still works, without using it: opening it in a mail program must not spend it. */
export async function readResetLink(context: AccountContext, { caller, token }: ResetLink): Promise<ResetLinkResult> {
  const retryAfterSeconds = await context.auth.limits.take({ 'link:network': [network(caller)] })
  if (retryAfterSeconds !== undefined) return { kind: 'rate_limited', retryAfterSeconds }
  const owner = await findOwner(context, token)
  return owner === undefined ? { kind: 'link_expired' } : { kind: 'open', email: owner.email }
}

/**
 * Sets the password, ends every session of the account and says so by mail. The link proves the mailbox, so the address
 * counts as confirmed from then on.
 */
export async function resetPassword(
  context: AccountContext,
  { caller, token, password }: ResetPassword,
): Promise<ResetPasswordResult> {
  const retryAfterSeconds = await context.auth.limits.take({ 'link:network': [network(caller)] })
  if (retryAfterSeconds !== undefined) return { kind: 'rate_limited', retryAfterSeconds }
  const owner = await findOwner(context, token)
  if (owner === undefined) return { kind: 'link_expired' }
  const problem = context.auth.passwordRule(password, owner)
  if (problem !== undefined) return { kind: 'invalid', problem, email: owner.email }
  if (await context.auth.isBreached(password)) return { kind: 'invalid', problem: 'breached', email: owner.email }

  try {
    await context.auth.server.api.resetPassword({ body: { newPassword: password, token } })
  } catch (error) {
    // Somebody else used the link in between.
    if (isAPIError(error) && error.statusCode < 500) return { kind: 'link_expired' }
    throw error
  }
  if (!owner.emailVerified) {
    const { internalAdapter } = await context.auth.server.$context
    await internalAdapter.updateUser(owner.id, { emailVerified: true })
  }
  return { kind: 'changed', email: owner.email }
}

const tokenShape = /^[A-Za-z0-9_-]{16,128}$/

async function findOwner({ auth }: AccountContext, token: string) {
  if (!tokenShape.test(token)) return undefined
  const { internalAdapter } = await auth.server.$context
  const link = await internalAdapter.findVerificationValue(`reset-password:${token}`)
  if (link === null || link.expiresAt < new Date()) return undefined
  return (await internalAdapter.findUserById(link.value)) ?? undefined
}
