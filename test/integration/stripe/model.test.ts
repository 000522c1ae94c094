import { it } from 'vitest'
import { liveRandomly } from './model.ts'

it('charges, credits, renews and tells consistently, whatever happens', { timeout: 120_000 }, async () => {
  await liveRandomly({ seed: 11, lives: 12 })
})
