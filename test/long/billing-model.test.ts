// The random lives of the short test, by the thousand; another seed in each run, printed so that a failure can be looked at again.
import { expect, it } from 'vitest'
import { liveRandomly } from '#test/integration/billing/model.ts'

it('thousands of lives leave what is paid for, and nothing else', async () => {
  const seed = Number(process.env['BILLING_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
  const lives = Number(process.env['BILLING_LIVES'] ?? 1_000)
  const path = process.env['BILLING_PATH']
  console.log(`BILLING_SEED=${seed} BILLING_LIVES=${lives}`)
  const steps = await liveRandomly({ seed, lives, path })
  console.log(`${lives} lives of ${steps} steps: nothing was wrong`)
  expect(steps).toBeGreaterThan(lives)
})
