// Buying over HTTP, by a session made by the sign-in form.
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { agentPricingTiers, billingEntries } from '#src/db/schema/index.ts'
import { call, signedIn } from '#test/integration/pricing/publisher.ts'
import type { Session } from '#test/integration/pricing/publisher.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { addPaidAgent, decliningCard, pass, pay, subscribe } from './market.ts'
import type { PaidAgent } from './market.ts'

let server: TestServer
let agent: PaidAgent
let ada: Session
let eve: Session

beforeAll(async () => {
  server = await startTestServer()
  agent = await addPaidAgent(server)
  ada = await signedIn(server)
  eve = await signedIn(server)
})
afterAll(() => server.stop())

const nobody = crypto.randomUUID()
const start = (person: Session, body: object) => person.call('POST', '/subscriptions', { body })
const to = (tier: keyof PaidAgent['tiers'], of = agent) => ({ agent: of.slug, tierId: of.tiers[tier] })
const chargesOf = (person: Session) =>
  server.deps.db
    .select()
    .from(billingEntries)
    .where(eq(billingEntries.subjectHash, server.deps.subjectHash(`person:${person.userId}`)))

describe('who may call', () => {
  const calls = (id: string): readonly (readonly [string, string, object?])[] => [
    ['POST', '/subscriptions', to('studio')],
    ['GET', '/subscriptions'],
    ['GET', `/subscriptions/${id}`],
    ['POST', `/subscriptions/${id}/change/preview`, { tierId: agent.tiers.studio }],
    ['POST', `/subscriptions/${id}/change`, { tierId: agent.tiers.studio }],
    ['POST', `/subscriptions/${id}/cancel`],
    ['POST', `/subscriptions/${id}/resume`],
    ['POST', `/subscriptions/${id}/addons`, { offerId: agent.offers.once }],
    ['DELETE', `/subscriptions/${id}/addons/${id}`],
    ['GET', '/invoices'],
    ['GET', '/billing-details'],
    ['PUT', '/billing-details', { name: 'Eve', email: 'eve@example.com', address: {} }],
    ['POST', '/billing-portal', {}],
  ]

  it('is nobody without a session, nor an agent with a token of its own', async () => {
    const bearer = { authorization: `Bearer ${agent.token}` }
    for (const [method, path, body] of calls(nobody)) {
      for (const headers of [{}, bearer]) {
        const origin = { ...headers, origin: server.origin }
        const answer = await call(server, method, path, { ...(body && { body }), headers: origin })
        expect([method, path, answer.status, answer.body.code]).toEqual([method, path, 401, 'unauthenticated'])
        if (method === 'GET') continue
        const bare = await call(server, method, path, { ...(body && { body }), headers })
        expect([method, path, bare.status]).toEqual([method, path, 403])
      }
    }
  })

  it('is not another site that has somebody’s cookie, and nothing is cached', async () => {
    for (const [method, path, body] of calls(nobody)) {
      const foreign = await ada.call(method, path, {
        ...(body && { body }),
        headers: { origin: 'https://evil.example' },
      })
      expect([method, path, foreign.status]).toEqual([method, path, 403])
    }
    expect((await ada.call('GET', '/subscriptions')).headers.get('cache-control')).toBe('no-store')
  })

  it('is only the owner: anybody else’s is as if it were not there', async () => {
    const owner = await signedIn(server)
    const id = await subscribe(server, owner, { agent, tier: 'studio' })
    for (const [method, path, body] of calls(id).filter(([, path]) => path.includes(id))) {
      const theirs = await eve.call(method, path, body && { body })
      const none = await eve.call(method, path.replaceAll(id, nobody), body && { body })
      expect([method, path, theirs.status]).toEqual([method, path, 404])
      expect({ ...theirs.body, requestId: '' }).toEqual({ ...none.body, requestId: '' })
    }
    expect((await owner.call('GET', `/subscriptions/${id}`)).body).toMatchObject({
      status: 'active',
      cancelAtPeriodEnd: false,
    })
    expect((await eve.call('GET', '/subscriptions')).body).toEqual({ items: [], nextCursor: null })
  })

  it('reads usage with a token as before', async () => {
    const owner = await signedIn(server)
    const { body } = await start(owner, to('free'))
    const headers = { authorization: `Bearer ${agent.token}` }
    const usage = await call(server, 'GET', `/subscriptions/${body.id}/usage`, { headers })
    expect(usage).toMatchObject({ status: 200, body: { subscriptionId: body.id } })
    expect((await owner.call('GET', `/subscriptions/${body.id}/usage`)).status).toBe(401)
  })

  it.each([
    ['POST', '/subscriptions', {}],
    ['POST', '/subscriptions', { agent: 'x', tierId: 'y' }],
    ['POST', '/subscriptions', { agent: '../x', tierId: nobody }],
    ['POST', '/subscriptions', { agent: 'x', tierId: nobody, price: 1 }],
    ['POST', '/subscriptions', { agent: 'x', tierId: nobody, withTrial: 'yes' }],
    ['GET', '/subscriptions/none', undefined],
    ['GET', '/subscriptions?cursor=x', undefined],
    ['GET', '/subscriptions?limit=101', undefined],
    ['POST', `/subscriptions/${nobody}/change`, { tierId: nobody, prorationDate: -1 }],
    ['POST', `/subscriptions/${nobody}/change`, { tierId: nobody, expectedMinor: 1.5 }],
    ['POST', `/subscriptions/${nobody}/addons`, { offer: nobody }],
    ['GET', '/invoices?cursor=in%20x', undefined],
    ['PUT', '/billing-details', { name: '', email: 'x', address: {} }],
    ['PUT', '/billing-details', { name: 'A\nB', email: 'a@example.com', address: { country: 'Germany' } }],
  ])('says what is wrong with %s %s %j', async (method, path, body) => {
    const answer = await ada.call(method, path, body && { body })
    expect(answer.status).toBe(400)
    expect(answer.body.code).toBe('invalid_request')
    expect(answer.body.errors.length).toBeGreaterThan(0)
  })
})

