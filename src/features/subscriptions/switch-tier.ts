import { eq } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { userAgentSubscriptions } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { classifyChange, schedule } from '#src/features/usage/index.ts'
import { AppError } from '#src/lib/errors.ts'
import type { Actor } from './actor.ts'
import { auditChange } from './audit.ts'
import { businessNow, graceMsOf } from './clock.ts'
import { reschedule } from './reschedule.ts'
import { settledColumns } from './settle.ts'
import { lockSubscription, periodFactsOf, requireOpen } from './subscription.ts'
import type { Subscription, SubscriptionRow } from './subscription.ts'
import { comparedTier, getTier, getTierOnOffer, termsOf } from './tier.ts'
import type { Tier } from './tier.ts'
import { inTransaction } from './transaction.ts'

export interface SwitchTier {
  readonly subscriptionId: string
  readonly tierId: string
  readonly by: Actor
  /** Billing has taken, or will take, the price of a tier that costs more. A person alone can't say so. */
  readonly isPaidFor?: boolean
}

export type TierSwitch =
  /** It acts now; what was used stays used. */
  | { readonly kind: 'switched' }
  /** It acts at the end of the period. */
  | { readonly kind: 'scheduled'; readonly at: Date }
  /** The person stays on the present tier; a scheduled change is gone. */
  | { readonly kind: 'kept' }

/**
 * Changes the tier of a subscription in place: at once if it takes nothing away, otherwise at the end of the period (the rule:
 * features/usage/rules/tier-change.ts). Going from a free tier to a paid one opens a period: that is a checkout.
 *
 * Throws `not_found`; `conflict` for a subscription that is over or about to end, a tier that is not on offer, and a paid one
 * that is not paid for.
 */
export async function switchTier(
  { db, config, newId }: Pick<Deps, 'db' | 'config' | 'newId'>,
  { subscriptionId, tierId, by, isPaidFor = false }: SwitchTier,
): Promise<TierSwitch> {
  return inTransaction(db, async (tx) => {
    const now = await businessNow(tx)
    const before = await lockSubscription(tx, { subscriptionId, by, now })
    requireOpen(before, now)
    if (before.tier.id === tierId) return keepTier(tx, { subscription: before, by, now })
    const tier = await getTierOnOffer(tx, { tierId, agentId: before.row.agentId })
    const change = classifyChange(await comparedTier(tx, before.tier), await comparedTier(tx, tier))
    const at = periodEndOf(before, now)
    // On credit the period it would wait for is over already.
    const isAtOnce = change === 'upgrade' || at <= now
    if (!isAtOnce) return scheduleTier(tx, { subscription: before, tier, by, now, at })
    if (change === 'upgrade' && !tier.isFree && (before.tier.isFree || !isPaidFor)) {
      throw new AppError('conflict', { detail: 'This tier has to be paid for first.' })
    }
    const columns = { ...termsOf(tier), nextTierId: null, nextTierAt: null, ...freePeriodColumns(before, tier, now) }
    await reschedule(tx, { before, tier, columns, now, graceMs: graceMsOf(config), newId })
    await auditChange(tx, { subscriptionId, by, did: 'switch_tier', metadata: { from: before.tier.id, to: tierId } })
    return { kind: 'switched' }
  })
}

interface Switching {
  readonly subscription: Subscription
  readonly by: Actor
  readonly now: Date
}

async function keepTier(tx: Transaction, { subscription, by, now }: Switching): Promise<TierSwitch> {
  const { row, tier } = subscription
  if (row.nextTierId === null || row.tierId !== tier.id) return { kind: 'kept' }
  // A version of the same tier is the publisher's change, after notice: not the person's to take back.
  const next = await getTier(tx, { tierId: row.nextTierId, agentId: row.agentId })
  if (next.familyId === tier.familyId) return { kind: 'kept' }
  await tx
    .update(userAgentSubscriptions)
    .set({ ...settledColumns(subscription, now), nextTierId: null, nextTierAt: null })
    .where(eq(userAgentSubscriptions.id, row.id))
  await auditChange(tx, { subscriptionId: row.id, by, did: 'keep_tier', metadata: { insteadOf: row.nextTierId } })
  return { kind: 'kept' }
}

async function scheduleTier(
  tx: Transaction,
  { subscription, tier, by, now, at }: Switching & { tier: Tier; at: Date },
): Promise<TierSwitch> {
  const { row } = subscription
  if (row.cancelAtPeriodEnd) throw new AppError('conflict', { detail: 'This subscription ends then; resume it first.' })
  await tx
    .update(userAgentSubscriptions)
    .set({ ...settledColumns(subscription, now), nextTierId: tier.id, nextTierAt: at })
    .where(eq(userAgentSubscriptions.id, row.id))
  const metadata = { from: subscription.tier.id, to: tier.id, at }
  await auditChange(tx, { subscriptionId: row.id, by, did: 'schedule_tier', metadata })
  return { kind: 'scheduled', at }
}

/** Of a free tier the end of its usage period, of a paid one of what is paid. */
const periodEndOf = ({ row, tier }: Subscription, now: Date): Date =>
  tier.isFree ? schedule(periodFactsOf(row), tier, now).bounds.end : row.currentPeriodEnd

/**
 * A free tier goes on in the period that is running. One with a year's quota begins its year with that period, not with the
 * anchor's: use of months that are over, perhaps of earlier subscriptions, would count in it or be forgotten.
 */
function freePeriodColumns({ row, tier: before }: Subscription, tier: Tier, now: Date) {
  if (!tier.isFree) return {}
  const isLonger = tier.usageInterval === 'year' && before.usageInterval === 'month'
  const periodAnchor = isLonger ? runningSince(row, before, now) : row.periodAnchor
  const { start, end } = schedule(periodFactsOf({ ...row, periodAnchor }), tier, now).bounds
  return { periodAnchor, currentPeriodStart: start, currentPeriodEnd: end }
}

/** Of a paid tier on credit, since what was paid for ended. */
function runningSince(row: SubscriptionRow, tier: Tier, now: Date): Date {
  if (!tier.isFree && now >= row.currentPeriodEnd) return row.currentPeriodEnd
  return schedule(periodFactsOf(row), tier, now).periodAt(now).start
}
