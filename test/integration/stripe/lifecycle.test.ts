// Whole lives of subscriptions, with the business clock.
import type { Stripe } from 'stripe'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { testCards } from '#src/integrations/stripe/index.ts'
import { startTestSandbox } from './sandbox.ts'
import type { TestSandbox } from './sandbox.ts'

const daySeconds = 86_400
const jan31 = Date.UTC(2027, 0, 31, 10) / 1000

let running: TestSandbox
let stripe: Stripe

beforeEach(async () => {
  running = await startTestSandbox()
  stripe = running.stripe
  await running.goTo(jan31)
})
afterEach(async () => {
  await running.stop()
  if (running.drifts.length > 0) throw new Error(`not of Stripe’s shape: ${[...new Set(running.drifts)].join('; ')}`)
})

const priceOf = (unit_amount = 1900, interval: 'month' | 'year' = 'month'): Promise<Stripe.Price> =>
  stripe.prices.create({
    unit_amount,
    currency: 'usd',
    recurring: { interval },
    product_data: { name: `Tier ${unit_amount}` },
  })

async function customerWith(card: string): Promise<string> {
  const { id } = await stripe.customers.create({ email: 'payer@example.com' })
  await useCard(id, card)
  return id
}

async function useCard(customer: string, card: string): Promise<void> {
  const { id } = await stripe.paymentMethods.attach(card, { customer })
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: id } })
}

async function subscribe(
  params: Partial<Stripe.SubscriptionCreateParams> = {},
  card = 'pm_card_visa',
): Promise<Stripe.Subscription> {
  const [customer, price] = [await customerWith(card), await priceOf()]
  return stripe.subscriptions.create({ customer, items: [{ price: price.id }], ...params })
}

const itemOf = (subscription: Stripe.Subscription): Stripe.SubscriptionItem => {
  const [item] = subscription.items.data
  if (!item) throw new Error('a subscription has items')
  return item
}

const periodOf = async (id: string): Promise<string[]> => {
  const { current_period_start: start, current_period_end: end } = itemOf(await stripe.subscriptions.retrieve(id))
  return [start, end].map((seconds) => new Date(seconds * 1000).toISOString().slice(0, 10))
}

const typesSince = async (moment: number): Promise<string[]> => {
  const events = await stripe.events.list({ created: { gte: moment }, limit: 100 }).autoPagingToArray({ limit: 1000 })
  return events.map(({ type }) => type).toReversed()
}

const invoicesOf = (subscription: string): Promise<Stripe.Invoice[]> =>
  stripe.invoices.list({ subscription, limit: 100 }).autoPagingToArray({ limit: 1000 })

