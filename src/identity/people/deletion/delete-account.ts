import { recordAudit } from '#src/db/audit.ts'
import type { Transaction } from '#src/db/client.ts'
import type { Jobs } from '#src/integrations/jobs/index.ts'
import type { Caller, Cookies } from '../../accounts/context.ts'
import { parseEmail } from '../../accounts/input.ts'
import { signOut } from '../../accounts/sign-out.ts'
import { findLogouts } from '../../provider/back-channel-logout.ts'
import { confirmPassword } from '../confirm-identity.ts'
import type { IdentityRefusal } from '../confirm-identity.ts'
import { getPerson } from '../context.ts'
import type { PeopleContext, Person } from '../context.ts'
import { holdBelongings } from './belongings.ts'
import { lockOut } from './lock-out.ts'
import { leaveOrganizations } from './organizations.ts'
import { proofOf } from './read-preflight.ts'

export interface DeleteAccountForm {
  /** The account's own address, typed. */
  readonly email: string
  /** May be empty shortly after signing in. */
  readonly password: string
}

export type DeleteAccountResult =
  /** Nobody gets in any more, and the data goes now; `cookies` end the session in the browser. */
  | { readonly kind: 'confirmed'; readonly cookies: Cookies }
  | { readonly kind: 'wrong_email' }
  /** The preflight says by what. */
  | { readonly kind: 'blocked' }
  /** Without a password, what counts is to have signed in just now. */
  | { readonly kind: 'sign_in_first' }
  | IdentityRefusal

export interface DeletionContext extends PeopleContext {
  readonly jobs: Pick<Jobs, 'wake'>
}

/** The job that finishes what a confirmation begins. */
export const deletionJobName = 'identity-delete-accounts'

interface DeleteAccount {
  readonly caller: Caller
  readonly form: DeleteAccountForm
}

/**
 * Deletes the account of whoever is signed in. From the confirmation on nothing of theirs opens anything; what they left behind
 * goes in a job (work-off.ts). Pressed twice, the second answers like the first.
 */
export async function deleteAccount(
  context: DeletionContext,
  { caller, form }: DeleteAccount,
): Promise<DeleteAccountResult> {
  const person = await getPerson(context, caller)
  if (parseEmail(form.email).value !== person.email) return { kind: 'wrong_email' }
  const proof = await proofOf(context, person)
  if (proof === 'sign_in') return { kind: 'sign_in_first' }
  const refusal = proof === 'none' ? undefined : await confirmPassword(context, { person, password: form.password })
  if (refusal !== undefined) return refusal
  if (!(await context.db.transaction((tx) => begin(tx, person)))) return { kind: 'blocked' }
  await context.jobs.wake(deletionJobName)
  return { kind: 'confirmed', cookies: await signOut(context, caller) }
}

/** False when something stands in the way. */
async function begin(tx: Transaction, { id: userId }: Person): Promise<boolean> {
  const belongings = await holdBelongings(tx, userId)
  if (belongings === undefined) return true
  if (belongings.obstacles.length > 0) return false
  const logouts = await findLogouts(tx, userId)
  await lockOut(tx, { userId, logouts })
  await leaveOrganizations(tx, { userId, belongings })
  await recordAudit(tx, { userId, action: 'person.request_deletion', resource: 'person', resourceId: userId })
  return true
}
