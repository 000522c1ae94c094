import type { RateLimited } from '../accounts/context.ts'
import { passwordLengthMax } from '../password-rules.ts'
import type { PeopleContext, Person } from './context.ts'

export type IdentityRefusal = { readonly kind: 'wrong_password' } | RateLimited

/** So long after signing in nobody is asked for the password again. */
const freshMinutes = 10

export const isFresh = ({ session }: Person): boolean =>
  Date.now() - session.createdAt.getTime() < freshMinutes * 60_000

interface Confirmation {
  readonly person: Person
  readonly password: string
}

/** Refuses unless this is the person's password. A borrowed session can't guess it: ten tries in a quarter of an hour. */
export async function confirmPassword(
  { auth }: PeopleContext,
  { person, password }: Confirmation,
): Promise<IdentityRefusal | undefined> {
  const attempt = { 'password:account': [person.id] } as const
  const retryAfterSeconds = await auth.limits.take(attempt)
  if (retryAfterSeconds !== undefined) return { kind: 'rate_limited', retryAfterSeconds }
  if (!(await isPassword(auth, { person, password }))) return { kind: 'wrong_password' }
  await auth.limits.forget(attempt)
  return undefined
}

/** Somebody who always signs in otherwise may have none. */
export const hasPassword = async ({ auth }: PeopleContext, person: Person): Promise<boolean> =>
  (await findHash(auth, person)) !== undefined

async function isPassword(auth: PeopleContext['auth'], { person, password }: Confirmation): Promise<boolean> {
  if (password === '' || [...password].length > passwordLengthMax) return false
  const { password: hasher } = await auth.server.$context
  const hash = await findHash(auth, person)
  return hash !== undefined && hasher.verify({ hash, password })
}

async function findHash(auth: PeopleContext['auth'], { id }: Person): Promise<string | undefined> {
  const { internalAdapter } = await auth.server.$context
  return (await internalAdapter.findCredentialAccount(id))?.password ?? undefined
}
