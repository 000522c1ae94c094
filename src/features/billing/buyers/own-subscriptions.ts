import { and, asc, desc, eq, inArray, isNull, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import {
  agentAddonOffers,
  agentMetricDefinitions,
  agentPricingTiers,
  agents,
  subscriptionAddons,
  userAgentSubscriptions,
} from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { contains, schedule } from '#src/features/usage/index.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { nextChargeOf } from './next-charge.ts'
import type { Charge } from './next-charge.ts'

type Row = typeof userAgentSubscriptions.$inferSelect

/** A subscription as its owner is shown it. Times are RFC 3339, by the business clock. */
export interface OwnSubscription {
  readonly id: string
  readonly agent: {
    readonly id: string
    readonly slug: string
    readonly name: string
    readonly isPublished: boolean
    /** By the marketplace: it can't be launched or used until it is reinstated. */
    readonly isSuspended: boolean
    readonly isLaunchable: boolean
  }
  readonly tier: TierInShort
  /** `canceled` from the moment it ends, whether or not a job has written that down yet. */
  readonly status: Row['status']
  /** What was agreed. Null: free. */
  readonly price: Price | null
  /** What is paid for, or for a free tier the present one. Null once it is over. */
  readonly period: { readonly start: string; readonly end: string } | null
  readonly trialEndsAt: string | null
  readonly cancelAtPeriodEnd: boolean
  /** Its trial ends without anybody having cancelled it, and can't be resumed. */
  readonly isTrialOnly: boolean
  readonly endedAt: string | null
  readonly pastDueAt: string | null
  /** Until when it goes on without its payment. */
  readonly graceEndsAt: string | null
  readonly disputedAt: string | null
  readonly next: { readonly tier: TierInShort; readonly at: string } | null
  /** Null: nothing more is charged by itself. */
  readonly nextCharge: Charge | null
  /** In force now; the newest first. */
  readonly addons: readonly OwnAddon[]
  readonly createdAt: string
}

export interface TierInShort {
  readonly id: string
  readonly name: string
  readonly isFree: boolean
}

export interface Price {
  readonly amountMinor: number
  readonly currency: string
  readonly interval: 'month' | 'year'
}

export interface OwnAddon {
  readonly id: string
  /** Null: granted. */
  readonly offerId: string | null
  readonly name: string
  readonly metric: string
  readonly unit: string
  readonly amount: number
  readonly scope: 'one_cycle' | 'permanent'
  readonly isPurchased: boolean
  /** Charged with the subscription again and again. Null: granted, or paid for once. */
  readonly price: Price | null
  readonly grantedAt: string
}

type ReadDeps = Pick<Deps, 'config' | 'db'>

export interface SubscriptionPage {
  readonly items: readonly OwnSubscription[]
  readonly nextCursor: string | null
}

interface Whose {
  readonly userId: string
  readonly cursor?: string | undefined
  /** At most 100. */
  readonly limit?: number
  /** Only what is not over. */
  readonly isPresent?: boolean
}

const pageDefault = 20
/** Of one subscription; more than an operator may grant. */
const addonsMax = 200

/** All that somebody has and had, the newest first. Throws `invalid_request` for a cursor that is none. */
export async function listOwnSubscriptions(
  deps: ReadDeps,
  { userId, cursor, limit = pageDefault, isPresent = false }: Whose,
): Promise<SubscriptionPage> {
  const after = cursor === undefined ? undefined : decodeCursor(cursor)
  const { id } = userAgentSubscriptions
  const isFurther = after && sql`(${began}, ${id}) < (${after.at.toISOString()}::timestamptz, ${after.id}::uuid)`
  const isTheirs = eq(userAgentSubscriptions.userId, userId)
  const found = await select(deps, and(isTheirs, isFurther, isPresent ? goesOn : undefined), limit + 1)
  const items = await describe(deps, found.slice(0, limit))
  const last = found[limit - 1]
  return {
    items,
    nextCursor:
      found.length > limit && last !== undefined ? encodeCursor({ at: last.row.createdAt, id: last.row.id }) : null,
  }
}

/** Undefined: there is none, or it is somebody else's. */
export async function findOwnSubscription(
  deps: ReadDeps,
  { userId, subscriptionId }: { readonly userId: string; readonly subscriptionId: string },
): Promise<OwnSubscription | undefined> {
  const { id, userId: owner } = userAgentSubscriptions
  const [found] = await describe(deps, await select(deps, and(eq(id, subscriptionId), eq(owner, userId)), 1))
  return found
}

const tier = alias(agentPricingTiers, 'tier')
const next = alias(agentPricingTiers, 'next')

/** With the tier that counts now: a change that is due counts, whether or not a job has written it down yet. */
const isNextDue = sql`coalesce(${userAgentSubscriptions.nextTierAt} <= rialto_now(), false)`

/** As describeOne has it: what was cancelled is over when its period is, written down or not. */
const goesOn = sql`${userAgentSubscriptions.status} NOT IN ('canceled', 'incomplete_expired')
  AND NOT (${userAgentSubscriptions.cancelAtPeriodEnd} AND ${userAgentSubscriptions.currentPeriodEnd} <= rialto_now())`

/** To the millisecond, as a cursor has it. */
const began = sql`date_trunc('milliseconds', ${userAgentSubscriptions.createdAt})`

const select = ({ db }: Pick<Deps, 'db'>, which: ReturnType<typeof and>, limit: number) =>
  db
    .select({
      row: userAgentSubscriptions,
      agent: agents,
      tier,
      next,
      now: sql<string>`to_json(rialto_now()) #>> '{}'`,
    })
    .from(userAgentSubscriptions)
    .innerJoin(agents, eq(agents.id, userAgentSubscriptions.agentId))
    .innerJoin(
      tier,
      sql`${tier.id} = CASE WHEN ${isNextDue} THEN ${userAgentSubscriptions.nextTierId} ELSE ${userAgentSubscriptions.tierId} END`,
    )
    .leftJoin(next, and(eq(next.id, userAgentSubscriptions.nextTierId), sql`NOT ${isNextDue}`))
    .where(which)
    .orderBy(desc(began), desc(userAgentSubscriptions.id))
    .limit(limit)

type Found = Awaited<ReturnType<typeof select>>[number]

async function describe(deps: ReadDeps, found: readonly Found[]): Promise<OwnSubscription[]> {
  const addons = await addonsOf(
    deps,
    found.map(({ row }) => row.id),
  )
  return found.map((one) => describeOne(deps, one, addons.get(one.row.id) ?? []))
}

const dayMs = 86_400_000

function describeOne({ config }: Pick<Deps, 'config'>, found: Found, addons: readonly LiveAddon[]): OwnSubscription {
  const { row, agent, tier } = found
  const now = new Date(found.now)
  const isOver = isFinal(row) || (row.cancelAtPeriodEnd && now >= row.currentPeriodEnd)
  const status = isFinal(row) || !isOver ? row.status : 'canceled'
  const { period, usagePeriod } = periodsOf(found, now)
  // Past what is paid for another period runs, which gives a part of the tier alone.
  const isOnCredit = !tier.isFree && now >= row.currentPeriodEnd
  const inForce = addons.flatMap(({ addon, grantedAt }) =>
    !isOver && (addon.scope === 'permanent' || (!isOnCredit && contains(usagePeriod, grantedAt))) ? addon : [],
  )
  const price = priceOf(row, tier)
  // From the end of what is paid; that its renewal failed may have been heard of later.
  const graceEndsAt =
    row.pastDueAt && new Date(Math.min(+row.pastDueAt, +row.currentPeriodEnd) + config.paymentGraceDays * dayMs)
  return {
    id: row.id,
    agent: {
      id: agent.id,
      slug: agent.slug,
      name: agent.name,
      isPublished: agent.status === 'published',
      isSuspended: agent.status === 'suspended',
      isLaunchable:
        agent.status === 'published' &&
        !agent.comingSoon &&
        agent.initiateLoginUri !== null &&
        agent.oauthClientId !== null,
    },
    tier: inShort(tier),
    status,
    price,
    period: isOver ? null : { start: period.start.toISOString(), end: period.end.toISOString() },
    trialEndsAt: row.status === 'trialing' ? textOf(row.trialEndsAt) : null,
    cancelAtPeriodEnd: !isOver && row.cancelAtPeriodEnd,
    isTrialOnly: !isOver && row.status === 'trialing' && tier.trialEndsWith === 'end',
    endedAt: isOver ? textOf(row.canceledAt ?? row.currentPeriodEnd) : null,
    pastDueAt: isOver ? null : textOf(row.pastDueAt),
    graceEndsAt: isOver || row.status !== 'past_due' ? null : textOf(graceEndsAt),
    disputedAt: isOver ? null : textOf(row.disputedAt),
    next:
      isOver || found.next === null || row.nextTierAt === null
        ? null
        : { tier: inShort(found.next), at: row.nextTierAt.toISOString() },
    nextCharge: isOver ? null : nextChargeOf({ ...found, price, addons: inForce.flatMap(({ price }) => price ?? []) }),
    addons: inForce,
    createdAt: row.createdAt.toISOString(),
  }
}

const isFinal = ({ status }: Row): boolean => status === 'canceled' || status === 'incomplete_expired'

const inShort = ({ id, tierName, isFree }: Found['tier']): TierInShort => ({ id, name: tierName, isFree })

const textOf = (at: Date | null): string | null => at?.toISOString() ?? null

function priceOf({ amount, currency }: Row, tier: Found['tier']): Price | null {
  if (tier.isFree || currency === null) return null
  return { amountMinor: amount, currency, interval: tier.billingInterval }
}

/** What is paid for, and the part of it that use is counted in. A free tier's follow from the time alone. */
function periodsOf({ row, tier }: Found, now: Date) {
  const paid = { start: row.currentPeriodStart, end: row.currentPeriodEnd }
  const facts = { ...row, current: paid, anchor: row.periodAnchor }
  const usagePeriod = schedule(facts, tier, now).periodAt(now)
  return { period: tier.isFree ? usagePeriod : paid, usagePeriod }
}

interface LiveAddon {
  readonly subscriptionId: string
  readonly grantedAt: Date
  readonly addon: OwnAddon
}

async function addonsOf(
  { db }: Pick<Deps, 'db'>,
  subscriptionIds: readonly string[],
): Promise<Map<string, LiveAddon[]>> {
  if (subscriptionIds.length === 0) return new Map()
  const rows = await db
    .select({ addon: subscriptionAddons, metric: agentMetricDefinitions, offer: agentAddonOffers })
    .from(subscriptionAddons)
    .innerJoin(agentMetricDefinitions, eq(agentMetricDefinitions.id, subscriptionAddons.metricId))
    .leftJoin(agentAddonOffers, eq(agentAddonOffers.id, subscriptionAddons.offerId))
    .where(and(inArray(subscriptionAddons.subscriptionId, [...subscriptionIds]), isNull(subscriptionAddons.revokedAt)))
    .orderBy(desc(subscriptionAddons.grantedAt), asc(subscriptionAddons.id))
    .limit(subscriptionIds.length * addonsMax)
  const described = rows.map(({ addon, metric, offer }): LiveAddon => ({
    subscriptionId: addon.subscriptionId,
    grantedAt: addon.grantedAt,
    addon: {
      id: addon.id,
      offerId: addon.offerId,
      name: offer?.displayName ?? `${addon.amount.toLocaleString('en')} ${metric.unit}`,
      metric: metric.slug,
      unit: metric.unit,
      amount: addon.amount,
      scope: addon.scope,
      isPurchased: addon.source === 'purchased',
      price:
        offer?.billingInterval == null
          ? null
          : { amountMinor: offer.price, currency: offer.currency, interval: offer.billingInterval },
      grantedAt: addon.grantedAt.toISOString(),
    },
  }))
  return Map.groupBy(described, ({ subscriptionId }) => subscriptionId)
}
