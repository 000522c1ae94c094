// Many buyers who try everything; another seed in each run, printed so that a failure can be looked at again.
import fc from 'fast-check'
import { afterAll, beforeAll, test } from 'vitest'
import { createMarket } from '#test/integration/subscriptions/market.ts'
import type { Market } from '#test/integration/subscriptions/market.ts'
import { histories, live } from '#test/integration/subscriptions/model.ts'

let market: Market
beforeAll(async () => {
  market = await createMarket()
})
afterAll(() => market.drop())

test('no order of subscribing, cancelling, switching, paying and waiting gives more than the largest tier', async () => {
  const seed = Number(process.env['SUBSCRIPTIONS_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
  console.log(`SUBSCRIPTIONS_SEED=${seed}`)
  const property = fc.asyncProperty(histories, (history) => live(market, history))
  await fc.assert(property, { seed, numRuns: 500 })
})
