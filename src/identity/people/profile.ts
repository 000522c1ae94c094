import type { Caller } from '../accounts/context.ts'
import { isFresh } from './confirm-identity.ts'
import { getPerson } from './context.ts'
import type { PeopleContext } from './context.ts'
import { findWaitingChange } from './email/change-link.ts'

export interface Profile {
  readonly name: string
  readonly email: string
  readonly emailVerified: boolean
  readonly hasTwoFactor: boolean
  /** ISO 8601. */
  readonly memberSince: string
  /** Somebody who signed in just now is not asked for the password again. */
  readonly needsPassword: boolean
  /** An address that waits for its confirmation. */
  readonly waitingEmail: string | undefined
}

export async function readProfile(context: PeopleContext, caller: Caller): Promise<Profile> {
  const person = await getPerson(context, caller)
  const waiting = await findWaitingChange(context.db, person.id)
  return {
    name: person.name,
    email: person.email,
    emailVerified: person.emailVerified,
    hasTwoFactor: person.hasTwoFactor,
    memberSince: person.createdAt.toISOString(),
    needsPassword: !isFresh(person),
    waitingEmail: waiting?.email,
  }
}
