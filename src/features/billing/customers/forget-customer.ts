import { sql } from 'drizzle-orm'
import type { Deps } from '#src/deps.ts'
import { reduceEventsOf } from '../events/reduce-events.ts'
import { isMissing, stripeCall } from '../stripe-failures.ts'

/**
 * A customer who was deleted at Stripe, in its dashboard: their person is another one there from the next purchase on, instead of
 * failing for ever. Of a person who is leaving nothing is changed here: see deletion/. Resolves to what came of it. Throws `unavailable`.
 */
export async function forgetCustomer(
  deps: Pick<Deps, 'db' | 'payments'>,
  { stripeCustomerId }: { readonly stripeCustomerId: string },
): Promise<'reconciled' | 'ignored'> {
  if (!(await isDeleted(deps, stripeCustomerId))) return 'ignored'
  // What was told of them is found by that id only.
  await reduceEventsOf(deps, stripeCustomerId)
  const { rowCount } = await deps.db.execute(sql`
    DELETE FROM billing_customers AS customer WHERE stripe_customer_id = ${stripeCustomerId}
      AND NOT EXISTS (SELECT FROM account_deletions AS deletion WHERE deletion.user_id = customer.user_id)`)
  return rowCount === 0 ? 'ignored' : 'reconciled'
}

/** Also of one that Stripe doesn't know any more. */
export async function isDeleted({ payments }: Pick<Deps, 'payments'>, stripeCustomerId: string): Promise<boolean> {
  try {
    return (await stripeCall(() => payments.stripe.customers.retrieve(stripeCustomerId))).deleted === true
  } catch (error) {
    if (isMissing(error)) return true
    throw error
  }
}
