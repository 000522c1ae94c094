// Add-ons that are bought: once or again and again, never twice by a second press, never without their payment.
import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditLogs, billingEntries, billingIntents, subscriptionAddons } from '#src/db/schema/index.ts'
import { finishAddons } from '#src/features/billing/addons/finish-addons.ts'
import {
  buyAddon,
  cancelPlan,
  commitChange,
  previewAddon,
  reconcileInvoice,
  removeAddon,
  settleCheckout,
} from '#src/features/billing/index.ts'
import { revokeAddon } from '#src/features/pricing/addons/revoke-addon.ts'
import { subscribeToFreeTier } from '#src/features/subscriptions/index.ts'
import { atEveryBreak, startBilling } from './harness.ts'
import type { Billing, Subscribed, TestAgent } from './harness.ts'

let billing: Billing
let agent: TestAgent
let once: string
let monthly: string
beforeAll(async () => {
  billing = await startBilling()
  agent = await billing.addAgent()
  once = await billing.addOffer(agent)
  monthly = await billing.addOffer(agent, {
    displayName: '100 more messages a month',
    amount: 100,
    scope: 'permanent',
    billingInterval: 'month',
    price: 450,
  })
})
afterAll(() => billing.stop())

const subscribed = (tier: keyof TestAgent['tiers'] = 'monthly') =>
  billing.subscribe({ agent, tierId: agent.tiers[tier], withTrial: tier === 'trial' })
const onFree = async () => {
  const userId = await billing.addPerson()
  const free = { userId, agentSlug: agent.slug, tierId: agent.tiers.free }
  return { userId, subscriptionId: (await subscribeToFreeTier(billing.deps, free)).id }
}
type Who = Pick<Subscribed, 'subscriptionId' | 'userId'>
const buy = ({ subscriptionId, userId }: Who, offerId: string, more: object = {}) =>
  buyAddon(billing.deps, { subscriptionId, userId, offerId, ...more })
const addonsOf = ({ subscriptionId }: Who) =>
  billing.database.db.select().from(subscriptionAddons).where(eq(subscriptionAddons.subscriptionId, subscriptionId))
const chargesOf = async ({ userId }: Who) => {
  const subjectHash = billing.deps.subjectHash(`person:${userId}`)
  const rows = await billing.database.db
    .select()
    .from(billingEntries)
    .where(and(eq(billingEntries.subjectHash, subjectHash), eq(billingEntries.kind, 'charge')))
    .orderBy(billingEntries.seq)
  return rows.map(({ amount }) => amount)
}
const openInvoices = async ({ customerId }: Subscribed) => {
  const { data } = await billing.stripe.invoices.list({ customer: customerId, limit: 100 })
  return data.filter(({ status }) => status === 'open' || status === 'draft')
}
const useCard = async (who: Subscribed, card: string) => {
  const id = await billing.addCard(who.customerId, card)
  await billing.stripe.subscriptions.update(who.stripeSubscriptionId, { default_payment_method: id })
}
const payOnPage = async (who: Subscribed) => {
  const { data } = await billing.stripe.paymentIntents.list({ customer: who.customerId, limit: 1 })
  await billing.sandbox.authenticate(data[0]?.id ?? '', 'succeeded')
}
const makeOld = () =>
  billing.database.pool.query(`UPDATE billing_intents SET created_at = created_at - interval '1 hour'`)
const openIntents = async ({ subscriptionId }: Who) => {
  const isOpen = and(eq(billingIntents.subscriptionId, subscriptionId), eq(billingIntents.state, 'open'))
  return billing.database.db.select().from(billingIntents).where(isOpen)
}

