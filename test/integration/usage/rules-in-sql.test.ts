// The hot path decides in SQL, the readable rules are TypeScript: over thousands of random subscriptions both say the same,
// whatever time zone the session has.
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import type { PoolClient } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  agentMetricDefinitions,
  agentPricingTiers,
  agents,
  subscriptionAddons,
  tierMetricQuotas,
  user,
  userAgentSubscriptions,
} from '#src/db/schema/index.ts'
import { effectiveTier } from '#src/features/usage/rules/effective-tier.ts'
import { limitOf, limitPartNames } from '#src/features/usage/rules/limit.ts'
import type { Addon } from '#src/features/usage/rules/limit.ts'
import { stepAround, stepFrom } from '#src/features/usage/rules/months.ts'
import type { Interval, Period } from '#src/features/usage/rules/months.ts'
import { shareOf, usagePeriod } from '#src/features/usage/rules/period.ts'
import type { PeriodTier, Status } from '#src/features/usage/rules/period.ts'
import { quotaOf } from '#src/features/usage/rules/quota.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { addon, interval, moment } from '#test/support/usage-inputs.ts'

const seed = 20_261_122
const dayMs = 86_400_000
const zones = ['UTC', 'America/New_York', 'Asia/Kolkata', 'Europe/Berlin']

let database: TestDatabase
let client: PoolClient
beforeAll(async () => {
  database = await createTestDatabase()
  client = await database.pool.connect()
})
afterAll(async () => {
  client.release(true)
  await database.drop()
})

const iso = (at: Date | null) => at?.toISOString() ?? null

test('the step around a moment', async () => {
  const cases = fc.sample(fc.tuple(moment, moment, interval), { seed, numRuns: 5_000 })
  const expected = cases.map(([anchor, at, interval]) => stepAround({ anchor, interval, at }))
  for (const zone of zones) {
    await client.query(`SET TimeZone = '${zone}'`)
    const { rows } = await client.query<Period>(
      `SELECT step.starts_at AS start, step.ends_at AS end
       FROM unnest($1::timestamptz[], $2::timestamptz[], $3::integer[]) WITH ORDINALITY
         AS asked (anchor, at, months, place), usage_step(asked.anchor, asked.at, asked.months) AS step
       ORDER BY asked.place`,
      [
        cases.map(([anchor]) => iso(anchor)),
        cases.map(([, at]) => iso(at)),
        cases.map(([, , interval]) => (interval === 'year' ? 12 : 1)),
      ],
    )
    expect(rows).toEqual(expected)
  }
})

interface Case {
  readonly tier: PeriodTier & { readonly quota: number | null | undefined }
  readonly nextTier: Case['tier']
  readonly nextAfterMs: number | null
  readonly anchor: Date
  readonly period: Period
  readonly status: Status
  readonly cancels: boolean
  readonly pastDueAfterMs: number | null
  readonly addons: readonly Addon[]
  readonly graceDays: number
  readonly now: Date
}

const statuses = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Status>('active') },
  { weight: 2, arbitrary: fc.constantFrom<Status>('trialing', 'past_due') },
  { weight: 1, arbitrary: fc.constantFrom<Status>('unpaid', 'paused', 'incomplete', 'incomplete_expired', 'canceled') },
)
// Multiples of the lengths of months come out even, where a rounded fraction would lose a unit.
const quotas = fc.oneof(
  fc.nat({ max: 40 }).map((months) => months * 30),
  fc.nat({ max: 1_000 }),
  fc.constantFrom(null, undefined, 0),
  fc.maxSafeNat(),
)
const tiers = fc
  .tuple(fc.boolean(), fc.constantFrom('month', 'year by month', 'year'), quotas)
  .map(([isFree, kind, quota]): Case['tier'] => ({
    isFree,
    quota,
    billingInterval: kind === 'month' ? 'month' : 'year',
    usageInterval: kind === 'year' ? 'year' : 'month',
  }))
/** Most moments of interest are near the ends of periods. */
const distances = fc.oneof(
  fc.constantFrom(0, -1, 1, 7 * dayMs, 7 * dayMs - 1, 28 * dayMs),
  fc.integer({ min: -400, max: 400 }).map((days) => days * dayMs),
  fc.integer({ min: -40 * dayMs, max: 40 * dayMs }),
)

