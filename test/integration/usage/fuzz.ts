// Many workers on several engines, which share nothing but the database, as several processes do; meanwhile add-ons come and go,
// tiers are switched and months pass. Then the books are read.
import { sql } from 'drizzle-orm'
import { createPool } from '#src/db/client.ts'
import type { Database } from '#src/db/client.ts'
import {
  agentMetricDefinitions,
  agentPricingTiers,
  agents,
  tierMetricQuotas,
  user,
  userAgentSubscriptions,
} from '#src/db/schema/index.ts'
import { createUsageEngine } from '#src/metering/index.ts'
import type { UsageAnswer, UsageEngine, UsageEvent } from '#src/metering/index.ts'
import type { TestDatabase } from '#test/support/database.ts'

export interface FuzzOptions {
  readonly seed: number
  readonly engines: number
  readonly workers: number
  readonly stepsPerWorker: number
  readonly people: number
  /** Whether entitlements change and months pass meanwhile. */
  readonly meddles: boolean
}

export interface FuzzResult {
  readonly calls: number
  readonly errors: readonly string[]
  /** What an answer said that can't be. */
  readonly contradictions: readonly string[]
  readonly allowed: number
  readonly denied: number
  readonly replayed: number
  readonly conflicts: number
}

export interface Scene {
  readonly agentId: string
  readonly people: readonly string[]
  readonly smallTierId: string
  readonly largeTierId: string
  readonly metricIds: Readonly<Record<string, string>>
}

/** Quotas of the small tier; the large one has five times as much. */
export const quotas = { spread: 60, hot: 400, seats: 5 } as const

export async function setUpScene(db: Database, { people: count }: Pick<FuzzOptions, 'people'>): Promise<Scene> {
  const agentId = crypto.randomUUID()
  const [smallTierId, largeTierId] = [crypto.randomUUID(), crypto.randomUUID()]
  const published = { status: 'published', publishedAt: new Date() } as const
  await db.insert(agents).values({ id: agentId, slug: `fuzz-${agentId}`, name: 'Fuzz', ...published })
  for (const id of [smallTierId, largeTierId]) {
    await db.insert(agentPricingTiers).values({ id, agentId, tierName: id, isFree: true, price: 0 })
  }
  const metricIds: Record<string, string> = {}
  for (const [slug, quotaLimit] of Object.entries(quotas)) {
    const id = (metricIds[slug] = crypto.randomUUID())
    const kind = slug === 'seats' ? ('gauge' as const) : ('counter' as const)
    await db.insert(agentMetricDefinitions).values({ id, agentId, slug, displayName: slug, unit: 'unit', kind })
    await db.insert(tierMetricQuotas).values([
      { tierId: smallTierId, metricId: id, quotaLimit },
      { tierId: largeTierId, metricId: id, quotaLimit: quotaLimit * 5 },
    ])
  }
  const people = Array.from({ length: count }, () => crypto.randomUUID())
  await db.insert(user).values(people.map((id) => ({ id, name: 'Ada', email: `${id}@example.com` })))
  const tier = { agentId, tierId: smallTierId, status: 'active' } as const
  await db.insert(userAgentSubscriptions).values(people.map((userId) => ({ userId, ...tier })))
  return { agentId, people, smallTierId, largeTierId, metricIds }
}

export async function fuzz(
  database: Pick<TestDatabase, 'url' | 'db'>,
  scene: Scene,
  options: FuzzOptions,
): Promise<FuzzResult> {
  const pools = Array.from({ length: options.engines }, () =>
    createPool({ url: database.url, max: 4, onError: () => undefined }),
  )
  const engines = pools.map((pool) =>
    createUsageEngine({
      pool,
      graceMs: 0,
      onNotice: () => undefined,
      limits: { waitingMax: 1e6, agentWaitingMax: 1e6 },
    }),
  )
  const run = new Run(engines, scene)
  try {
    await Promise.all(
      Array.from({ length: options.workers }, async (_, worker) => {
        const random = randomOf(options.seed * 1_000 + worker)
        for (let step = 0; step < options.stepsPerWorker; step++) await run.step(random)
      }).concat(
        options.meddles
          ? [meddle(database.db, { scene, options, isOver: () => run.calls >= run.callsMax(options) })]
          : [],
      ),
    )
    return run.result()
  } finally {
    await Promise.all(pools.map((pool) => pool.end()))
  }
}

