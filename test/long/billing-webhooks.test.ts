// Ten thousand webhooks of real lifecycles in a hundred orders, with as many months and orders as the environment asks for. What a
// machine has time for is printed.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { process, recordLives } from '#test/integration/billing/webhook-orders.ts'
import type { Recording } from '#test/integration/billing/webhook-orders.ts'

const number = (name: string, otherwise: number): number => Number(globalThis.process.env[name] ?? otherwise)

let recording: Recording
beforeAll(async () => {
  const lives = {
    seed: number('WEBHOOKS_SEED', 1),
    months: number('WEBHOOKS_MONTHS', 8),
    buyersPerMonth: number('WEBHOOKS_BUYERS', 28),
  }
  const startedAt = performance.now()
  recording = await recordLives(lives)
  const seconds = Math.round((performance.now() - startedAt) / 1_000)
  console.log(`${JSON.stringify(lives)}: ${recording.bodies.length} webhooks, lived in ${seconds} s`)
}, 1_800_000)
afterAll(() => recording.stop())

it(
  'come to the same, whatever their order, and though some come twice or never',
  { timeout: 24 * 3_600_000 },
  async () => {
    const orders = number('WEBHOOKS_ORDERS', 100)
    const { state: first } = await process(recording, { seed: 0, duplicated: 0.3, dropped: 0 })
    let delivered = 0
    const startedAt = performance.now()
    for (let seed = 1; seed <= orders; seed += 1) {
      // Each fifth order loses a fifth of them, and the sweep finds what they would have told.
      const dropped = seed % 5 === 0 ? 0.2 : 0
      const outcome = await process(recording, { seed, duplicated: 0.3, dropped })
      expect(outcome.state, `order ${seed}`).toEqual(first)
      delivered += outcome.delivered
    }
    const seconds = Math.round((performance.now() - startedAt) / 1_000)
    console.log(
      `${orders} orders, ${delivered} deliveries in ${seconds} s: ${first.length} rows and mails, the same each time`,
    )
  },
)
