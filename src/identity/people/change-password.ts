import { isAPIError } from 'better-auth/api'
import { passwordChanged } from '#src/integrations/mail/index.ts'
import { recordAudit } from '#src/db/audit.ts'
import { authHeaders } from '../accounts/context.ts'
import type { Caller, Cookies } from '../accounts/context.ts'
import type { PasswordProblem } from '../password-rules.ts'
import { forgetTrustedDevices } from '../trusted-devices.ts'
import { confirmPassword } from './confirm-identity.ts'
import type { IdentityRefusal } from './confirm-identity.ts'
import { getPerson } from './context.ts'
import type { PeopleContext } from './context.ts'

export interface ChangePasswordForm {
  readonly password: string
  readonly newPassword: string
}

export type ChangePasswordResult =
  /** Every other device is signed out; `cookies` keep this one in. */
  | { readonly kind: 'changed'; readonly cookies: Cookies }
  | { readonly kind: 'invalid'; readonly problem: PasswordProblem | 'unchanged' }
  | IdentityRefusal

interface ChangePassword {
  readonly caller: Caller
  readonly form: ChangePasswordForm
}

export async function changePassword(
  context: PeopleContext,
  { caller, form }: ChangePassword,
): Promise<ChangePasswordResult> {
  const { auth, db, mail, baseUrl } = context
  const person = await getPerson(context, caller)
  const problem = auth.passwordRule(form.newPassword, person)
  if (problem !== undefined) return { kind: 'invalid', problem }
  if (form.newPassword === form.password) return { kind: 'invalid', problem: 'unchanged' }
  const refusal = await confirmPassword(context, { person, password: form.password })
  if (refusal !== undefined) return refusal
  if (await auth.isBreached(form.newPassword)) return { kind: 'invalid', problem: 'breached' }

  let cookies: Cookies
  try {
    const { headers } = await auth.server.api.changePassword({
      body: { currentPassword: form.password, newPassword: form.newPassword, revokeOtherSessions: true },
      headers: authHeaders(caller),
      returnHeaders: true,
    })
    cookies = headers.getSetCookie()
  } catch (error) {
    // Changed on another device a moment ago.
    if (isAPIError(error) && error.statusCode < 500) return { kind: 'wrong_password' }
    throw error
  }
  await db.transaction(async (tx) => {
    await forgetTrustedDevices(tx, person.id)
    const notice = passwordChanged({ name: person.name, changedAt: new Date(), resetUrl: `${baseUrl}/forgot-password` })
    await mail.enqueue({ ...notice, to: person.email, template: 'password-changed' }, { tx })
    await recordAudit(tx, {
      userId: person.id,
      action: 'person.change_password',
      resource: 'person',
      resourceId: person.id,
    })
  })
  return { kind: 'changed', cookies }
}
