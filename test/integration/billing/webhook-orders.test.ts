import { afterAll, beforeAll, expect, it } from 'vitest'
import { process, recordLives } from './webhook-orders.ts'
import type { Outcome, Recording } from './webhook-orders.ts'

let recording: Recording
let first: Outcome
beforeAll(async () => {
  recording = await recordLives({ seed: 3, months: 2, buyersPerMonth: 7 })
  first = await process(recording, { seed: 1, duplicated: 0.3, dropped: 0 })
})
afterAll(() => recording.stop())

it('webhooks that come twice and in any order lead to the same', async () => {
  expect(recording.bodies.length).toBeGreaterThan(200)
  const { state, delivered } = await process(recording, { seed: 2, duplicated: 0.3, dropped: 0 })
  expect(state).toEqual(first.state)
  expect(delivered).toBeGreaterThan(recording.bodies.length * 1.15)
})

it('what a fifth of the webhooks would have told, the sweep finds', async () => {
  const { state } = await process(recording, { seed: 3, duplicated: 0.3, dropped: 0.2 })
  expect(state).toEqual(first.state)
})
