// What Rialto relies on of Stripe, said once and run against both: the sandbox (here) and Stripe's test mode
// (`pnpm test:stripe`, with STRIPE_TEST_KEY). Nothing here needs a browser, a webhook or a clock that can be moved.
import { randomUUID } from 'node:crypto'
import { Stripe } from 'stripe'
import { expect, it } from 'vitest'

interface Contract {
  readonly stripe: () => Stripe
}

const monthly = { unit_amount: 1900, currency: 'usd', recurring: { interval: 'month' } } as const

export function stripeContract({ stripe: client }: Contract): void {
  const priceOf = async (params: Partial<Stripe.PriceCreateParams> = {}): Promise<Stripe.Price> =>
    client().prices.create({ ...monthly, product_data: { name: 'Contract tier' }, ...params })

  const payer = async (card = 'pm_card_visa'): Promise<Stripe.Customer> => {
    const customer = await client().customers.create({ email: 'payer@example.com', metadata: { suite: 'contract' } })
    const method = await client().paymentMethods.attach(card, { customer: customer.id })
    return client().customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } })
  }

  const subscribe = async (
    params: Partial<Stripe.SubscriptionCreateParams> = {},
    card?: string,
  ): Promise<Stripe.Subscription> => {
    const [customer, price] = [await payer(card), await priceOf()]
    return client().subscriptions.create({ customer: customer.id, items: [{ price: price.id }], ...params })
  }

  const failure = async (call: Promise<unknown>): Promise<Stripe.errors.StripeError> =>
    call.then(
      () => Promise.reject(new Error('the call succeeded')),
      (error: unknown) => {
        if (error instanceof Stripe.errors.StripeError) return error
        throw error
      },
    )

  const firstItem = (subscription: Stripe.Subscription): Stripe.SubscriptionItem => {
    const [item] = subscription.items.data
    if (!item) throw new Error('a subscription has items')
    return item
  }

  const latestInvoice = async (subscription: Stripe.Subscription): Promise<Stripe.Invoice> =>
    client().invoices.retrieve(String(subscription.latest_invoice), { expand: ['payments'] })

  it('gives what was created back, with its metadata', async () => {
    const product = await client().products.create({ name: 'Readability', metadata: { tier: 'a' } })
    const found = await client().products.retrieve(product.id)
    expect(found).toMatchObject({ id: product.id, name: 'Readability', active: true, metadata: { tier: 'a' } })
    const changed = await client().products.update(product.id, { metadata: { tier: '', family: 'b' } })
    expect(changed.metadata).toEqual({ family: 'b' })
  })

  it('makes no product twice whose id was given', async () => {
    const id = `contract_${randomUUID()}`
    expect(await client().products.create({ id, name: 'Readability' })).toMatchObject({ id })
    const error = await failure(client().products.create({ id, name: 'Another' }))
    expect(error).toMatchObject({ statusCode: 400, code: 'resource_already_exists' })
    expect((await client().products.retrieve(id)).name).toBe('Readability')
  })

  it('finds the one price that has a lookup key, and lets no other have it', async () => {
    const key = `contract-${randomUUID()}:1900-eur-month`
    const price = await priceOf({ lookup_key: key })
    const error = await failure(priceOf({ lookup_key: key }))
    expect(error).toMatchObject({ statusCode: 400, type: 'StripeInvalidRequestError' })
    const { data } = await client().prices.list({ lookup_keys: [key], limit: 1 })
    expect(data).toMatchObject([{ id: price.id }])
  })

  it('never changes the amount of a price', async () => {
    const price = await priceOf()
    const error = await failure(client().prices.update(price.id, { unit_amount: 1 } as Stripe.PriceUpdateParams))
    expect(error).toMatchObject({ statusCode: 400, code: 'parameter_unknown', param: 'unit_amount' })
    expect((await client().prices.update(price.id, { active: false })).active).toBe(false)
  })

  it('refuses an unknown parameter, also inside of others', async () => {
    expect(await failure(client().customers.create({ nmae: 'x' } as Stripe.CustomerCreateParams))).toMatchObject({
      type: 'StripeInvalidRequestError',
      statusCode: 400,
      code: 'parameter_unknown',
      param: 'nmae',
    })
    const [customer, price] = [await payer(), await priceOf()]
    const items = [{ price: price.id, qantity: 1 }] as unknown as Stripe.SubscriptionCreateParams.Item[]
    expect(await failure(client().subscriptions.create({ customer: customer.id, items }))).toMatchObject({
      code: 'parameter_unknown',
      param: 'items[0][qantity]',
    })
  })

  it('says which object does not exist', async () => {
    expect(await failure(client().customers.retrieve('cus_nobody'))).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
      param: 'id',
    })
    expect(
      await failure(client().subscriptions.create({ customer: 'cus_nobody', items: [{ price: 'price_x' }] })),
    ).toMatchObject({
      statusCode: 400,
      code: 'resource_missing',
      param: 'customer',
    })
  })

  it('knows no other routes', async () => {
    expect(await failure(client().rawRequest('GET', '/v1/nonsense'))).toMatchObject({
      statusCode: 404,
      type: 'StripeInvalidRequestError',
    })
  })

  it('does a call once for one idempotency key', async () => {
    const idempotencyKey = randomUUID()
    const first = await client().customers.create({ name: 'Once' }, { idempotencyKey })
    const again = await client().customers.create({ name: 'Once' }, { idempotencyKey })
    expect(again.id).toBe(first.id)
    // The client's two transports keep them differently.
    expect(new Headers(again.lastResponse.headers).get('idempotent-replayed')).toBe('true')
    const error = await failure(client().customers.create({ name: 'Twice' }, { idempotencyKey }))
    expect(error).toMatchObject({ statusCode: 400, type: 'StripeIdempotencyError' })
  })

  it('lists newest first, page by page', async () => {
    const customer = await payer()
    const names = ['one', 'two', 'three']
    for (const description of names) {
      await client().invoiceItems.create({ customer: customer.id, amount: 100, currency: 'usd', description })
    }
    const page = await client().invoiceItems.list({ customer: customer.id, limit: 2 })
    expect(page).toMatchObject({ has_more: true, data: [{ description: 'three' }, { description: 'two' }] })
    const all = await client().invoiceItems.list({ customer: customer.id, limit: 2 }).autoPagingToArray({ limit: 10 })
    expect(all.map(({ description }) => description)).toEqual(['three', 'two', 'one'])
    const back = await client().invoiceItems.list({ customer: customer.id, ending_before: all[2]?.id ?? '' })
    expect(back.data.map(({ description }) => description)).toEqual(['three', 'two'])
  })

  it('expands ids, four levels deep and no deeper', async () => {
    const subscription = await subscribe()
    const found = await client().subscriptions.retrieve(subscription.id, {
      expand: ['customer', 'latest_invoice.payments', 'items.data.price.product'],
    })
    expect(found.customer).toMatchObject({ object: 'customer', email: 'payer@example.com' })
    expect(found.latest_invoice).toMatchObject({ object: 'invoice', payments: { data: [{ status: 'paid' }] } })
    expect(firstItem(found).price.product).toMatchObject({ name: 'Contract tier' })
    expect(await failure(client().subscriptions.retrieve(subscription.id, { expand: ['status'] }))).toMatchObject({
      statusCode: 400,
    })
    expect(await failure(client().subscriptions.list({ expand: ['data.items.data.price.product'] }))).toMatchObject({
      statusCode: 400,
    })
  })

  it('charges a subscription when it begins, and numbers its invoice', async () => {
    const subscription = await subscribe({ metadata: { intent: 'i1' } })
    expect(subscription).toMatchObject({ status: 'active', metadata: { intent: 'i1' }, cancel_at_period_end: false })
    const invoice = await latestInvoice(subscription)
    expect(invoice).toMatchObject({
      status: 'paid',
      total: 1900,
      amount_paid: 1900,
      billing_reason: 'subscription_create',
    })
    expect(invoice.number).toMatch(/^\w+-0001$/)
    expect(invoice.parent?.subscription_details?.subscription).toBe(subscription.id)
    expect(invoice.lines.data[0]?.pricing?.price_details?.price).toBe(firstItem(subscription).price.id)
  })

  it('charges nothing for a trial', async () => {
    const subscription = await subscribe({ trial_period_days: 14 })
    expect(subscription.status).toBe('trialing')
    expect((subscription.trial_end ?? 0) - (subscription.trial_start ?? 0)).toBe(14 * 86_400)
    expect(firstItem(subscription).current_period_end).toBe(subscription.trial_end)
    expect(await latestInvoice(subscription)).toMatchObject({ total: 0, status: 'paid' })
  })

  it('refuses a customer without a card', async () => {
    const [customer, price] = [await client().customers.create(), await priceOf()]
    expect(
      await failure(client().subscriptions.create({ customer: customer.id, items: [{ price: price.id }] })),
    ).toMatchObject({
      statusCode: 400,
      code: 'resource_missing',
    })
  })

  it('leaves a subscription incomplete whose first payment is declined, until it is paid', async () => {
    const subscription = await subscribe({}, 'pm_card_chargeCustomerFail')
    expect(subscription.status).toBe('incomplete')
    const invoice = await latestInvoice(subscription)
    expect(invoice).toMatchObject({ status: 'open', amount_remaining: 1900, attempt_count: 1 })
    const good = await client().paymentMethods.attach('pm_card_visa', { customer: String(subscription.customer) })
    await client().invoices.pay(invoice.id, { payment_method: good.id })
    expect((await client().subscriptions.retrieve(subscription.id)).status).toBe('active')
  })

  it('creates nothing at all with error_if_incomplete', async () => {
    const [customer, price] = [await payer('pm_card_chargeCustomerFail'), await priceOf()]
    const error = await failure(
      client().subscriptions.create({
        customer: customer.id,
        items: [{ price: price.id }],
        payment_behavior: 'error_if_incomplete',
      }),
    )
    expect(error).toMatchObject({ statusCode: 402, type: 'StripeCardError', code: 'card_declined' })
    expect((await client().subscriptions.list({ customer: customer.id, status: 'all' })).data).toEqual([])
  })

  it('refuses to attach a card that is declined', async () => {
    const customer = await client().customers.create()
    const error = await failure(client().paymentMethods.attach('pm_card_chargeDeclined', { customer: customer.id }))
    expect(error).toMatchObject({ statusCode: 402, code: 'card_declined', decline_code: 'generic_decline' })
  })

  it('invoices an upgrade with exactly what its preview said', async () => {
    const subscription = await subscribe()
    const dearer = await priceOf({ unit_amount: 4900 })
    const item = firstItem(subscription)
    const proration_date = item.current_period_start
    const items = [{ id: item.id, price: dearer.id }]
    const preview = await client().invoices.createPreview({
      subscription: subscription.id,
      subscription_details: { items, proration_behavior: 'always_invoice', proration_date },
    })
    expect(preview).toMatchObject({ total: 3000, amount_due: 3000 })
    const changed = await client().subscriptions.update(subscription.id, {
      items,
      proration_behavior: 'always_invoice',
      proration_date,
      payment_behavior: 'pending_if_incomplete',
    })
    const invoice = await latestInvoice(changed)
    expect(invoice).toMatchObject({ total: preview.total, amount_paid: 3000, billing_reason: 'subscription_update' })
    expect(invoice.lines.data.map(({ amount }) => amount).toSorted((a, b) => a - b)).toEqual([-1900, 4900])
    expect(firstItem(changed)).toMatchObject({
      id: item.id,
      price: { id: dearer.id },
      current_period_end: item.current_period_end,
    })
    expect(changed.pending_update).toBeNull()
  })

  it('holds an upgrade that is not paid, and applies it when it is', async () => {
    const subscription = await subscribe()
    const customer = String(subscription.customer)
    const bad = await client().paymentMethods.attach('pm_card_chargeCustomerFail', { customer })
    await client().customers.update(customer, { invoice_settings: { default_payment_method: bad.id } })
    const dearer = await priceOf({ unit_amount: 4900 })
    const held = await client().subscriptions.update(subscription.id, {
      items: [{ id: firstItem(subscription).id, price: dearer.id }],
      proration_behavior: 'always_invoice',
      payment_behavior: 'pending_if_incomplete',
    })
    expect(held.status).toBe('active')
    expect(firstItem(held).price.unit_amount).toBe(1900)
    expect(held.pending_update?.subscription_items?.[0]?.price.id).toBe(dearer.id)
    const good = await client().paymentMethods.attach('pm_card_visa', { customer })
    await client().invoices.pay(String(held.latest_invoice), { payment_method: good.id })
    const applied = await client().subscriptions.retrieve(subscription.id)
    expect(applied.pending_update).toBeNull()
    expect(firstItem(applied).price.id).toBe(dearer.id)
  })

  it('forgets a held upgrade whose invoice is voided', async () => {
    const subscription = await subscribe()
    const customer = String(subscription.customer)
    const bad = await client().paymentMethods.attach('pm_card_chargeCustomerFail', { customer })
    await client().customers.update(customer, { invoice_settings: { default_payment_method: bad.id } })
    const dearer = await priceOf({ unit_amount: 4900 })
    const held = await client().subscriptions.update(subscription.id, {
      items: [{ id: firstItem(subscription).id, price: dearer.id }],
      proration_behavior: 'always_invoice',
      payment_behavior: 'pending_if_incomplete',
    })
    await client().invoices.voidInvoice(String(held.latest_invoice))
    const dropped = await client().subscriptions.retrieve(subscription.id)
    expect(dropped).toMatchObject({ status: 'active', pending_update: null })
    expect(firstItem(dropped).price.unit_amount).toBe(1900)
  })

  it('refuses what can not be held', async () => {
    const subscription = await subscribe()
    const error = await failure(
      client().subscriptions.update(subscription.id, {
        metadata: { a: 'b' },
        payment_behavior: 'pending_if_incomplete',
      }),
    )
    expect(error.statusCode).toBe(400)
  })

  it('adds a second item where the id of the first is not given', async () => {
    const subscription = await subscribe()
    const other = await priceOf({ unit_amount: 500 })
    const changed = await client().subscriptions.update(subscription.id, {
      items: [{ price: other.id }],
      proration_behavior: 'none',
    })
    expect(changed.items.data).toHaveLength(2)
  })

  it('begins a new period at once when its length changes', async () => {
    const subscription = await subscribe()
    const yearly = await priceOf({ unit_amount: 19_000, recurring: { interval: 'year' } })
    const changed = await client().subscriptions.update(subscription.id, {
      items: [{ id: firstItem(subscription).id, price: yearly.id }],
      proration_behavior: 'always_invoice',
      proration_date: firstItem(subscription).current_period_start,
    })
    expect(firstItem(changed).current_period_end - firstItem(changed).current_period_start).toBeGreaterThanOrEqual(
      365 * 86_400,
    )
    expect((await latestInvoice(changed)).total).toBe(19_000 - 1900)
  })

  it('lets a downgrade wait in a schedule', async () => {
    const subscription = await subscribe()
    const cheaper = await priceOf({ unit_amount: 900 })
    const item = firstItem(subscription)
    const schedule = await client().subscriptionSchedules.create({ from_subscription: subscription.id })
    const planned = await client().subscriptionSchedules.update(schedule.id, {
      end_behavior: 'release',
      phases: [
        {
          items: [{ price: item.price.id, quantity: 1 }],
          start_date: item.current_period_start,
          end_date: item.current_period_end,
        },
        {
          items: [{ price: cheaper.id, quantity: 1 }],
          proration_behavior: 'none',
          duration: { interval: 'month', interval_count: 1 },
        },
      ],
    })
    expect(planned.phases).toHaveLength(2)
    expect(planned.phases[1]?.start_date).toBe(item.current_period_end)
    const managed = await client().subscriptions.retrieve(subscription.id)
    expect(managed.schedule).toBe(schedule.id)
    expect(firstItem(managed).price.id).toBe(item.price.id)
    expect(await failure(client().subscriptions.update(subscription.id, { cancel_at_period_end: true }))).toMatchObject(
      { statusCode: 400 },
    )
    expect((await client().subscriptionSchedules.release(schedule.id)).status).toBe('released')
    expect((await client().subscriptions.retrieve(subscription.id)).schedule).toBeNull()
  })

  it('cancels at the end of the period, and takes that back', async () => {
    const subscription = await subscribe()
    const ending = await client().subscriptions.update(subscription.id, { cancel_at_period_end: true })
    expect(ending).toMatchObject({
      status: 'active',
      cancel_at_period_end: true,
      cancel_at: firstItem(subscription).current_period_end,
    })
    expect(ending.canceled_at).not.toBeNull()
    const resumed = await client().subscriptions.update(subscription.id, { cancel_at_period_end: false })
    expect(resumed).toMatchObject({ cancel_at_period_end: false, cancel_at: null, canceled_at: null })
  })

  it('cancels at once, and then for good', async () => {
    const subscription = await subscribe()
    const ended = await client().subscriptions.cancel(subscription.id)
    expect(ended.status).toBe('canceled')
    expect(ended.ended_at).not.toBeNull()
    expect(
      await failure(client().subscriptions.update(subscription.id, { cancel_at_period_end: false })),
    ).toMatchObject({ statusCode: 400 })
    expect((await client().subscriptions.list({ customer: String(subscription.customer) })).data).toEqual([])
    expect(
      (await client().subscriptions.list({ customer: String(subscription.customer), status: 'canceled' })).data,
    ).toHaveLength(1)
  })

  it('takes a one-off payment with the saved card, by an invoice', async () => {
    const customer = await payer()
    const price = await client().prices.create({ unit_amount: 500, currency: 'usd', product_data: { name: 'Add-on' } })
    const draft = await client().invoices.create({ customer: customer.id, currency: 'usd', metadata: { addon: 'a1' } })
    await client().invoiceItems.create({ customer: customer.id, invoice: draft.id, pricing: { price: price.id } })
    const paid = await client().invoices.pay(draft.id)
    expect(paid).toMatchObject({ status: 'paid', total: 500, metadata: { addon: 'a1' } })
    expect(await failure(client().invoices.pay(draft.id))).toMatchObject({ statusCode: 400 })
  })

  it('declines a charge, keeps the trace, and succeeds with another card', async () => {
    const customer = await payer('pm_card_chargeCustomerFail')
    const methods = await client().customers.listPaymentMethods(customer.id)
    const error = await failure(
      client().paymentIntents.create({
        amount: 700,
        currency: 'usd',
        customer: customer.id,
        payment_method: methods.data[0]?.id ?? '',
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        confirm: true,
        off_session: true,
      }),
    )
    expect(error).toMatchObject({ statusCode: 402, code: 'card_declined' })
    const [intent] = (await client().paymentIntents.list({ customer: customer.id })).data
    expect(intent).toMatchObject({ status: 'requires_payment_method', last_payment_error: { code: 'card_declined' } })
  })

  it('asks the owner of a card that wants it', async () => {
    const customer = await payer('pm_card_authenticationRequired')
    const [method] = (await client().customers.listPaymentMethods(customer.id)).data
    const params = {
      amount: 700,
      currency: 'usd',
      customer: customer.id,
      payment_method: method?.id ?? '',
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      confirm: true,
    } as const
    const error = await failure(client().paymentIntents.create({ ...params, off_session: true }))
    expect(error).toMatchObject({ statusCode: 402, code: 'authentication_required' })
    const present = await client().paymentIntents.create(params)
    expect(present).toMatchObject({ status: 'requires_action', next_action: { type: 'use_stripe_sdk' } })
  })

  it('refunds in parts, never more than was paid', async () => {
    const invoice = await latestInvoice(await subscribe())
    const payment_intent = String(invoice.payments?.data[0]?.payment.payment_intent)
    const part = await client().refunds.create({ payment_intent, amount: 500, metadata: { by: 'operator' } })
    expect(part).toMatchObject({ amount: 500, status: 'succeeded', metadata: { by: 'operator' } })
    expect(await failure(client().refunds.create({ payment_intent, amount: 1401 }))).toMatchObject({ statusCode: 400 })
    await client().refunds.create({ payment_intent })
    expect(await failure(client().refunds.create({ payment_intent }))).toMatchObject({
      code: 'charge_already_refunded',
    })
    expect((await client().charges.list({ payment_intent })).data[0]).toMatchObject({
      amount_refunded: 1900,
      refunded: true,
    })
  })

  it('credits a paid invoice by a refund', async () => {
    const invoice = await latestInvoice(await subscribe())
    const note = await client().creditNotes.create({
      invoice: invoice.id,
      amount: 400,
      refund_amount: 400,
      reason: 'order_change',
    })
    expect(note).toMatchObject({ amount: 400, status: 'issued', type: 'post_payment' })
    expect((await client().invoices.retrieve(invoice.id)).post_payment_credit_notes_amount).toBe(400)
    expect(
      (await client().refunds.list({ payment_intent: String(invoice.payments?.data[0]?.payment.payment_intent) })).data,
    ).toHaveLength(1)
  })

  it('opens, lists and expires checkout sessions', async () => {
    const price = await priceOf()
    const session = await client().checkout.sessions.create({
      mode: 'subscription',
      line_items: [{ price: price.id, quantity: 1 }],
      success_url: 'https://market.example/done?session={CHECKOUT_SESSION_ID}',
      cancel_url: 'https://market.example/back',
      customer_email: 'payer@example.com',
      client_reference_id: 'intent-1',
      metadata: { intent: 'i1' },
      payment_method_collection: 'if_required',
      subscription_data: {
        trial_period_days: 14,
        metadata: { intent: 'i1' },
        trial_settings: { end_behavior: { missing_payment_method: 'cancel' } },
      },
    })
    expect(session).toMatchObject({
      status: 'open',
      payment_status: 'unpaid',
      mode: 'subscription',
      client_reference_id: 'intent-1',
    })
    expect(session.url).toMatch(/^https:\/\//)
    const items = await client().checkout.sessions.listLineItems(session.id)
    expect(items.data[0]).toMatchObject({ quantity: 1, price: { id: price.id } })
    expect((await client().checkout.sessions.expire(session.id)).status).toBe('expired')
    expect(await failure(client().checkout.sessions.expire(session.id))).toMatchObject({ statusCode: 400 })
  })

  it('keeps billing details: address, tax id', async () => {
    const customer = await client().customers.create({ name: 'Firm', address: { country: 'DE', city: 'Berlin' } })
    await client().customers.createTaxId(customer.id, { type: 'eu_vat', value: 'DE123456789' })
    const found = await client().customers.retrieve(customer.id, { expand: ['tax_ids'] })
    expect(found).toMatchObject({
      name: 'Firm',
      address: { country: 'DE' },
      tax_ids: { data: [{ value: 'DE123456789' }] },
    })
  })

  it('refuses a tax id that is none, and takes the names of a business and a person', async () => {
    const { id } = await client().customers.create({ name: 'Firm' })
    const error = await failure(client().customers.createTaxId(id, { type: 'eu_vat', value: '12' }))
    expect(error).toMatchObject({ statusCode: 400, code: 'tax_id_invalid' })
    const named = await client().customers.update(id, { business_name: 'Firm', individual_name: 'Ada' })
    expect(named).toMatchObject({ business_name: 'Firm', individual_name: 'Ada' })
  })

  it('deletes a customer together with its subscriptions', async () => {
    const subscription = await subscribe()
    await client().customers.del(String(subscription.customer))
    expect(await client().customers.retrieve(String(subscription.customer))).toMatchObject({ deleted: true })
    expect((await client().subscriptions.retrieve(subscription.id)).status).toBe('canceled')
  })

  it('writes an event of what happened', async () => {
    const subscription = await subscribe()
    const events = await client().events.list({ types: ['customer.subscription.created', 'invoice.paid'], limit: 20 })
    const mine = events.data.find(
      ({ type, data }) =>
        type === 'customer.subscription.created' && (data.object as { id?: string }).id === subscription.id,
    )
    expect(mine).toMatchObject({ object: 'event', livemode: false })
    expect(await client().events.retrieve(mine?.id ?? '')).toMatchObject({ id: mine?.id })
  })
}