describe('renewals', () => {
  it('keep the day of the anchor through short months', async () => {
    const { id } = await subscribe()
    expect(await periodOf(id)).toEqual(['2027-01-31', '2027-02-28'])
    await running.goTo('2027-03-01T00:00:00Z')
    expect(await periodOf(id)).toEqual(['2027-02-28', '2027-03-31'])
    await running.goTo('2027-04-01T00:00:00Z')
    expect(await periodOf(id)).toEqual(['2027-03-31', '2027-04-30'])
  })

  it('keep 29 February of a leap year, through the years without', async () => {
    await running.goTo('2028-02-29T10:00:00Z')
    const yearly = await priceOf(19_000, 'year')
    const customer = await customerWith('pm_card_visa')
    const { id } = await stripe.subscriptions.create({ customer, items: [{ price: yearly.id }] })
    expect(await periodOf(id)).toEqual(['2028-02-29', '2029-02-28'])
    await running.goTo('2031-03-05T00:00:00Z')
    expect(await periodOf(id)).toEqual(['2031-02-28', '2032-02-29'])
  })

  it('make thirteen numbered invoices in a year, in seconds', async () => {
    const { id, customer } = await subscribe()
    const startedAt = performance.now()
    await running.pass({ days: 366 })
    expect(performance.now() - startedAt).toBeLessThan(15_000)
    const invoices = await invoicesOf(id)
    expect(invoices.map(({ status }) => status)).toEqual(Array.from({ length: 13 }, () => 'paid'))
    const prefix = ((await stripe.customers.retrieve(String(customer))) as Stripe.Customer).invoice_prefix
    expect(invoices.map(({ number }) => number).toReversed()).toEqual(
      Array.from({ length: 13 }, (_, index) => `${prefix}-${String(index + 1).padStart(4, '0')}`),
    )
    const charges = await stripe.charges.list({ customer: String(customer), limit: 100 })
    expect(charges.data.reduce((sum, { amount }) => sum + amount, 0)).toBe(13 * 1900)
  })

  it('draft the invoice at the moment of renewal and collect it an hour later', async () => {
    const { id, items } = await subscribe()
    const end = items.data[0]?.current_period_end ?? 0
    await running.goTo(end)
    expect((await invoicesOf(id))[0]).toMatchObject({
      status: 'draft',
      created: end,
      billing_reason: 'subscription_cycle',
    })
    await running.pass({ seconds: 3600 })
    expect((await invoicesOf(id))[0]).toMatchObject({ status: 'paid', status_transitions: { paid_at: end + 3600 } })
  })

  it('happen once, however many processes pass the time', async () => {
    const { id } = await subscribe()
    await running.database.pool.query('UPDATE installation SET clock_offset_ms = clock_offset_ms + $1', [
      95 * daySeconds * 1000,
    ])
    await Promise.all(Array.from({ length: 6 }, () => running.sandbox.advance()))
    expect(await invoicesOf(id)).toHaveLength(4)
  })

  it('survive a restart of the sandbox', async () => {
    const { id } = await subscribe()
    const { createSandbox, createStripe } = await import('#src/integrations/stripe/index.ts')
    const sandbox = createSandbox({ pool: running.database.pool, baseUrl: 'https://market.example', onError: () => {} })
    expect(await createStripe({ sandbox }).subscriptions.retrieve(id)).toMatchObject({ id, status: 'active' })
    expect((await createStripe({ sandbox }).accounts.retrieveCurrent()).id).toBe(
      (await stripe.accounts.retrieveCurrent()).id,
    )
  })
})

describe('trials', () => {
  it('are announced three days before and charged when they end', async () => {
    const { id, trial_end: trialEnd } = await subscribe({ trial_period_days: 14 })
    await running.pass({ days: 11, seconds: 1 })
    expect(await typesSince(jan31)).toContain('customer.subscription.trial_will_end')
    const upcoming = await stripe.invoices.createPreview({ subscription: id })
    expect(upcoming).toMatchObject({ amount_due: 1900, lines: { data: [{ period: { start: trialEnd } }] } })
    await running.pass({ days: 4 })
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'active' })
    expect((await invoicesOf(id))[0]).toMatchObject({ amount_paid: 1900, created: trialEnd })
  })

  it.each([
    ['cancel', 'canceled'],
    ['pause', 'paused'],
    ['create_invoice', 'past_due'],
  ] as const)('without a card end as asked: %s', async (behavior, status) => {
    const customer = await stripe.customers.create()
    const price = await priceOf()
    const { id } = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      trial_period_days: 7,
      trial_settings: { end_behavior: { missing_payment_method: behavior } },
    })
    await running.pass({ days: 7, seconds: 3700 })
    expect((await stripe.subscriptions.retrieve(id)).status).toBe(status)
    if (behavior !== 'pause') return
    await useCard(customer.id, 'pm_card_visa')
    expect((await stripe.subscriptions.resume(id)).status).toBe('active')
  })

  it('are charged at once when they are ended early', async () => {
    const { id } = await subscribe({ trial_period_days: 14 })
    await running.pass({ days: 2 })
    const ended = await stripe.subscriptions.update(id, { trial_end: 'now', proration_behavior: 'always_invoice' })
    expect(ended).toMatchObject({ status: 'active', trial_end: itemOf(ended).current_period_start })
    expect((await invoicesOf(id))[0]).toMatchObject({ amount_paid: 1900 })
  })
})

