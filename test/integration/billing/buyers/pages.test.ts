// What buyers' pages say, in the states that a journey which goes well doesn't pass through.
import { eq } from 'drizzle-orm'
import { Stripe } from 'stripe'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { agentPricingTiers, billingIntents, user, userAgentSubscriptions } from '#src/db/schema/index.ts'
import { newBrowser, newPerson } from '#test/integration/oauth/market.ts'
import type { Browser, Visit } from '#test/integration/oauth/market.ts'
import { call } from '#test/integration/usage/market.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { addPaidAgent, decliningCard, goodCard, pass, pay } from './market.ts'
import type { PaidAgent } from './market.ts'

let server: TestServer
let agent: PaidAgent
beforeAll(async () => {
  server = await startTestServer()
  agent = await addPaidAgent(server)
})
afterAll(() => server.stop())

const nobody = crypto.randomUUID()
const subscribePath = (tier: keyof PaidAgent['tiers'], of = agent) =>
  `/agents/${of.slug}/subscribe?tier=${of.tiers[tier]}`

interface Buying {
  readonly tier?: 'reader' | 'studio'
  readonly trial?: boolean
  readonly of?: PaidAgent
}

/** Presses the button, and answers where it is paid and what its intent is. */
async function begin(person: Browser, { tier = 'studio', trial = false, of = agent }: Buying = {}) {
  const { url } = await person.submit(subscribePath(tier, of), { intent: 'pay', ...(trial && { trial: 'yes' }) })
  const intents = await server.deps.db
    .select()
    .from(billingIntents)
    .where(eq(billingIntents.userId, await idOf(person)))
  const intentId = intents.find(({ state }) => state === 'open')?.id ?? ''
  return { checkoutUrl: url.href, intentId, path: `/checkout/${intentId}` }
}

async function buy(person: Browser, buying: Buying & { readonly card?: string } = {}): Promise<string> {
  const { checkoutUrl, path } = await begin(person, buying)
  await pay(server, checkoutUrl, buying.card ?? goodCard)
  await person.open(path)
  const [row] = await server.deps.db
    .select()
    .from(userAgentSubscriptions)
    .where(eq(userAgentSubscriptions.userId, await idOf(person)))
  return `/account/subscriptions/${row?.id}`
}

async function idOf({ email }: Browser): Promise<string> {
  const [row] = await server.deps.db.select({ id: user.id }).from(user).where(eq(user.email, email))
  return row?.id ?? ''
}

