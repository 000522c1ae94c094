import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { audit, fuzz, quotas, setUpScene } from './fuzz.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
  // Only there may the clock be advanced.
  await database.db.execute(sql`UPDATE installation SET environment = 'sandbox'`)
})
afterAll(() => database.drop())

describe('under fire from several processes', () => {
  it.each([1, 2])('answers stay consistent while entitlements change and months pass (seed %i)', async (seed) => {
    const options = { seed, engines: 3, workers: 60, stepsPerWorker: 40, people: 12, meddles: true }
    const scene = await setUpScene(database.db, options)
    const result = await fuzz(database, scene, options)
    expect(result.errors).toEqual([])
    expect(result.contradictions).toEqual([])
    expect(result.calls).toBe(60 * 40)
    expect(Math.min(result.allowed, result.denied, result.replayed, result.conflicts)).toBeGreaterThan(20)
    expect(await audit(database.db)).toEqual([])
  })

  it('every quota is filled exactly when nothing is changed', async () => {
    const options = { seed: 3, engines: 3, workers: 80, stepsPerWorker: 50, people: 4, meddles: false }
    const scene = await setUpScene(database.db, options)
    const result = await fuzz(database, scene, options)
    expect(result).toMatchObject({ errors: [], contradictions: [] })
    // Holds of one second lapse; what they gave back is used up one by one.
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    const filler = { ...options, seed: 4, workers: 4, stepsPerWorker: 400 }
    expect(await fuzz(database, scene, filler)).toMatchObject({ errors: [], contradictions: [] })
    const { rows } = await database.db.execute(sql`
      SELECT metric.slug, max(counter.used)::int AS most FROM subscription_usage AS counter
        JOIN agent_metric_definitions AS metric ON metric.id = counter.metric_id
      WHERE metric.agent_id = ${scene.agentId} GROUP BY 1 ORDER BY 1`)
    expect(rows).toEqual([
      { slug: 'hot', most: quotas.hot },
      { slug: 'seats', most: expect.any(Number) },
      { slug: 'spread', most: quotas.spread },
    ])
    expect(await audit(database.db)).toEqual([])
  })
})
