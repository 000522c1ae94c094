// What each tier would have cost for what somebody used, on the page where they read it.
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { agentAddonOffers, agentPricingTiers, tierMetricQuotas } from '#src/db/schema/index.ts'
import { signedIn } from '#test/integration/pricing/publisher.ts'
import type { Session } from '#test/integration/pricing/publisher.ts'
import { addMeteredAgent, addSubscriber } from '#test/integration/usage/market.ts'
import type { MeteredAgent } from '#test/integration/usage/market.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'

let server: TestServer
let agent: MeteredAgent

beforeAll(async () => {
  server = await startTestServer({ environment: { RIALTO_ROLE: 'web' } })
  agent = await addMeteredAgent(server, { messages: { quota: 100 }, seats: { kind: 'gauge', quota: 2 } })
  await addTier('Plus', { price: 1000, quotas: { messages: 1000, seats: 10 } })
  await addTier('Yearly', { price: 9600, billingInterval: 'year', quotas: { messages: null, seats: 10 } })
  await server.deps.db.insert(agentAddonOffers).values({
    agentId: agent.id,
    metricId: agent.metricIds['messages'] ?? '',
    displayName: '50 more messages',
    amount: 50,
    scope: 'one_cycle',
    price: 300,
    currency: 'EUR',
  })
})
afterAll(() => server.stop())

interface NewTier {
  readonly price: number
  readonly billingInterval?: 'month' | 'year'
  readonly quotas: Readonly<Record<string, number | null>>
}

async function addTier(tierName: string, { quotas, ...tier }: NewTier): Promise<void> {
  const [added] = await server.deps.db
    .insert(agentPricingTiers)
    .values({ agentId: agent.id, tierName, currency: 'EUR', ...tier })
    .returning()
  for (const [slug, quotaLimit] of Object.entries(quotas)) {
    await server.deps.db
      .insert(tierMetricQuotas)
      .values({ tierId: added?.id ?? '', metricId: agent.metricIds[slug] ?? '', quotaLimit })
  }
}

interface Subscribed {
  readonly person: Session
  readonly path: string
  /** On the fifth day of the month that was so many months ago. */
  use(metric: string, units: number, monthsAgo: number): Promise<unknown>
}

async function subscribed(): Promise<Subscribed> {
  const person = await signedIn(server)
  const { subscriptionId } = await addSubscriber(server, agent, { userId: person.userId })
  return {
    person,
    path: `/account/subscriptions/${subscriptionId}/estimate`,
    use: (metric, units, monthsAgo) =>
      server.deps.db.execute(sql`
        INSERT INTO usage_daily (subscription_id, metric_id, day, used) VALUES (${subscriptionId}, ${agent.metricIds[metric]},
          (date_trunc('month', rialto_now() AT TIME ZONE 'UTC') - make_interval(months => ${monthsAgo}) + interval '4 days')::date,
          ${units})`),
  }
}

async function page(at: string, by: Session) {
  const response = await fetch(`${server.origin}${at}`, { redirect: 'manual', headers: { cookie: by.cookie } })
  // React puts empty comments between neighbouring texts.
  const html = (await response.text()).replaceAll('<!-- -->', '')
  return { status: response.status, html, text: html.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ') }
}

test('names the cheapest tier that would have covered the last whole months, with its arithmetic', async () => {
  const { person, path, use } = await subscribed()
  await use('messages', 90, 3)
  await use('messages', 120, 2)
  await use('messages', 230, 1)
  // Still going on, and not counted.
  await use('messages', 5000, 0)
  const { text } = await page(path, person)
  // One add-on of 50 for 20 too many, three for 130: €12 on the free tier, against €30 and €24.
  expect(text).toContain('Yours, Free, is the cheapest that covers what you use')
  expect(text).toContain('4 × €3.00')
  expect(text).toContain('3 × €10.00 a month')
  expect(text).toContain('3/12 of €96.00 a year')
  expect(text).toMatch(/In all €12\.00.*In all €24\.00.*In all €30\.00/)
  expect(text).not.toContain('5,000')
})

test('says that a dearer tier would have covered what theirs doesn’t, and leads to it', async () => {
  const { person, path, use } = await subscribed()
  await use('messages', 10, 2)
  await use('seats', 3, 2)
  const { text, html } = await page(path, person)
  expect(text).toContain('Yearly is the cheapest that covers what you use')
  expect(text).toContain('Yours alone would not have covered it')
  // The level stood in the month after, too.
  expect(text).toContain('seats: room for 1 unit less than you had, in 2 months')
  expect(html).toMatch(/href="\/account\/subscriptions\/[^"]*\/change\?tier=/)
})

test('reckons with the present month where there is no whole one, and says so', async () => {
  const { person, path, use } = await subscribed()
  await use('messages', 20, 0)
  expect((await page(path, person)).text).toMatch(/in \w+ \d{4} so far comes to €0\.00/)
})

test('says what it waits for where nothing was used, and is nobody else’s', async () => {
  const { person, path } = await subscribed()
  expect((await page(path, person)).text).toContain('Nothing was used yet')
  expect((await page(path, await signedIn(server))).status).toBe(404)
  expect((await page('/account/subscriptions/nonsense/estimate', person)).status).toBe(404)
})

test('is led to from the subscription and from where a tier is chosen', async () => {
  const { person, path } = await subscribed()
  const subscription = path.replace('/estimate', '')
  for (const at of [subscription, `${subscription}/change`]) {
    expect((await page(at, person)).html).toContain(`href="${path}"`)
  }
})
