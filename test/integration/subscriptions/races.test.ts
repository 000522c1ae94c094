// Changes of a subscription while it is being used: nothing is lost, counted twice or given twice, and nobody hears of it.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  cancelSubscription,
  openSubscription,
  resumeSubscription,
  subscribeToFreeTier,
  switchTier,
} from '#src/features/subscriptions/index.ts'
import { applyPeriod } from './apply-period.ts'
import { rollForward } from '#src/features/subscriptions/roll-forward.ts'
import { AppError } from '#src/lib/errors.ts'
import { eventually } from '#test/support/start-process.ts'
import { createMarket, dayMs, payment } from './market.ts'
import type { Market } from './market.ts'

let market: Market
beforeAll(async () => {
  market = await createMarket()
})
afterAll(() => market.drop())

const by = { kind: 'system' } as const
const workers = 8

/** Uses units one by one from all sides until `isOver`, and counts what was allowed. */
async function consumeUntil(isOver: () => boolean, event: { agentId: string; userId: string }) {
  let allowed = 0
  const reasons = new Set<string>()
  await Promise.all(
    Array.from({ length: workers }, async () => {
      while (!isOver()) {
        const answer = await market.consume(event)
        if (answer.kind === 'allowed') allowed += 1
        else reasons.add(answer.kind === 'denied' ? answer.reason : answer.fault)
      }
    }),
  )
  return { allowed, reasons }
}

const consumed = async (agentId: string): Promise<number> => {
  const { rows } = await market.pool.query<{ sum: string }>(
    `SELECT coalesce(sum(delta), 0) AS sum FROM usage_ledger JOIN user_agent_subscriptions s ON s.id = subscription_id
     WHERE s.agent_id = $1`,
    [agentId],
  )
  return Number(rows[0]?.sum)
}

test('a renewal during use on credit moves all of it, whichever event comes first', async () => {
  const agent = await market.addAgent()
  const tierId = await market.addTier(agent, { price: 1_000, quotas: { messages: 100_000 } })
  for (const startsAfterDays of [0, 1, -1]) {
    const userId = await market.addPerson()
    const event = { agentId: agent.agentId, userId }
    const start = new Date(+(await market.now()) - 31 * dayMs)
    const { id, currentPeriodEnd } = await openSubscription(market.deps, {
      ...event,
      tierId,
      by,
      payment: payment(start),
    })
    let isRenewed = false
    const use = consumeUntil(() => isRenewed, event)
    await new Promise((resolve) => setTimeout(resolve, 60))
    const renewed = payment(new Date(+currentPeriodEnd + startsAfterDays * dayMs))
    await applyPeriod(market.deps, { subscriptionId: id, payment: renewed })
    await new Promise((resolve) => setTimeout(resolve, 60))
    isRenewed = true
    const { allowed, reasons } = await use
    expect(reasons).toEqual(new Set())
    const counters = await market.counters(id)
    const inPaidPeriod = counters.filter(({ periodStart }) => +periodStart === +renewed.period.start)
    expect(inPaidPeriod.map(({ used }) => used)).toEqual([allowed])
    expect(counters.reduce((sum, { used }) => sum + used, 0)).toBe(allowed)
  }
  expect(await market.drift()).toEqual([])
})

test('cancelling and coming back again and again during use gives a quota once', async () => {
  const agent = await market.addAgent()
  const tierId = await market.addTier(agent, { quotas: { messages: 150 } })
  const userId = await market.addPerson()
  const event = { agentId: agent.agentId, userId }
  let isDone = false
  const use = consumeUntil(() => isDone, event)
  for (let round = 0; round < 12; round++) {
    const { id } = await subscribeToFreeTier(market.deps, { userId, agentSlug: agent.slug, tierId })
    await new Promise((resolve) => setTimeout(resolve, 25))
    await cancelSubscription(market.deps, { subscriptionId: id, when: 'at_once', by })
  }
  await subscribeToFreeTier(market.deps, { userId, agentSlug: agent.slug, tierId })
  await new Promise((resolve) => setTimeout(resolve, 200))
  isDone = true
  const { allowed, reasons } = await use
  expect(allowed).toBe(150)
  expect(await consumed(agent.agentId)).toBe(150)
  expect([...reasons].toSorted()).toEqual(['no_subscription', 'quota_exceeded'])
  expect(await market.drift()).toEqual([])
})

