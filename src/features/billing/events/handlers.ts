import { eq } from 'drizzle-orm'
import { billingCustomers } from '#src/db/schema/index.ts'
import { settleCheckoutSession } from '../checkout/session.ts'
import type { ReconcileDeps } from '../context.ts'
import { forgetCustomer } from '../customers/forget-customer.ts'
import { reconcileDispute, reconcileInvoice, reconcileRefund } from '../reconcile/reconcile-money.ts'
import { reconcileSubscription } from '../reconcile/reconcile-subscription.ts'
import type { EventHandlers } from './handle-event.ts'

/** What billing does about events. Each throws to be tried again. */
export function eventHandlers(deps: ReconcileDeps): EventHandlers {
  return {
    isCustomer: async (stripeCustomerId) => {
      const isThis = eq(billingCustomers.stripeCustomerId, stripeCustomerId)
      return (await deps.db.select({ id: billingCustomers.id }).from(billingCustomers).where(isThis)).length > 0
    },
    subscription: async (stripeSubscriptionId) => (await reconcileSubscription(deps, { stripeSubscriptionId })).outcome,
    invoice: async (stripeInvoiceId) => (await reconcileInvoice(deps, { stripeInvoiceId })).outcome,
    refund: async (stripeRefundId) => (await reconcileRefund(deps, { stripeRefundId })).outcome,
    dispute: async (stripeDisputeId) => (await reconcileDispute(deps, { stripeDisputeId })).outcome,
    checkoutSession: async (stripeSessionId) => (await settleCheckoutSession(deps, { stripeSessionId })).outcome,
    deletedCustomer: (stripeCustomerId) => forgetCustomer(deps, { stripeCustomerId }),
  }
}
