// A checkout session at Stripe, and what has become of it.
import { Stripe } from 'stripe'
import type { Reconciled, ReconcileDeps } from '../context.ts'
import { findCustomer } from '../customers/ensure-customer.ts'
import { settleIntent } from '../intents/intents.ts'
import type { Intent } from '../intents/intents.ts'
import { intentIdOf } from '../intents/metadata.ts'
import { readIntent } from '../intents/intents.ts'
import { idOf } from '../reconcile/read-stripe.ts'
import { reconcileInvoice } from '../reconcile/reconcile-money.ts'
import { reconcileSubscription } from '../reconcile/reconcile-subscription.ts'
import { isMissing, stripeCall } from '../stripe-failures.ts'

/** Others have no session: looked for, they would be taken for expired. */
export const isAtCheckout = ({ kind, input }: Pick<Intent, 'kind' | 'input'>): boolean =>
  kind === 'checkout' || (kind === 'addon' && input['by'] === 'checkout')

/** The session that an intent became, also when Stripe's answer was lost. Undefined: it became none. Throws `unavailable`. */
export async function findSession(deps: ReconcileDeps, intent: Intent): Promise<Stripe.Checkout.Session | undefined> {
  const { sessions } = deps.payments.stripe.checkout
  const { stripeObjectId } = intent
  if (stripeObjectId !== null) {
    return stripeCall(() => sessions.retrieve(stripeObjectId)).catch((error: unknown) => {
      if (isMissing(error)) return undefined
      throw error
    })
  }
  const customer = await findCustomer(deps, intent.userId)
  if (customer === undefined) return undefined
  // A minute for clocks that differ. Nobody begins a hundred purchases within the life of one.
  const created = { gte: Math.floor(intent.createdAt.getTime() / 1000) - 60 }
  const { data } = await stripeCall(() => sessions.list({ customer, created, limit: 100 }))
  return data.find(({ metadata }) => intentIdOf(metadata) === intent.id)
}

/**
 * Makes what is stored of a purchase agree with its session: completed it becomes what was bought, expired it ends. Asks Stripe now,
 * and waits for no webhook. Throws as reconcileSubscription.
 */
export async function settleSession(deps: ReconcileDeps, intent: Intent): Promise<Reconciled> {
  const session = await findSession(deps, intent)
  if (session?.status === 'complete') return settleComplete(deps, session)
  if (session?.status === 'open') return { outcome: 'pending' }
  await settleIntent(deps.db, { id: intent.id, state: 'expired' })
  return { outcome: 'refused' }
}

async function settleComplete(
  deps: ReconcileDeps,
  { subscription, invoice }: Stripe.Checkout.Session,
): Promise<Reconciled> {
  if (subscription !== null) return reconcileSubscription(deps, { stripeSubscriptionId: idOf(subscription) })
  if (invoice !== null) return reconcileInvoice(deps, { stripeInvoiceId: idOf(invoice) })
  return { outcome: 'foreign' }
}

/** What a webhook about a session leads to. Throws as reconcileSubscription. */
export async function settleCheckoutSession(
  deps: ReconcileDeps,
  { stripeSessionId }: { readonly stripeSessionId: string },
): Promise<Reconciled> {
  const session = await stripeCall(() => deps.payments.stripe.checkout.sessions.retrieve(stripeSessionId))
  const intentId = intentIdOf(session.metadata)
  const intent = intentId === undefined ? undefined : await readIntent(deps.db, intentId)
  return intent === undefined ? { outcome: 'foreign' } : settleSession(deps, intent)
}

/** Ends a purchase that nobody shall complete any more; one that was completed just now becomes what was bought. */
export async function giveUpSession(deps: ReconcileDeps, intent: Intent): Promise<void> {
  const session = await findSession(deps, intent)
  if (session?.status === 'open') await expireSession(deps, session.id)
  await settleSession(deps, intent)
}

/** Closes a session at Stripe; one that was completed or expired just now stays what it is. Throws `unavailable`. */
export async function expireSession({ payments }: Pick<ReconcileDeps, 'payments'>, id: string): Promise<void> {
  try {
    await stripeCall(() => payments.stripe.checkout.sessions.expire(id))
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error
  }
}
