// What the rules need to know of a subscription that is stored, and of its agent's tiers.
import { and, eq, inArray, or } from 'drizzle-orm'
import type { Database, Transaction } from '#src/db/client.ts'
import { agentPricingTiers, userAgentSubscriptions } from '#src/db/schema/index.ts'
import type { SubscriptionRow } from '#src/features/subscriptions/index.ts'
import type { KnownTier, StoredFacts } from './decide.ts'
import type { StripeFacts } from './read-stripe.ts'

type Reader = Pick<Database | Transaction, 'select'>

export async function findByStripeId(db: Reader, stripeSubscriptionId: string): Promise<SubscriptionRow | undefined> {
  const [row] = await db
    .select()
    .from(userAgentSubscriptions)
    .where(eq(userAgentSubscriptions.stripeSubscriptionId, stripeSubscriptionId))
  return row
}

interface Wanted {
  readonly agentId: string
  readonly facts: StripeFacts
  readonly row: SubscriptionRow | undefined
}

/** The tiers that a subscription's prices, notes and stored row name. */
export async function knownTiers(db: Reader, { agentId, facts, row }: Wanted): Promise<readonly KnownTier[]> {
  const prices = [...facts.items.map(({ priceId }) => priceId), ...(facts.next?.priceIds ?? [])]
  const ids = [row?.tierId, row?.nextTierId, facts.metadata['rialto_next_tier']].filter(isUuid)
  return db
    .select({
      id: agentPricingTiers.id,
      familyId: agentPricingTiers.familyId,
      version: agentPricingTiers.version,
      isFree: agentPricingTiers.isFree,
      stripePriceId: agentPricingTiers.stripePriceId,
      trialEndsWith: agentPricingTiers.trialEndsWith,
    })
    .from(agentPricingTiers)
    .where(
      and(
        eq(agentPricingTiers.agentId, agentId),
        or(inArray(agentPricingTiers.stripePriceId, prices), inArray(agentPricingTiers.id, ids)),
      ),
    )
}

const isUuid = (text: string | null | undefined): text is string =>
  typeof text === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)

/** Throws when a tier of the row is missing, which its foreign keys forbid. */
export function storedFacts(
  row: SubscriptionRow,
  { tiers, now, stripeSubscriptionId }: { tiers: readonly KnownTier[]; now: Date; stripeSubscriptionId: string },
): StoredFacts {
  const tierOf = (id: string): KnownTier => {
    const tier = tiers.find((known) => known.id === id)
    if (tier === undefined) throw new Error('A tier of the subscription was not read')
    return tier
  }
  const { nextTierId, nextTierAt } = row
  const next = nextTierId === null || nextTierAt === null ? null : { tier: tierOf(nextTierId), at: nextTierAt }
  const isSwapped = next !== null && next.at <= now
  return {
    tier: isSwapped ? next.tier : tierOf(row.tierId),
    next: isSwapped ? null : next,
    period: { start: row.currentPeriodStart, end: row.currentPeriodEnd },
    isPaid: row.stripeSubscriptionId === stripeSubscriptionId,
    cancelAtPeriodEnd: row.cancelAtPeriodEnd,
    pastDueAt: row.pastDueAt,
    disputedAt: row.disputedAt,
  }
}
