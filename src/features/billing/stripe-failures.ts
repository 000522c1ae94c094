import { Stripe } from 'stripe'
import { AppError } from '#src/lib/errors.ts'

/**
 * A call to Stripe, whose refusals become ours: `payment_declined` for a card, `unavailable` for a Stripe that can't be reached,
 * has trouble, asks us to slow down or takes our key no more. Everything else is a mistake of ours and stays what it is.
 */
export async function stripeCall<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw translated(error)
  }
}

function translated(error: unknown): unknown {
  const { errors } = Stripe
  // What the bank says is meant for the person, as Stripe's own pages show it.
  if (error instanceof errors.StripeCardError) return new AppError('payment_declined', { detail: error.message })
  const isAway =
    error instanceof errors.StripeConnectionError ||
    error instanceof errors.StripeRateLimitError ||
    // A key that was revoked, or may not do this, is the operator's to mend, and nobody else's mistake.
    error instanceof errors.StripeAuthenticationError ||
    error instanceof errors.StripePermissionError ||
    (error instanceof errors.StripeError && (error.statusCode ?? 0) >= 500)
  if (!isAway) return error
  const unavailable = new AppError('unavailable', { detail: 'Payments can’t be reached right now.' })
  // For the log, and for who looks at an event that failed.
  unavailable.cause = error
  return unavailable
}

/** Stripe knows no such object, or not any more. */
export const isMissing = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing'
