// Invoices as their payer and operators see them, and money that is given back: never more than was paid.
import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditLogs, billingEntries, billingIntents, subscriptionAddons } from '#src/db/schema/index.ts'
import { buyAddon, listInvoices, listSubscriptionInvoices, refundInvoice } from '#src/features/billing/index.ts'
import { finishRefunds } from '#src/features/billing/refunds/finish-refunds.ts'
import { atEveryBreak, startBilling } from './harness.ts'
import type { Billing, Subscribed, TestAgent } from './harness.ts'

let billing: Billing
let agent: TestAgent
let once: string
let operatorId: string
beforeAll(async () => {
  billing = await startBilling()
  agent = await billing.addAgent()
  once = await billing.addOffer(agent)
  operatorId = await billing.addPerson({ role: 'admin' })
})
afterAll(() => billing.stop())

const subscribed = () => billing.subscribe({ agent, tierId: agent.tiers.monthly })
const invoicesOf = ({ userId }: Subscribed) => listInvoices(billing.deps, { userId })
const firstInvoice = async (who: Subscribed) => (await invoicesOf(who)).items[0]?.id ?? ''
const refund = ({ subscriptionId }: Pick<Subscribed, 'subscriptionId'>, stripeInvoiceId: string, more: object = {}) =>
  refundInvoice(billing.deps, {
    operatorId,
    subscriptionId,
    stripeInvoiceId,
    reason: 'Bought by mistake',
    isPreview: false,
    ...more,
  })
const givenBack = async (who: Subscribed) => {
  const isTheirs = eq(billingEntries.subscriptionRef, who.subscriptionId)
  const rows = await billing.database.db
    .select()
    .from(billingEntries)
    .where(and(isTheirs, eq(billingEntries.kind, 'refund')))
    .orderBy(billingEntries.seq)
  return rows.map(({ amount }) => amount)
}
const atStripe = async ({ customerId }: Subscribed) => {
  const { data } = await billing.stripe.charges.list({ customer: customerId })
  return data.reduce((sum, { amount_refunded: amount }) => sum + amount, 0)
}
const mailsAbout = (who: Subscribed) =>
  billing.mails.filter(({ to, template }) => to === `${who.userId}@example.com` && template === 'refund-made')
const auditOf = async ({ subscriptionId }: Subscribed) => {
  const isTheirs = and(eq(auditLogs.resourceId, subscriptionId), eq(auditLogs.action, 'billing.refund'))
  return billing.database.db.select().from(auditLogs).where(isTheirs)
}