/** A page's words, without what is markup. */
const wordsOf = ({ text }: Visit): string =>
  text
    .replaceAll(/<(script|style)[\s\S]*?<\/\1>/g, '')
    .replaceAll(/<!--.*?-->/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&#x27;', '’')
    .replaceAll(/\s+/g, ' ')

const setIntent = (id: string, values: Partial<typeof billingIntents.$inferInsert>) =>
  server.deps.db.update(billingIntents).set(values).where(eq(billingIntents.id, id))

describe('before paying', () => {
  it('whoever is not signed in is asked to, and comes back to the same tier', async () => {
    const { url } = await newBrowser(server).open(subscribePath('reader'))
    expect(url.pathname).toBe('/sign-in')
    expect(url.searchParams.get('returnTo')).toBe(subscribePath('reader'))
  })

  it('the first charge is said without a trial, and that a trial was had', async () => {
    const person = await newPerson(server)
    expect(wordsOf(await person.open(subscribePath('studio')))).toMatch(
      /€29\.00 today then the same each month, next on \d+ \w+ \d{4}/,
    )
    const path = await buy(person, { tier: 'reader', trial: true, card: '5555555555554444' })
    await person.submit(`${path}/cancel`, {})
    await pass(server, { days: 15 })
    await server.deps.payments.sandbox?.advance()
    await begin(person)
    const page = wordsOf(await person.open(subscribePath('reader')))
    expect(page).toContain('You have had the trial')
    expect(page).toContain('€9.00 today')
    expect(page).not.toContain('Free until')
    const stale = await person.submit(subscribePath('reader'), { intent: 'pay', trial: 'yes' })
    expect(stale.status).toBe(409)
    expect(wordsOf(stale)).toContain('You have had this trial')
    expect(wordsOf(await person.open(`/agents/${agent.slug}`))).not.toContain('14-day trial')
  })

  it('who has it is led to it, and from a free tier to a purchase', async () => {
    const person = await newPerson(server)
    await person.submit(subscribePath('free'), {})
    expect(wordsOf(await person.open(subscribePath('studio')))).toContain('Upgrade Lector to Studio')
    expect(wordsOf(await person.open(subscribePath('free')))).toContain('You have Lector already')
    const path = await buy(person)
    const again = await person.open(subscribePath('reader'))
    expect(wordsOf(again)).toContain('You have Lector already')
    expect(again.text).toContain(`${path}/change?tier=${agent.tiers.reader}`)
    const pressed = await person.submit(subscribePath('reader'), { intent: 'pay' })
    expect(pressed.status).toBe(409)
  })

  it('a trial that a card has had already is refused, and offered without one', async () => {
    const [first, second] = [await newPerson(server), await newPerson(server)]
    const of = await addPaidAgent(server)
    await buy(first, { tier: 'reader', trial: true, of })
    const { checkoutUrl, path } = await begin(second, { tier: 'reader', trial: true, of })
    await pay(server, checkoutUrl)
    const page = await second.open(path)
    expect(wordsOf(page)).toContain('This trial was used before')
    expect(page.text).toContain(subscribePath('reader', of))
    expect(wordsOf(await second.open('/account/subscriptions'))).toContain('You have no subscription yet')
  })
})

describe('the page that paying leads to', () => {
  it('is nobody else’s', async () => {
    const person = await newPerson(server)
    const { path } = await begin(person)
    const other = await newPerson(server)
    expect((await other.open(path)).status).toBe(404)
    expect((await other.submit(path, {})).status).toBe(404)
    expect((await person.open(`/checkout/${nobody}`)).status).toBe(404)
    expect((await person.open('/checkout/nonsense')).status).toBe(404)
    expect((await person.open(path)).status).toBe(200)
  })

  it('leads on to paying, or ends it when it is given up', async () => {
    const person = await newPerson(server)
    const { path, checkoutUrl } = await begin(person)
    const open = await person.open(path)
    expect(wordsOf(open)).toContain('Not paid yet')
    expect(open.text).toContain(`href="${checkoutUrl}"`)
    const over = await person.submit(path, {})
    expect(wordsOf(over)).toContain('This checkout is over')
    expect(over.text).toContain(subscribePath('studio'))
    expect(wordsOf(await person.submit(path, {}))).toContain('This checkout is over')
  })

  it('says what was given back, what is under way, and what was refused', async () => {
    const person = await newPerson(server)
    const { path, intentId } = await begin(person)
    await setIntent(intentId, { url: null })
    expect(wordsOf(await person.open(path))).toContain('Your payment is on its way')
    const settled = { state: 'undone', settledAt: new Date(), reason: 'already_subscribed' } as const
    await setIntent(intentId, settled)
    const undone = wordsOf(await person.open(path))
    expect(undone).toContain('You had Lector already')
    expect(undone).toContain('given back in full')
    await setIntent(intentId, { state: 'refused', reason: 'tier_not_on_offer' })
    expect(wordsOf(await person.open(path))).toContain('That tier is not on offer any more')
  })
})

describe('a subscription', () => {
  it('is nobody else’s, on any of its pages', async () => {
    const path = await buy(await newPerson(server))
    const other = await newPerson(server)
    for (const page of ['', '/change', '/cancel', '/addons', '/pay', '/resume']) {
      expect([page, (await other.open(path + page)).status]).toEqual([page, 404])
      const nonsense = `/account/subscriptions/nonsense${page}`
      expect([page, (await other.open(nonsense)).status]).toEqual([page, 404])
    }
    for (const page of ['/change', '/cancel', '/addons', '/resume'])
      expect([page, (await other.submit(path + page, { tier: agent.tiers.reader })).status]).toEqual([page, 404])
  })

  it('says when a smaller tier begins, and takes that back', async () => {
    const person = await newPerson(server)
    const path = await buy(person)
    const preview = await person.open(`${path}/change?tier=${agent.tiers.reader}`)
    expect(wordsOf(preview)).toMatch(/Reader begins on \d+ \w+ \d{4}\s?\. Nothing is due now/)
    const id = /name="id" value="([^"]*)"/.exec(preview.text)?.[1] ?? ''
    const changed = await person.submit(`${path}/change`, { tier: agent.tiers.reader, id })
    expect(wordsOf(changed)).toMatch(/Changes to Reader on \d+ \w+/)
    const kept = await person.submit(`${path}/change`, { tier: agent.tiers.studio, id: crypto.randomUUID() })
    expect(wordsOf(kept)).toContain('You stay on your tier')
    expect((await person.open(`${path}/change?tier=${nobody}`)).status).toBe(404)
    expect((await person.open(`${path}/change?tier=x`)).status).toBe(404)
    const dollars = await person.open(`${path}/change?tier=${agent.tiers.dollars}`)
    expect(dollars.status).toBe(409)
    expect(wordsOf(dollars)).toContain('sold in another currency')
  })

  it('whose payment is late says so, wants it first, and can be ended at once', async () => {
    const person = await newPerson(server)
    const path = await buy(person, { tier: 'reader', trial: true, card: decliningCard })
    // In a trial another tier costs nothing now.
    const preview = await person.open(`${path}/change?tier=${agent.tiers.studio}`)
    expect(wordsOf(preview)).toContain('your trial goes on as before')
    await pass(server, { days: 15 })
    // No webhook has told of it yet.
    const refused = await person.submit(`${path}/change`, { tier: agent.tiers.studio, id: crypto.randomUUID() })
    expect([402, 409]).toContain(refused.status)
    expect(wordsOf(await person.open(path))).toMatch(
      /goes on until \d+ \w+ \d{4}, with a smaller limit; pay now to keep it/,
    )
    // The bank is asked again three and five days later; the grace is seven.
    await pass(server, { days: 7 })
    expect(wordsOf(await person.open(path))).toContain('stands still until it is paid')
    const change = await person.open(`${path}/change?tier=${agent.tiers.studio}`)
    expect(change.status).toBe(402)
    expect(wordsOf(change)).toContain('A payment is missing')
    const paying = await person.open(`${path}/pay`)
    expect(paying.url.pathname).toMatch(/^\/sandbox\/invoices\//)
    const cancel = wordsOf(await person.open(`${path}/cancel`))
    expect(cancel).toContain('Reader ends now')
    expect(cancel).toContain('you owe nothing more')
    expect(wordsOf(await person.submit(`${path}/cancel`, {}))).toContain('Your subscription has ended')
  })

  it('whose trial began without a card says that it ends, until there is one', async () => {
    const of = await addPaidAgent(server)
    const { db, payments } = server.deps
    await db.update(agentPricingTiers).set({ trialWithoutCard: true }).where(eq(agentPricingTiers.id, of.tiers.reader))
    const person = await newPerson(server)
    expect(wordsOf(await person.open(subscribePath('reader', of)))).toContain('Without a card it ends by itself')
    const { checkoutUrl, path: checkout } = await begin(person, { tier: 'reader', trial: true, of })
    const session = new URL(checkoutUrl).pathname.split('/').at(-1) ?? ''
    expect(await payments.sandbox?.completeCheckout(session, {})).toMatchObject({ kind: 'complete' })
    const done = await person.open(checkout)
    expect(wordsOf(done)).toContain('Nothing without a card; it ends on')
    const [path = ''] = /\/account\/subscriptions\/[0-9a-f-]{36}/.exec(done.text) ?? []
    expect(wordsOf(await person.open(path))).toMatch(/Without a card it ends on \d+ \w+/)
    const [row] = await db
      .select()
      .from(userAgentSubscriptions)
      .where(eq(userAgentSubscriptions.userId, await idOf(person)))
    const customer = row?.stripeCustomerId ?? ''
    const { id: card } = await payments.stripe.paymentMethods.attach('pm_card_visa', { customer })
    await person.submit('/account/billing', { intent: 'use-card', card })
    const withCard = wordsOf(await person.open(path))
    expect(withCard).not.toContain('Without a card')
    expect(withCard).toContain('Next charge €9.00 on')
  })

  it('whose renewal came is shown as it is, before any webhook has told of it', async () => {
    const person = await newPerson(server)
    const path = await buy(person, {
      tier: 'reader',
      trial: true,
      card: '4000056655665556',
      of: await addPaidAgent(server),
    })
    expect(wordsOf(await person.open(path))).toContain('Trial until')
    await pass(server, { days: 15 })
    expect(wordsOf(await person.open(path))).toMatch(/Status Active Next charge €9\.00 on /)
  })

  it('whose card is declined stays what it was, and says what the bank says', async () => {
    const person = await newPerson(server)
    const path = await buy(person, { tier: 'reader' })
    const { stripe } = server.deps.payments
    const [row] = await server.deps.db
      .select()
      .from(userAgentSubscriptions)
      .where(eq(userAgentSubscriptions.userId, await idOf(person)))
    const customer = row?.stripeCustomerId ?? ''
    const card = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer })
    const chosen = await person.submit('/account/billing', { intent: 'use-card', card: card.id })
    expect(wordsOf(chosen)).toContain('That card pays from now on')
    const refused = await person.submit(`${path}/change`, { tier: agent.tiers.studio, id: crypto.randomUUID() })
    expect(refused.status).toBe(402)
    expect(wordsOf(refused)).toContain('Your card was declined. Nothing was changed.')
    expect(wordsOf(await person.open(path))).toContain('Reader · €9.00 per month')
    const addon = await person.submit(`${path}/addons`, { offer: agent.offers.once, id: crypto.randomUUID() })
    expect(addon.status).toBe(402)
    expect(wordsOf(addon)).toContain('The payment was declined')
  })

  it('whose add-on was paid, though nobody heard of it, has it once when the button is pressed again', async () => {
    const person = await newPerson(server)
    const path = await buy(person)
    const offer = `${path}/addons?offer=${agent.offers.once}`
    const fieldOf = ({ text }: Visit) => /name="id" value="([^"]*)"/.exec(text)?.[1] ?? ''
    const id = fieldOf(await person.open(offer))
    const { invoices } = server.deps.payments.stripe
    const payInvoice = invoices.pay.bind(invoices)
    Object.assign(invoices, {
      pay: async (...args: Parameters<typeof payInvoice>) => {
        await payInvoice(...args)
        throw new Stripe.errors.StripeConnectionError({ type: 'api_error', message: 'lost' })
      },
    })
    const lost = await person.submit(offer, { offer: agent.offers.once, id })
    Object.assign(invoices, { pay: payInvoice })
    expect(lost.status).toBe(503)
    expect(wordsOf(lost)).toContain('Payments can’t be reached right now')
    expect(fieldOf(lost)).toBe(id)
    expect(wordsOf(await person.submit(offer, { offer: agent.offers.once, id }))).toContain('The add-on is yours')
    const invoicesPage = wordsOf(await person.open('/account/invoices'))
    expect(invoicesPage.match(/€4\.00/g)).toHaveLength(1)
    expect(wordsOf(await person.open(path))).toContain('0 of 2,100 unit')
  })

  it('leads from a limit to the add-on that raises it', async () => {
    const person = await newPerson(server)
    await person.submit(subscribePath('free'), {})
    const body = { clientReqId: crypto.randomUUID(), userId: await idOf(person), metric: 'messages', delta: 6 }
    const denied = await call(server, { token: agent.token, path: '/usage', body })
    const link = String(denied.body['purchaseUrl'])
    const lift = await person.open(link)
    const [, offer] = /href="(\/buy\/[^"]*\?offer=[^"]*)"/.exec(lift.text) ?? []
    const confirm = await person.open(offer ?? '')
    expect(wordsOf(confirm)).toContain('A card is asked for next')
    const id = /name="id" value="([^"]*)"/.exec(confirm.text)?.[1] ?? ''
    const { url } = await person.submit(offer ?? '', { intent: 'buy', offer: agent.offers.once, id })
    await pay(server, url.href)
    const again = await call(server, { token: agent.token, path: '/usage', body })
    expect(again.body).toMatchObject({ allowed: false })
    const intents = await server.deps.db.select().from(billingIntents).where(eq(billingIntents.id, id))
    expect(intents).toHaveLength(1)
    expect(wordsOf(await person.open(`/checkout/${id}`))).toContain('The add-on is yours')
    expect((await call(server, { token: agent.token, path: '/usage', body })).body).toMatchObject({ allowed: true })
    expect(wordsOf(await person.open(link))).toContain('6 of 105 unit')
  })
})