describe('subscribing', () => {
  it('to a free tier is done at once, and a second time leads to the first', async () => {
    const person = await signedIn(server)
    const first = await start(person, to('free'))
    expect(first).toMatchObject({
      status: 201,
      body: { status: 'active', price: null, nextCharge: null, tier: { isFree: true }, agent: { slug: agent.slug } },
    })
    const { id } = first.body
    expect(first.body.url).toBe(`${server.origin}/account/subscriptions/${id}`)
    expect(await start(person, to('free'))).toMatchObject({
      status: 409,
      body: { code: 'already_subscribed', subscriptionId: id, url: first.body.url },
    })
  })

  it('to a paid tier leads to where it is paid, twice to the same place, and counts when it is', async () => {
    const person = await signedIn(server)
    const first = await start(person, { ...to('reader'), withTrial: true })
    expect(first.status).toBe(202)
    const again = await start(person, { ...to('reader'), withTrial: true })
    expect(again.body).toEqual(first.body)
    expect((await person.call('GET', '/subscriptions')).body.items).toEqual([])

    await pay(server, first.body.checkoutUrl)
    await fetch(first.body.returnUrl, { headers: { cookie: person.cookie } })
    const { body } = await person.call('GET', '/subscriptions')
    expect(body.items).toHaveLength(1)
    const [subscription] = body.items
    const days = (Date.parse(subscription.trialEndsAt) - Date.parse(subscription.createdAt)) / 86_400_000
    expect(Math.round(days)).toBe(14)
    expect(subscription).toMatchObject({
      status: 'trialing',
      tier: { name: 'Reader' },
      price: { amountMinor: 900, currency: 'EUR', interval: 'month' },
      nextCharge: { at: subscription.trialEndsAt, amountMinor: 900, currency: 'EUR' },
    })
    expect((await person.call('GET', `/subscriptions/${subscription.id}`)).body).toEqual(subscription)
    expect(await start(person, to('studio'))).toMatchObject({
      status: 409,
      body: { code: 'already_subscribed', subscriptionId: subscription.id },
    })
  })

  it('gives one trial, and then says so', async () => {
    const person = await signedIn(server)
    const id = await subscribe(server, person, { agent, tier: 'reader', withTrial: true, card: '5555555555554444' })
    await person.call('POST', `/subscriptions/${id}/cancel`)
    await pass(server, { days: 15 })
    const later = await start(person, { ...to('reader'), withTrial: true })
    expect(later.body.code).toBe('trial_used')
    expect((await start(person, to('reader'))).status).toBe(202)
  })

  it('refuses what is not on offer, not there, or in another currency', async () => {
    const person = await signedIn(server)
    expect(await start(person, { agent: 'no-such-agent', tierId: agent.tiers.studio })).toMatchObject({ status: 404 })
    expect(await start(person, { agent: agent.slug, tierId: nobody })).toMatchObject({ status: 404 })
    const other = await addPaidAgent(server)
    expect(await start(person, { agent: other.slug, tierId: agent.tiers.studio })).toMatchObject({ status: 404 })
    const { db } = server.deps
    for (const tier of ['studio', 'free'] as const) {
      await db
        .update(agentPricingTiers)
        .set({ archivedAt: new Date() })
        .where(eq(agentPricingTiers.id, other.tiers[tier]))
      expect(await start(person, to(tier, other))).toMatchObject({ status: 409, body: { code: 'tier_not_on_offer' } })
    }
    await subscribe(server, person, { agent, tier: 'studio' })
    expect(await start(person, to('dollars', other))).toMatchObject({ status: 409, body: { code: 'wrong_currency' } })
  })

  it('lists page by page, and loses nothing between', async () => {
    const person = await signedIn(server)
    const agents = [agent, await addPaidAgent(server), await addPaidAgent(server)]
    for (const of of agents) await start(person, to('free', of))
    const first = await person.call('GET', '/subscriptions?limit=2')
    expect(first.body.items).toHaveLength(2)
    const second = await person.call('GET', `/subscriptions?limit=2&cursor=${first.body.nextCursor}`)
    expect(second.body).toMatchObject({ nextCursor: null })
    const slugs = [...first.body.items, ...second.body.items].map((item) => item.agent.slug)
    expect(slugs).toEqual(agents.map(({ slug }) => slug).toReversed())
  })
})

