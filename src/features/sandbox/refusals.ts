import { Stripe } from 'stripe'

/** What a bank says no with; undefined: something else is wrong. */
export const declineOf = (error: unknown): { readonly code: string; readonly message: string } | undefined =>
  error instanceof Stripe.errors.StripeCardError ? { code: error.code ?? '', message: error.message } : undefined

/** Undefined where Stripe knows no such object. */
export async function ifKnown<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    if (error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing') return undefined
    throw error
  }
}

/** An address may hold anything; the database takes no zero byte. */
export const isStripeId = (id: string): boolean => /^\w{1,255}$/.test(id)
