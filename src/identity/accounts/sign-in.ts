import { isAPIError } from 'better-auth/api'
import { authHeaders, network } from './context.ts'
import type { AccountContext, Caller, Cookies, RateLimited } from './context.ts'
import { parseEmail } from './input.ts'
import { passwordLengthMax } from '../password-rules.ts'
import { deletionReason } from '../deletion-reason.ts'

export interface SignInForm {
  readonly email: string
  readonly password: string
  /** Asks for the second step, where there is one, even on a browser that is trusted to skip it. */
  readonly trustsNoBrowser?: boolean
}

export type SignInResult =
  | { readonly kind: 'signed_in'; readonly cookies: Cookies }
  /** The password is right, and a code is asked for next; `cookies` remember that for ten minutes. */
  | { readonly kind: 'second_factor'; readonly cookies: Cookies }
  /** Also for an address without an account, after as much work. */
  | { readonly kind: 'invalid_credentials' }
  | { readonly kind: 'suspended' }
  /** The account is being deleted, as its person asked. */
  | { readonly kind: 'leaving' }
  | RateLimited

interface SignIn {
  readonly caller: Caller
  readonly form: SignInForm
}

export async function signIn(context: AccountContext, { caller, form }: SignIn): Promise<SignInResult> {
  const email = parseEmail(form.email)
  const place = network(caller)
  const pair = { 'sign-in:pair': [email.value, place] } as const
  const retryAfterSeconds = await context.auth.limits.take({
    ...pair,
    'sign-in:account': [email.value],
    'sign-in:network': [place],
  })
  if (retryAfterSeconds !== undefined) return { kind: 'rate_limited', retryAfterSeconds }
  if (email.problem !== undefined || [...form.password].length > passwordLengthMax) {
    return { kind: 'invalid_credentials' }
  }

  const result = await checkCredentials(context, { caller, form: { ...form, email: email.value } })
  if (result.kind === 'signed_in' || result.kind === 'second_factor') await context.auth.limits.forget(pair)
  return result
}

async function checkCredentials({ auth }: AccountContext, { caller, form }: SignIn): Promise<SignInResult> {
  try {
    const { headers, response } = await auth.server.api.signInEmail({
      body: { email: form.email, password: form.password },
      headers: form.trustsNoBrowser === true ? withoutTrust(authHeaders(caller)) : authHeaders(caller),
      returnHeaders: true,
    })
    // The two-factor plugin answers in its own shape, which the type of the endpoint doesn't know.
    const kind = 'twoFactorRedirect' in response ? 'second_factor' : 'signed_in'
    return { kind, cookies: headers.getSetCookie() }
  } catch (error) {
    if (!isAPIError(error)) throw error
    // Only said to who knows the password.
    if (error.body?.code === 'BANNED_USER') return { kind: await whyLockedOut(auth, form.email) }
    if (error.statusCode < 500) return { kind: 'invalid_credentials' }
    throw error
  }
}

/** Without the cookie by which the two-factor plugin knows a trusted browser. */
function withoutTrust(headers: Headers): Headers {
  const cookies = headers.get('cookie')?.split('; ') ?? []
  headers.set('cookie', cookies.filter((cookie) => !/^[^=]*trust_device=/.test(cookie)).join('; '))
  return headers
}

async function whyLockedOut(auth: AccountContext['auth'], email: string): Promise<'leaving' | 'suspended'> {
  const { internalAdapter } = await auth.server.$context
  const found = await internalAdapter.findUserByEmail(email)
  // The admin plugin's column, which the adapter's own type doesn't know.
  const { banReason } = (found?.user ?? {}) as { readonly banReason?: string | null }
  return banReason === deletionReason ? 'leaving' : 'suspended'
}