describe('changing, ending and going on', () => {
  it('costs what the preview said, once, however often it is sent', async () => {
    const person = await signedIn(server)
    const id = await subscribe(server, person, { agent, tier: 'reader' })
    await pass(server, { days: 10 })
    const path = `/subscriptions/${id}/change`
    const preview = await person.call('POST', `${path}/preview`, { body: { tierId: agent.tiers.studio } })
    expect(preview).toMatchObject({
      status: 200,
      body: { kind: 'now', after: { amountMinor: 2_900, currency: 'EUR', interval: 'month' }, endingAddons: [] },
    })
    const { prorationDate, dueNow, lines } = preview.body
    expect(dueNow.amountMinor).toBeGreaterThan(0)
    expect(lines.reduce((sum: number, line: typeof dueNow) => sum + line.amount.amountMinor, 0)).toBe(
      dueNow.amountMinor,
    )

    const commit = { tierId: agent.tiers.studio, id: crypto.randomUUID(), prorationDate }
    const wrong = { ...commit, id: crypto.randomUUID(), expectedMinor: dueNow.amountMinor - 1 }
    expect(await person.call('POST', path, { body: wrong })).toMatchObject({ status: 409, body: { code: 'conflict' } })
    const body = { ...commit, expectedMinor: dueNow.amountMinor }
    expect(await person.call('POST', path, { body })).toMatchObject({ status: 200, body: { kind: 'done' } })
    expect(await person.call('POST', path, { body })).toMatchObject({ status: 200, body: { kind: 'done' } })
    expect((await person.call('GET', `/subscriptions/${id}`)).body).toMatchObject({
      tier: { name: 'Studio' },
      nextCharge: { amountMinor: 2_900 },
    })
    const { items } = (await person.call('GET', '/invoices')).body
    expect(items.map(({ paid }: { paid: { amountMinor: number } }) => paid.amountMinor)).toEqual([
      dueNow.amountMinor,
      900,
    ])
  })

  it('down waits for the end of the period, and can be taken back', async () => {
    const person = await signedIn(server)
    const id = await subscribe(server, person, { agent, tier: 'studio' })
    const before = (await person.call('GET', `/subscriptions/${id}`)).body
    const path = `/subscriptions/${id}/change`
    const preview = await person.call('POST', `${path}/preview`, { body: { tierId: agent.tiers.reader } })
    expect(preview.body).toMatchObject({ kind: 'at_period_end', at: before.period.end, after: { amountMinor: 900 } })
    const changed = await person.call('POST', path, { body: { tierId: agent.tiers.reader } })
    expect(changed.body).toEqual({ kind: 'scheduled', at: before.period.end })
    expect((await person.call('GET', `/subscriptions/${id}`)).body).toMatchObject({
      tier: { name: 'Studio' },
      next: { tier: { name: 'Reader' }, at: before.period.end },
      nextCharge: { at: before.period.end, amountMinor: 900 },
    })
    const kept = await person.call('POST', path, { body: { tierId: agent.tiers.studio } })
    expect(kept.body).toEqual({ kind: 'kept' })
    expect((await person.call('GET', `/subscriptions/${id}`)).body).toMatchObject({ next: null })
  })

  it('cancels for the end of the period, twice the same, and resumes until then', async () => {
    const person = await signedIn(server)
    const id = await subscribe(server, person, { agent, tier: 'studio' })
    const { period } = (await person.call('GET', `/subscriptions/${id}`)).body
    for (const _ of ['once', 'twice']) {
      const cancelled = await person.call('POST', `/subscriptions/${id}/cancel`)
      expect(cancelled).toMatchObject({ status: 200, body: { kind: 'at_period_end', endsAt: period.end } })
    }
    expect((await person.call('GET', `/subscriptions/${id}`)).body).toMatchObject({
      cancelAtPeriodEnd: true,
      nextCharge: null,
    })
    for (const _ of ['once', 'twice'])
      expect((await person.call('POST', `/subscriptions/${id}/resume`)).status).toBe(204)
    expect((await person.call('GET', `/subscriptions/${id}`)).body).toMatchObject({
      cancelAtPeriodEnd: false,
      nextCharge: { at: period.end, amountMinor: 2_900 },
    })
    await person.call('POST', `/subscriptions/${id}/cancel`)
    await pass(server, { days: 40 })
    // It is over by the clock alone, before anybody has written it down.
    expect((await person.call('GET', `/subscriptions/${id}`)).body).toMatchObject({
      status: 'canceled',
      endedAt: period.end,
      period: null,
    })
    expect(await person.call('POST', `/subscriptions/${id}/resume`)).toMatchObject({ status: 409 })
  })

  it('wants a late payment first, also before any webhook has told of it', async () => {
    const person = await signedIn(server)
    const id = await subscribe(server, person, { agent, tier: 'reader', withTrial: true, card: decliningCard })
    await pass(server, { days: 15 })
    const path = `/subscriptions/${id}/change`
    // By what is stored the trial goes on, and another tier would cost nothing.
    const first = await person.call('POST', path, { body: { tierId: agent.tiers.studio } })
    expect(first.body.code).toMatch(/^(conflict|payment_required)$/)
    expect(await person.call('POST', path, { body: { tierId: agent.tiers.studio } })).toMatchObject({
      status: 402,
      body: { code: 'payment_required', subscriptionId: id },
    })
    const late = await person.call('GET', `/subscriptions/${id}`)
    expect(late.body).toMatchObject({ status: 'past_due', tier: { name: 'Reader' }, nextCharge: null })
    expect(late.body.graceEndsAt).not.toBeNull()
    const addon = await person.call('POST', `/subscriptions/${id}/addons`, { body: { offerId: agent.offers.once } })
    expect(addon).toMatchObject({ status: 402, body: { code: 'payment_required' } })
    expect(await chargesOf(person)).toEqual([])
    // Ending it then ends it at once, and nothing is owed.
    expect((await person.call('POST', `/subscriptions/${id}/cancel`)).body.kind).toBe('at_once')
    expect((await person.call('GET', '/invoices')).body.items).toMatchObject([{ state: 'void' }, { state: 'paid' }])
  })
})