describe('changes in the middle of a period', () => {
  it('cost what the preview said, to the second, whenever they are confirmed', async () => {
    const { id, items } = await subscribe()
    await running.pass({ days: 10, seconds: 12_345 })
    const dearer = await priceOf(4900)
    const proration_date = await running.now()
    const change: Pick<Stripe.SubscriptionUpdateParams, 'proration_date' | 'proration_behavior'> & {
      items: { id: string; price: string }[]
    } = {
      items: [{ id: items.data[0]?.id ?? '', price: dearer.id }],
      proration_date,
      proration_behavior: 'always_invoice',
    }
    const preview = await stripe.invoices.createPreview({ subscription: id, subscription_details: change })
    await running.pass({ seconds: 600 })
    const changed = await stripe.subscriptions.update(id, { ...change, payment_behavior: 'pending_if_incomplete' })
    const invoice = await stripe.invoices.retrieve(String(changed.latest_invoice))
    const whole = (items.data[0]?.current_period_end ?? 0) - (items.data[0]?.current_period_start ?? 0)
    const left = (items.data[0]?.current_period_end ?? 0) - proration_date
    expect(preview.total).toBe(Math.round((4900 * left) / whole) - Math.round((1900 * left) / whole))
    expect(invoice).toMatchObject({ total: preview.total, amount_paid: preview.total, status: 'paid' })
    expect(invoice.lines.data.map(({ amount, description }) => [amount, description])).toEqual(
      preview.lines.data.map(({ amount, description }) => [amount, description]),
    )
  })

  it('wait in pending items where they are not invoiced at once', async () => {
    const { id, items } = await subscribe()
    await running.pass({ days: 14 })
    const dearer = await priceOf(4900)
    await stripe.subscriptions.update(id, { items: [{ id: items.data[0]?.id ?? '', price: dearer.id }] })
    await running.goTo('2027-03-02T00:00:00Z')
    const [renewal] = await invoicesOf(id)
    expect(renewal?.lines.data).toHaveLength(3)
    expect(renewal).toMatchObject({ total: 4900 + 1500, status: 'paid' })
  })

  it('give credit that later invoices use up first', async () => {
    const { id, items, customer } = await subscribe()
    const cheaper = await priceOf(900)
    await stripe.subscriptions.update(id, {
      items: [{ id: items.data[0]?.id ?? '', price: cheaper.id }],
      proration_behavior: 'always_invoice',
      proration_date: items.data[0]?.current_period_start ?? 0,
    })
    expect(await stripe.customers.retrieve(String(customer))).toMatchObject({ balance: -1000 })
    await running.goTo('2027-04-02T00:00:00Z')
    const due = (await invoicesOf(id)).map(({ total, amount_due }) => [total, amount_due])
    expect(due).toEqual([
      [900, 800],
      [900, 0],
      [-1000, 0],
      [1900, 1900],
    ])
  })

  it('wait for the end of the period in a schedule, keeping the anchor', async () => {
    const { id, items } = await subscribe()
    const [item] = items.data
    const cheaper = await priceOf(900)
    const schedule = await stripe.subscriptionSchedules.create({ from_subscription: id })
    await stripe.subscriptionSchedules.update(schedule.id, {
      end_behavior: 'release',
      phases: [
        {
          items: [{ price: item?.price.id ?? '' }],
          start_date: item?.current_period_start ?? 0,
          end_date: item?.current_period_end ?? 0,
        },
        { items: [{ price: cheaper.id }], proration_behavior: 'none' },
      ],
    })
    await running.goTo('2027-03-01T00:00:00Z')
    expect(itemOf(await stripe.subscriptions.retrieve(id)).price.id).toBe(cheaper.id)
    expect((await invoicesOf(id)).map(({ total }) => total)).toEqual([900, 1900])
    expect(await periodOf(id)).toEqual(['2027-02-28', '2027-03-31'])
    await running.goTo('2027-04-01T00:00:00Z')
    expect(await stripe.subscriptionSchedules.retrieve(schedule.id)).toMatchObject({
      status: 'released',
      released_subscription: id,
    })
    expect((await stripe.subscriptions.retrieve(id)).schedule).toBeNull()
    expect(await periodOf(id)).toEqual(['2027-03-31', '2027-04-30'])
  })

  it('that nobody pays for expire after 23 hours and change nothing', async () => {
    const { id, items, customer } = await subscribe()
    await useCard(String(customer), 'pm_card_chargeCustomerFail')
    const dearer = await priceOf(4900)
    const held = await stripe.subscriptions.update(id, {
      items: [{ id: items.data[0]?.id ?? '', price: dearer.id }],
      proration_behavior: 'always_invoice',
      payment_behavior: 'pending_if_incomplete',
    })
    const heldSeconds = (held.pending_update?.expires_at ?? 0) - (await running.now())
    expect(Math.abs(heldSeconds - 23 * 3600)).toBeLessThan(60)
    await running.pass({ seconds: 23 * 3600 })
    const after = await stripe.subscriptions.retrieve(id)
    expect(after).toMatchObject({ pending_update: null, status: 'active' })
    expect(itemOf(after).price.unit_amount).toBe(1900)
    expect((await invoicesOf(id))[0]?.status).toBe('void')
    expect(await typesSince(jan31)).toContain('customer.subscription.pending_update_expired')
  })
})