describe('an add-on that is bought once', () => {
  test('is paid with the saved card, and counts at once', async () => {
    const who = await subscribed()
    expect(await previewAddon(billing.deps, { ...who, offerId: once })).toEqual({
      dueNow: { amountMinor: 500, currency: 'EUR' },
      again: null,
      prorationDate: null,
    })
    expect(await buy(who, once)).toEqual({ kind: 'done' })
    expect(await addonsOf(who)).toMatchObject([
      { amount: 50, scope: 'one_cycle', source: 'purchased', offerId: once, revokedAt: null },
    ])
    expect(await chargesOf(who)).toEqual([1_000, 500])
    // Bought again on purpose.
    expect(await buy(who, once)).toEqual({ kind: 'done' })
    expect(await addonsOf(who)).toHaveLength(2)
  })

  test('pressed twice is bought once', async () => {
    const who = await subscribed()
    const intentId = crypto.randomUUID()
    const presses = Array.from({ length: 3 }, () => buy(who, once, { intentId }))
    expect(await Promise.all(presses)).toEqual([{ kind: 'done' }, { kind: 'done' }, { kind: 'done' }])
    expect(await addonsOf(who)).toHaveLength(1)
    expect(await chargesOf(who)).toEqual([1_000, 500])
  })

  test('with a card that is declined is not had, and nothing is owed', async () => {
    const who = await subscribed()
    await useCard(who, 'pm_card_chargeCustomerFail')
    const intentId = crypto.randomUUID()
    await expect(buy(who, once, { intentId })).rejects.toMatchObject({ code: 'payment_declined' })
    await expect(buy(who, once, { intentId })).rejects.toMatchObject({ code: 'payment_declined' })
    expect(await addonsOf(who)).toEqual([])
    expect(await openInvoices(who)).toEqual([])
  })

  test('whose bank asks its owner is had when the invoice’s page has been paid', async () => {
    const who = await subscribed()
    await useCard(who, 'pm_card_authenticationRequired')
    const intentId = crypto.randomUUID()
    const waiting = await buy(who, once, { intentId })
    expect(waiting).toMatchObject({ kind: 'needs_payment', url: expect.stringContaining('https://') })
    expect(await buy(who, once, { intentId })).toEqual(waiting)
    expect(await addonsOf(who)).toEqual([])
    await payOnPage(who)
    await makeOld()
    await finishAddons(billing.deps)
    expect(await addonsOf(who)).toHaveLength(1)
    expect(await buy(who, once, { intentId })).toEqual({ kind: 'done' })
  })

  test('that nobody pays in time can’t be paid any more', async () => {
    const who = await subscribed()
    await useCard(who, 'pm_card_authenticationRequired')
    await buy(who, once)
    await makeOld()
    await finishAddons(billing.deps)
    expect(await openIntents(who)).toHaveLength(1)
    await billing.pass({ days: 1 })
    await finishAddons(billing.deps)
    expect(await openIntents(who)).toEqual([])
    expect(await openInvoices(who)).toEqual([])
  })

  test('without a saved card begins with a checkout, also on a free tier', async () => {
    const who = await onFree()
    const intentId = crypto.randomUUID()
    const started = await buy(who, once, { intentId })
    if (started.kind !== 'checkout') throw new Error(started.kind)
    expect(started.intentId).toBe(intentId)
    expect(await buy(who, once, { intentId })).toEqual(started)
    const card = { number: '4242424242424242', expMonth: 12, expYear: 2060 }
    await billing.sandbox.completeCheckout(started.url.split('/').at(-1) ?? '', { card })
    expect(await settleCheckout(billing.deps, { intentId, userId: who.userId })).toMatchObject({
      kind: 'done',
      intentKind: 'addon',
      subscriptionId: who.subscriptionId,
    })
    expect(await addonsOf(who)).toHaveLength(1)
    expect(await buy(who, once, { intentId })).toEqual({ kind: 'done' })
    expect(await chargesOf(who)).toEqual([500])
  })

  test('is given back where the subscription ended while it was paid', async () => {
    const who = await subscribed()
    await useCard(who, 'pm_card_authenticationRequired')
    await buy(who, once)
    const [invoice] = await openInvoices(who)
    await billing.database.pool.query(`UPDATE user_agent_subscriptions SET status = 'canceled' WHERE id = $1`, [
      who.subscriptionId,
    ])
    await payOnPage(who)
    expect(await reconcileInvoice(billing.deps, { stripeInvoiceId: invoice?.id ?? '' })).toMatchObject({
      outcome: 'undone',
    })
    expect(await addonsOf(who)).toEqual([])
  })
})