describe('add-ons', () => {
  it('are paid with the saved card, raise the limit at once, and are bought once with one id', async () => {
    const person = await signedIn(server)
    const id = await subscribe(server, person, { agent, tier: 'studio' })
    const path = `/subscriptions/${id}/addons`
    const body = { offerId: agent.offers.once, id: crypto.randomUUID() }
    for (const _ of ['once', 'twice'])
      expect(await person.call('POST', path, { body })).toMatchObject({ status: 200, body: { kind: 'done' } })
    const { addons } = (await person.call('GET', `/subscriptions/${id}`)).body
    expect(addons).toMatchObject([
      { offerId: agent.offers.once, name: '100 more', metric: 'messages', amount: 100, isPurchased: true, price: null },
    ])
    expect((await chargesOf(person)).map(({ amount }) => amount).toSorted((a, b) => a - b)).toEqual([400, 2_900])
    // What was paid once can't be ended: it is not charged again.
    expect((await person.call('DELETE', `${path}/${addons[0].id}`)).status).toBe(409)
  })

  it('that come again count in the next charge until they are ended', async () => {
    const person = await signedIn(server)
    const id = await subscribe(server, person, { agent, tier: 'studio' })
    const path = `/subscriptions/${id}/addons`
    const bought = await person.call('POST', path, { body: { offerId: agent.offers.monthly } })
    expect(bought).toMatchObject({ status: 200, body: { kind: 'done' } })
    const { addons, nextCharge } = (await person.call('GET', `/subscriptions/${id}`)).body
    expect(addons).toMatchObject([{ price: { amountMinor: 200, currency: 'EUR', interval: 'month' } }])
    expect(nextCharge.amountMinor).toBe(3_100)
    expect(await person.call('POST', path, { body: { offerId: agent.offers.monthly } })).toMatchObject({ status: 409 })
    for (const _ of ['once', 'twice']) {
      const removed = await person.call('DELETE', `${path}/${addons[0].id}`)
      expect(removed).toMatchObject({ status: 200, body: { givenBackMinor: 0 } })
    }
    const after = (await person.call('GET', `/subscriptions/${id}`)).body
    expect(after).toMatchObject({ addons: [], nextCharge: { amountMinor: 2_900 } })
    expect((await person.call('DELETE', `${path}/${nobody}`)).status).toBe(404)
  })

  it('without a saved card lead to where they are paid', async () => {
    const person = await signedIn(server)
    const { id } = (await start(person, to('free'))).body
    const path = `/subscriptions/${id}/addons`
    const bought = await person.call('POST', path, { body: { offerId: agent.offers.once } })
    expect(bought).toMatchObject({ status: 200, body: { kind: 'checkout' } })
    await pay(server, bought.body.url)
    const page = await fetch(`${server.origin}/checkout/${bought.body.intentId}`, {
      headers: { cookie: person.cookie },
    })
    expect(await page.text()).toContain('The add-on is yours')
    expect((await person.call('GET', `/subscriptions/${id}`)).body.addons).toHaveLength(1)
    const recurring = await person.call('POST', path, { body: { offerId: agent.offers.monthly } })
    expect(recurring).toMatchObject({ status: 409, body: { code: 'conflict' } })
  })
})

