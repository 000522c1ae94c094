import { expect, test } from 'vitest'
import { dieEverywhere, journeys } from './crashes.ts'

const isWrite = (step: string): boolean => step.startsWith('POST ') || step.startsWith('DELETE ')

test.each(Object.keys(journeys))('%s survives a death after anything that Stripe was told', async (name) => {
  const deaths = await dieEverywhere({
    name,
    isAfter: isWrite,
    nextOf: (death) => [death % 2 === 0 ? 'sweep' : 'again'],
  })
  expect(deaths).toBeGreaterThan(1)
})