describe('an add-on that comes again', () => {
  test('is billed for the rest of the period as it was previewed, then with every bill', async () => {
    const who = await subscribed()
    await billing.pass({ days: 8.4 })
    const seen = await previewAddon(billing.deps, { ...who, offerId: monthly })
    expect(seen.again).toEqual({ amountMinor: 450, currency: 'EUR', interval: 'month' })
    expect(seen.dueNow.amountMinor).toBeLessThan(450)
    await billing.pass({ seconds: 120 })
    expect(await buy(who, monthly, { prorationDate: seen.prorationDate })).toEqual({ kind: 'done' })
    expect(await chargesOf(who)).toEqual([1_000, seen.dueNow.amountMinor])
    expect(await addonsOf(who)).toMatchObject([{ amount: 100, scope: 'permanent', offerId: monthly, revokedAt: null }])
    await billing.pass({ days: 25 })
    const { data } = await billing.stripe.invoices.list({ subscription: who.stripeSubscriptionId, limit: 1 })
    expect(data[0]?.amount_paid).toBe(1_450)
  })

  test('is refused where it can’t be billed', async () => {
    const yearly = await billing.addOffer(agent, { scope: 'permanent', billingInterval: 'year', price: 4_500 })
    const dollars = await billing.addOffer(agent, { currency: 'USD' })
    const gone = await billing.addOffer(agent, { archivedAt: new Date() })
    const elsewhere = await billing.addOffer(await billing.addAgent())
    const who = await subscribed()
    await expect(buy(who, yearly)).rejects.toMatchObject({ code: 'conflict' })
    await expect(buy(who, dollars)).rejects.toMatchObject({ code: 'wrong_currency' })
    await expect(buy(who, gone)).rejects.toMatchObject({ code: 'conflict' })
    await expect(buy(who, elsewhere)).rejects.toMatchObject({ code: 'not_found' })
    await expect(buy({ ...who, userId: await billing.addPerson() }, once)).rejects.toMatchObject({ code: 'not_found' })
    await expect(buy(who, monthly, { prorationDate: 1 })).rejects.toMatchObject({ code: 'conflict' })
    await expect(buy(await onFree(), monthly)).rejects.toMatchObject({ code: 'conflict' })
    await expect(buy(await subscribed('trial'), monthly)).rejects.toMatchObject({ code: 'conflict' })
    await buy(who, monthly)
    await expect(buy(who, monthly)).rejects.toMatchObject({ code: 'conflict' })
    await cancelPlan(billing.deps, who)
    const other = await billing.addOffer(agent, { scope: 'permanent', billingInterval: 'month' })
    await expect(buy(who, other)).rejects.toMatchObject({ code: 'conflict' })
    expect(await chargesOf(who)).toHaveLength(2)
  })

  test('with a card that is declined is not had, and nothing is owed', async () => {
    const who = await subscribed()
    await useCard(who, 'pm_card_chargeCustomerFail')
    await expect(buy(who, monthly)).rejects.toMatchObject({ code: 'payment_declined' })
    expect(await addonsOf(who)).toEqual([])
    expect(await openInvoices(who)).toEqual([])
  })

  test('stays when the tier changes at the end of the period', async () => {
    const who = await subscribed('pro')
    await commitChange(billing.deps, { ...who, tierId: agent.tiers.monthly })
    await buy(who, monthly)
    await billing.pass({ days: 32 })
    const items = (await billing.stripe.subscriptions.retrieve(who.stripeSubscriptionId)).items.data
    expect(items.map(({ price }) => price.unit_amount)).toEqual([1_000, 450])
  })

  test('that was cut off is not made up for in another period', async () => {
    const who = await subscribed()
    const intentId = crypto.randomUUID()
    const isUpdate = (call: string) => call === `POST /v1/subscriptions/${who.stripeSubscriptionId}`
    billing.breakNetwork({ when: 'before', at: 0, isHit: isUpdate })
    await expect(buy(who, monthly, { intentId })).rejects.toMatchObject({ code: 'unavailable' })
    billing.breakNetwork(undefined)
    await billing.pass({ days: 32 })
    await expect(buy(who, monthly, { intentId })).rejects.toMatchObject({ code: 'conflict' })
    expect(await addonsOf(who)).toEqual([])
  })

  test('is removed at once, without money back, and is not billed again', async () => {
    const who = await subscribed('pro')
    await buy(who, monthly)
    await commitChange(billing.deps, { ...who, tierId: agent.tiers.monthly })
    const [addon] = await addonsOf(who)
    const by = { kind: 'person', userId: who.userId } as const
    const removal = { subscriptionId: who.subscriptionId, addonId: addon?.id ?? '', by }
    const stranger = { kind: 'person', userId: await billing.addPerson() } as const
    await expect(removeAddon(billing.deps, { ...removal, by: stranger })).rejects.toMatchObject({ code: 'not_found' })
    const removed = await removeAddon(billing.deps, removal)
    expect(removed).toMatchObject({ givenBackMinor: 0 })
    expect(await removeAddon(billing.deps, removal)).toEqual(removed)
    expect(await addonsOf(who)).toMatchObject([{ revokedAt: removed.removedAt }])
    await billing.pass({ days: 32 })
    const items = (await billing.stripe.subscriptions.retrieve(who.stripeSubscriptionId)).items.data
    expect(items.map(({ price }) => price.unit_amount)).toEqual([1_000])
  })

  test('is not revoked while it is billed: an operator removes it, and says why', async () => {
    const who = await subscribed()
    await buy(who, monthly)
    const [addon] = await addonsOf(who)
    const userId = await billing.addPerson({ role: 'admin' })
    const which = { subscriptionId: who.subscriptionId, addonId: addon?.id ?? '' }
    const revocation = { ...which, operatorId: userId, reason: 'Asked by mail', isPreview: false }
    await expect(revokeAddon(billing.deps, revocation)).rejects.toMatchObject({ code: 'conflict' })
    await removeAddon(billing.deps, { ...which, by: { kind: 'operator', userId, reason: 'Asked by mail' } })
    expect((await addonsOf(who))[0]?.revokedAt).not.toBeNull()
    expect((await billing.stripe.subscriptions.retrieve(who.stripeSubscriptionId)).items.data).toHaveLength(1)
    const isRemoval = and(eq(auditLogs.resourceId, who.subscriptionId), eq(auditLogs.action, 'billing.remove_addon'))
    expect(await billing.database.db.select().from(auditLogs).where(isRemoval)).toMatchObject([
      { userId, metadata: { reason: 'Asked by mail' } },
    ])
  })

  test('only what is billed again can be removed', async () => {
    const who = await subscribed()
    await buy(who, once)
    const [addon] = await addonsOf(who)
    const operator = { kind: 'operator', userId: await billing.addPerson(), reason: 'Asked by mail' } as const
    const removal = { subscriptionId: who.subscriptionId, addonId: addon?.id ?? '', by: operator }
    await expect(removeAddon(billing.deps, removal)).rejects.toMatchObject({ code: 'conflict' })
    const unknown = { ...removal, addonId: crypto.randomUUID() }
    await expect(removeAddon(billing.deps, unknown)).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('wherever Stripe fails, trying again has one effect', () => {
  test('for what is bought once', async () => {
    const failures = await atEveryBreak(billing, {
      begin: async () => ({ who: await subscribed(), intentId: crypto.randomUUID() }),
      verb: ({ who, intentId }) => buy(who, once, { intentId }),
      check: async ({ who }) => {
        expect(await addonsOf(who)).toHaveLength(1)
        expect(await chargesOf(who)).toEqual([1_000, 500])
        expect(await openInvoices(who)).toEqual([])
      },
    })
    expect(failures).toBe(8)
  })

  test('for what comes again, and its removal', async () => {
    const failures = await atEveryBreak(billing, {
      begin: async () => {
        const who = await subscribed()
        return { who, intentId: crypto.randomUUID(), prorationDate: Math.floor(+(await billing.now()) / 1000) }
      },
      verb: async ({ who, ...more }) => {
        await buy(who, monthly, more)
        const [addon] = await addonsOf(who)
        const by = { kind: 'person', userId: who.userId } as const
        await removeAddon(billing.deps, { subscriptionId: who.subscriptionId, addonId: addon?.id ?? '', by })
      },
      check: async ({ who }) => {
        const addons = await addonsOf(who)
        expect(addons).toHaveLength(1)
        expect(addons[0]?.revokedAt).not.toBeNull()
        expect(await chargesOf(who)).toHaveLength(2)
      },
    })
    expect(failures).toBeGreaterThan(2)
  })

  test('and what nobody tries again takes no money, and leaves nothing behind', async () => {
    for (const when of ['before', 'after'] as const) {
      for (const at of [0, 1, 2]) {
        const who = await subscribed()
        billing.breakNetwork({ when, at })
        await expect(buy(who, once)).rejects.toMatchObject({ code: 'unavailable' })
        billing.breakNetwork(undefined)
        await makeOld()
        await finishAddons(billing.deps)
        expect(await openIntents(who)).toEqual([])
        expect(await openInvoices(who)).toEqual([])
        expect(await chargesOf(who)).toEqual([1_000])
      }
    }
  })
})
