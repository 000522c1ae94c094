// Random lives in the sandbox: whatever happens, its books must agree with each other.
import { Stripe } from 'stripe'
import fc from 'fast-check'
import { expect } from 'vitest'
import { startTestSandbox } from './sandbox.ts'
import type { TestSandbox } from './sandbox.ts'

const cards = ['pm_card_visa', 'pm_card_chargeCustomerFail', 'pm_card_authenticationRequired', 'pm_card_visa_debit']
const prices = [900, 1900, 4900]
const behaviors = ['always_invoice', 'create_prorations', 'none'] as const

const action = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('subscribe' as const),
      price: fc.nat(2),
      trialDays: fc.constantFrom(0, 0, 1, 14),
    }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('pass' as const), days: fc.constantFrom(0.02, 1, 3, 9, 31) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('change' as const),
      price: fc.nat(2),
      behavior: fc.constantFrom(...behaviors),
      isHeld: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('yearly' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('card' as const), card: fc.nat(3) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('end' as const),
      how: fc.constantFrom('period', 'period', 'period', 'now', 'prorated', 'resume'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('downgrade' as const), price: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pay' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('refund' as const), amount: fc.integer({ min: 1, max: 900 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('addon' as const) }) },
)
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never

interface World extends TestSandbox {
  readonly customer: string
  readonly priceIds: readonly string[]
  readonly yearly: string
}

async function act(world: World, action: Action): Promise<unknown> {
  const { stripe, customer } = world
  const [latest] = (await stripe.subscriptions.list({ customer, status: 'all', limit: 1 })).data
  const item = latest?.items.data[0]
  const price = (index: number): string => world.priceIds[index] ?? ''
  if (action.kind === 'pass') return world.pass({ days: action.days })
  if (action.kind === 'subscribe') {
    const trial = action.trialDays === 0 ? {} : { trial_period_days: action.trialDays }
    return stripe.subscriptions.create({ customer, items: [{ price: price(action.price) }], ...trial })
  }
  if (action.kind === 'card') {
    const { id } = await stripe.paymentMethods.attach(cards[action.card] ?? '', { customer })
    return stripe.customers.update(customer, { invoice_settings: { default_payment_method: id } })
  }
  if (action.kind === 'addon')
    return stripe.invoiceItems.create({ customer, amount: 300, currency: 'usd', description: 'Add-on' })
  if (action.kind === 'refund') {
    const [charge] = (await stripe.charges.list({ customer, limit: 1 })).data
    return charge && stripe.refunds.create({ charge: charge.id, amount: action.amount })
  }
  if (action.kind === 'pay') {
    const [invoice] = (await stripe.invoices.list({ customer, status: 'open', limit: 1 })).data
    return invoice && stripe.invoices.pay(invoice.id)
  }
  if (!latest || !item) return undefined
  if (action.kind === 'yearly') {
    return stripe.subscriptions.update(latest.id, {
      items: [{ id: item.id, price: world.yearly }],
      proration_behavior: 'always_invoice',
    })
  }
  if (action.kind === 'change') {
    return stripe.subscriptions.update(latest.id, {
      items: [{ id: item.id, price: price(action.price) }],
      proration_behavior: action.behavior,
      ...(action.isHeld ? { payment_behavior: 'pending_if_incomplete' } : {}),
    })
  }
  if (action.kind === 'downgrade') {
    const schedule = await stripe.subscriptionSchedules.create({ from_subscription: latest.id })
    return stripe.subscriptionSchedules.update(schedule.id, {
      phases: [
        { items: [{ price: item.price.id }], start_date: item.current_period_start, end_date: item.current_period_end },
        { items: [{ price: price(action.price) }], proration_behavior: 'none' },
      ],
    })
  }
  if (action.how === 'period' || action.how === 'resume') {
    return stripe.subscriptions.update(latest.id, { cancel_at_period_end: action.how === 'period' })
  }
  return stripe.subscriptions.cancel(latest.id, action.how === 'prorated' ? { prorate: true, invoice_now: true } : {})
}

/** Refusals are answers; anything else that is thrown is a fault. */
const refusals = (error: unknown): void => {
  const isRefusal =
    error instanceof Stripe.errors.StripeCardError || error instanceof Stripe.errors.StripeInvalidRequestError
  if (!isRefusal) throw error
}

async function checkBooks({ stripe, customer, now, sandbox }: World): Promise<void> {
  const all = { limit: 5_000 }
  const invoices = await stripe.invoices
    .list({ customer, limit: 100, expand: ['data.payments'] })
    .autoPagingToArray(all)
  const charges = await stripe.charges.list({ customer, limit: 100 }).autoPagingToArray(all)
  const events = await stripe.events.list({ limit: 100 }).autoPagingToArray(all)
  const subscriptions = await stripe.subscriptions.list({ customer, status: 'all', limit: 100 }).autoPagingToArray(all)

  for (const invoice of invoices) {
    expect(invoice.total).toBe(invoice.lines.data.reduce((sum, { amount }) => sum + amount, 0))
    const intent = invoice.payments?.data[0]?.payment.payment_intent
    const taken = charges.filter((charge) => charge.paid && charge.payment_intent === intent && intent !== undefined)
    expect(taken.reduce((sum, { amount }) => sum + amount, 0)).toBe(invoice.status === 'paid' ? invoice.amount_paid : 0)
    expect(taken.length).toBeLessThanOrEqual(1)
  }
  const numbers = invoices.flatMap(({ number }) => number ?? [])
  expect(new Set(numbers).size).toBe(numbers.length)

  // What the balance holds is what negative invoices gave, less what later ones used up.
  const finalized = invoices.filter(({ status }) => status !== 'draft')
  const balance = finalized.reduce((sum, { total, amount_due: due }) => sum + total - due, 0)
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ balance })

  for (const subscription of subscriptions) {
    const [item] = subscription.items.data
    const isLive = !['canceled', 'incomplete_expired', 'incomplete', 'paused'].includes(subscription.status)
    if (isLive) {
      expect(item?.current_period_start).toBeLessThanOrEqual(await now())
      expect(item?.current_period_end).toBeGreaterThan(await now())
    }
    const told = events.find(({ data }) => (data.object as { id?: string }).id === subscription.id)
    expect(told?.data.object).toEqual(JSON.parse(JSON.stringify(subscription)))
    const renewals = invoices.filter(
      ({ billing_reason, parent }) =>
        billing_reason === 'subscription_cycle' && parent?.subscription_details?.subscription === subscription.id,
    )
    const starts = renewals.map(({ created }) => created)
    expect(new Set(starts).size).toBe(starts.length)
    // Who ends it in the very second of a renewal has been renewed; an ending that was planned comes first.
    const lastStart = (subscription.ended_at ?? Number.POSITIVE_INFINITY) - (subscription.cancel_at === null ? 0 : 1)
    for (const start of starts) expect(start).toBeLessThanOrEqual(lastStart)
  }
  expect(((await sandbox.nextDueAt())?.getTime() ?? Number.POSITIVE_INFINITY) / 1000).toBeGreaterThan(await now())
}