describe('payments that fail', () => {
  it('make a subscription past due, are tried three times again, and then end it', async () => {
    const { id, customer } = await subscribe()
    await useCard(String(customer), 'pm_card_chargeCustomerFail')
    await running.goTo('2027-03-01T00:00:00Z')
    expect((await stripe.subscriptions.retrieve(id)).status).toBe('past_due')
    const [invoice] = await invoicesOf(id)
    expect(invoice).toMatchObject({ status: 'open', attempt_count: 1, amount_remaining: 1900 })
    await running.pass({ days: 16 })
    const ended = await stripe.subscriptions.retrieve(id)
    expect(ended).toMatchObject({ status: 'canceled', cancellation_details: { reason: 'payment_failed' } })
    expect(await stripe.invoices.retrieve(invoice?.id ?? '')).toMatchObject({
      status: 'open',
      attempt_count: 4,
      next_payment_attempt: null,
    })
    await running.pass({ days: 90 })
    expect(await invoicesOf(id)).toHaveLength(2)
  })

  it('are forgiven when a retry succeeds', async () => {
    const { id, customer } = await subscribe()
    await useCard(String(customer), 'pm_card_chargeCustomerFail')
    await running.goTo('2027-03-01T00:00:00Z')
    await useCard(String(customer), 'pm_card_visa')
    await running.pass({ days: 4 })
    expect((await stripe.subscriptions.retrieve(id)).status).toBe('active')
    expect((await invoicesOf(id))[0]).toMatchObject({ status: 'paid', attempt_count: 1 })
  })

  it('by hand leave the schedule of retries as it is', async () => {
    const { id, customer } = await subscribe()
    await useCard(String(customer), 'pm_card_chargeCustomerFail')
    await running.goTo('2027-03-01T00:00:00Z')
    const [invoice] = await invoicesOf(id)
    for (let attempt = 0; attempt < 5; attempt += 1)
      await expect(stripe.invoices.pay(invoice?.id ?? '', { off_session: false })).rejects.toMatchObject({
        code: 'card_declined',
      })
    expect((await stripe.subscriptions.retrieve(id)).status).toBe('past_due')
    expect((await invoicesOf(id))[0]).toMatchObject({
      attempt_count: 1,
      next_payment_attempt: invoice?.next_payment_attempt,
    })
    await useCard(String(customer), 'pm_card_visa')
    await stripe.invoices.pay(invoice?.id ?? '')
    expect((await stripe.subscriptions.retrieve(id)).status).toBe('active')
  })

  it('of the first invoice let the subscription expire after 23 hours', async () => {
    const { id, status } = await subscribe({}, 'pm_card_chargeCustomerFail')
    expect(status).toBe('incomplete')
    await running.pass({ seconds: 23 * 3600 })
    expect((await stripe.subscriptions.retrieve(id)).status).toBe('incomplete_expired')
    expect((await invoicesOf(id))[0]?.status).toBe('void')
  })

  it('come from a card that expired meanwhile', async () => {
    const { id, customer } = await subscribe({}, 'pm_card_visa_debit')
    await running.goTo('2027-03-01T02:00:00Z')
    expect((await invoicesOf(id)).map(({ status }) => status)).toEqual(['paid', 'paid'])
    await running.goTo('2027-04-01T02:00:00Z')
    expect((await stripe.subscriptions.retrieve(id)).status).toBe('past_due')
    const [charge] = (await stripe.charges.list({ customer: String(customer) })).data
    expect(charge).toMatchObject({ status: 'failed', failure_code: 'expired_card' })
  })

  it('wait for the owner of a card that asks, and go on with the answer', async () => {
    const { id } = await subscribe({}, 'pm_card_authenticationRequired')
    const paymentOf = async (): Promise<string> => {
      const invoice = await stripe.invoices.retrieve(String((await stripe.subscriptions.retrieve(id)).latest_invoice), {
        expand: ['payments'],
      })
      return String(invoice.payments?.data[0]?.payment.payment_intent)
    }
    const intent = await paymentOf()
    expect(await stripe.paymentIntents.retrieve(intent)).toMatchObject({ status: 'requires_action' })
    expect(await running.sandbox.authenticate(intent, 'failed')).toBe('requires_payment_method')
    expect((await stripe.subscriptions.retrieve(id)).status).toBe('incomplete')
    await stripe.paymentIntents.confirm(intent, {
      payment_method: String(
        (await stripe.customers.listPaymentMethods(String((await stripe.subscriptions.retrieve(id)).customer))).data[0]
          ?.id,
      ),
    })
    expect(await running.sandbox.authenticate(intent, 'succeeded')).toBe('succeeded')
    expect(await running.sandbox.authenticate(intent, 'succeeded')).toBe('succeeded')
    expect((await stripe.subscriptions.retrieve(id)).status).toBe('active')
    await running.goTo('2027-03-01T02:00:00Z')
    expect((await stripe.subscriptions.retrieve(id)).status).toBe('past_due')
    expect(await typesSince(jan31)).toContain('invoice.payment_action_required')
  })
})

