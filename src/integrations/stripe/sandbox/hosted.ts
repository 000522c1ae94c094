// What Stripe's hosted pages show and its API doesn't tell.
import { lineItems, termsOf } from './resources/checkout.ts'
import type { Store } from './store.ts'
import { hourSeconds } from './time.ts'

export interface HostedLine {
  readonly description: string
  readonly quantity: number
  /** In minor units, for all of the quantity. */
  readonly amount: number
  readonly currency: string
  /** Undefined: paid once. */
  readonly every: { readonly interval: 'day' | 'week' | 'month' | 'year'; readonly count: number } | undefined
}

export interface HostedCheckout {
  readonly id: string
  readonly mode: 'payment' | 'setup' | 'subscription'
  readonly status: 'open' | 'complete' | 'expired'
  readonly email: string | undefined
  readonly lines: readonly HostedLine[]
  /** In minor units; undefined: nothing is bought, a card is saved. */
  readonly dueToday: { readonly amount: number; readonly currency: string } | undefined
  /** Also what becomes of the subscription if there is no card by then. */
  readonly trial: { readonly endsAt: Date; readonly withoutCard: 'cancel' | 'create_invoice' | 'pause' } | undefined
  readonly needsCard: boolean
  readonly expiresAt: Date
  /** With the session's id in its place. */
  readonly successUrl: string
  readonly cancelUrl: string | undefined
}

/** Undefined: there is no such session. */
export async function readCheckout(store: Store, id: string): Promise<HostedCheckout | undefined> {
  const session = await store.find('checkout.session', id)
  if (session === undefined) return undefined
  const { trialEnd, withoutCard, needsCard, successUrl } = termsOf(store, session)
  const customer = session.customer === null ? undefined : await store.find('customer', session.customer)
  const lines = await lineItems(store, session)
  return {
    id,
    mode: session.mode,
    status: session.status ?? 'open',
    email: customer?.email ?? session.customer_email ?? undefined,
    lines: lines.map(({ description, quantity, amount_total: amount, currency, price }) => ({
      description: description ?? '',
      quantity: quantity ?? 1,
      amount,
      currency,
      every: price?.recurring
        ? { interval: price.recurring.interval, count: price.recurring.interval_count }
        : undefined,
    })),
    dueToday:
      session.amount_total === null || session.currency === null
        ? undefined
        : { amount: session.amount_total, currency: session.currency },
    trial: trialEnd === null ? undefined : { endsAt: new Date(trialEnd * 1000), withoutCard },
    needsCard,
    expiresAt: new Date(session.expires_at * 1000),
    successUrl,
    cancelUrl: session.cancel_url ?? undefined,
  }
}

export interface HostedPortal {
  readonly customer: string
  readonly returnUrl: string | undefined
  readonly isOpen: boolean
  /** It was opened for this alone, and leads back afterwards. */
  readonly isForCards: boolean
}

/** Undefined: there is no such session. */
export async function readPortal(store: Store, id: string): Promise<HostedPortal | undefined> {
  const session = await store.find('billing_portal.session', id)
  return (
    session && {
      customer: session.customer,
      returnUrl: session.return_url ?? undefined,
      isOpen: store.now < session.created + hourSeconds,
      isForCards: session.flow?.type === 'payment_method_update',
    }
  )
}
