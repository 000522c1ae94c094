// A buyer who tries everything, in any order, against the real verbs and the real engine. After each step: whatever was used
// since the usage period began is counted in it; from the start of any usage period there ever was, a month never saw more
// than the largest tier gives, although periods were left, cut short and never paid; counters are the sum of their entries;
// and an allowance that is shown is really there, to the unit.
import fc from 'fast-check'
import { expect } from 'vitest'
import {
  cancelSubscription,
  openSubscription,
  resumeSubscription,
  subscribeToFreeTier,
  switchTier,
} from '#src/features/subscriptions/index.ts'
import { applyPeriod } from './apply-period.ts'
import { rollForward } from '#src/features/subscriptions/roll-forward.ts'
import { stepFrom } from '#src/features/usage/rules/months.ts'
import { AppError } from '#src/lib/errors.ts'
import { dayMs, payment } from './market.ts'
import type { Market } from './market.ts'

interface OfferedTier {
  readonly price: number
  readonly quota: number
  readonly interval: 'month' | 'year'
}

/** Free and paid tiers, all by the month. */
const monthly: readonly OfferedTier[] = [
  { price: 0, quota: 10, interval: 'month' },
  { price: 0, quota: 25, interval: 'month' },
  { price: 500, quota: 40, interval: 'month' },
  { price: 900, quota: 90, interval: 'month' },
]
/** Free tiers by the month and by the year. */
const mixed: readonly OfferedTier[] = [
  { price: 0, quota: 10, interval: 'month' },
  { price: 0, quota: 25, interval: 'month' },
  { price: 0, quota: 90, interval: 'year' },
]

