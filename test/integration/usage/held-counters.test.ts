// Somebody holds a row that counting needs: an operator's open transaction, a process that hangs. It costs those who need that
// very row an error, and their neighbours one short wait.
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createUsageEngine } from '#src/metering/index.ts'
import type { UsageEngine } from '#src/metering/index.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { audit, setUpScene } from './fuzz.ts'
import type { Scene } from './fuzz.ts'

/** The database waits 4 s for a lock; the rest is for a busy machine. */
const firstWaitMsMax = 8_000
/** From then on neighbours don't wait at all. */
const neighbourMsMax = 2_500

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

interface Tried {
  /** `allowed`, or the code of the error. */
  readonly outcome: string
  readonly ms: number
}

const people = 40
/** Whose row is held. */
const held = 0

interface Setting {
  readonly scene: Scene
  readonly engine: UsageEngine
}

async function use({ scene, engine }: Setting, person: number): Promise<Tried> {
  const startedAt = performance.now()
  const event = { agentId: scene.agentId, userId: scene.people[person] ?? '', metric: 'spread', delta: 1 }
  const outcome = await engine.consume({ ...event, requestId: crypto.randomUUID() }).then(
    ({ kind }) => kind,
    (error: { code?: unknown }) => String(error.code),
  )
  return { outcome, ms: performance.now() - startedAt }
}

/** Three by everybody at once, the one whose row is held among them. */
async function useByAll(setting: Setting): Promise<{ readonly held: Tried[]; readonly neighbours: Tried[] }> {
  const tried = await Promise.all(
    Array.from({ length: 3 * people }, async (_, number) => ({
      person: number % people,
      ...(await use(setting, number % people)),
    })),
  )
  return {
    held: tried.filter(({ person }) => person === held),
    neighbours: tried.filter(({ person }) => person !== held),
  }
}

const outcomesOf = (tried: readonly Tried[]) => [...new Set(tried.map(({ outcome }) => outcome))]
const slowestOf = (tried: readonly Tried[]) => Math.max(...tried.map(({ ms }) => ms))

it.concurrent.each([
  {
    what: 'a counter',
    isOpened: true,
    statement: `SELECT FROM subscription_usage AS counter
      JOIN user_agent_subscriptions AS subscription ON subscription.id = counter.subscription_id
      WHERE subscription.user_id = $1 FOR UPDATE OF counter`,
  },
  {
    what: 'a subscription whose counter is still missing',
    isOpened: false,
    statement: `SELECT FROM user_agent_subscriptions WHERE user_id = $1 FOR UPDATE`,
  },
])(
  'while somebody holds $what, its uses fail after a wait, its neighbours succeed and soon don’t wait at all',
  async ({ isOpened, statement }) => {
    const scene = await setUpScene(database.db, { people })
    const engine = createUsageEngine({ pool: database.pool, graceMs: 0, onNotice: () => undefined })
    const setting = { scene, engine }
    if (isOpened) await Promise.all(scene.people.map((_, person) => use(setting, person)))
    const holder = await database.pool.connect()
    try {
      await holder.query('BEGIN')
      await holder.query(statement, [scene.people[held]])

      const first = await useByAll(setting)
      expect(outcomesOf(first.held)).toEqual(['timeout'])
      expect(outcomesOf(first.neighbours)).toEqual(['allowed'])
      expect(slowestOf([...first.held, ...first.neighbours])).toBeLessThan(firstWaitMsMax)

      const second = await useByAll(setting)
      expect(outcomesOf(second.held)).toEqual(['timeout'])
      expect(outcomesOf(second.neighbours)).toEqual(['allowed'])
      expect(slowestOf(second.neighbours)).toBeLessThan(neighbourMsMax)

      await holder.query('ROLLBACK')
      const third = await useByAll(setting)
      expect(outcomesOf([...third.held, ...third.neighbours])).toEqual(['allowed'])
      expect(slowestOf(third.held)).toBeLessThan(neighbourMsMax)
    } finally {
      holder.release(true)
    }
    const { rows } = await database.db.execute<{ used: number }>(sql`
      SELECT DISTINCT counter.used::int FROM subscription_usage AS counter
        JOIN user_agent_subscriptions AS subscription ON subscription.id = counter.subscription_id
      WHERE subscription.agent_id = ${scene.agentId} AND subscription.user_id <> ${scene.people[held]}`)
    expect(rows).toEqual([{ used: isOpened ? 10 : 9 }])
    expect(await audit(database.db)).toEqual([])
  },
)