const cases: fc.Arbitrary<Case> = fc
  .record({
    tier: tiers,
    nextTier: tiers,
    // A change is only ever scheduled for the end of a period.
    nextAfterMs: fc.option(distances.map(Math.abs)),
    anchor: moment,
    elapsedMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 900 * dayMs })),
    lengthDays: fc.option(fc.integer({ min: 1, max: 400 })),
    status: statuses,
    cancels: fc.boolean(),
    pastDueAfterMs: fc.option(distances),
    addons: fc.array(addon, { maxLength: 4 }),
    addonAfterMs: distances,
    graceDays: fc.constantFrom(0, 7, 28),
    nowAfterMs: distances,
  })
  .map(({ elapsedMs, lengthDays, addons, addonAfterMs, nowAfterMs, ...facts }) => {
    const period = storedPeriod(facts.tier, facts.anchor, { elapsedMs, lengthDays })
    return {
      ...facts,
      period,
      addons: addons.map((addon, i) =>
        i % 2 === 0 ? { ...addon, grantedAt: later(period.end, addonAfterMs) } : addon,
      ),
      now: later(period.end, nowAfterMs),
    }
  })

const later = (at: Date, ms: number): Date => new Date(+at + ms)

/** A free subscription's is always a step from its anchor; a paid one's may have any length, such as a trial's. */
function storedPeriod(
  tier: PeriodTier,
  anchor: Date,
  { elapsedMs, lengthDays }: { elapsedMs: number; lengthDays: number | null },
): Period {
  const at = later(anchor, elapsedMs)
  if (tier.isFree) return stepAround({ anchor, interval: tier.usageInterval, at })
  const { start } = stepAround({ anchor, interval: 'month', at })
  const whole = stepFrom({ anchor: start, interval: tier.billingInterval, steps: 1 })
  return { start, end: lengthDays === null ? whole : later(start, lengthDays * dayMs) }
}

/** What the rules say, in the words of the database. */
function decide(facts: Case) {
  const { tier, nextTier, nextAfterMs, addons, now } = facts
  const next = nextAfterMs === null ? undefined : { tier: nextTier, at: later(facts.period.end, nextAfterMs) }
  const effective = effectiveTier({ tier, next }, now)
  const found = usagePeriod(
    {
      status: facts.status,
      current: facts.period,
      anchor: facts.anchor,
      cancelAtPeriodEnd: facts.cancels,
      pastDueAt: facts.pastDueAfterMs === null ? null : later(facts.period.end, facts.pastDueAfterMs),
    },
    effective,
    { now, graceMs: facts.graceDays * dayMs },
  )
  if (!('period' in found)) return { refusal: found.kind }
  const quota = quotaOf(effective.quota === undefined ? undefined : { quotaLimit: effective.quota })
  const shared = found.kind === 'provisional' ? shareOf(quota, found.share) : quota
  const limit = limitOf({ quota: shared, addons, period: found.period })
  return {
    refusal: limit.kind === 'not_included' ? 'not_included' : null,
    start: iso(found.period.start),
    end: iso(found.period.end),
    limit: limit.kind === 'capped' ? limit.units : limit.kind === 'unlimited' ? null : 0,
    parts: limit.kind === 'capped' ? limitPartNames.map((part) => limit.parts[part]) : null,
  }
}

interface Entitled {
  readonly refusal: string | null
  readonly start: Date | null
  readonly end: Date | null
  readonly limit: string | null
  readonly parts: readonly string[] | null
}

/** Where nothing was given the database leaves the parts out; and it keeps whole parts where they pass what a limit may be. */
function comparable({ refusal, start, end, limit, parts }: Entitled, expected: ReturnType<typeof decide>) {
  if (!('limit' in expected)) return { refusal }
  const units = limit === null ? null : Number(limit)
  const isCut = units === Number.MAX_SAFE_INTEGER
  const shown = isCut || parts === null ? expected.parts : units === 0 ? null : parts.map(Number)
  return { refusal, start: iso(start), end: iso(end), limit: units, parts: shown }
}