const tier = fc.nat({ max: 11 })
const anyOf = <T>(weight: number, arbitrary: fc.Arbitrary<T>) => ({ weight, arbitrary })
const step = fc.oneof(
  anyOf(3, fc.record({ do: fc.constant('subscribe' as const), tier })),
  anyOf(2, fc.record({ do: fc.constant('switch' as const), tier })),
  anyOf(2, fc.record({ do: fc.constant('end' as const), when: fc.constantFrom('period_end', 'at_once') })),
  anyOf(1, fc.record({ do: fc.constantFrom('resume' as const, 'roll' as const) })),
  anyOf(2, fc.record({ do: fc.constant('renew' as const), startsNow: fc.boolean() })),
  anyOf(2, fc.record({ do: fc.constant('upgrade' as const), tier })),
  anyOf(2, fc.record({ do: fc.constant('use' as const), units: fc.integer({ min: 1, max: 25 }) })),
  anyOf(5, fc.record({ do: fc.constant('use all' as const) })),
  // Within a period, to its end, into a grace and past it.
  anyOf(4, fc.record({ do: fc.constant('wait' as const), days: fc.constantFrom(0.5, 3, 8, 26, 31) })),
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

export const histories = fc.record({
  tiers: fc.constantFrom(monthly, monthly, mixed),
  steps: fc.array(step, { minLength: 8, maxLength: 25 }),
})

export async function live(
  market: Market,
  { tiers, steps }: { tiers: readonly OfferedTier[]; steps: readonly Step[] },
) {
  const agent = await market.addAgent()
  const tierIds: string[] = []
  for (const { price, quota, interval } of tiers) {
    const intervals = { billingInterval: interval, usageInterval: interval }
    tierIds.push(await market.addTier(agent, { price, ...intervals, quotas: { messages: quota } }))
  }
  const userId = await market.addPerson()
  const who = { agentId: agent.agentId, userId }
  const by = { kind: 'system' } as const
  let subscriptionId: string | undefined

  for (const step of steps) {
    try {
      await take(step)
    } catch (error) {
      // Refused, as a page would tell the buyer: nothing has changed.
      if (!(error instanceof AppError) || error.code !== 'conflict') throw error
    }
    await verify(market, { ...who, largest: Math.max(...tiers.map(({ quota }) => quota)) })
  }

  async function take(step: Step): Promise<unknown> {
    const { deps } = market
    const place = 'tier' in step ? step.tier % tiers.length : 0
    const tierId = tierIds[place] ?? ''
    const isFree = tiers[place]?.price === 0
    switch (step.do) {
      case 'subscribe': {
        const opened = isFree
          ? await subscribeToFreeTier(deps, { userId, agentSlug: agent.slug, tierId })
          : await openSubscription(deps, { ...who, tierId, by, payment: monthFrom(await market.now()) })
        subscriptionId = opened.id
        return
      }
      case 'use':
        return market.consume({ ...who, delta: step.units })
      case 'use all':
        return useAll(market, who)
      case 'wait':
        return market.advance(step.days * dayMs)
      case 'roll':
        return rollForward(deps)
    }
    if (subscriptionId === undefined) return
    switch (step.do) {
      case 'switch':
        return switchTier(deps, { subscriptionId, tierId, by, isPaidFor: true })
      case 'end':
        return cancelSubscription(deps, {
          subscriptionId,
          by,
          when: step.when === 'at_once' ? 'at_once' : 'period_end',
        })
      case 'resume':
        return resumeSubscription(deps, { subscriptionId, by })
      case 'renew':
        return renew(market, { subscriptionId, startsNow: step.startsNow })
      case 'upgrade':
        if (isFree) return
        return applyPeriod(deps, { subscriptionId, tierId, payment: monthFrom(await market.now()) })
    }
  }
}

const monthFrom = (start: Date) =>
  payment(start, { period: { start, end: stepFrom({ anchor: start, interval: 'month', steps: 1 }) } })

/** What billing does once a paid period is over: the next one follows it, or begins when the money came. */
async function renew(market: Market, { subscriptionId, startsNow }: { subscriptionId: string; startsNow: boolean }) {
  const now = await market.now()
  const { rows } = await market.pool.query<{ end: Date; cancels: boolean; is_free: boolean }>(
    `SELECT current_period_end AS "end", cancel_at_period_end AS cancels, tier.is_free
     FROM user_agent_subscriptions subscription JOIN agent_pricing_tiers tier
       ON tier.id = CASE WHEN next_tier_at <= rialto_now() THEN next_tier_id ELSE tier_id END
     WHERE subscription.id = $1 AND subscription.status = 'active'`,
    [subscriptionId],
  )
  const [row] = rows
  if (row === undefined || row.is_free || row.cancels || now < row.end) return
  const start = startsNow || +now > +row.end + 30 * dayMs ? now : row.end
  await applyPeriod(market.deps, { subscriptionId, payment: monthFrom(start) })
}

type Who = { readonly agentId: string; readonly userId: string }

async function useAll(market: Market, who: Who): Promise<void> {
  const before = await market.check(who)
  if (before.kind === 'fault') throw new Error(`The question was wrong: ${before.fault}`)
  const left = Math.max(0, (before.meter?.limit ?? 0) - (before.meter?.used ?? 0))
  const isRefused = before.kind === 'denied' && before.reason !== 'quota_exceeded'
  if (left > 0) {
    expect((await market.consume({ ...who, delta: left })).kind).toBe(isRefused ? 'denied' : 'allowed')
  }
  expect((await market.consume({ ...who, delta: 1 })).kind).toBe('denied')
}

async function verify(market: Market, { agentId, userId, largest }: Who & { largest: number }): Promise<void> {
  expect(await market.drift()).toEqual([])
  const state = await market.check({ agentId, userId })
  const meter = state.kind === 'fault' ? undefined : state.meter
  const { rows } = await market.pool.query<{ in_month: string; in_period: string }>(
    `WITH theirs AS (
       SELECT id FROM user_agent_subscriptions WHERE user_id = $1 AND agent_id = $2
     ), uses AS (
       SELECT delta, occurred_at FROM usage_ledger JOIN theirs ON theirs.id = subscription_id
       WHERE event_type = 'consume'
     ), months AS (
       SELECT (
         SELECT sum(delta) FROM uses WHERE occurred_at >= counter.period_start
           AND occurred_at < (counter.period_start AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC'
       ) AS used
       FROM subscription_usage counter JOIN theirs ON theirs.id = counter.subscription_id
     )
     SELECT coalesce((SELECT max(used) FROM months), 0) AS in_month,
       coalesce((SELECT sum(delta) FROM uses WHERE occurred_at >= $3), 0) AS in_period`,
    [userId, agentId, meter?.period?.start ?? null],
  )
  expect(Number(rows[0]?.in_month)).toBeLessThanOrEqual(largest)
  expect(Number(rows[0]?.in_period)).toBeLessThanOrEqual(meter?.used ?? 0)
}
