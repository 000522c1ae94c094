// What the sandbox's hosted pages do, through the official client.
import { pino } from 'pino'
import type { Stripe } from 'stripe'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSandboxServices } from '#src/features/sandbox/index.ts'
import type { SandboxServices } from '#src/features/sandbox/index.ts'
import { createPayments } from '#src/integrations/stripe/index.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'

const baseUrl = 'http://localhost:3000'
const works = '4242 4242 4242 4242'
const declines = '4000000000000002'
const declinesLater = '4000000000000341'
const asksAlways = '4000002760003184'

let database: TestDatabase
let stripe: Stripe
let pages: SandboxServices
let priceId: string

beforeAll(async () => {
  database = await createTestDatabase()
  await database.pool.query(`UPDATE installation SET environment = 'sandbox'`)
  const log = pino({ level: 'silent' })
  const onError = (error: unknown) => log.error(error)
  const ground = { stripe: undefined, pool: database.pool, baseUrl, authSecret: 's'.repeat(32), onError }
  const payments = createPayments(ground)
  stripe = payments.stripe
  const services = createSandboxServices({ baseUrl, db: database.db, payments })
  if (services === undefined) throw new Error('There is no sandbox')
  pages = services
  priceId = (await newPrice()).id
})
afterAll(() => database.drop())

const newPrice = () =>
  stripe.prices.create({
    currency: 'eur',
    unit_amount: 900,
    recurring: { interval: 'month' },
    product_data: { name: 'Reader' },
  })

const newCustomer = () => stripe.customers.create({ name: 'Ada', email: 'ada@example.com' })

async function checkout(more: Partial<Stripe.Checkout.SessionCreateParams> = {}) {
  const customer = await newCustomer()
  const session = await stripe.checkout.sessions.create({
    mode: 'subscription',
    customer: customer.id,
    line_items: [{ price: priceId, quantity: 1 }],
    success_url: `${baseUrl}/checkout/1?session={CHECKOUT_SESSION_ID}`,
    cancel_url: `${baseUrl}/agents/readability`,
    ...more,
  })
  const pay = (number: string, authentication?: 'succeeded' | 'failed') =>
    pages.payCheckout({ sessionId: session.id, number, name: 'Ada Lovelace', authentication })
  return { customer: customer.id, id: session.id, pay }
}

const trial = { trial_period_days: 14, trial_settings: { end_behavior: { missing_payment_method: 'cancel' } } } as const

/** A subscription paid with this card, as after a checkout. */
async function subscribed(card: string) {
  const { customer, pay } = await checkout()
  expect((await pay(card)).kind).toBe('done')
  const [subscription] = (await stripe.subscriptions.list({ customer })).data
  if (subscription === undefined) throw new Error('There is no subscription')
  return { customer, subscription: subscription.id }
}

/** Answers what its page is called by. */
async function openInvoice(customer: string): Promise<string> {
  const { id } = await stripe.invoices.create({ customer, currency: 'eur' })
  await stripe.invoiceItems.create({ customer, invoice: id, amount: 500, currency: 'eur', description: '100 texts' })
  const { hosted_invoice_url: url } = await stripe.invoices.finalizeInvoice(id)
  return url?.split('/').at(-1) ?? ''
}

const last4Of = async (customer: string): Promise<(string | undefined)[]> =>
  (await stripe.customers.listPaymentMethods(customer)).data.map(({ card }) => card?.last4)

test('a checkout says what is due today, and for a trial when the first charge comes and what it is', async () => {
  const plain = await checkout()
  const recurring = { amount: { amountMinor: 900, currency: 'EUR' }, every: { interval: 'month', count: 1 } }
  expect(await pages.readCheckout(plain.id)).toMatchObject({
    status: 'open',
    email: 'ada@example.com',
    lines: [{ description: 'Reader', amount: { amountMinor: 900, currency: 'EUR' } }],
    dueToday: { amountMinor: 900, currency: 'EUR' },
    trial: undefined,
    recurring,
    needsCard: true,
    cancelUrl: `${baseUrl}/agents/readability`,
  })
  const trying = await checkout({ subscription_data: trial, payment_method_collection: 'if_required' })
  const page = await pages.readCheckout(trying.id)
  expect(page).toMatchObject({
    dueToday: { amountMinor: 0 },
    trial: { withoutCard: 'cancel' },
    recurring,
    needsCard: false,
  })
  const days = (Date.parse(page?.trial?.endsAt ?? '') - Date.now()) / 86_400_000
  expect(days).toBeCloseTo(14, 2)
})

