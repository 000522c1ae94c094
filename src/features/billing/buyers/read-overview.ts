import type { Deps } from '#src/deps.ts'
import { readMetersOf } from '#src/features/usage/index.ts'
import type { SubscriptionMeter } from '#src/features/usage/index.ts'
import { businessNow } from '../clock.ts'
import { needsCard } from './needs-card.ts'
import { listOwnSubscriptions } from './own-subscriptions.ts'
import type { OwnSubscription } from './own-subscriptions.ts'

/** A subscription that is not over, as its owner's overview shows it. */
export interface PresentSubscription extends OwnSubscription {
  /** In the publisher's order. */
  readonly meters: readonly SubscriptionMeter[]
  /** Its trial ends by itself: there is no card that could pay. */
  readonly needsCard: boolean
  /** Its payment is so late that nothing goes on. */
  readonly isGraceOver: boolean
}

export interface Overview {
  /** The newest first; at most `presentMax`. */
  readonly subscriptions: readonly PresentSubscription[]
  /** There are others beyond these. */
  readonly hasMore: boolean
  /** RFC 3339: now, by the business clock. */
  readonly now: string
}

/** More than anybody looks through on one page. */
const presentMax = 24

/** All that somebody has now, with where each stands. Stripe is asked only about trials that began without a card. */
export async function readOverview(
  deps: Pick<Deps, 'config' | 'db' | 'payments'>,
  { userId }: { readonly userId: string },
): Promise<Overview> {
  const [{ items, nextCursor }, now] = await Promise.all([
    listOwnSubscriptions(deps, { userId, limit: presentMax, isPresent: true }),
    businessNow(deps.db),
  ])
  const metered = items.map(({ id, agent }) => ({ id, userId, agentId: agent.id }))
  const [meters, needing] = await Promise.all([
    readMetersOf(deps, metered),
    Promise.all(items.map((subscription) => needsCard(deps, { subscription }))),
  ])
  return {
    subscriptions: items.map((subscription, place) => ({
      ...subscription,
      meters: meters.get(subscription.id) ?? [],
      needsCard: needing[place] ?? false,
      isGraceOver: subscription.graceEndsAt !== null && Date.parse(subscription.graceEndsAt) <= +now,
    })),
    hasMore: nextCursor !== null,
    now: now.toISOString(),
  }
}
