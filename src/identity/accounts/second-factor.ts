import { isAPIError } from 'better-auth/api'
import { authHeaders, network } from './context.ts'
import type { AccountContext, Caller, Cookies, RateLimited } from './context.ts'

export interface SecondFactorForm {
  readonly code: string
  /** `recovery`: one of the codes kept for the day the authenticator is lost. Works once. */
  readonly kind: 'authenticator' | 'recovery'
  /** Asks this browser for the password alone for 30 days. */
  readonly trustsDevice: boolean
}

export type SecondFactorResult =
  | { readonly kind: 'signed_in'; readonly cookies: Cookies }
  | { readonly kind: 'wrong_code' }
  /** Ten minutes have passed since the password, or five codes were wrong: it begins with the password again. */
  | { readonly kind: 'start_again' }
  | RateLimited

interface SecondFactor {
  readonly caller: Caller
  readonly form: SecondFactorForm
}

/** The lock that better-auth puts on an account after ten wrong codes in a row. */
const lockSeconds = 15 * 60

/** The second half of signing in, after the password was right. Needs the cookie that signing in gave. */
export async function passSecondFactor(
  context: AccountContext,
  { caller, form }: SecondFactor,
): Promise<SecondFactorResult> {
  const { auth } = context
  const retryAfterSeconds = await auth.limits.take({ 'code:network': [network(caller)] })
  if (retryAfterSeconds !== undefined) return { kind: 'rate_limited', retryAfterSeconds }
  const call = {
    body: { code: plainCode(form), trustDevice: form.trustsDevice },
    headers: authHeaders(caller),
    returnHeaders: true,
  } as const
  try {
    const { api } = auth.server
    const { headers, response } =
      form.kind === 'recovery' ? await api.verifyBackupCode(call) : await api.verifyTOTP(call)
    if (!(await isFirstUse(context, { userId: response.user.id, code: call.body.code }))) {
      const { internalAdapter } = await auth.server.$context
      if (response.token) await internalAdapter.deleteSession(response.token)
      return { kind: 'wrong_code' }
    }
    return { kind: 'signed_in', cookies: headers.getSetCookie() }
  } catch (error) {
    if (!isAPIError(error) || error.statusCode >= 500) throw error
    return refusal(error.body?.code)
  }
}

/** A code that was read over a shoulder opens nothing after its owner used it (RFC 6238 §5.2). */
export async function isFirstUse(
  { auth }: AccountContext,
  { userId, code }: { readonly userId: string; readonly code: string },
): Promise<boolean> {
  return (await auth.limits.take({ 'code:once': [userId, code] })) === undefined
}

/** As people type it: with spaces, or a recovery code without its hyphen. */
function plainCode({ code, kind }: Pick<SecondFactorForm, 'code' | 'kind'>): string {
  const text = code.replaceAll(/\s/g, '').slice(0, 32)
  return kind === 'recovery' ? text.replace(/^([^-]{5})([^-]{5})$/, '$1-$2') : text
}

function refusal(code: string | undefined): SecondFactorResult {
  switch (code) {
    case 'INVALID_TWO_FACTOR_COOKIE':
    case 'TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE':
      return { kind: 'start_again' }
    case 'ACCOUNT_TEMPORARILY_LOCKED':
      return { kind: 'rate_limited', retryAfterSeconds: lockSeconds }
    default:
      return { kind: 'wrong_code' }
  }
}
