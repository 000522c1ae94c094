import type { Stripe } from 'stripe'
import { subscriptionStatuses } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { isMissing, stripeCall } from '../stripe-failures.ts'

/** A subscription at Stripe as it is now, in the words that the rules use. Money in minor units. */
export interface StripeFacts {
  readonly id: string
  readonly customerId: string
  readonly status: SubscriptionStatus
  readonly metadata: Readonly<Record<string, string>>
  readonly items: readonly StripeItem[]
  readonly anchor: Date
  readonly trialEndsAt: Date | null
  /** When it ends by what was asked for. Null: it goes on. */
  readonly cancelsAt: Date | null
  /** Null: it has not ended. */
  readonly endedAt: Date | null
  /** What its schedule changes next. */
  readonly next: { readonly priceIds: readonly string[]; readonly at: Date } | null
  /** The newest ones, newest first; last an older one that was asked for. */
  readonly invoices: readonly Stripe.Invoice[]
  /** Something that what is due can be charged to. */
  readonly hasPaymentMethod: boolean
  /** Tells one card from another, whoever has it. Undefined: there is none. */
  readonly cardFingerprint: string | undefined
}

/** The same words as Stripe's. */
export type SubscriptionStatus = (typeof subscriptionStatuses)[number]

export interface StripeItem {
  readonly id: string
  readonly priceId: string
  readonly unitAmount: number
  /** ISO 4217, in capitals. */
  readonly currency: string
  readonly quantity: number
  readonly interval: 'month' | 'year'
  readonly start: Date
  readonly end: Date
}

/** More renewals than that between two looks mean that nobody looked for years. */
const invoicesMax = 20

/** Undefined: Stripe has no such subscription. `also` is an invoice that may be older than the newest. Throws `unavailable`. */
export async function readStripe(
  { payments: { stripe } }: Pick<Deps, 'payments'>,
  id: string,
  also?: Stripe.Invoice,
): Promise<StripeFacts | undefined> {
  const found = await stripeCall(() =>
    stripe.subscriptions.retrieve(id, { expand: ['schedule', 'default_payment_method', 'customer'] }),
  ).catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw error
  })
  if (found === undefined) return undefined
  const invoices = await stripeCall(() => stripe.invoices.list({ subscription: id, limit: invoicesMax }))
  const isListed = also === undefined || invoices.data.some((invoice) => invoice.id === also.id)
  return factsOf(found, isListed ? invoices.data : [...invoices.data, also])
}

const moment = (seconds: number): Date => new Date(seconds * 1000)
const momentOrNull = (seconds: number | null): Date | null => (seconds === null ? null : moment(seconds))

/** Of one that was retrieved with its schedule, its card and its customer. */
export function factsOf(found: Stripe.Subscription, invoices: readonly Stripe.Invoice[]): StripeFacts {
  const method = found.default_payment_method
  return {
    id: found.id,
    customerId: idOf(found.customer),
    status: statusOf(found),
    metadata: found.metadata,
    items: found.items.data.map((item) => ({
      id: item.id,
      priceId: item.price.id,
      unitAmount: item.price.unit_amount ?? 0,
      currency: item.price.currency.toUpperCase(),
      quantity: item.quantity ?? 1,
      interval: item.price.recurring?.interval === 'year' ? 'year' : 'month',
      start: moment(item.current_period_start),
      end: moment(item.current_period_end),
    })),
    anchor: moment(found.billing_cycle_anchor),
    trialEndsAt: momentOrNull(found.trial_end),
    cancelsAt: momentOrNull(endOf(found)),
    endedAt: momentOrNull(found.ended_at),
    next: nextPhaseOf(found.schedule),
    invoices,
    hasPaymentMethod: method !== null || paysByDefault(found.customer),
    cardFingerprint: typeof method === 'object' ? (method?.card?.fingerprint ?? undefined) : undefined,
  }
}

type Ending = Pick<Stripe.Subscription, 'cancel_at' | 'cancel_at_period_end' | 'items'>

/**
 * When it ends by what was asked for, in seconds; null: it goes on. By billing mode and by who asked, Stripe says it as a moment, as
 * the end of the period, or as both: https://docs.stripe.com/billing/subscriptions/billing-mode/compare
 */
export const endOf = ({ cancel_at: at, cancel_at_period_end: isAtPeriodEnd, items }: Ending): number | null =>
  at ?? (isAtPeriodEnd ? Math.max(...items.data.map(({ current_period_end: end }) => end)) : null)

function statusOf({ id, status }: Stripe.Subscription): SubscriptionStatus {
  const known = subscriptionStatuses.find((name) => name === status)
  if (known === undefined) throw new Error(`Stripe says that ${id} is ${status}, which this version does not know`)
  return known
}

export const idOf = (value: string | { readonly id: string }): string => (typeof value === 'string' ? value : value.id)

const paysByDefault = (customer: Stripe.Subscription['customer']): boolean =>
  typeof customer === 'object' && customer.deleted !== true && customer.invoice_settings.default_payment_method !== null

function nextPhaseOf(schedule: Stripe.Subscription['schedule']): StripeFacts['next'] {
  if (schedule === null || typeof schedule === 'string' || schedule.status !== 'active') return null
  const since = schedule.current_phase?.start_date ?? 0
  const phase = schedule.phases
    .filter(({ start_date: start }) => start > since)
    .toSorted((a, b) => a.start_date - b.start_date)[0]
  if (phase === undefined) return null
  return { priceIds: phase.items.map(({ price }) => idOf(price)), at: moment(phase.start_date) }
}