test('changes that come all at once end in one of their orders, with every unit counted', async () => {
  const agent = await market.addAgent()
  const small = await market.addTier(agent, { quotas: { messages: 60 } })
  const large = await market.addTier(agent, { quotas: { messages: 120 } })
  const yearly = await market.addTier(agent, {
    billingInterval: 'year',
    usageInterval: 'year',
    quotas: { messages: 120 },
  })
  const paid = await market.addTier(agent, { price: 500, quotas: { messages: 120 } })
  const changes = fc.sample(fc.constantFrom('switch', 'cancel', 'resume', 'roll', 'end', 'pay'), {
    seed: 7,
    numRuns: 60,
  })
  const tiers = fc.sample(fc.constantFrom(small, large, yearly), { seed: 7, numRuns: 60 })
  const userId = await market.addPerson()
  const event = { agentId: agent.agentId, userId }
  let isDone = false
  const use = consumeUntil(() => isDone, event)
  const unexpected: unknown[] = []
  for (let at = 0; at < changes.length; at += 6) {
    const subscription = await subscribeToFreeTier(market.deps, { userId, agentSlug: agent.slug, tierId: small })
    const subscriptionId = subscription.id
    const now = await market.now()
    const does = {
      switch: (i: number) => switchTier(market.deps, { subscriptionId, tierId: tiers[i] ?? small, by }),
      cancel: () => cancelSubscription(market.deps, { subscriptionId, when: 'period_end', by }),
      resume: () => resumeSubscription(market.deps, { subscriptionId, by }),
      roll: () => rollForward(market.deps),
      end: () => cancelSubscription(market.deps, { subscriptionId, when: 'at_once', by }),
      pay: () => applyPeriod(market.deps, { subscriptionId, tierId: paid, payment: payment(now) }),
    }
    const answers = await Promise.allSettled(changes.slice(at, at + 6).map((change, i) => does[change](at + i)))
    const failures = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []))
    unexpected.push(...failures.filter((reason) => !(reason instanceof AppError && reason.code === 'conflict')))
    await cancelSubscription(market.deps, { subscriptionId, when: 'at_once', by })
  }
  isDone = true
  const { allowed } = await use
  expect(unexpected).toEqual([])
  expect(allowed).toBeLessThanOrEqual(120)
  expect(await consumed(agent.agentId)).toBe(allowed)
  expect(await market.drift()).toEqual([])
})

test('one that is ended while another begins hands over what was used until its last moment', async () => {
  const agent = await market.addAgent()
  const tierId = await market.addTier(agent, { quotas: { messages: 10 } })
  const userId = await market.addPerson()
  const subscribe = () => subscribeToFreeTier(market.deps, { userId, agentSlug: agent.slug, tierId })
  const { id } = await subscribe()
  const ending = await market.pool.connect()
  await ending.query('BEGIN')
  await ending.query('SELECT FROM user_agent_subscriptions WHERE id = $1 FOR NO KEY UPDATE', [id])
  const opened = subscribe()
  await eventually(async () => {
    const { rows } = await market.pool.query(`SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`)
    return rows.length > 0
  })
  await ending.query(
    `INSERT INTO subscription_usage (subscription_id, metric_id, period_start, period_end, used)
     SELECT id, $2, current_period_start, current_period_end, 7 FROM user_agent_subscriptions WHERE id = $1`,
    [id, agent.metricIds['messages']],
  )
  await ending.query(
    `INSERT INTO usage_ledger (subscription_id, metric_id, event_type, delta, client_req_id, used_after, period_start)
     SELECT id, $2, 'consume', 7, gen_random_uuid(), 7, current_period_start FROM user_agent_subscriptions WHERE id = $1`,
    [id, agent.metricIds['messages']],
  )
  await ending.query(`UPDATE user_agent_subscriptions SET status = 'canceled' WHERE id = $1`, [id])
  await ending.query('COMMIT')
  ending.release()
  const next = await opened
  expect(await market.counters(next.id)).toMatchObject([{ used: 7 }])
  expect(await market.drift()).toEqual([])
})
