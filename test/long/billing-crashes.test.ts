// Each journey dies between any two things it does, to Stripe or to the database, and is begun again or only swept up.
import { expect, test } from 'vitest'
import { dieEverywhere, journeys } from '#test/integration/billing/crashes.ts'

test.each(Object.keys(journeys))('%s survives a death anywhere', async (name) => {
  const deaths = await dieEverywhere({ name, nextOf: () => ['again', 'sweep'] })
  console.log(`${name}: ${deaths} deaths, nothing lost, nothing twice`)
  expect(deaths).toBeGreaterThan(10)
})
