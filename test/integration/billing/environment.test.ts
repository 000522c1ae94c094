// One database, one kind of payments: sandbox, test and live never mix, and neither do two accounts.
import { Stripe } from 'stripe'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { installation } from '#src/db/schema/index.ts'
import {
  checkPayments,
  claimEnvironment,
  ensureCustomer,
  OtherEnvironmentError,
  readBilling,
} from '#src/features/billing/index.ts'
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

it('starts though Stripe takes the key no more, and says why to whoever reads the log', async () => {
  await claimEnvironment(billing.deps)
  const httpClient = Stripe.createFetchHttpClient((input: string | URL | Request, init?: RequestInit) => {
    const request = new Request(input, init)
    request.headers.set('authorization', 'Bearer sk_live_revoked')
    return billing.sandbox.fetch(request)
  })
  const stripe = new Stripe('sk_test_sandbox', { maxNetworkRetries: 0, telemetry: false, httpClient })
  const said: unknown[] = []
  const log = { error: (about: unknown) => void said.push(about) } as unknown as Billing['deps']['log']
  const deps = { ...billing.deps, log, payments: { ...billing.deps.payments, stripe } }
  await checkPayments(deps)
  expect(said).toMatchObject([{ err: { cause: { type: 'StripeAuthenticationError' } } }])
  // And people are told to come back later.
  await expect(readBilling(deps, { userId: await customer() })).rejects.toMatchObject({ code: 'unavailable' })

  async function customer(): Promise<string> {
    const userId = await billing.addPerson()
    await ensureCustomer(billing.deps, { userId })
    return userId
  }
})

it('A marketplace does not start with keys on a database that has played in the sandbox', async () => {
  await claimEnvironment(billing.deps)
  const environment = { STRIPE_SECRET_KEY: 'sk_test_12345678', STRIPE_WEBHOOK_SECRET: 'whsec_1234567890123456' }
  await expect(startTestServer({ databaseUrl: billing.database.url, environment })).rejects.toBeInstanceOf(
    OtherEnvironmentError,
  )
})
