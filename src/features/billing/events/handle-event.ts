import type { Json } from '#src/db/schema/business.ts'
import { subjectOf } from './event.ts'

/** What is done about events, by the ids in them. Each asks Stripe for the object as it is now, and resolves to what came of it. */
export interface EventHandlers {
  readonly subscription: (stripeSubscriptionId: string) => Promise<string>
  readonly invoice: (stripeInvoiceId: string) => Promise<string>
  readonly refund: (stripeRefundId: string) => Promise<string>
  readonly dispute: (stripeDisputeId: string) => Promise<string>
  readonly checkoutSession: (stripeSessionId: string) => Promise<string>
}

export interface KeptEvent {
  readonly type: string
  readonly payload: Json
}

/** One sentence of what came of it, such as `reconciled`, `foreign` or `ignored`. */
export async function handleEvent(handlers: EventHandlers, { type, payload }: KeptEvent): Promise<string> {
  const { objectId, subscriptionId } = subjectOf(payload)
  const kind = kindOf(type)
  if (kind === undefined || objectId === undefined) return 'ignored'
  if (kind === 'schedule') return subscriptionId === undefined ? 'ignored' : handlers.subscription(subscriptionId)
  const outcome = await handlers[kind](objectId)
  // A period counts once it is paid, and nothing else is said about the subscription at that moment.
  if (kind === 'invoice' && subscriptionId !== undefined) await handlers.subscription(subscriptionId)
  return outcome
}

function kindOf(type: string): keyof EventHandlers | 'schedule' | undefined {
  if (type.startsWith('customer.subscription.')) return 'subscription'
  if (type.startsWith('subscription_schedule.')) return 'schedule'
  // A draft says nothing yet, a deleted one nothing any more, and an upcoming one doesn't exist.
  if (invoiceTypes.has(type)) return 'invoice'
  if (type.startsWith('refund.') || type === 'charge.refund.updated') return 'refund'
  if (type.startsWith('charge.dispute.')) return 'dispute'
  if (type.startsWith('checkout.session.')) return 'checkoutSession'
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