test('paying leads on with the session’s id, once', async () => {
  const { id, customer, pay } = await checkout()
  expect(await pay(works)).toEqual({ kind: 'done', redirectTo: `${baseUrl}/checkout/1?session=${id}` })
  expect(await pay(works)).toEqual({ kind: 'closed' })
  expect((await stripe.subscriptions.list({ customer })).data).toHaveLength(1)
})

test('a trial begins without a card where none is needed, and only there', async () => {
  const free = await checkout({ subscription_data: trial, payment_method_collection: 'if_required' })
  expect((await free.pay('')).kind).toBe('done')
  expect((await stripe.subscriptions.list({ customer: free.customer })).data[0]?.status).toBe('trialing')
  const other = await checkout({ subscription_data: trial })
  expect(await other.pay('')).toEqual({ kind: 'needs_card' })
})

test('a declined card leaves the checkout open for another one', async () => {
  const { id, customer, pay } = await checkout()
  expect(await pay(declines)).toEqual({ kind: 'declined', message: 'Your card was declined.' })
  expect((await pages.readCheckout(id))?.status).toBe('open')
  expect(await last4Of(customer)).toEqual([])
  expect((await pay(works)).kind).toBe('done')
})

test('a card that asks its owner waits for the answer', async () => {
  const { pay } = await checkout()
  expect(await pay(asksAlways)).toEqual({ kind: 'needs_authentication' })
  expect((await pay(asksAlways, 'failed')).kind).toBe('declined')
  expect((await pay(asksAlways, 'succeeded')).kind).toBe('done')
})

test('a number that is no test card goes nowhere', async () => {
  const { pay, customer } = await checkout()
  const real = '4111111111111111'
  expect(await pay(real)).toEqual({ kind: 'unknown_card' })
  const pageId = await openInvoice(customer)
  const answer = await pages.payInvoice({ pageId, card: { kind: 'new', number: real }, makesDefault: true })
  expect(answer).toEqual({ kind: 'unknown_card' })
  const found = await database.pool.query(
    `SELECT FROM stripe_sandbox.objects WHERE doc::text LIKE '%1111111%' OR hidden::text LIKE '%1111111%'`,
  )
  expect(found.rowCount).toBe(0)
})

test('what was archived meanwhile is refused, and said', async () => {
  const price = await newPrice()
  const { id, pay } = await checkout({ line_items: [{ price: price.id, quantity: 1 }] })
  await stripe.prices.update(price.id, { active: false })
  expect((await pages.readCheckout(id))?.lines).toHaveLength(1)
  expect((await pay(works)).kind).toBe('declined')
})

test('a failed renewal is paid on the invoice’s page with a new card, which pays from then on', async () => {
  const { customer, subscription } = await subscribed(works)
  const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer })
  await stripe.subscriptions.update(subscription, { default_payment_method: bad.id })
  const pageId = await openInvoice(customer)
  const pay = (number: string) => pages.payInvoice({ pageId, card: { kind: 'new', number }, makesDefault: true })
  const saved = await pages.payInvoice({ pageId, card: { kind: 'saved', id: bad.id }, makesDefault: false })
  expect(saved.kind).toBe('declined')
  expect((await pay(declinesLater)).kind).toBe('declined')
  // What paid nothing is not kept beside the two that were there.
  expect(await last4Of(customer)).toHaveLength(2)
  expect((await pay('5555 5555 5555 4444')).kind).toBe('done')
  expect(await pages.readInvoice(pageId)).toMatchObject({ status: 'paid', cards: [] })
  const used = (await stripe.subscriptions.retrieve(subscription)).default_payment_method
  expect((await stripe.paymentMethods.retrieve(String(used))).card?.last4).toBe('4444')
  expect((await pay(works)).kind).toBe('closed')
})

test('an invoice waits for what its owner tells the bank', async () => {
  const { id: customer } = await newCustomer()
  const pageId = await openInvoice(customer)
  const input = { pageId, card: { kind: 'new', number: asksAlways }, makesDefault: true } as const
  expect(await pages.payInvoice(input)).toEqual({ kind: 'needs_authentication' })
  expect(await pages.readInvoice(pageId)).toMatchObject({ status: 'open', isAskedByBank: true })
  const answer = (text: 'succeeded' | 'failed') => pages.answerBank({ pageId, answer: text, makesDefault: true })
  expect((await answer('failed')).kind).toBe('declined')
  expect(await pages.readInvoice(pageId)).toMatchObject({ status: 'open', isAskedByBank: false })
  await pages.payInvoice(input)
  expect(await answer('succeeded')).toEqual({ kind: 'done' })
  expect(await pages.readInvoice(pageId)).toMatchObject({ status: 'paid', total: { amountMinor: 500 } })
  expect(await answer('succeeded')).toEqual({ kind: 'closed' })
})

