import { and, eq } from 'drizzle-orm'
import { agentPricingTiers, userAgentSubscriptions } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { attempt } from '../attempt.ts'
import { stripeCall } from '../stripe-failures.ts'
import type { OwnSubscription } from './own-subscriptions.ts'

interface Whose {
  readonly subscription: Pick<OwnSubscription, 'id' | 'status' | 'nextCharge'>
}

/** A trial that began without a card ends by itself unless there is one by then. While Stripe can't be asked, nothing is said. */
export async function needsCard(
  deps: Pick<Deps, 'db' | 'payments'>,
  { subscription: { id, status, nextCharge } }: Whose,
): Promise<boolean> {
  if (status !== 'trialing' || nextCharge === null) return false
  const { stripeCustomerId: customerId, stripeSubscriptionId, tierId, id: ownId } = userAgentSubscriptions
  const [begun] = await deps.db
    .select({ customerId, stripeSubscriptionId })
    .from(userAgentSubscriptions)
    .innerJoin(agentPricingTiers, eq(agentPricingTiers.id, tierId))
    .where(and(eq(ownId, id), agentPricingTiers.trialWithoutCard))
  if (begun?.customerId == null || begun.stripeSubscriptionId === null) return false
  const at = { customerId: begun.customerId, stripeSubscriptionId: begun.stripeSubscriptionId }
  const has = await attempt([], () => hasCard(deps, at))
  return has?.kind === 'ok' && !has.value
}

/** One that Stripe would charge: a card that is only saved is not. */
async function hasCard(
  { payments: { stripe } }: Pick<Deps, 'payments'>,
  at: { readonly customerId: string; readonly stripeSubscriptionId: string },
): Promise<boolean> {
  const { default_payment_method: own } = await stripeCall(() => stripe.subscriptions.retrieve(at.stripeSubscriptionId))
  if (own !== null) return true
  const customer = await stripeCall(() => stripe.customers.retrieve(at.customerId))
  return customer.deleted !== true && customer.invoice_settings.default_payment_method !== null
}
