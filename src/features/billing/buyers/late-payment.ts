// What somebody can do about a payment that is late.
import { and, eq } from 'drizzle-orm'
import type { Stripe } from 'stripe'
import { userAgentSubscriptions } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { AppError } from '#src/lib/errors.ts'
import type { ReconcileDeps } from '../context.ts'
import { refusalOf } from '../invoices/refusal-of.ts'
import { reconcileSubscription } from '../reconcile/reconcile-subscription.ts'
import { stripeCall } from '../stripe-failures.ts'

interface Which {
  readonly userId: string
  readonly subscriptionId: string
}

/**
 * Stripe's page for the invoice that is open. Undefined: nothing is. Throws `not_found`, also for somebody else's, and `unavailable`.
 */
export async function findPaymentPage(deps: Pick<Deps, 'db' | 'payments'>, which: Which): Promise<string | undefined> {
  return (await findOpenInvoice(deps, which))?.hosted_invoice_url ?? undefined
}

/** What is due, in minor units with taxes, and what the bank said when it was tried. */
export interface LatePayment {
  readonly amountMinor: number
  readonly currency: string
  /** As the bank says it to the person. Null: it has not said no. */
  readonly refusal: string | null
}

/** Undefined: nothing is open. Throws `not_found`, also for somebody else's, and `unavailable`. */
export async function findLatePayment(
  deps: Pick<Deps, 'db' | 'payments'>,
  which: Which,
): Promise<LatePayment | undefined> {
  const invoice = await findOpenInvoice(deps, which)
  if (invoice === undefined) return undefined
  return {
    amountMinor: invoice.amount_remaining,
    currency: invoice.currency.toUpperCase(),
    refusal: (await refusalOf(deps.payments.stripe, invoice.id)) ?? null,
  }
}

/** Looks whether it was paid meanwhile, without waiting to be told. Throws as reconcileSubscription, and `not_found`. */
export async function lookAgain(deps: ReconcileDeps, which: Which): Promise<void> {
  const stripeSubscriptionId = await getStripeId(deps, which)
  if (stripeSubscriptionId !== null) await reconcileSubscription(deps, { stripeSubscriptionId })
}

async function getStripeId({ db }: Pick<Deps, 'db'>, { userId, subscriptionId }: Which): Promise<string | null> {
  const { id, userId: owner, stripeSubscriptionId } = userAgentSubscriptions
  const [row] = await db
    .select({ stripeSubscriptionId })
    .from(userAgentSubscriptions)
    .where(and(eq(id, subscriptionId), eq(owner, userId)))
  if (row === undefined) throw new AppError('not_found')
  return row.stripeSubscriptionId
}

async function findOpenInvoice(deps: Pick<Deps, 'db' | 'payments'>, which: Which): Promise<Stripe.Invoice | undefined> {
  const stripeSubscriptionId = await getStripeId(deps, which)
  if (stripeSubscriptionId === null) return undefined
  const { data } = await stripeCall(() =>
    deps.payments.stripe.invoices.list({ subscription: stripeSubscriptionId, status: 'open', limit: 1 }),
  )
  return data[0]
}