async function portal() {
  const { customer, subscription } = await subscribed(works)
  const session = await stripe.billingPortal.sessions.create({ customer, return_url: `${baseUrl}/account` })
  const read = async () => {
    const page = await pages.readPortal(session.id)
    if (page?.kind !== 'open') throw new Error('The session is not open')
    return page
  }
  const cardOf = async (last4: string) => (await read()).cards.find((card) => card.last4 === last4)?.id ?? ''
  return { customer, subscription, sessionId: session.id, read, cardOf }
}

test('the portal adds cards, lets another one pay, and removes those that nothing needs', async () => {
  const { sessionId, read, cardOf } = await portal()
  expect((await read()).cards).toMatchObject([{ last4: '4242', isDefault: true, isInUse: true }])
  const add = { sessionId, makesDefault: false, authentication: undefined }
  expect((await pages.addCard({ ...add, number: declines })).kind).toBe('declined')
  expect((await pages.addCard({ ...add, number: asksAlways })).kind).toBe('needs_authentication')
  expect((await pages.addCard({ ...add, number: asksAlways, authentication: 'failed' })).kind).toBe('declined')
  expect((await pages.addCard({ ...add, number: asksAlways, authentication: 'succeeded' })).kind).toBe('done')
  const [first, second] = [await cardOf('4242'), await cardOf('3184')]
  expect((await pages.removeCard({ sessionId, cardId: first })).kind).toBe('in_use')
  expect((await pages.useCard({ sessionId, cardId: second })).kind).toBe('done')
  expect((await pages.removeCard({ sessionId, cardId: first })).kind).toBe('done')
  expect((await read()).cards).toMatchObject([{ last4: '3184', isDefault: true, isInUse: true }])
  expect((await read()).invoices).toMatchObject([{ status: 'paid', total: { amountMinor: 900, currency: 'EUR' } }])
})

test('nobody reaches another customer’s cards', async () => {
  const [mine, theirs] = [await portal(), await portal()]
  const which = { sessionId: mine.sessionId, cardId: await theirs.cardOf('4242') }
  expect((await pages.useCard(which)).kind).toBe('closed')
  expect((await pages.removeCard(which)).kind).toBe('closed')
  const pageId = await openInvoice(mine.customer)
  const card = { kind: 'saved', id: which.cardId } as const
  expect((await pages.payInvoice({ pageId, card, makesDefault: true })).kind).toBe('closed')
  expect((await theirs.read()).cards).toMatchObject([{ last4: '4242', isInUse: true }])
})

test('an address that leads nowhere is nothing, whatever stands in it', async () => {
  const draft = await stripe.invoices.create({ customer: (await newCustomer()).id, currency: 'eur' })
  for (const id of ['cs_test_0', '\0', '../account', draft.id, '']) {
    expect(await pages.readCheckout(id)).toBeUndefined()
    expect(await pages.readPortal(id)).toBeUndefined()
    expect(await pages.readInvoice(id)).toBeUndefined()
    expect(
      (await pages.addCard({ sessionId: id, number: works, makesDefault: true, authentication: undefined })).kind,
    ).toBe('closed')
    expect((await pages.payCheckout({ sessionId: id, number: works, name: '', authentication: undefined })).kind).toBe(
      'closed',
    )
  }
})

test('a portal’s link works for an hour', async () => {
  const { sessionId } = await portal()
  await database.pool.query('UPDATE installation SET clock_offset_ms = clock_offset_ms + 3600000')
  expect(await pages.readPortal(sessionId)).toEqual({ kind: 'expired', returnUrl: `${baseUrl}/account` })
  expect((await pages.addCard({ sessionId, number: works, makesDefault: true, authentication: undefined })).kind).toBe(
    'closed',
  )
})

test('an invoice’s id, which publishers are told, doesn’t open its page, nor pays with its owner’s card', async () => {
  const { customer } = await subscribed(works)
  const pageId = await openInvoice(customer)
  const [{ id = '' } = {}] = (await stripe.invoices.list({ customer, status: 'open' })).data
  expect(await pages.readInvoice(pageId)).toMatchObject({ status: 'open', billedTo: ['Ada', 'ada@example.com'] })
  const [card] = (await stripe.customers.listPaymentMethods(customer)).data
  for (const guess of [id, `${id}_`, `${id}_${'0'.repeat(24)}`]) {
    expect(await pages.readInvoice(guess)).toBeUndefined()
    const saved = { kind: 'saved', id: card?.id ?? '' } as const
    expect(await pages.payInvoice({ pageId: guess, card: saved, makesDefault: false })).toEqual({ kind: 'closed' })
  }
  expect((await stripe.invoices.retrieve(id)).status).toBe('open')
})
