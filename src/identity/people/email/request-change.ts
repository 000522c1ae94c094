import { eq } from 'drizzle-orm'
import { user } from '#src/db/schema/index.ts'
import type { Transaction } from '#src/db/client.ts'
import { accountExists, confirmNewEmail, emailChangeAsked } from '#src/integrations/mail/index.ts'
import { network } from '../../accounts/context.ts'
import type { Caller, RateLimited } from '../../accounts/context.ts'
import { parseEmail } from '../../accounts/input.ts'
import type { EmailProblem } from '../../accounts/input.ts'
import { recordAudit } from '#src/db/audit.ts'
import { confirmPassword, isFresh } from '../confirm-identity.ts'
import type { IdentityRefusal } from '../confirm-identity.ts'
import { getPerson } from '../context.ts'
import type { PeopleContext, Person } from '../context.ts'
import { changeLinkHours, storeChange } from './change-link.ts'

export type RequestEmailChangeResult =
  /** The same for an address that has an account already. */
  | { readonly kind: 'sent' }
  | { readonly kind: 'invalid'; readonly problem: EmailProblem | 'unchanged' }
  /** The present address has to be confirmed first. */
  | { readonly kind: 'unverified' }
  | IdentityRefusal
  | RateLimited

interface RequestEmailChange {
  readonly caller: Caller
  readonly email: string
  /** May be empty shortly after signing in. */
  readonly password: string
}

/** Sends a link to the new address and a notice to the present one. Nothing else changes until the link is confirmed. */
export async function requestEmailChange(
  context: PeopleContext,
  { caller, email: text, password }: RequestEmailChange,
): Promise<RequestEmailChangeResult> {
  const person = await getPerson(context, caller)
  if (!person.emailVerified) return { kind: 'unverified' }
  const email = parseEmail(text)
  if (email.problem !== undefined) return { kind: 'invalid', problem: email.problem }
  if (email.value === person.email) return { kind: 'invalid', problem: 'unchanged' }
  const refusal = isFresh(person) ? undefined : await confirmPassword(context, { person, password })
  if (refusal !== undefined) return refusal
  const retryAfterSeconds = await context.auth.limits.take({
    'mail:account': ['change-email', person.id],
    'mail:network': [network(caller)],
  })
  if (retryAfterSeconds !== undefined) return { kind: 'rate_limited', retryAfterSeconds }

  await context.db.transaction((tx) => sendLink(context, { tx, person, email: email.value }))
  return { kind: 'sent' }
}

interface Sending {
  readonly tx: Transaction
  readonly person: Person
  readonly email: string
}

async function sendLink({ mail, baseUrl }: PeopleContext, { tx, person, email }: Sending): Promise<void> {
  const resetUrl = `${baseUrl}/forgot-password`
  const token = await storeChange(tx, { userId: person.id, email })
  const [taken] = await tx.select({ id: user.id }).from(user).where(eq(user.email, email)).limit(1)
  const toNew =
    taken === undefined
      ? confirmNewEmail({ url: `${baseUrl}/confirm/${token}`, validHours: changeLinkHours })
      : accountExists({ signInUrl: `${baseUrl}/sign-in`, resetUrl })
  await mail.enqueue(
    { ...toNew, to: email, template: taken === undefined ? 'confirm-new-email' : 'account-exists' },
    { tx },
  )
  await mail.enqueue(
    { ...emailChangeAsked({ name: person.name, resetUrl }), to: person.email, template: 'email-change-asked' },
    { tx },
  )
  await recordAudit(tx, {
    userId: person.id,
    action: 'person.request_email_change',
    resource: 'person',
    resourceId: person.id,
  })
}
