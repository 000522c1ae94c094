import { it } from 'vitest'
import { liveRandomly } from '#test/integration/stripe/model.ts'

it.each([1, 2, 3, 4, 5])('the sandbox’s books agree after 400 random lives (seed %i)', async (seed) => {
  await liveRandomly({ seed, lives: 400 })
})
