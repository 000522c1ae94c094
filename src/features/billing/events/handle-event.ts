import type { Json } from '#src/db/schema/business.ts'
import { isMissing } from '../stripe-failures.ts'
import { subjectOf } from './event.ts'

/** What is done about events, by the ids in them. Each asks Stripe for the object as it is now, and resolves to what came of it. */
export interface EventHandlers {
  /** Asks nobody outside. */
  readonly isCustomer: (stripeCustomerId: string) => Promise<boolean>
  readonly subscription: (stripeSubscriptionId: string) => Promise<string>
  readonly invoice: (stripeInvoiceId: string) => Promise<string>
  readonly refund: (stripeRefundId: string) => Promise<string>
  readonly dispute: (stripeDisputeId: string) => Promise<string>
  readonly checkoutSession: (stripeSessionId: string) => Promise<string>
  readonly deletedCustomer: (stripeCustomerId: string) => Promise<string>
}

export interface KeptEvent {
  readonly type: string
  readonly payload: Json
}

/** What came of it: an outcome of reconciling, `ignored`, or `gone` for what Stripe doesn't know any more. Throws to be tried again. */
export async function handleEvent(handlers: EventHandlers, { type, payload }: KeptEvent): Promise<string> {
  const { objectId, subscriptionId, customerId, metadata } = subjectOf(payload)
  const kind = kindOf(type)
  const id = kind === 'schedule' ? subscriptionId : objectId
  if (kind === undefined || id === undefined) return 'ignored'
  // Whatever is bought here says so. Another shop on the same account shall not keep us busy.
  const mayBeAnothers = customerId !== undefined && metadata['rialto'] === undefined
  if (mayBeAnothers && !(await handlers.isCustomer(customerId))) return 'foreign'
  try {
    return await handlers[kind === 'schedule' ? 'subscription' : kind](id)
  } catch (error) {
    // Only this one: something else that is missing is a fault.
    if (isMissing(error) && error instanceof Error && error.message.includes(id)) return 'gone'
    throw error
  }
}

function kindOf(type: string): Exclude<keyof EventHandlers, 'isCustomer'> | 'schedule' | undefined {
  if (type.startsWith('customer.subscription.')) return 'subscription'
  if (type.startsWith('subscription_schedule.')) return 'schedule'
  // A draft says nothing yet, a deleted one nothing any more, and an upcoming one doesn't exist.
  if (invoiceTypes.has(type)) return 'invoice'
  if (type.startsWith('refund.') || type === 'charge.refund.updated') return 'refund'
  if (type.startsWith('charge.dispute.')) return 'dispute'
  if (type.startsWith('checkout.session.')) return 'checkoutSession'
  if (type === 'customer.deleted') return 'deletedCustomer'
  return undefined
}

const invoiceTypes: ReadonlySet<string> = new Set([
  'invoice.finalized',
  'invoice.marked_uncollectible',
  'invoice.overpaid',
  'invoice.paid',
  'invoice.payment_action_required',
  'invoice.payment_failed',
  'invoice.payment_succeeded',
  'invoice.voided',
])