/** Lives that many random lives, each in a sandbox of its own, and looks at the books of each. */
export async function liveRandomly({ seed, lives }: { seed: number; lives: number }): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 10, maxLength: 30 }), async (actions) => {
      const running = await startTestSandbox()
      try {
        const { stripe } = running
        const priceOf = async (unit_amount: number, interval: 'month' | 'year'): Promise<string> =>
          (
            await stripe.prices.create({
              unit_amount,
              currency: 'usd',
              recurring: { interval },
              product_data: { name: 'Tier' },
            })
          ).id
        const { id } = await stripe.customers.create({ email: 'payer@example.com' })
        const world: World = {
          ...running,
          customer: id,
          priceIds: await Promise.all(prices.map((amount) => priceOf(amount, 'month'))),
          yearly: await priceOf(19_000, 'year'),
        }
        await act(world, { kind: 'card', card: 0 })
        await act(world, { kind: 'subscribe', price: 1, trialDays: 0 })
        for (const action of actions) await act(world, action).catch(refusals)
        await checkBooks(world)
        expect([...new Set(running.drifts)]).toEqual([])
      } finally {
        await running.stop()
      }
    }),
    // A life that fails is long and slow to shorten; the seed brings it back.
    { seed, numRuns: lives, endOnFailure: true },
  )
}