it('leaves a subscription unpaid, and bills it in drafts that nobody collects, where that is asked for', async () => {
  const strict = await startTestSandbox({ afterRetries: 'unpaid', retryDays: [2] })
  const customer = await strict.stripe.customers.create()
  const good = await strict.stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id })
  const bad = await strict.stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: customer.id })
  const price = await strict.stripe.prices.create({
    unit_amount: 1900,
    currency: 'usd',
    recurring: { interval: 'month' },
    product_data: { name: 'Tier' },
  })
  const subscription = await strict.stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    default_payment_method: good.id,
  })
  await strict.stripe.subscriptions.update(subscription.id, { default_payment_method: bad.id })
  await strict.pass({ days: 64 })
  expect((await strict.stripe.subscriptions.retrieve(subscription.id)).status).toBe('unpaid')
  const invoices = await strict.stripe.invoices.list({ subscription: subscription.id })
  expect(invoices.data.map(({ status }) => status)).toEqual(['draft', 'open', 'paid'])
  expect(strict.drifts).toEqual([])
  await strict.stop()
})

it('waits for the payment page with default_incomplete, and begins when that has paid', async () => {
  const subscription = await subscribe({ payment_behavior: 'default_incomplete', expand: ['latest_invoice.payments'] })
  expect(subscription.status).toBe('incomplete')
  const invoice = subscription.latest_invoice as Stripe.Invoice
  expect(invoice).toMatchObject({ status: 'open', attempt_count: 0 })
  const intent = String(invoice.payments?.data[0]?.payment.payment_intent)
  await stripe.paymentIntents.confirm(intent, { payment_method: 'pm_card_visa' })
  expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('active')
  expect((await stripe.invoices.retrieve(invoice.id)).status).toBe('paid')
})

it('knows when time changes something next', async () => {
  expect(await running.sandbox.nextDueAt()).toBeUndefined()
  const { items } = await subscribe()
  const end = items.data[0]?.current_period_end ?? 0
  expect(await running.sandbox.nextDueAt()).toEqual(new Date(end * 1000))
  await running.goTo(end)
  expect(await running.sandbox.nextDueAt()).toEqual(new Date((end + 3600) * 1000))
})

it('takes one connection of the pool, however many calls come at once', async () => {
  const { pool } = running.database
  await stripe.accounts.retrieveCurrent()
  let busyMax = 0
  const watch = setInterval(() => {
    busyMax = Math.max(busyMax, pool.totalCount - pool.idleCount + pool.waitingCount)
  }, 1)
  await Promise.all(Array.from({ length: 40 }, (_, index) => stripe.customers.create({ name: `Customer ${index}` })))
  clearInterval(watch)
  expect(busyMax).toBe(1)
})

