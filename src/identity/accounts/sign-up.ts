import { setTimeout as sleep } from 'node:timers/promises'
import { isAPIError } from 'better-auth/api'
import { atLeast } from '../equal-time.ts'
import { authHeaders, network } from './context.ts'
import type { AccountContext, Caller, Cookies, RateLimited } from './context.ts'
import { parseSignUp } from './input.ts'
import type { FieldProblems, SignUpForm } from './input.ts'
import { signIn } from './sign-in.ts'

export type SignUpResult =
  /** `cookies` sign the person in. They are empty when the address has an account with another password. */
  | { readonly kind: 'done'; readonly cookies: Cookies }
  | { readonly kind: 'invalid'; readonly problems: FieldProblems }
  | RateLimited

interface SignUp {
  readonly caller: Caller
  readonly form: SignUpForm
}

/** More than making an account and signing in take; what a taken address takes is less. */
const answerMs = 600
/** The winner of two sign-ups at once writes the person first, and then the password: how long the other one waits for that. */
const raceMsMax = 3_000
const lookAgainMs = 50

/**
 * Makes an account and signs in. For an address that has one, nothing is made and its owner gets a mail that says so; the
 * right password signs in all the same, so that a second press of the button does no harm.
 */
export async function signUp(context: AccountContext, { caller, form }: SignUp): Promise<SignUpResult> {
  const parsed = parseSignUp(form, context.auth.passwordRule)
  if (!parsed.ok) return { kind: 'invalid', problems: parsed.problems }

  const retryAfterSeconds = await context.auth.limits.take({
    'sign-up:account': [parsed.value.email],
    'sign-up:network': [network(caller)],
  })
  if (retryAfterSeconds !== undefined) return { kind: 'rate_limited', retryAfterSeconds }

  if (await context.auth.isBreached(parsed.value.password)) {
    return { kind: 'invalid', problems: { password: 'breached' } }
  }
  return atLeast(answerMs, async () => {
    await createAccount(context, { caller, form: parsed.value })
    await passwordIsWritten(context, parsed.value.email)
    const entered = await signIn(context, { caller, form: parsed.value })
    return { kind: 'done', cookies: entered.kind === 'signed_in' ? entered.cookies : [] }
  })
}

async function createAccount({ auth }: AccountContext, { caller, form }: SignUp): Promise<void> {
  try {
    await auth.server.api.signUpEmail({ body: form, headers: authHeaders(caller) })
  } catch (error) {
    // The database's unique address decided a race: the account exists, made by the other one a moment ago.
    if (!isAPIError(error) || error.body?.code !== 'FAILED_TO_CREATE_USER') throw error
    if ((await findPerson(auth, form.email)) === undefined) throw error
  }
}

/** Only a person made a moment ago is without one; of any other, nothing is waited for. */
async function passwordIsWritten({ auth }: AccountContext, email: string): Promise<void> {
  for (const deadline = Date.now() + raceMsMax; Date.now() < deadline; await sleep(lookAgainMs)) {
    const person = await findPerson(auth, email)
    if (person === undefined || person.accounts.length > 0) return
    if (Date.now() - person.user.createdAt.getTime() > raceMsMax) return
  }
}

async function findPerson(auth: AccountContext['auth'], email: string) {
  const { internalAdapter } = await auth.server.$context
  return (await internalAdapter.findUserByEmail(email, { includeAccounts: true })) ?? undefined
}