type Random = (below: number) => number

/** Mulberry32: the same numbers for the same seed. */
function randomOf(seed: number): Random {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

interface Known {
  readonly event: UsageEvent
  readonly entryId: string | undefined
  readonly used: number
}

class Run {
  calls = 0
  readonly #engines: readonly UsageEngine[]
  readonly #scene: Scene
  readonly #errors: string[] = []
  readonly #contradictions: string[] = []
  readonly #known: Known[] = []
  readonly #counts = { allowed: 0, denied: 0, replayed: 0, conflicts: 0 }

  constructor(engines: readonly UsageEngine[], scene: Scene) {
    this.#engines = engines
    this.#scene = scene
  }

  callsMax = ({ workers, stepsPerWorker }: FuzzOptions): number => workers * stepsPerWorker

  result = (): FuzzResult => ({
    calls: this.calls,
    errors: this.#errors,
    contradictions: this.#contradictions,
    ...this.#counts,
  })

  async step(random: Random): Promise<void> {
    this.calls++
    const dice = random(100)
    const known = this.#known[random(Math.max(1, this.#known.length))]
    try {
      if (known !== undefined && dice < 10) await this.#replay(known, random)
      else if (known !== undefined && dice < 14) await this.#conflict(known, random)
      else if (dice < 20) await this.#sendTwice(this.#event(random))
      else await this.#send(this.#event(random), random)
    } catch (error) {
      this.#errors.push(error instanceof Error ? `${error.name}: ${error.message}` : String(error))
    }
  }

  #event(random: Random): UsageEvent {
    const { agentId, people } = this.#scene
    const dice = random(100)
    const metric = dice < 20 ? 'hot' : dice < 35 ? 'seats' : 'spread'
    const userId = people[metric === 'hot' ? 0 : random(people.length)] ?? ''
    const delta = metric === 'seats' ? (random(2) === 0 ? 1 + random(2) : -1 - random(2)) : 1 + random(4)
    const ttlSeconds = metric !== 'seats' && random(20) === 0 ? 1 : undefined
    return { agentId, userId, metric, delta, requestId: crypto.randomUUID(), ttlSeconds }
  }

  #engine(random: Random): UsageEngine {
    const engine = this.#engines[random(this.#engines.length)]
    if (engine === undefined) throw new Error('There is no engine')
    return engine
  }

  async #send(event: UsageEvent, random: Random): Promise<void> {
    this.#note(event, await this.#engine(random).consume(event))
  }

  /** Through all engines at once: one records it, the others find it. */
  async #sendTwice(event: UsageEvent): Promise<void> {
    const answers = await Promise.all(this.#engines.map((engine) => engine.consume(event)))
    const firsts = answers.filter((answer) => answer.kind === 'allowed' && !answer.isReplayed)
    if (firsts.length > 1) this.#contradictions.push(`${event.requestId} was recorded ${firsts.length} times`)
    const entries = new Set(answers.flatMap((answer) => (answer.kind === 'allowed' ? [answer.entryId] : [])))
    if (entries.size > 1) this.#contradictions.push(`${event.requestId} has ${entries.size} entries`)
    for (const answer of answers) this.#note(event, answer)
  }

  async #replay({ event, entryId, used }: Known, random: Random): Promise<void> {
    const answer = await this.#engine(random).consume(event)
    this.#counts.replayed++
    const isSame =
      answer.kind === 'allowed' && answer.isReplayed && answer.entryId === entryId && answer.meter.used === used
    if (!isSame) this.#contradictions.push(`A replay was answered ${JSON.stringify(answer)}`)
  }

  async #conflict({ event }: Known, random: Random): Promise<void> {
    const answer = await this.#engine(random).consume({ ...event, delta: event.delta + 1_000 })
    this.#counts.conflicts++
    const isRefused = answer.kind === 'fault' && answer.fault === 'request_id_conflict'
    if (!isRefused) this.#contradictions.push(`A conflict was answered ${JSON.stringify(answer)}`)
  }

  #note(event: UsageEvent, answer: UsageAnswer): void {
    if (answer.kind === 'allowed') {
      this.#counts.allowed++
      const { used, limit } = answer.meter
      if (event.delta > 0 && limit !== null && used > limit) {
        this.#contradictions.push(`Allowed ${used} of ${limit}`)
      }
      this.#known.push({ event, entryId: answer.entryId, used })
      return
    }
    this.#counts.denied++
    if (answer.kind === 'denied' && answer.reason === 'quota_exceeded' && answer.meter !== undefined) {
      const { used, limit } = answer.meter
      if (limit === null || used + event.delta <= limit) {
        this.#contradictions.push(`Denied ${event.delta} at ${used} of ${String(limit)}`)
      }
    }
  }
}

