import { isAPIError } from 'better-auth/api'
import { atLeast } from '../equal-time.ts'
import { network } from './context.ts'
import type { AccountContext, Caller, RateLimited } from './context.ts'
import { parseEmail } from './input.ts'
import type { EmailProblem } from './input.ts'

export type RequestMailResult =
  /** Says nothing about whether there is such an account, or what state it is in. */
  { readonly kind: 'sent' } | { readonly kind: 'invalid'; readonly problem: EmailProblem } | RateLimited

export interface RequestMail {
  readonly caller: Caller
  readonly email: string
}

const answerMs = 300

/** Sends a new verification link, if the address has an account that still needs one. */
export async function requestVerification(
  context: AccountContext,
  { caller, email: text }: RequestMail,
): Promise<RequestMailResult> {
  const email = parseEmail(text)
  if (email.problem !== undefined) return { kind: 'invalid', problem: email.problem }
  const retryAfterSeconds = await context.auth.limits.take({
    'mail:account': ['verification', email.value],
    'mail:network': [network(caller)],
  })
  if (retryAfterSeconds !== undefined) return { kind: 'rate_limited', retryAfterSeconds }

  return atLeast(answerMs, async () => {
    try {
      // Without the caller's session: with one, better-auth would say that the address is already verified.
      await context.auth.server.api.sendVerificationEmail({ body: { email: email.value } })
    } catch (error) {
      if (!isAPIError(error) || error.statusCode >= 500) throw error
    }
    return { kind: 'sent' }
  })
}
