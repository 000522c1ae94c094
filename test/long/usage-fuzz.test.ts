// The short fuzz with hundreds of workers, for minutes, with other seeds in each run; printed, so that one can be run again.
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createPool } from '#src/db/client.ts'
import { createUsageEngine } from '#src/metering/index.ts'
import { audit, fuzz, quotas, setUpScene } from '#test/integration/usage/fuzz.ts'
import type { FuzzResult } from '#test/integration/usage/fuzz.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'

const engines = 4
const fuzzMs = 120_000

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
  await database.db.execute(sql`UPDATE installation SET environment = 'sandbox'`)
})
afterAll(() => database.drop())

it('hundreds of workers on four engines get consistent answers, whatever changes meanwhile', async () => {
  const firstSeed = Number(process.env['USAGE_SEED'] ?? Math.floor(Math.random() * 1_000_000))
  console.log(`USAGE_SEED=${firstSeed}`)
  const totals = { rounds: 0, calls: 0, allowed: 0, denied: 0, replayed: 0, conflicts: 0 }
  for (const end = performance.now() + fuzzMs; performance.now() < end; totals.rounds++) {
    const seed = firstSeed + totals.rounds
    // Few people make hot counters, many make wide batches; each fifth round leaves the entitlements alone.
    const people = [3, 12, 60, 300][seed % 4] ?? 12
    const options = { seed, engines, workers: 300, stepsPerWorker: 25, people, meddles: totals.rounds % 5 !== 4 }
    const result = await fuzz(database, await setUpScene(database.db, options), options)
    const where = `USAGE_SEED=${seed}, round ${totals.rounds}`
    expect(result.errors, where).toEqual([])
    expect(result.contradictions, where).toEqual([])
    add(totals, result)
  }
  expect(await audit(database.db)).toEqual([])
  console.log(`0 errors, 0 contradictions, counters = ledger: ${JSON.stringify(totals)}`)
})

function add(
  totals: Record<'calls' | 'allowed' | 'denied' | 'replayed' | 'conflicts', number>,
  result: FuzzResult,
): void {
  totals.calls += result.calls
  totals.allowed += result.allowed
  totals.denied += result.denied
  totals.replayed += result.replayed
  totals.conflicts += result.conflicts
}

it('200 race for the last unit a thousand times, and each time one gets it', async () => {
  const rounds = 1_000
  const racers = 200
  const { agentId, people } = await setUpScene(database.db, { people: rounds })
  const pools = Array.from({ length: engines }, () =>
    createPool({ url: database.url, max: 4, onError: () => undefined }),
  )
  const racing = pools.map((pool) => createUsageEngine({ pool, graceMs: 0, onNotice: () => undefined }))
  const use = (racer: number, { userId, delta }: { readonly userId: string; readonly delta: number }) => {
    const event = { agentId, userId, metric: 'spread', delta, requestId: crypto.randomUUID() }
    return racing[racer % engines]?.consume(event)
  }
  try {
    for (const [round, userId] of people.entries()) {
      const first = await use(round, { userId, delta: quotas.spread - 1 })
      expect(first?.kind).toBe('allowed')
      const answers = await Promise.all(Array.from({ length: racers }, (_, racer) => use(racer, { userId, delta: 1 })))
      expect(answers.filter((answer) => answer?.kind === 'allowed')).toHaveLength(1)
      const refused = answers.filter((answer) => answer?.kind === 'denied' && answer.reason === 'quota_exceeded')
      expect(refused).toHaveLength(racers - 1)
    }
  } finally {
    await Promise.all(pools.map((pool) => pool.end()))
  }
  const { rows } = await database.db.execute(sql`
    SELECT count(*)::int AS filled FROM subscription_usage AS counter
      JOIN user_agent_subscriptions AS subscription ON subscription.id = counter.subscription_id
    WHERE subscription.agent_id = ${agentId} AND counter.used = ${quotas.spread}`)
  expect(rows).toEqual([{ filled: rounds }])
  console.log(`${rounds} rounds of ${racers}: exactly one grant in each`)
})