describe('endings', () => {
  it('at the end of the period charge nothing more', async () => {
    const { id, items } = await subscribe()
    await stripe.subscriptions.update(id, { cancel_at_period_end: true })
    await running.pass({ days: 100 })
    const ended = await stripe.subscriptions.retrieve(id)
    expect(ended).toMatchObject({ status: 'canceled', ended_at: items.data[0]?.current_period_end })
    expect(await invoicesOf(id)).toHaveLength(1)
  })

  it('at once with proration give the rest back as credit', async () => {
    const { id, customer, items } = await subscribe()
    const half = ((items.data[0]?.current_period_end ?? 0) - jan31) / 2
    await running.goTo(jan31 + half)
    await stripe.subscriptions.cancel(id, { prorate: true, invoice_now: true })
    expect(await stripe.customers.retrieve(String(customer))).toMatchObject({ balance: -950 })
  })
})

describe('disputes', () => {
  it.each(['won', 'lost'] as const)('are %s by the words of the evidence', async (status) => {
    await subscribe({}, 'pm_card_createDispute')
    const [dispute] = (await stripe.disputes.list()).data
    expect(dispute).toMatchObject({ status: 'needs_response', amount: 1900 })
    const closed = await stripe.disputes.update(dispute?.id ?? '', {
      evidence: { uncategorized_text: status === 'won' ? 'winning_evidence' : 'losing_evidence' },
    })
    expect(closed.status).toBe(status)
    const types = await typesSince(jan31)
    expect(types).toEqual(expect.arrayContaining(['charge.dispute.created', 'charge.dispute.closed']))
    expect(types.includes('charge.dispute.funds_reinstated')).toBe(status === 'won')
  })
})