describe('billing details', () => {
  const details = { intent: 'details', name: 'Ada', email: 'ada@example.com', taxIdType: '', taxId: '', country: '' }

  it('are kept, and what is wrong is named beside its field with what was typed', async () => {
    const person = await newPerson(server)
    const saved = await person.submit('/account/billing', { ...details, company: 'Engines GmbH', country: 'DE' })
    expect(wordsOf(saved)).toContain('Your billing details are saved')
    expect(saved.text).toContain('value="Engines GmbH"')
    const wrong = await person.submit('/account/billing', { ...details, email: 'nowhere', taxId: 'DE1' })
    expect(wrong.status).toBe(400)
    expect(wordsOf(wrong)).toContain('This is no e-mail address.')
    expect(wordsOf(wrong)).toContain('Choose what kind of number it is.')
    expect(wrong.text).toContain('value="nowhere"')
    expect((await person.submit('/account/billing', { intent: 'remove-card', card: 'pm_none' })).status).toBe(404)
  })

  it('say that payments can’t be reached, and nothing else breaks', async () => {
    const person = await newPerson(server)
    const path = await buy(person)
    const { invoices, paymentMethods } = server.deps.payments.stripe
    const { list } = invoices
    const cards = paymentMethods.list
    const isAway = () => Promise.reject(new Stripe.errors.StripeConnectionError({ type: 'api_error', message: 'away' }))
    Object.assign(invoices, { list: isAway })
    Object.assign(paymentMethods, { list: isAway })
    try {
      for (const page of ['/account/invoices', '/account/billing']) {
        const visit = await person.open(page)
        expect([page, visit.status]).toEqual([page, 503])
        expect(wordsOf(visit)).toContain('Payments can’t be reached right now')
      }
      expect((await person.open(path)).status).toBe(200)
    } finally {
      Object.assign(invoices, { list })
      Object.assign(paymentMethods, { list: cards })
    }
    expect((await person.open('/account/invoices')).status).toBe(200)
  })
})
