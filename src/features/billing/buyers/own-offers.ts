import { and, asc, eq, isNull, or } from 'drizzle-orm'
import { agentAddonOffers, agentMetricDefinitions } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import type { OwnSubscription } from './own-subscriptions.ts'

/** An add-on that can be bought for a subscription now. */
export interface OwnOffer {
  readonly id: string
  readonly name: string
  readonly metric: string
  readonly unit: string
  /** By how many units it raises the limit. */
  readonly amount: number
  readonly scope: 'one_cycle' | 'permanent'
  readonly price: { readonly amountMinor: number; readonly currency: string }
  /** How often it is charged. Null: once. */
  readonly interval: 'month' | 'year' | null
}

const offersMax = 100

/** In the publisher's order. What comes again goes with a paid tier that is billed as often and goes on itself, and not twice. */
export async function listOwnOffers(
  { db }: Pick<Deps, 'db'>,
  { agent, price, addons, status, cancelAtPeriodEnd }: Omit<OwnSubscription, 'next' | 'nextCharge'>,
): Promise<OwnOffer[]> {
  // What is late is paid first, and what is disputed stands still.
  if (status !== 'active' && status !== 'trialing') return []
  const { agentId, archivedAt, billingInterval, currency, sortOrder, id } = agentAddonOffers
  const isOnce = isNull(billingInterval)
  const takesMore = status === 'active' && !cancelAtPeriodEnd
  const fits =
    price === null
      ? isOnce
      : and(eq(currency, price.currency), takesMore ? or(isOnce, eq(billingInterval, price.interval)) : isOnce)
  const rows = await db
    .select({ offer: agentAddonOffers, metric: agentMetricDefinitions })
    .from(agentAddonOffers)
    .innerJoin(agentMetricDefinitions, eq(agentMetricDefinitions.id, agentAddonOffers.metricId))
    .where(and(eq(agentId, agent.id), isNull(archivedAt), isNull(agentMetricDefinitions.archivedAt), fits))
    .orderBy(asc(sortOrder), asc(id))
    .limit(offersMax)
  const had = new Set(addons.map(({ offerId }) => offerId))
  return rows
    .filter(({ offer }) => offer.billingInterval === null || !had.has(offer.id))
    .map(({ offer, metric }) => ({
      id: offer.id,
      name: offer.displayName,
      metric: metric.slug,
      unit: metric.unit,
      amount: offer.amount,
      scope: offer.scope,
      price: { amountMinor: offer.price, currency: offer.currency },
      interval: offer.billingInterval,
    }))
}
