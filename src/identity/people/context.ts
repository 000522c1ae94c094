import { AppError } from '#src/lib/errors.ts'
import type { Database } from '#src/db/client.ts'
import type { MailQueue } from '#src/integrations/mail/index.ts'
import type { Auth } from '../auth.ts'
import { authHeaders } from '../accounts/context.ts'
import type { Caller } from '../accounts/context.ts'

/** What the verbs of somebody who is signed in work with. */
export interface PeopleContext {
  readonly auth: Auth
  readonly db: Database
  readonly mail: MailQueue
  /** Origin without a trailing slash. */
  readonly baseUrl: string
}

/** Whoever is signed in, as the database has them now. */
export interface Person {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly emailVerified: boolean
  readonly hasTwoFactor: boolean
  readonly createdAt: Date
  readonly session: { readonly id: string; readonly createdAt: Date }
}

/** As findPerson; throws `unauthenticated` without a living session. */
export async function getPerson(context: PeopleContext, caller: Caller): Promise<Person> {
  const person = await findPerson(context, caller)
  if (person === undefined) throw new AppError('unauthenticated')
  return person
}

/** Never from the copy in the cookie. */
export async function findPerson({ auth }: PeopleContext, caller: Caller): Promise<Person | undefined> {
  const found = await auth.server.api.getSession({
    headers: authHeaders(caller),
    query: { disableCookieCache: true, disableRefresh: true },
  })
  // A sign-in that was under way when its person was locked out may have left a session.
  if (found === null || found.user.banned) return undefined
  const { user, session } = found
  return {
    id: user.id,
    name: user.name,
    email: user.email,
    emailVerified: user.emailVerified,
    hasTwoFactor: user.twoFactorEnabled === true,
    createdAt: user.createdAt,
    session: { id: session.id, createdAt: session.createdAt },
  }
}