describe('hosted checkout', () => {
  const card = (paymentMethodId: string) => {
    const known = testCards.find((test) => test.paymentMethodId === paymentMethodId)
    return { number: known?.number ?? '', expMonth: 12, expYear: 2035 }
  }

  const open = async (params: Partial<Stripe.Checkout.SessionCreateParams> = {}): Promise<Stripe.Checkout.Session> => {
    const customer = await stripe.customers.create({ email: 'payer@example.com' })
    const price = await priceOf()
    return stripe.checkout.sessions.create({
      mode: 'subscription',
      customer: customer.id,
      line_items: [{ price: price.id, quantity: 1 }],
      success_url: 'https://market.example/done?session={CHECKOUT_SESSION_ID}',
      subscription_data: { metadata: { intent: 'i1' } },
      ...params,
    })
  }

  it('makes the subscription and leads back', async () => {
    const session = await open()
    const outcome = await running.sandbox.completeCheckout(session.id, { card: card('pm_card_visa') })
    expect(outcome).toMatchObject({ kind: 'complete', redirectTo: `https://market.example/done?session=${session.id}` })
    const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription', 'line_items'] })
    expect(done).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
      subscription: { status: 'active', metadata: { intent: 'i1' } },
    })
    const subscription = done.subscription as Stripe.Subscription
    expect(subscription.default_payment_method).toMatch(/^pm_/)
    expect(done.line_items?.data).toHaveLength(1)
    expect(await running.sandbox.completeCheckout(session.id, { card: card('pm_card_visa') })).toMatchObject({
      kind: 'closed',
      session: { status: 'complete' },
    })
    expect((await stripe.subscriptions.list({ customer: String(session.customer) })).data).toHaveLength(1)
  })

  it('stays open when the card is declined, and nothing was made', async () => {
    const session = await open()
    for (const id of ['pm_card_chargeDeclined', 'pm_card_chargeCustomerFail']) {
      expect(await running.sandbox.completeCheckout(session.id, { card: card(id) })).toMatchObject({ kind: 'declined' })
    }
    expect((await stripe.checkout.sessions.retrieve(session.id)).status).toBe('open')
    expect((await stripe.subscriptions.list({ status: 'all' })).data).toEqual([])
    expect(await running.sandbox.completeCheckout(session.id, { card: card('pm_card_visa') })).toMatchObject({
      kind: 'complete',
    })
  })

  it('asks the bank’s question once for a card that is then set up', async () => {
    const session = await open()
    const input = { card: card('pm_card_authenticationRequiredOnSetup') }
    expect(await running.sandbox.completeCheckout(session.id, input)).toEqual({ kind: 'needs_authentication' })
    expect(await running.sandbox.completeCheckout(session.id, { ...input, authentication: 'failed' })).toMatchObject({
      kind: 'declined',
    })
    expect(await running.sandbox.completeCheckout(session.id, { ...input, authentication: 'succeeded' })).toMatchObject(
      { kind: 'complete' },
    )
    await running.goTo('2027-04-02T00:00:00Z')
    const [subscription] = (await stripe.subscriptions.list()).data
    expect(subscription?.status).toBe('active')
    expect((await invoicesOf(subscription?.id ?? '')).map(({ status }) => status)).toEqual(['paid', 'paid', 'paid'])
  })

  it('starts a trial without a card where none is asked for', async () => {
    const session = await open({
      payment_method_collection: 'if_required',
      subscription_data: {
        trial_period_days: 14,
        trial_settings: { end_behavior: { missing_payment_method: 'cancel' } },
      },
    })
    expect(await running.sandbox.completeCheckout(session.id, {})).toMatchObject({ kind: 'complete' })
    const [subscription] = (await stripe.subscriptions.list()).data
    expect(subscription).toMatchObject({ status: 'trialing', default_payment_method: null })
    await running.pass({ days: 15 })
    expect((await stripe.subscriptions.retrieve(subscription?.id ?? '')).status).toBe('canceled')
  })

  it('asks for a card for a trial that will be charged', async () => {
    const session = await open({ subscription_data: { trial_period_days: 14 } })
    expect(await running.sandbox.completeCheckout(session.id, {})).toEqual({ kind: 'needs_card' })
    await running.sandbox.completeCheckout(session.id, { card: card('pm_card_chargeCustomerFail') })
    const [subscription] = (await stripe.subscriptions.list()).data
    expect(subscription?.status).toBe('trialing')
    await running.pass({ days: 14, seconds: 3601 })
    expect((await stripe.subscriptions.retrieve(subscription?.id ?? '')).status).toBe('past_due')
  })

  it('expires by itself, when it was told to', async () => {
    const session = await open({ expires_at: (await running.now()) + 1800 + 60 })
    await running.pass({ seconds: 1900 })
    expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({ status: 'expired', url: null })
    expect(await typesSince(jan31)).toContain('checkout.session.expired')
  })

  it('takes a payment once, with an invoice', async () => {
    const price = await stripe.prices.create({ unit_amount: 500, currency: 'usd', product_data: { name: 'Add-on' } })
    const session = await open({
      mode: 'payment',
      line_items: [{ price: price.id, quantity: 2 }],
      invoice_creation: { enabled: true },
      subscription_data: undefined as never,
    })
    await running.sandbox.completeCheckout(session.id, { card: card('pm_card_visa') })
    const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['invoice', 'payment_intent'] })
    expect(done).toMatchObject({
      amount_total: 1000,
      payment_status: 'paid',
      invoice: { status: 'paid', total: 1000 },
      payment_intent: { status: 'succeeded', amount: 1000 },
    })
  })
})

it('gives equal cards equal fingerprints, and others others', async () => {
  const fingerprintOf = async (card: string): Promise<string | null | undefined> => {
    const customer = await stripe.customers.create()
    return (await stripe.paymentMethods.attach(card, { customer: customer.id })).card?.fingerprint
  }
  const first = await fingerprintOf('pm_card_visa')
  expect(await fingerprintOf('pm_card_visa')).toBe(first)
  expect(await fingerprintOf('pm_card_mastercard')).not.toBe(first)
})

it('opens the portal for a customer', async () => {
  const customer = await stripe.customers.create()
  const session = await stripe.billingPortal.sessions.create({
    customer: customer.id,
    return_url: 'https://market.example/account',
  })
  expect(session.url).toBe(`https://market.example/sandbox/portal/${session.id}`)
})
