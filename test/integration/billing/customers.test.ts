// Who pays is one customer at Stripe, whatever happens on the way.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureCustomer } from '#src/features/billing/index.ts'
import { startBilling } from './harness.ts'
import type { Billing } from './harness.ts'

let billing: Billing
beforeAll(async () => {
  billing = await startBilling()
})
afterAll(() => billing.stop())

const customersOf = async (userId: string) => {
  const { data } = await billing.stripe.customers.list({ limit: 100 })
  return data.filter(({ email }) => email === `${userId}@example.com`)
}
const unnamed = async () =>
  (await billing.stripe.customers.list({ limit: 100 })).data.filter(({ email }) => email === null)

describe('a person’s customer', () => {
  test('is made once, with name and address, and remembered', async () => {
    const userId = await billing.addPerson()
    const id = await ensureCustomer(billing.deps, { userId })
    expect(await customersOf(userId)).toMatchObject([{ id, name: 'Ada Lovelace', metadata: { rialto: 'customer' } }])
    const asked = billing.calls.length
    expect(await ensureCustomer(billing.deps, { userId })).toBe(id)
    expect(billing.calls).toHaveLength(asked)
  })

  test('is one for many who ask at once', async () => {
    const userId = await billing.addPerson()
    const ids = await Promise.all(Array.from({ length: 6 }, () => ensureCustomer(billing.deps, { userId })))
    expect(new Set(ids).size).toBe(1)
    expect(await customersOf(userId)).toHaveLength(1)
  })

  test.each([
    ['before', 0],
    ['after', 0],
    ['before', 1],
    ['after', 1],
  ] as const)('is one when the network breaks %s write %i', async (when, at) => {
    const userId = await billing.addPerson()
    billing.breakNetwork({ when, at })
    await expect(ensureCustomer(billing.deps, { userId })).rejects.toMatchObject({ code: 'unavailable' })
    const id = await ensureCustomer(billing.deps, { userId })
    expect((await customersOf(userId)).map((customer) => customer.id)).toEqual([id])
    expect(await unnamed()).toEqual([])
  })

  test('is found again when Stripe has forgotten the key', async () => {
    const userId = await billing.addPerson()
    billing.breakNetwork({ when: 'after', at: 0 })
    await expect(ensureCustomer(billing.deps, { userId })).rejects.toMatchObject({ code: 'unavailable' })
    await billing.pass({ days: 3 })
    await ensureCustomer(billing.deps, { userId })
    expect(await customersOf(userId)).toHaveLength(1)
    expect(await unnamed()).toEqual([])
  })

  test('is nobody’s whom we don’t know', async () => {
    await expect(ensureCustomer(billing.deps, { userId: crypto.randomUUID() })).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})