interface Meddling {
  readonly scene: Scene
  readonly options: FuzzOptions
  readonly isOver: () => boolean
}

/** Add-ons, tiers and time, changed under the workers' hands. */
async function meddle(db: Database, { scene, options, isOver }: Meddling): Promise<void> {
  const random = randomOf(options.seed)
  for (let round = 0; !isOver(); round++) {
    const person = scene.people[random(scene.people.length)] ?? ''
    const metricId = scene.metricIds[['spread', 'hot', 'seats'][random(3)] ?? 'spread']
    switch (random(4)) {
      case 0:
        await db.execute(sql`
          INSERT INTO subscription_addons (subscription_id, metric_id, amount, scope, source, reason)
          SELECT id, ${metricId}, ${1 + random(20)}, ${random(2) === 0 ? 'permanent' : 'one_cycle'}, 'admin_grant', 'fuzz'
          FROM user_agent_subscriptions WHERE user_id = ${person}`)
        break
      case 1:
        await db.execute(sql`
          UPDATE subscription_addons SET revoked_at = now() WHERE id = (
            SELECT id FROM subscription_addons WHERE revoked_at IS NULL ORDER BY random() LIMIT 1)`)
        break
      case 2: {
        const tierId = random(2) === 0 ? scene.smallTierId : scene.largeTierId
        await db.execute(sql`UPDATE user_agent_subscriptions SET tier_id = ${tierId} WHERE user_id = ${person}`)
        break
      }
      default:
        if (round % 5 === 0) {
          await db.execute(
            sql`UPDATE installation SET clock_offset_ms = clock_offset_ms + 11 * 24 * 3600 * 1000::bigint`,
          )
        }
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** What is wrong in the books: nothing, whatever happened. */
export async function audit(db: Database): Promise<readonly unknown[]> {
  const { rows } = await db.execute(sql`
    SELECT 'counter differs from the ledger' AS wrong, counter.id::text AS what
    FROM subscription_usage AS counter
      LEFT JOIN LATERAL (
        SELECT coalesce(sum(entry.delta), 0) AS total FROM usage_ledger AS entry
        WHERE entry.subscription_id = counter.subscription_id AND entry.metric_id = counter.metric_id
          AND coalesce(entry.period_start, '1970-01-01T00:00:00Z') = counter.period_start
      ) AS entries ON true
    WHERE counter.used <> entries.total
    UNION ALL
    SELECT 'held differs from the reservations', counter.id::text
    FROM subscription_usage AS counter
    WHERE counter.held <> (
      SELECT coalesce(sum(amount), 0) FROM usage_reservations WHERE usage_id = counter.id AND state = 'held')
    UNION ALL
    SELECT 'entry above its limit', id::text FROM usage_ledger
    WHERE delta > 0 AND event_type IN ('consume', 'hold', 'adjust') AND used_after > limit_at
    UNION ALL
    -- Each entry begins where exactly one other ends, or at zero.
    SELECT 'use came from nowhere', entry.id::text FROM usage_ledger AS entry
    WHERE entry.used_after - entry.delta <> 0 AND NOT EXISTS (
      SELECT FROM usage_ledger AS before
      WHERE before.subscription_id = entry.subscription_id AND before.metric_id = entry.metric_id
        AND before.period_start IS NOT DISTINCT FROM entry.period_start
        AND before.used_after = entry.used_after - entry.delta)
    LIMIT 20`)
  return rows
}
