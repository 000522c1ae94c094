import { and, eq, inArray } from 'drizzle-orm'
import type { Stripe } from 'stripe'
import { agentPricingTiers } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import type { Payments } from '#src/integrations/stripe/index.ts'
import { stripeCall } from '../stripe-failures.ts'
import type { Plan } from './own-plan.ts'

/** What only asks Stripe. */
export interface StripeDeps {
  readonly payments: Pick<Payments, 'stripe'>
}

/** A paid subscription as it is at Stripe now. */
export interface AtStripe {
  readonly subscription: Stripe.Subscription
  /** Its tier's; never simply the first. */
  readonly main: Stripe.SubscriptionItem
  /** Its add-ons'. */
  readonly others: readonly Stripe.SubscriptionItem[]
  /** What is planned for the end of a period. */
  readonly schedule: Stripe.SubscriptionSchedule | undefined
}

/** Throws `unavailable`. Of a subscription without one of Stripe's it is a bug to ask. */
export async function readAtStripe(deps: Pick<Deps, 'db'> & StripeDeps, { row }: Pick<Plan, 'row'>): Promise<AtStripe> {
  const id = row.stripeSubscriptionId
  if (id === null) throw new Error(`Subscription ${row.id} is not one of Stripe's`)
  const subscription = await stripeCall(() => deps.payments.stripe.subscriptions.retrieve(id, { expand: ['schedule'] }))
  const items = subscription.items.data
  const prices = items.map(({ price }) => price.id)
  const tiers = await deps.db
    .select({ priceId: agentPricingTiers.stripePriceId })
    .from(agentPricingTiers)
    .where(and(eq(agentPricingTiers.agentId, row.agentId), inArray(agentPricingTiers.stripePriceId, prices)))
  const main = items.find(({ price }) => tiers.some(({ priceId }) => priceId === price.id))
  if (main === undefined) throw new Error(`Nothing in ${id} at Stripe is a tier of its agent`)
  const { schedule } = subscription
  return {
    subscription,
    main,
    others: items.filter((item) => item !== main),
    schedule: schedule !== null && typeof schedule === 'object' && schedule.status === 'active' ? schedule : undefined,
  }
}

interface Wanted {
  readonly priceId: string
  readonly interval: 'month' | 'year'
}

/** What is billed beside the tier is billed as often, or not any more. */
export const itemsFor = ({ main, others }: AtStripe, { priceId, interval }: Wanted) => ({
  main: { id: main.id, price: priceId },
  kept: others.filter(({ price }) => price.recurring?.interval === interval),
  ending: others.filter(({ price }) => price.recurring?.interval !== interval),
})
