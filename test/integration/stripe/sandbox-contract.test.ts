import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stripeContract } from './contract.ts'
import { startTestSandbox } from './sandbox.ts'
import type { TestSandbox } from './sandbox.ts'

describe('the sandbox keeps the contract', () => {
  let running: TestSandbox

  beforeAll(async () => {
    running = await startTestSandbox()
  })
  afterAll(() => running.stop())

  stripeContract({ stripe: () => running.stripe })

  it('sent nothing, in all of these, that is not of Stripe’s shape', async () => {
    for await (const event of running.stripe.events.list({ limit: 100 })) expect(event.object).toBe('event')
    expect([...new Set(running.drifts)]).toEqual([])
  })
})