test('period, limit and refusal of a subscription', async () => {
  const sampled = fc.sample(cases, { seed, numRuns: 3_000 })
  const { agentId, userIds } = await insertCases(sampled)
  const expected = sampled.map(decide)
  for (const zone of zones) {
    await client.query(`SET TimeZone = '${zone}'`)
    const { rows } = await client.query<Entitled>(
      `SELECT entitled.refusal, entitled.period_start AS start, entitled.period_end AS end, entitled.limit_at AS limit,
         entitled.limit_parts AS parts
       FROM unnest($1::timestamptz[], $2::integer[], $3::text[]) WITH ORDINALITY AS asked (now, grace, user_id, place),
         usage_entitlements(asked.now, asked.grace * interval '86400 seconds', ARRAY[asked.user_id], ARRAY[$4::uuid],
           ARRAY['messages']) AS entitled
       ORDER BY asked.place`,
      [sampled.map(({ now }) => iso(now)), sampled.map(({ graceDays }) => graceDays), userIds, agentId],
    )
    const unlike = rows.flatMap((row, i) => {
      const wanted = expected[i]
      const found = wanted && comparable(row, wanted)
      return JSON.stringify(found) === JSON.stringify(wanted) ? [] : [{ asked: sampled[i], wanted, found }]
    })
    expect({ zone, unlike: unlike.length, first: unlike.slice(0, 2) }).toEqual({ zone, unlike: 0, first: [] })
  }
  // All branches were met.
  const kinds = new Set(expected.map(({ refusal }) => refusal))
  expect(kinds).toEqual(new Set([null, 'not_included', 'no_subscription', 'payment_required']))
})

async function insertCases(sampled: readonly Case[]): Promise<{ agentId: string; userIds: readonly string[] }> {
  const { db } = database
  const agentId = randomUUID()
  const metricId = randomUUID()
  await db
    .insert(agents)
    .values({ id: agentId, slug: agentId, name: 'Reader', status: 'published', publishedAt: new Date() })
  await db
    .insert(agentMetricDefinitions)
    .values({ id: metricId, agentId, slug: 'messages', displayName: 'Messages', unit: 'message' })
  const rows = sampled.map((facts) => {
    const [userId, subscriptionId, tierId, nextTierId] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()]
    return { facts, userId, subscriptionId, tierId, nextTierId }
  })
  const tierRow = (id: string, { isFree, billingInterval, usageInterval }: Case['tier']) => {
    const intervals: Record<string, Interval> = { billingInterval, usageInterval }
    return { id, agentId, tierName: 'Tier', isFree, price: isFree ? 0 : 100, ...intervals }
  }
  await inChunks(rows, (chunk) =>
    db.insert(user).values(chunk.map(({ userId }) => ({ id: userId, name: 'Ada', email: `${userId}@example.com` }))),
  )
  await inChunks(rows, (chunk) =>
    db
      .insert(agentPricingTiers)
      .values(
        chunk.flatMap(({ facts, ...ids }) => [
          tierRow(ids.tierId, facts.tier),
          tierRow(ids.nextTierId, facts.nextTier),
        ]),
      ),
  )
  const quotaRows = rows.flatMap(({ facts, tierId, nextTierId }) => [
    ...(facts.tier.quota === undefined ? [] : [{ tierId, metricId, quotaLimit: facts.tier.quota }]),
    ...(facts.nextTier.quota === undefined ? [] : [{ tierId: nextTierId, metricId, quotaLimit: facts.nextTier.quota }]),
  ])
  await inChunks(quotaRows, (chunk) => db.insert(tierMetricQuotas).values([...chunk]))
  await inChunks(rows, (chunk) =>
    db.insert(userAgentSubscriptions).values(
      chunk.map(({ facts, userId, subscriptionId, tierId, nextTierId }) => ({
        id: subscriptionId,
        userId,
        agentId,
        tierId,
        status: facts.status,
        currentPeriodStart: facts.period.start,
        currentPeriodEnd: facts.period.end,
        periodAnchor: facts.anchor,
        cancelAtPeriodEnd: facts.cancels,
        pastDueAt: facts.pastDueAfterMs === null ? null : later(facts.period.end, facts.pastDueAfterMs),
        ...(facts.nextAfterMs !== null && { nextTierId, nextTierAt: later(facts.period.end, facts.nextAfterMs) }),
      })),
    ),
  )
  const addonRows = rows.flatMap(({ facts, subscriptionId }) =>
    facts.addons.map((addon) => ({ ...addon, subscriptionId, metricId })),
  )
  await inChunks(addonRows, (chunk) => db.insert(subscriptionAddons).values([...chunk]))
  return { agentId, userIds: rows.map(({ userId }) => userId) }
}

async function inChunks<T>(rows: readonly T[], insert: (chunk: readonly T[]) => PromiseLike<unknown>): Promise<void> {
  const size = 1_000
  for (let at = 0; at < rows.length; at += size) await insert(rows.slice(at, at + size))
}
