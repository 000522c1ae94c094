// A running marketplace with an agent that costs, and people with sessions who buy there.
import { sql } from 'drizzle-orm'
import { agentAddonOffers, agentPricingTiers, tierMetricQuotas } from '#src/db/schema/index.ts'
import { addMeteredAgent } from '#test/integration/usage/market.ts'
import type { MeteredAgent } from '#test/integration/usage/market.ts'
import type { Session } from '#test/integration/pricing/publisher.ts'
import type { TestServer } from '#test/support/server.ts'

export interface PaidAgent extends MeteredAgent {
  /** `free`; `reader` €9 a month with 14 days' trial; `studio` €29 a month without; `dollars` as `reader`, in USD. */
  readonly tiers: Readonly<Record<'free' | 'reader' | 'studio' | 'dollars', string>>
  /** `once`: 100 messages for €4; `monthly`: 50 messages for €2 a month. */
  readonly offers: Readonly<Record<'once' | 'monthly', string>>
}

export async function addPaidAgent(server: TestServer): Promise<PaidAgent> {
  const { db } = server.deps
  const agent = await addMeteredAgent(server, { messages: { quota: 5 } })
  const metricId = agent.metricIds['messages'] ?? ''
  const [reader, studio, dollars] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()]
  const common = { agentId: agent.id, currency: 'EUR' }
  await db.insert(agentPricingTiers).values([
    { ...common, id: reader, tierName: 'Reader', price: 900, trialDays: 14, sortOrder: 1 },
    { ...common, id: studio, tierName: 'Studio', price: 2_900, sortOrder: 2 },
    { ...common, id: dollars, tierName: 'Dollars', price: 900, currency: 'USD', sortOrder: 3 },
  ])
  await db.insert(tierMetricQuotas).values([
    { tierId: reader, metricId, quotaLimit: 200 },
    { tierId: studio, metricId, quotaLimit: 2_000 },
    { tierId: dollars, metricId, quotaLimit: 200 },
  ])
  const [once, monthly] = [crypto.randomUUID(), crypto.randomUUID()]
  await db.insert(agentAddonOffers).values([
    { ...common, id: once, metricId, displayName: '100 more', amount: 100, scope: 'one_cycle', price: 400 },
    {
      ...common,
      id: monthly,
      metricId,
      displayName: '50 a month',
      amount: 50,
      scope: 'permanent',
      price: 200,
      billingInterval: 'month',
    },
  ])
  return { ...agent, tiers: { free: agent.tierId, reader, studio, dollars }, offers: { once, monthly } }
}

export const goodCard = '4242424242424242'
/** Can be saved, and is declined when it is charged. */
export const decliningCard = '4000000000000341'

const cardOf = (number: string) => ({ number, expMonth: 12, expYear: 2040 })

/** What the hosted page does when its button is pressed. */
export async function pay({ deps }: TestServer, checkoutUrl: string, number = goodCard): Promise<void> {
  const id = new URL(checkoutUrl).pathname.split('/').at(-1) ?? ''
  const outcome = await deps.payments.sandbox?.completeCheckout(id, { card: cardOf(number) })
  if (outcome?.kind !== 'complete') throw new Error(`Paying came to ${outcome?.kind}`)
}

interface Buying {
  readonly agent: PaidAgent
  readonly tier: 'reader' | 'studio'
  readonly withTrial?: boolean
  readonly card?: string
}

/** Buys a tier as a person does, and answers the subscription's id. */
export async function subscribe(
  server: TestServer,
  person: Session,
  { agent, tier, withTrial = false, card }: Buying,
): Promise<string> {
  const started = await person.call('POST', '/subscriptions', {
    body: { agent: agent.slug, tierId: agent.tiers[tier], withTrial },
  })
  if (started.status !== 202) throw new Error(`Subscribing answered ${started.status} ${JSON.stringify(started.body)}`)
  await pay(server, started.body.checkoutUrl, card)
  // What the page does that the payment leads back to.
  const page = await fetch(started.body.returnUrl, { headers: { cookie: person.cookie } })
  if (page.status !== 200) throw new Error(`The page after paying answered ${page.status}`)
  const { body } = await person.call('GET', '/subscriptions')
  return body.items[0].id
}

/** Moves the business clock, and lets happen what is due. */
export async function pass({ deps }: TestServer, { days }: { readonly days: number }): Promise<void> {
  await deps.db.execute(sql`UPDATE installation SET environment = 'sandbox'`)
  await deps.db.execute(sql`UPDATE installation SET clock_offset_ms = clock_offset_ms + ${days * 86_400_000}`)
  await deps.payments.sandbox?.advance()
}
