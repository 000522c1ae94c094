import fc from 'fast-check'
import { afterAll, beforeAll, test } from 'vitest'
import { createMarket } from './market.ts'
import type { Market } from './market.ts'
import { histories, live } from './model.ts'

let market: Market
beforeAll(async () => {
  market = await createMarket()
})
afterAll(() => market.drop())

test('no order of subscribing, cancelling, switching, paying and waiting gives more than the largest tier', async () => {
  const property = fc.asyncProperty(histories, (history) => live(market, history))
  await fc.assert(property, { seed: 20_261_122, numRuns: 40 })
}, 120_000)