describe('invoices, details and cards', () => {
  it('are nobody’s but their owner’s, and are there when something was paid', async () => {
    const person = await signedIn(server)
    expect((await person.call('GET', '/invoices')).body).toEqual({ items: [], nextCursor: null })
    expect((await person.call('GET', '/billing-details')).body).toEqual({ details: null, cards: [] })
    await subscribe(server, person, { agent, tier: 'studio' })
    const { items } = (await person.call('GET', '/invoices')).body
    expect(items).toMatchObject([
      {
        state: 'paid',
        agentName: 'Lector',
        amount: { amountMinor: 2_900, currency: 'EUR' },
        refunded: { amountMinor: 0 },
      },
    ])
    expect((await person.call('GET', '/billing-details')).body.cards).toMatchObject([
      { last4: '4242', isDefault: true },
    ])
    expect((await eve.call('GET', '/invoices')).body.items).toEqual([])
  })

  it('are saved as they were sent, and a tax number that Stripe refuses is named', async () => {
    const person = await signedIn(server)
    const details = {
      name: 'Ada Lovelace',
      company: 'Analytical Engines GmbH',
      email: 'invoices@example.com',
      address: { line1: 'Torstr. 1', postalCode: '10119', city: 'Berlin', country: 'DE' },
      taxId: { type: 'eu_vat', value: 'DE123456789' },
    }
    const saved = await person.call('PUT', '/billing-details', { body: details })
    expect(saved).toMatchObject({ status: 200, body: { details } })
    expect((await person.call('GET', '/billing-details')).body).toEqual(saved.body)
    const portal = await person.call('POST', '/billing-portal', { body: { returnTo: 'https://evil.example/' } })
    expect(portal.status).toBe(201)
    expect(await (await fetch(portal.body.url)).text()).not.toContain('evil.example')
  })
})

describe('how often', () => {
  it('somebody may ask is bounded, and nobody else waits for them', async () => {
    const person = await signedIn(server)
    const answers: number[] = []
    for (let round = 0; round < 13; round += 1) {
      const asked = await Promise.all(Array.from({ length: 10 }, () => person.call('GET', `/subscriptions/${nobody}`)))
      answers.push(...asked.map(({ status }) => status))
    }
    expect(answers.filter((status) => status === 404)).toHaveLength(120)
    expect(answers.filter((status) => status === 429)).toHaveLength(10)
    expect(await person.call('POST', `/subscriptions/${nobody}/cancel`)).toMatchObject({
      status: 429,
      body: { code: 'rate_limited' },
    })
    expect((await eve.call('GET', '/invoices')).status).toBe(200)
    const page = await server.deps.auth.limits.take({ 'billing:account': [person.userId] })
    expect(page).toBeGreaterThan(0)
  })
})
