// What is planned for the end of a period at Stripe: another tier by a schedule, or the free tier by an end that says so.
import type { Stripe } from 'stripe'
import { metadataOf } from '../intents/metadata.ts'
import { endOf } from '../reconcile/read-stripe.ts'
import { stripeCall } from '../stripe-failures.ts'
import type { AtStripe, StripeDeps } from './at-stripe.ts'

interface Planned {
  /** All items from then on. */
  readonly prices: readonly string[]
  readonly interval: 'month' | 'year'
  /** What it is for. Undefined: nobody's wish. */
  readonly intentId?: string
}

/** Plans other prices from the end of the present period on, instead of what was planned. Doing it again changes nothing. */
export async function planPrices(deps: StripeDeps, at: AtStripe, planned: Planned): Promise<void> {
  const { subscription } = at
  const { prices, interval, intentId } = planned
  const metadata = metadataOf({ kind: 'subscription', ...(intentId !== undefined && { intentId }) })
  const { stripe } = deps.payments
  await stayAtPeriodEnd(deps, subscription)
  const schedule =
    at.schedule ??
    (await stripeCall(() =>
      // Stripe takes nothing else beside it: what it shall be comes with the update.
      stripe.subscriptionSchedules.create(
        { from_subscription: subscription.id },
        intentId === undefined ? {} : { idempotencyKey: `${intentId}:schedule` },
      ),
    ))
  const items = subscription.items.data.map(({ price, quantity = 1 }) => ({ price: price.id, quantity }))
  const start = schedule.current_phase?.start_date ?? at.main.current_period_start
  await stripeCall(() =>
    stripe.subscriptionSchedules.update(schedule.id, {
      end_behavior: 'release',
      metadata,
      phases: [
        { items, start_date: start, end_date: at.main.current_period_end },
        {
          items: prices.map((price) => ({ price, quantity: 1 })),
          proration_behavior: 'none',
          duration: { interval, interval_count: 1 },
        },
      ],
    }),
  )
}

/** Plans the end of what is paid, and the free tier after it, if one is named. While something else is planned, Stripe takes no end. */
export async function planEnd(deps: StripeDeps, at: AtStripe, freeTierId?: string): Promise<void> {
  await release(deps, at)
  const metadata = { rialto_next_tier: freeTierId ?? '' }
  await stripeCall(() =>
    deps.payments.stripe.subscriptions.update(at.subscription.id, { cancel_at_period_end: true, metadata }),
  )
}

/** Forgets what was planned: it goes on as it is. */
export async function forgetPlanned(deps: StripeDeps, at: AtStripe): Promise<void> {
  await release(deps, at)
  await stayAtPeriodEnd(deps, at.subscription)
}

async function release({ payments }: StripeDeps, { schedule }: Pick<AtStripe, 'schedule'>): Promise<void> {
  if (schedule !== undefined) await stripeCall(() => payments.stripe.subscriptionSchedules.release(schedule.id))
}

async function stayAtPeriodEnd({ payments }: StripeDeps, { id, ...present }: Stripe.Subscription): Promise<void> {
  const end = endOf(present)
  if (end === null && present.metadata['rialto_next_tier'] === undefined) return
  // Stripe's own portal plans an end as a moment, which is taken back as one.
  const staying =
    end === null || present.cancel_at_period_end ? { cancel_at_period_end: false } : { cancel_at: '' as const }
  await stripeCall(() => payments.stripe.subscriptions.update(id, { ...staying, metadata: { rialto_next_tier: '' } }))
}
