import type { Deps } from '#src/deps.ts'
import { AppError } from '#src/lib/errors.ts'

/**
 * Counts one thing that a person does and that Stripe is asked about: its limit is one for all of the marketplace, and nobody may use
 * it up for the others. Throws `rate_limited`.
 */
export async function takeTurn({ auth }: Pick<Deps, 'auth'>, userId: string): Promise<void> {
  const retryAfterSeconds = await auth.limits.take({ 'billing:account': [userId] })
  if (retryAfterSeconds !== undefined) throw new AppError('rate_limited', { retryAfterSeconds })
}
