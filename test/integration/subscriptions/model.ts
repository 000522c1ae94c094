// A buyer who tries everything, in any order, against the real verbs and the real engine. After each step: whatever was used
// since the usage period began is counted in it, so no order of steps gives more than the tier at hand; counters are the sum
// of their entries; and an allowance that is shown is really there, to the unit.
import fc from 'fast-check'
import { expect } from 'vitest'
import {
  applyPeriod,
  cancelSubscription,
  openSubscription,
  resumeSubscription,
  subscribeToFreeTier,
  switchTier,
} from '#src/features/subscriptions/index.ts'
import { rollForward } from '#src/features/subscriptions/roll-forward.ts'
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
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('subscribe' as const), tier }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('switch' as const), tier }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('end' as const), when: fc.constantFrom('period_end', 'at_once') }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('resume' as const, 'roll' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('renew' as const), startsNow: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('upgrade' as const), tier }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('use' as const), units: fc.integer({ min: 1, max: 60 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('use all' as const) }) },
  // Long enough for graces, ends of months and of years.
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('wait' as const), days: fc.constantFrom(0.5, 3, 8, 20, 31, 45, 200) }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

export const histories = fc.record({
  tiers: fc.constantFrom(monthly, mixed),
  steps: fc.array(step, { minLength: 5, maxLength: 25 }),
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
          : await openSubscription(deps, { ...who, tierId, by, payment: payment(await market.now()) })
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
        return applyPeriod(deps, { subscriptionId, tierId, by, payment: payment(await market.now()) })
    }
  }
}

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
  await applyPeriod(market.deps, { subscriptionId, by: { kind: 'system' }, payment: payment(start) })
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
  if (state.kind === 'fault' || state.meter?.period === undefined) return
  const { rows } = await market.pool.query<{ sum: string }>(
    `SELECT coalesce(sum(delta), 0) AS sum FROM usage_ledger
       JOIN user_agent_subscriptions subscription ON subscription.id = subscription_id
     WHERE subscription.user_id = $1 AND subscription.agent_id = $2 AND event_type = 'consume' AND occurred_at >= $3`,
    [userId, agentId, state.meter.period.start],
  )
  const usedInPeriod = Number(rows[0]?.sum)
  expect(usedInPeriod).toBeLessThanOrEqual(state.meter.used)
  expect(usedInPeriod).toBeLessThanOrEqual(largest)
}
