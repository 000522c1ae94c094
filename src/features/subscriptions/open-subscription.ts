import { inArray } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { isUniqueViolation } from '#src/db/errors.ts'
import { userAgentSubscriptions } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { gaugePeriod, schedule, stepAround } from '#src/features/usage/index.ts'
import { AppError } from '#src/lib/errors.ts'
import type { Actor } from './actor.ts'
import { auditChange } from './audit.ts'
import { businessNow } from './clock.ts'
import { continuedAnchor, findCarriedUse, isEndedFree, lockEarlier } from './earlier-use.ts'
import type { EarlierUse } from './earlier-use.ts'
import { moveUse } from './move-use.ts'
import { anchorOf, paymentColumns } from './payment.ts'
import type { Payment } from './payment.ts'
import { periodFactsOf } from './subscription.ts'
import type { SubscriptionRow } from './subscription.ts'
import { holdTier } from './tier.ts'
import type { Tier } from './tier.ts'
import { inTransaction } from './transaction.ts'

export interface OpenSubscription {
  readonly userId: string
  readonly agentId: string
  readonly tierId: string
  readonly by: Actor
  /** Undefined: the tier is free. */
  readonly payment?: Payment & {
    readonly stripeCustomerId: string | null
    readonly stripeSubscriptionId: string | null
  }
  /** Of the publisher's own people. */
  readonly isTest?: boolean
  /** The earlier subscription and this one were both paid in full, so each has its own quota. */
  readonly bothPaidInFull?: boolean
}

/** What the caller writes beside a subscription that was opened: with it, or not at all. */
export type WhenOpened = (tx: Transaction, row: SubscriptionRow) => Promise<unknown>

/**
 * Opens a subscription, with what was used of earlier ones in the same period. Whether the person may have this tier, and a
 * trial, is the caller's to know. Throws `not_found` for another agent's tier, and `conflict` while there is a subscription
 * that is not over: of two at once, one wins.
 */
export async function openSubscription(
  { db, newId }: Pick<Deps, 'db' | 'newId'>,
  input: OpenSubscription,
  whenOpened: WhenOpened = async () => undefined,
): Promise<SubscriptionRow> {
  try {
    return await inTransaction(db, async (tx) => {
      const row = await openIn(tx, { ...input, newId })
      await whenOpened(tx, row)
      return row
    })
  } catch (error) {
    if (isUniqueViolation(error)) throw new AppError('conflict', { detail: 'There is a subscription already.' })
    throw error
  }
}

type Opening = OpenSubscription & Pick<Deps, 'newId'>

/** As openSubscription, in the caller's transaction: there a second one is a unique violation. */
export async function openIn(tx: Transaction, input: Opening): Promise<SubscriptionRow> {
  const { userId, agentId, tierId, by, payment, bothPaidInFull = false, newId } = input
  const now = await businessNow(tx)
  const tier = await holdTier(tx, { tierId, agentId })
  if (tier.isFree !== (payment === undefined)) throw new Error('A paid tier needs its payment, a free one has none')
  const earlier = await lockEarlier(tx, { userId, agentId, now })
  const carried = await findCarriedUse(tx, { earlier, now, bothPaidInFull })
  const ended = earlier.filter((subscription) => isEndedFree(subscription, now)).map(({ row }) => row.id)
  await tx
    .update(userAgentSubscriptions)
    .set({ status: 'canceled', canceledAt: now })
    .where(inArray(userAgentSubscriptions.id, ended))
  const row = await insert(tx, { ...input, tier, carried, now })
  await carryInto(tx, { row, tier, carried, now, newId })
  await auditChange(tx, {
    subscriptionId: row.id,
    by,
    did: 'open',
    metadata: { agentId, tierId, status: row.status, isTest: row.isTest, carriedFrom: carried.map(({ of }) => of.id) },
  })
  return row
}

interface Found {
  readonly tier: Tier
  readonly carried: readonly EarlierUse[]
  readonly now: Date
}

async function insert(
  tx: Transaction,
  { userId, agentId, tierId, payment, isTest = false, tier, carried, now }: Opening & Found,
): Promise<SubscriptionRow> {
  const [row] = await tx
    .insert(userAgentSubscriptions)
    .values({
      userId,
      agentId,
      tierId,
      isTest,
      ...(payment === undefined
        ? freeColumns(tier, continuedAnchor(carried, tier, now) ?? now, now)
        : {
            ...paymentColumns(payment),
            periodAnchor: anchorOf(payment, tier),
            stripeCustomerId: payment.stripeCustomerId,
            stripeSubscriptionId: payment.stripeSubscriptionId,
          }),
    })
    .returning()
  if (row === undefined) throw new Error('The inserted subscription was not returned')
  return row
}

function freeColumns(tier: Tier, anchor: Date, now: Date) {
  const { start, end } = stepAround({ anchor, interval: tier.usageInterval, at: now })
  return { status: 'active' as const, periodAnchor: anchor, currentPeriodStart: start, currentPeriodEnd: end }
}

async function carryInto(
  tx: Transaction,
  { row, tier, carried, now, newId }: { row: SubscriptionRow } & Found & Pick<Deps, 'newId'>,
): Promise<void> {
  const period = schedule(periodFactsOf(row), tier, now).periodAt(now)
  await moveUse(tx, {
    moves: carried.map(({ counter }) => ({
      from: counter,
      to: { subscriptionId: row.id, period: counter.kind === 'gauge' ? gaugePeriod : period },
    })),
    reason: 'subscribed_again',
    now,
    newId,
  })
}