describe('invoices', () => {
  test('are somebody’s own, newest first, with what they are for and what was given back', async () => {
    const who = await subscribed()
    await billing.pass({ seconds: 60 })
    await buyAddon(billing.deps, { ...who, offerId: once })
    expect(await invoicesOf(who)).toMatchObject({
      nextCursor: null,
      items: [
        {
          amount: { amountMinor: 500, currency: 'EUR' },
          paid: { amountMinor: 500 },
          state: 'paid',
          agentName: 'Reader',
        },
        { amount: { amountMinor: 1_000 }, state: 'paid', agentName: 'Reader', number: expect.stringMatching(/-0001$/) },
      ],
    })
    const [addon] = (await invoicesOf(who)).items
    expect(addon?.url).toMatch(/^https:/)
    expect(addon?.pdfUrl).toMatch(/^https:/)
    await refund(who, addon?.id ?? '', { amountMinor: 200 })
    expect((await invoicesOf(who)).items).toMatchObject([
      { refunded: { amountMinor: 200 } },
      { refunded: { amountMinor: 0 } },
    ])
    expect(await listInvoices(billing.deps, { userId: await billing.addPerson() })).toEqual({
      items: [],
      nextCursor: null,
    })
    expect(await listSubscriptionInvoices(billing.deps, who.subscriptionId)).toEqual((await invoicesOf(who)).items)
    await expect(listSubscriptionInvoices(billing.deps, crypto.randomUUID())).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  test('come in pages, and a cursor that is none is refused', async () => {
    const who = await subscribed()
    await Promise.all(
      Array.from({ length: 21 }, async () => {
        const { id } = await billing.stripe.invoices.create({ customer: who.customerId, currency: 'eur' })
        await billing.stripe.invoices.finalizeInvoice(id)
      }),
    )
    const first = await invoicesOf(who)
    expect(first.items).toHaveLength(20)
    const second = await listInvoices(billing.deps, { userId: who.userId, cursor: first.nextCursor ?? '' })
    expect(second.items).toHaveLength(2)
    expect(second.nextCursor).toBeNull()
    const ids = [...first.items, ...second.items].map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const cursor of ['', 'x', 'in_nobodys']) {
      await expect(listInvoices(billing.deps, { userId: who.userId, cursor })).rejects.toMatchObject({
        code: 'invalid_request',
      })
    }
  })
})

describe('a refund', () => {
  test('is shown before, made once, written down, and told', async () => {
    const who = await subscribed()
    const invoice = await firstInvoice(who)
    expect(await refund(who, invoice, { amountMinor: 300, isPreview: true })).toMatchObject({
      amount: { amountMinor: 300, currency: 'EUR' },
      left: { amountMinor: 700 },
      revokes: null,
    })
    expect(await atStripe(who)).toBe(0)
    const id = crypto.randomUUID()
    expect(await refund(who, invoice, { id, amountMinor: 300 })).toMatchObject({ id, isReplayed: false })
    expect(await refund(who, invoice, { id, amountMinor: 300 })).toMatchObject({
      id,
      amount: { amountMinor: 300 },
      left: { amountMinor: 700 },
      isReplayed: true,
    })
    expect(await refund(who, invoice)).toMatchObject({ amount: { amountMinor: 700 }, left: { amountMinor: 0 } })
    expect(await givenBack(who)).toEqual([-300, -700])
    expect(await atStripe(who)).toBe(1_000)
    expect(await auditOf(who)).toMatchObject([
      { userId: operatorId, metadata: { amountMinor: 300, reason: 'Bought by mistake' } },
      { metadata: { amountMinor: 700 } },
    ])
    expect(mailsAbout(who).map(({ subject }) => subject)).toEqual([
      'Refund: €3.00 from Reader',
      'Refund: €7.00 from Reader',
    ])
  })

  test('of an add-on in full ends it, in part doesn’t', async () => {
    const who = await subscribed()
    await buyAddon(billing.deps, { ...who, offerId: once })
    const invoice = await firstInvoice(who)
    const addon = async () => {
      const isTheirs = eq(subscriptionAddons.subscriptionId, who.subscriptionId)
      return (await billing.database.db.select().from(subscriptionAddons).where(isTheirs))[0]
    }
    await refund(who, invoice, { amountMinor: 100 })
    expect((await addon())?.revokedAt).toBeNull()
    const seen = await refund(who, invoice, { isPreview: true })
    expect(seen.revokes).toEqual({ addonId: (await addon())?.id, name: '50 more messages' })
    await refund(who, invoice)
    expect((await addon())?.revokedAt).not.toBeNull()
    expect(mailsAbout(who).at(-1)?.text).toContain('50 more messages counts no more')
  })

  test('is never more than was paid, whoever makes it at once', async () => {
    const who = await subscribed()
    const invoice = await firstInvoice(who)
    const settled = await Promise.allSettled(
      [600, 600, 1_000].map((amountMinor) => refund(who, invoice, { amountMinor })),
    )
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const given = await givenBack(who)
    expect(await atStripe(who)).toBe(-given.reduce((sum, amount) => sum + amount, 0))
    expect(await atStripe(who)).toBeLessThanOrEqual(1_000)
    await refund(who, invoice).catch(() => undefined)
    expect(await atStripe(who)).toBe(1_000)
    await expect(refund(who, invoice)).rejects.toMatchObject({ code: 'conflict' })
  })

  test('is refused for too much, for nothing, for another subscription’s invoice, and for what wasn’t paid', async () => {
    const [who, other] = [await subscribed(), await subscribed()]
    const invoice = await firstInvoice(who)
    for (const amountMinor of [1_001, 0, -5, 1.5]) {
      await expect(refund(who, invoice, { amountMinor })).rejects.toMatchObject({
        code: 'invalid_request',
        details: { errors: [{ path: 'amountMinor' }] },
      })
    }
    await expect(refund(other, invoice)).rejects.toMatchObject({ code: 'not_found' })
    await expect(refund(who, 'in_nobodys')).rejects.toMatchObject({ code: 'not_found' })
    await expect(refund({ subscriptionId: crypto.randomUUID() }, invoice)).rejects.toMatchObject({ code: 'not_found' })
    const draft = await billing.stripe.invoices.create({ customer: who.customerId, currency: 'eur' })
    await expect(refund(who, draft.id)).rejects.toMatchObject({ code: 'not_found' })
    const id = crypto.randomUUID()
    await refund(who, invoice, { id, amountMinor: 100 })
    await expect(refund(who, invoice, { id, amountMinor: 200 })).rejects.toMatchObject({ code: 'conflict' })
    await expect(refund(other, await firstInvoice(other), { id })).rejects.toMatchObject({ code: 'conflict' })
    expect(await givenBack(who)).toEqual([-100])
  })

  test('of a disputed payment is refused: the bank has taken it already', async () => {
    const who = await billing.subscribe({ agent, tierId: agent.tiers.monthly, card: '4000000000000259' })
    await expect(refund(who, await firstInvoice(who))).rejects.toMatchObject({ code: 'conflict' })
    expect(await givenBack(who)).toEqual([])
  })

  test('is made once wherever Stripe fails', async () => {
    const failures = await atEveryBreak(billing, {
      begin: async () => {
        const who = await subscribed()
        return { who, invoice: await firstInvoice(who), id: crypto.randomUUID() }
      },
      verb: ({ who, invoice, id }) => refund(who, invoice, { id, amountMinor: 400 }),
      check: async ({ who }) => {
        expect(await atStripe(who)).toBe(400)
        expect(await givenBack(who)).toEqual([-400])
        expect(await auditOf(who)).toHaveLength(1)
        expect(mailsAbout(who)).toHaveLength(1)
      },
    })
    expect(failures).toBe(2)
  })

  test.each(['before', 'after'] as const)('that was cut off %s Stripe heard of it is settled later', async (when) => {
    const who = await subscribed()
    const invoice = await firstInvoice(who)
    billing.breakNetwork({ when, at: 0 })
    await expect(refund(who, invoice, { amountMinor: 400 })).rejects.toMatchObject({ code: 'unavailable' })
    billing.breakNetwork(undefined)
    await billing.database.pool.query(`UPDATE billing_intents SET created_at = created_at - interval '1 hour'`)
    await finishRefunds(billing.deps)
    await finishRefunds(billing.deps)
    const isMade = when === 'after'
    expect(await givenBack(who)).toEqual(isMade ? [-400] : [])
    expect(mailsAbout(who)).toHaveLength(isMade ? 1 : 0)
    const isTheirs = and(eq(billingIntents.subscriptionId, who.subscriptionId), eq(billingIntents.kind, 'refund'))
    expect(await billing.database.db.select().from(billingIntents).where(isTheirs)).toMatchObject([
      { state: isMade ? 'done' : 'refused' },
    ])
  })
})
