import { expect, it } from 'vitest'
import { liveRandomly } from './model.ts'

it(
  'whatever people, cards, banks and networks do, what is stored is what is paid for',
  { timeout: 120_000 },
  async () => {
    expect(await liveRandomly({ seed: 5, lives: 6 })).toBeGreaterThan(0)
  },
)
