import { isAPIError } from 'better-auth/api'
import { twoFactorChanged } from '#src/integrations/mail/index.ts'
import { recordAudit } from '#src/db/audit.ts'
import { readSiteSettings } from '#src/db/site-settings.ts'
import { authHeaders } from '../../accounts/context.ts'
import type { Caller, Cookies, RateLimited } from '../../accounts/context.ts'
import { isFirstUse } from '../../accounts/second-factor.ts'
import { confirmPassword } from '../confirm-identity.ts'
import type { IdentityRefusal } from '../confirm-identity.ts'
import { findPerson, getPerson } from '../context.ts'
import type { PeopleContext, Person } from '../context.ts'

export type BeginTwoFactorResult =
  /** `uri` goes into a QR code (otpauth://totp/…). Nothing is on until a code confirms it. */
  { readonly kind: 'begun'; readonly uri: string } | { readonly kind: 'already_on' } | IdentityRefusal

export type ConfirmTwoFactorResult =
  /** The recovery codes can't be read again. */
  | { readonly kind: 'on'; readonly recoveryCodes: readonly string[]; readonly cookies: Cookies }
  | { readonly kind: 'wrong_code' }
  | RateLimited

export type EndTwoFactorResult = { readonly kind: 'off'; readonly cookies: Cookies } | IdentityRefusal

export type RecoveryCodesResult =
  | { readonly kind: 'renewed'; readonly recoveryCodes: readonly string[] }
  | { readonly kind: 'off' }
  | IdentityRefusal

interface WithPassword {
  readonly caller: Caller
  readonly password: string
}

export async function beginTwoFactor(
  context: PeopleContext,
  { caller, password }: WithPassword,
): Promise<BeginTwoFactorResult> {
  const person = await getPerson(context, caller)
  if (person.hasTwoFactor) return { kind: 'already_on' }
  const refusal = await confirmPassword(context, { person, password })
  if (refusal !== undefined) return refusal
  // What the authenticator app lists the code under; a colon would end it there.
  const issuer = (await readSiteSettings(context.db)).name.replaceAll(':', ' ')
  const begun = await context.auth.server.api.enableTwoFactor({
    body: { password, issuer },
    headers: authHeaders(caller),
  })
  if (begun.method !== 'totp') throw new Error('A time-based code was asked for')
  return { kind: 'begun', uri: begun.totpURI }
}

interface Confirm {
  readonly caller: Caller
  readonly code: string
}

export async function confirmTwoFactor(
  context: PeopleContext,
  { caller, code: text }: Confirm,
): Promise<ConfirmTwoFactorResult> {
  const { auth } = context
  const person = await getPerson(context, caller)
  const retryAfterSeconds = await auth.limits.take({ 'password:account': [person.id] })
  if (retryAfterSeconds !== undefined) return { kind: 'rate_limited', retryAfterSeconds }
  const code = text.replaceAll(/\s/g, '').slice(0, 32)
  let cookies: Cookies
  try {
    const { headers } = await auth.server.api.verifyTOTP({
      body: { code },
      headers: authHeaders(caller),
      returnHeaders: true,
    })
    cookies = headers.getSetCookie()
  } catch (error) {
    if (isAPIError(error) && error.statusCode < 500) return { kind: 'wrong_code' }
    throw error
  }
  // From here on it can't be used to sign in.
  await isFirstUse(context, { userId: person.id, code })
  const { backupCodes } = await auth.server.api.viewBackupCodes({ body: { userId: person.id } })
  await tell(context, { person, isOn: true })
  return { kind: 'on', recoveryCodes: backupCodes, cookies }
}

export async function endTwoFactor(
  context: PeopleContext,
  { caller, password }: WithPassword,
): Promise<EndTwoFactorResult> {
  const person = await getPerson(context, caller)
  if (!person.hasTwoFactor) return { kind: 'off', cookies: [] }
  const refusal = await confirmPassword(context, { person, password })
  if (refusal !== undefined) return refusal
  const { headers } = await context.auth.server.api.disableTwoFactor({
    body: { password },
    headers: authHeaders(caller),
    returnHeaders: true,
  })
  await tell(context, { person, isOn: false })
  return { kind: 'off', cookies: headers.getSetCookie() }
}

/** New recovery codes; the ones before work no more. */
export async function renewRecoveryCodes(
  context: PeopleContext,
  { caller, password }: WithPassword,
): Promise<RecoveryCodesResult> {
  const person = await getPerson(context, caller)
  if (!person.hasTwoFactor) return { kind: 'off' }
  const refusal = await confirmPassword(context, { person, password })
  if (refusal !== undefined) return refusal
  const { backupCodes } = await context.auth.server.api.generateBackupCodes({
    body: { password },
    headers: authHeaders(caller),
  })
  await context.db.transaction((tx) => recordAudit(tx, { ...about(person), action: 'person.renew_recovery_codes' }))
  return { kind: 'renewed', recoveryCodes: backupCodes }
}

/**
 * How many recovery codes are left; undefined without a second step, or without a session: turning the step on replaces the
 * session, and the page that shows the codes is made from the request that still carries the old one.
 */
export async function countRecoveryCodes(context: PeopleContext, caller: Caller): Promise<number | undefined> {
  const person = await findPerson(context, caller)
  if (person?.hasTwoFactor !== true) return undefined
  const { backupCodes } = await context.auth.server.api.viewBackupCodes({ body: { userId: person.id } })
  return backupCodes.length
}

const about = ({ id }: Person) => ({ userId: id, resource: 'person', resourceId: id })

interface Change {
  readonly person: Person
  readonly isOn: boolean
}

async function tell({ db, mail, baseUrl }: PeopleContext, { person, isOn }: Change): Promise<void> {
  await db.transaction(async (tx) => {
    const notice = twoFactorChanged({ name: person.name, isOn, resetUrl: `${baseUrl}/forgot-password` })
    await mail.enqueue({ ...notice, to: person.email, template: 'two-factor-changed' }, { tx })
    await recordAudit(tx, { ...about(person), action: isOn ? 'person.start_two_factor' : 'person.end_two_factor' })
  })
}
