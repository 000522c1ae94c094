import { Stripe } from 'stripe'
import { AppError } from '#src/lib/errors.ts'

/**
 * A call to Stripe, whose refusals become ours: `payment_declined` for a card, `unavailable` for a Stripe that can't be reached,
 * has trouble or asks us to slow down. Everything else is a mistake of ours and stays what it is.
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
    (error instanceof errors.StripeError && (error.statusCode ?? 0) >= 500)
  return isAway ? new AppError('unavailable', { detail: 'Payments can’t be reached right now.' }) : error
}

/** Stripe knows no such object, or not any more. */
export const isMissing = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing'
