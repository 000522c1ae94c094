import type { Auth } from '#src/identity/index.ts'
import { AppError } from '#src/lib/errors.ts'

/** Counts one attempt. Throws `rate_limited`. */
export async function takeAttempt(
  { limits }: Pick<Auth, 'limits'>,
  attempt: Parameters<Auth['limits']['take']>[0],
): Promise<void> {
  const retryAfterSeconds = await limits.take(attempt)
  if (retryAfterSeconds !== undefined) throw new AppError('rate_limited', { retryAfterSeconds })
}
