import { and, eq, inArray } from 'drizzle-orm'
import { agentPricingTiers, agents, openStatuses, userAgentSubscriptions } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { subscribeToFreeTier } from '#src/features/subscriptions/index.ts'
import { AppError } from '#src/lib/errors.ts'
import type { ReconcileDeps } from '../context.ts'
import { startCheckout } from '../checkout/start-checkout.ts'
import type { StartCheckout, StartedCheckout } from '../checkout/start-checkout.ts'
import { findOwnSubscription } from './own-subscriptions.ts'
import type { OwnSubscription } from './own-subscriptions.ts'

export type StartedSubscription =
  | { readonly kind: 'subscription'; readonly subscription: OwnSubscription }
  | ({ readonly kind: 'checkout' } & StartedCheckout)

/**
 * Subscribes to a tier: a free one at once, a paid one by a checkout. Throws as startCheckout does, for free tiers too.
 */
export async function startSubscription(deps: ReconcileDeps, start: StartCheckout): Promise<StartedSubscription> {
  if (!(await isFreeTier(deps, start.tierId))) return { kind: 'checkout', ...(await startCheckout(deps, start)) }
  const { userId } = start
  const subscriptionId = await subscribeFreely(deps, start)
  const subscription = await findOwnSubscription(deps, { userId, subscriptionId })
  if (subscription === undefined) throw new Error('The new subscription is missing')
  return { kind: 'subscription', subscription }
}

async function isFreeTier({ db }: Pick<Deps, 'db'>, tierId: string): Promise<boolean> {
  const [tier] = await db
    .select({ isFree: agentPricingTiers.isFree })
    .from(agentPricingTiers)
    .where(eq(agentPricingTiers.id, tierId))
  return tier?.isFree ?? false
}

async function subscribeFreely(deps: ReconcileDeps, start: StartCheckout): Promise<string> {
  try {
    return (await subscribeToFreeTier(deps, start)).id
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'conflict') throw error
    const subscriptionId = await findOpen(deps, start)
    if (subscriptionId === undefined) throw new AppError('tier_not_on_offer', error.details)
    const url = `${deps.baseUrl}/account/subscriptions/${subscriptionId}`
    throw new AppError('already_subscribed', { subscriptionId, url })
  }
}

async function findOpen(
  { db }: Pick<Deps, 'db'>,
  { userId, agentSlug }: Pick<StartCheckout, 'userId' | 'agentSlug'>,
): Promise<string | undefined> {
  const { id, agentId, status, userId: owner } = userAgentSubscriptions
  const [row] = await db
    .select({ id })
    .from(userAgentSubscriptions)
    .innerJoin(agents, eq(agents.id, agentId))
    .where(and(eq(owner, userId), eq(agents.slug, agentSlug), inArray(status, [...openStatuses])))
  return row?.id
}
