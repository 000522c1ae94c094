import { daySeconds, hourSeconds } from './time.ts'
import type { Doc, Kind } from './vocabulary.ts'

const trialNoticeSeconds = 3 * daySeconds
/** How long the first payment of a subscription, or of a pending change, may take. */
export const incompleteSeconds = 23 * hourSeconds

interface Clocked {
  readonly kind: Kind
  readonly doc: object
  readonly hidden: { readonly isTrialEndTold?: boolean }
}

/** When time itself changes the object next, in seconds; null: never. */
export function dueOf({ kind, doc, hidden }: Clocked): number | null {
  // `kind` tells which object `doc` is.
  if (kind === 'subscription') return subscriptionDue(doc as Doc<'subscription'>, hidden.isTrialEndTold ?? false)
  if (kind === 'invoice') {
    const invoice = doc as Doc<'invoice'>
    if (invoice.status === 'draft') return invoice.automatically_finalizes_at
    return invoice.status === 'open' ? invoice.next_payment_attempt : null
  }
  if (kind === 'checkout.session') {
    const session = doc as Doc<'checkout.session'>
    return session.status === 'open' ? session.expires_at : null
  }
  if (kind === 'subscription_schedule') {
    const schedule = doc as Doc<'subscription_schedule'>
    return schedule.status === 'active' ? (schedule.current_phase?.end_date ?? null) : null
  }
  return null
}

function subscriptionDue(subscription: Doc<'subscription'>, isTrialEndTold: boolean): number | null {
  const { status, created, trial_end: trialEnd, cancel_at: cancelAt, pending_update: pending } = subscription
  if (status === 'canceled' || status === 'incomplete_expired') return null
  if (status === 'incomplete') return created + incompleteSeconds
  const moments = [cancelAt, pending?.expires_at]
  if (status !== 'paused') moments.push(periodEndOf(subscription))
  if (status === 'trialing' && trialEnd !== null && !isTrialEndTold) moments.push(trialEnd - trialNoticeSeconds)
  const known = moments.filter((moment) => typeof moment === 'number')
  return known.length === 0 ? null : Math.min(...known)
}

export const periodEndOf = (subscription: Doc<'subscription'>): number =>
  Math.min(...subscription.items.data.map((item) => item.current_period_end))
