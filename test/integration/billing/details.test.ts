// What stands on invoices, and the cards that pay.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  cancelPlan,
  ensureCustomer,
  openPortal,
  readBilling,
  removeCard,
  saveBillingDetails,
  setDefaultCard,
} from '#src/features/billing/index.ts'
import type { BillingDetails } from '#src/features/billing/index.ts'
import { startBilling } from './harness.ts'
import type { Billing, TestAgent } from './harness.ts'

let billing: Billing
let agent: TestAgent
beforeAll(async () => {
  billing = await startBilling()
  agent = await billing.addAgent()
})
afterAll(() => billing.stop())

const details: BillingDetails = {
  name: 'Ada Lovelace',
  company: 'Analytical Engines GmbH',
  email: 'invoices@example.com',
  address: { line1: 'Torstr. 1', line2: '', postalCode: '10119', city: 'Berlin', state: '', country: 'DE' },
  taxId: { type: 'eu_vat', value: 'DE123456789' },
}
const save = (userId: string, change: Partial<BillingDetails> = {}) =>
  saveBillingDetails(billing.deps, { ...details, ...change, userId })
const read = (userId: string) => readBilling(billing.deps, { userId })
const subscribed = () => billing.subscribe({ agent, tierId: agent.tiers.monthly })
const cardsOf = async (userId: string) => (await read(userId)).cards.map(({ id, isDefault }) => ({ id, isDefault }))

describe('billing details', () => {
  test('are what was saved, and nothing is asked of Stripe before', async () => {
    const userId = await billing.addPerson()
    const asked = billing.calls.length
    expect(await read(userId)).toEqual({ details: null, cards: [] })
    expect(billing.calls).toHaveLength(asked)
    await save(userId)
    expect(await read(userId)).toEqual({
      details: { ...details, taxId: { ...details.taxId, verification: 'pending' } },
      cards: [],
    })
    const customer = await billing.stripe.customers.retrieve(await ensureCustomer(billing.deps, { userId }))
    expect(customer).toMatchObject({ name: 'Analytical Engines GmbH' })
  })

  test('a tax id is replaced, kept, and removed', async () => {
    const userId = await billing.addPerson()
    const customer = await ensureCustomer(billing.deps, { userId })
    const values = async () => (await billing.stripe.customers.listTaxIds(customer)).data.map(({ value }) => value)
    await save(userId)
    await save(userId)
    expect(await values()).toEqual(['DE123456789'])
    await save(userId, { taxId: { type: 'gb_vat', value: 'GB123456789' } })
    expect(await values()).toEqual(['GB123456789'])
    await save(userId, { taxId: null, company: '' })
    expect(await values()).toEqual([])
    expect((await read(userId)).details).toMatchObject({ company: '', taxId: null, name: 'Ada Lovelace' })
  })

  test('a tax id that Stripe refuses is named, and nothing is saved', async () => {
    const userId = await billing.addPerson()
    await save(userId)
    const bad = save(userId, { email: 'other@example.com', taxId: { type: 'eu_vat', value: 'XX1' } })
    await expect(bad).rejects.toMatchObject({ code: 'invalid_request', details: { errors: [{ path: 'taxId' }] } })
    expect((await read(userId)).details).toMatchObject({ email: details.email, taxId: { value: 'DE123456789' } })
  })

  test.each(['before', 'after'] as const)('are saved by doing it again where the network broke %s', async (when) => {
    for (const at of [0, 1, 2]) {
      const userId = await billing.addPerson()
      await save(userId)
      billing.breakNetwork({ when, at })
      const taxId = { type: 'gb_vat', value: 'GB123456789' } as const
      await expect(save(userId, { taxId })).rejects.toMatchObject({ code: 'unavailable' })
      await save(userId, { taxId })
      const customer = await ensureCustomer(billing.deps, { userId })
      expect((await billing.stripe.customers.listTaxIds(customer)).data).toMatchObject([{ value: 'GB123456789' }])
    }
  })
})

describe('cards', () => {
  test('are shown with the one that pays first, and another one can be chosen for everything', async () => {
    const who = await subscribed()
    const [first] = await cardsOf(who.userId)
    const { id: second } = await billing.stripe.paymentMethods.attach('pm_card_mastercard', {
      customer: who.customerId,
    })
    expect((await read(who.userId)).cards).toMatchObject([
      { brand: 'visa', last4: '4242', expMonth: 12, expYear: 2060, isDefault: true },
      { brand: 'mastercard', last4: '4444', isDefault: false },
    ])
    await setDefaultCard(billing.deps, { userId: who.userId, cardId: second })
    expect(await cardsOf(who.userId)).toEqual([
      { id: second, isDefault: true },
      { id: first?.id, isDefault: false },
    ])
    const subscription = await billing.stripe.subscriptions.retrieve(who.stripeSubscriptionId)
    expect(subscription.default_payment_method).toBe(second)
  })

  test('the one that pays leaves its place to another', async () => {
    const who = await subscribed()
    const [first] = await cardsOf(who.userId)
    const { id: second } = await billing.stripe.paymentMethods.attach('pm_card_visa', { customer: who.customerId })
    await removeCard(billing.deps, { userId: who.userId, cardId: first?.id ?? '' })
    expect(await cardsOf(who.userId)).toEqual([{ id: second, isDefault: true }])
    const subscription = await billing.stripe.subscriptions.retrieve(who.stripeSubscriptionId)
    expect(subscription.default_payment_method).toBe(second)
  })

  test('the last one stays while a subscription renews by it, also when two are removed at once', async () => {
    const who = await subscribed()
    await billing.stripe.paymentMethods.attach('pm_card_visa', { customer: who.customerId })
    const both = (await cardsOf(who.userId)).map(({ id: cardId }) =>
      removeCard(billing.deps, { userId: who.userId, cardId }),
    )
    const settled = await Promise.allSettled(both)
    expect(settled.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(settled.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'conflict' } })
    const [last] = await cardsOf(who.userId)
    await cancelPlan(billing.deps, who)
    await removeCard(billing.deps, { userId: who.userId, cardId: last?.id ?? '' })
    expect(await cardsOf(who.userId)).toEqual([])
  })

  test('are only one’s own', async () => {
    const who = await subscribed()
    const stranger = await subscribed()
    const [card] = await cardsOf(who.userId)
    for (const userId of [stranger.userId, await billing.addPerson()]) {
      for (const verb of [setDefaultCard, removeCard]) {
        await expect(verb(billing.deps, { userId, cardId: card?.id ?? '' })).rejects.toMatchObject({
          code: 'not_found',
        })
      }
    }
    expect(await cardsOf(who.userId)).toHaveLength(1)
  })
})

describe('the portal', () => {
  test.each([
    ['/account/subscriptions?x=1', '/account/subscriptions?x=1'],
    ['//evil.example/', '/account/billing'],
    ['https://evil.example/', '/account/billing'],
    ['/\\evil.example', '/account/billing'],
    [undefined, '/account/billing'],
  ])('leads from %s back to %s', async (returnTo, expected) => {
    const userId = await billing.addPerson()
    const { url } = await openPortal(billing.deps, { userId, ...(returnTo !== undefined && { returnTo }) })
    expect(url).toContain('/sandbox/portal/')
    const { rows } = await billing.database.pool.query<{ url: string }>(
      `SELECT doc->>'return_url' AS url FROM stripe_sandbox.objects WHERE doc->>'object' = 'billing_portal.session' AND doc->>'customer' = $1`,
      [await ensureCustomer(billing.deps, { userId })],
    )
    expect(rows).toEqual([{ url: `https://market.example${expected}` }])
  })
})
