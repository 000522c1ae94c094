// One database, one kind of payments: sandbox, test and live never mix, and neither do two accounts.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { installation } from '#src/db/schema/index.ts'
import { checkPayments, claimEnvironment, OtherEnvironmentError } from '#src/features/billing/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { startTestServer } from '#test/support/server.ts'
import { startBilling } from './harness.ts'
import type { Billing } from './harness.ts'

let billing: Billing

beforeEach(async () => {
  billing = await startBilling()
})
afterEach(() => billing.stop())

const installed = async () => (await billing.database.db.select().from(installation))[0]
const withKeysOf = (environment: 'sandbox' | 'test' | 'live') => ({
  ...billing.deps,
  payments: { ...billing.deps.payments, environment },
})

describe('a database', () => {
  it('is claimed by the first payments, with their account', async () => {
    await claimEnvironment(billing.deps)
    expect(await installed()).toMatchObject({
      environment: 'sandbox',
      stripeAccountId: expect.stringMatching(/^acct_/),
    })
    const calls = billing.calls.length
    await claimEnvironment(billing.deps)
    expect(billing.calls.length).toBe(calls)
  })

  it('refuses other payments from then on, and says what to do', async () => {
    await claimEnvironment(billing.deps)
    for (const environment of ['test', 'live'] as const) {
      const refused = await checkPayments(withKeysOf(environment)).catch((error: unknown) => error)
      expect(refused).toBeInstanceOf(OtherEnvironmentError)
      expect(String(refused)).toContain(`makes ${environment} ones`)
      await expect(claimEnvironment(withKeysOf(environment))).rejects.toBeInstanceOf(OtherEnvironmentError)
    }
    expect(await installed()).toMatchObject({ environment: 'sandbox' })
  })

  it('refuses another account', async () => {
    await claimEnvironment(billing.deps)
    const { stripe } = billing.deps.payments
    const other = Object.create(stripe, {
      accounts: { value: { retrieveCurrent: async () => ({ id: 'acct_other' }) } },
    }) as typeof stripe
    const deps = { ...billing.deps, payments: { ...billing.deps.payments, stripe: other } }
    await expect(checkPayments(deps)).rejects.toBeInstanceOf(OtherEnvironmentError)
  })

  it('starts while Stripe can’t be reached, and refuses to be claimed meanwhile', async () => {
    const isAccount = (call: string) => call.endsWith('/account')
    billing.breakNetwork({ when: 'before', at: 0, isHit: isAccount })
    const refused = await claimEnvironment(billing.deps).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(AppError)
    expect(refused).toMatchObject({ code: 'unavailable' })
    await claimEnvironment(billing.deps)
    billing.breakNetwork({ when: 'before', at: 0, isHit: isAccount })
    await checkPayments(billing.deps)
  })
})

it('A marketplace does not start with keys on a database that has played in the sandbox', async () => {
  await claimEnvironment(billing.deps)
  const environment = { STRIPE_SECRET_KEY: 'sk_test_12345678', STRIPE_WEBHOOK_SECRET: 'whsec_1234567890123456' }
  await expect(startTestServer({ databaseUrl: billing.database.url, environment })).rejects.toBeInstanceOf(
    OtherEnvironmentError,
  )
})
