import { atLeast } from '../equal-time.ts'
import { network } from './context.ts'
import type { AccountContext } from './context.ts'
import { parseEmail } from './input.ts'
import type { RequestMail, RequestMailResult } from './request-verification.ts'

const answerMs = 300

/** Sends a link to choose a new password, if the address has an account. */
export async function requestPasswordReset(
  context: AccountContext,
  { caller, email: text }: RequestMail,
): Promise<RequestMailResult> {
  const email = parseEmail(text)
  if (email.problem !== undefined) return { kind: 'invalid', problem: email.problem }
  const retryAfterSeconds = await context.auth.limits.take({
    'mail:account': ['reset', email.value],
    'mail:network': [network(caller)],
  })
  if (retryAfterSeconds !== undefined) return { kind: 'rate_limited', retryAfterSeconds }

  return atLeast(answerMs, async () => {
    await context.auth.server.api.requestPasswordReset({ body: { email: email.value } })
    return { kind: 'sent' }
  })
}
