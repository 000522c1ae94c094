// A process that dies between any two things it does, to Stripe or to the database: what it had begun is as it was, and whoever
// comes next finds it.
import { eq } from 'drizzle-orm'
import { expect } from 'vitest'
import { createDatabase } from '#src/db/client.ts'
import { billingIntents } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import {
  buyAddon,
  cancelPlan,
  commitChange,
  reconcileDispute,
  refundInvoice,
  resumePlan,
  settleBeforeDeletion,
  settleCheckout,
  startCheckout,
} from '#src/features/billing/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { startBilling } from './harness.ts'
import type { Billing, Subscribed, TestAgent } from './harness.ts'
import { slowStripe } from './slow-network.ts'
import { checkAddons, checkMoney, checkOneEach, readBooks } from './truth.ts'
import { createWebhooks } from './webhooks.ts'
import type { Webhooks } from './webhooks.ts'

interface Place {
  readonly billing: Billing
  readonly agent: TestAgent
}

interface Begun {
  readonly userId: string
  readonly subscriptionId?: string
  /** Does it; also again, as the person would. */
  readonly act: (deps: Deps) => Promise<unknown>
}

interface Journey {
  /** What stands there before, new each time. */
  readonly begin: (place: Place) => Promise<Begun>
  /** Net of what was given back, in minor units: before and after. */
  readonly paid: readonly [number, number]
  /** Of a subscription, once it is through. */
  readonly after?: (place: Place) => object
}

const visa = { number: '4242424242424242', expMonth: 12, expYear: 2060 }
const sessionOf = (url: string): string => url.split('/').at(-1) ?? ''

function buying(tier: 'monthly' | 'ends'): Journey['begin'] {
  return async ({ billing }) => {
    // An agent of its own: its price is not at Stripe yet, and a card has one trial of it.
    const agent = await billing.addAgent()
    const ends = { price: 3_000, trialDays: 14, trialEndsWith: 'end', quotas: { messages: 1_000 } } as const
    const tierId = tier === 'ends' ? await billing.addTier(agent, ends) : agent.tiers.monthly
    const userId = await billing.addPerson()
    const which = { userId, agentSlug: agent.slug, tierId, withTrial: tier === 'ends' }
    return {
      userId,
      act: async (deps) => {
        const { url, intentId } = await startCheckout(deps, which)
        await billing.sandbox.completeCheckout(sessionOf(url), { card: visa })
        return settleCheckout(deps, { userId, intentId })
      },
    }
  }
}

type Acting = (who: Subscribed, place: Place) => Begun['act'] | Promise<Begun['act']>

const subscribed =
  (tier: 'monthly' | 'pro', acting: Acting, card = visa.number): Journey['begin'] =>
  async (place) => {
    const who = await place.billing.subscribe({ agent: place.agent, tierId: place.agent.tiers[tier], card })
    const { userId, subscriptionId } = who
    return { userId, subscriptionId, act: await acting(who, place) }
  }

const changing =
  (tier: 'monthly' | 'pro' | 'free'): Acting =>
  async ({ userId, subscriptionId }, { agent, billing }) => {
    const prorationDate = Math.floor(+(await billing.now()) / 1_000)
    const change = { userId, subscriptionId, tierId: agent.tiers[tier], intentId: crypto.randomUUID(), prorationDate }
    return (deps) => commitChange(deps, change)
  }

const addingOn =
  (offer: object): Acting =>
  async ({ userId, subscriptionId, customerId }, { agent, billing }) => {
    await billing.addCard(customerId, 'pm_card_visa')
    const offerId = await billing.addOffer(agent, offer)
    const intentId = crypto.randomUUID()
    return (deps) => buyAddon(deps, { userId, subscriptionId, offerId, intentId })
  }

const paidInvoiceOf = async (billing: Billing, { stripeSubscriptionId }: Subscribed): Promise<string> => {
  const { data } = await billing.stripe.invoices.list({ subscription: stripeSubscriptionId, status: 'paid' })
  return data[0]?.id ?? ''
}

/** The second of two purchases, which were both paid before either was heard of. */
const buyingTwice: Journey['begin'] = async ({ billing }) => {
  const agent = await billing.addAgent()
  const userId = await billing.addPerson()
  const which = { userId, agentSlug: agent.slug, tierId: agent.tiers.monthly, withTrial: false }
  const started = []
  for (let time = 0; time < 2; time += 1) {
    const begun = await startCheckout(billing.deps, which)
    started.push(begun)
    const isThis = eq(billingIntents.id, begun.intentId)
    await billing.database.db.update(billingIntents).set({ state: 'expired', settledAt: new Date() }).where(isThis)
  }
  for (const { url } of started) await billing.sandbox.completeCheckout(sessionOf(url), { card: visa })
  const [first, second] = started
  await settleCheckout(billing.deps, { userId, intentId: first?.intentId ?? '' })
  return { userId, act: (deps) => settleCheckout(deps, { userId, intentId: second?.intentId ?? '' }) }
}

export const journeys: Readonly<Record<string, Journey>> = {
  'a purchase': { begin: buying('monthly'), paid: [0, 1_000] },
  'a trial': { begin: buying('ends'), paid: [0, 0] },
  'the second of two purchases': { begin: buyingTwice, paid: [1_000, 1_000] },
  'an upgrade': {
    begin: subscribed('monthly', changing('pro')),
    paid: [1_000, 3_000],
    after: ({ agent }) => ({ tierId: agent.tiers.pro, nextTierId: null }),
  },
  'a downgrade': {
    begin: subscribed('pro', changing('monthly')),
    paid: [3_000, 3_000],
    after: ({ agent }) => ({ tierId: agent.tiers.pro, nextTierId: agent.tiers.monthly }),
  },
  'a fall to the free tier': {
    begin: subscribed('monthly', changing('free')),
    paid: [1_000, 1_000],
    after: ({ agent }) => ({ nextTierId: agent.tiers.free, cancelAtPeriodEnd: false }),
  },
  'a cancellation': {
    begin: subscribed('monthly', (who) => (deps) => cancelPlan(deps, who)),
    paid: [1_000, 1_000],
    after: () => ({ cancelAtPeriodEnd: true }),
  },
  'a resumption': {
    begin: subscribed('monthly', async (who, { billing }) => {
      await cancelPlan(billing.deps, who)
      return (deps) => resumePlan(deps, who)
    }),
    paid: [1_000, 1_000],
    after: () => ({ cancelAtPeriodEnd: false }),
  },
  'an add-on': { begin: subscribed('monthly', addingOn({})), paid: [1_000, 1_500] },
  'an add-on that comes again': {
    begin: subscribed('monthly', addingOn({ scope: 'permanent', billingInterval: 'month', price: 450 })),
    paid: [1_000, 1_450],
  },
  'a refund': {
    begin: subscribed('monthly', async (who, { billing }) => {
      const stripeInvoiceId = await paidInvoiceOf(billing, who)
      const { subscriptionId } = who
      const operatorId = await billing.addPerson()
      const refund = { subscriptionId, stripeInvoiceId, operatorId, reason: 'Asked for', isPreview: false }
      const id = crypto.randomUUID()
      return (deps) => refundInvoice(deps, { ...refund, amountMinor: 300, id })
    }),
    paid: [1_000, 700],
  },
  'a dispute': {
    begin: subscribed(
      'monthly',
      async ({ customerId }, { billing }) => {
        const charges = await billing.stripe.charges.list({ customer: customerId })
        const { data } = await billing.stripe.disputes.list({ charge: charges.data[0]?.id ?? '' })
        return (deps) => reconcileDispute(deps, { stripeDisputeId: data[0]?.id ?? '' })
      },
      '4000000000000259',
    ),
    paid: [1_000, 0],
    after: () => ({ status: 'paused', cancelAtPeriodEnd: true }),
  },
  'a deletion': {
    begin: subscribed(
      'monthly',
      ({ userId }) =>
        (deps) =>
          settleBeforeDeletion(deps, userId),
    ),
    paid: [1_000, 1_000],
  },
}

class DeadError extends Error {
  override readonly name = 'DeadError'
}

interface Process {
  readonly deps: Deps
  /** What it has done so far: `database`, or a call to Stripe. */
  readonly steps: readonly string[]
  readonly isDead: () => boolean
}

/** Dies before it does the step of this number, counted from 0, and from then on does nothing at all. */
function startProcess({ deps, sandbox, database }: Billing, diesAt: number): Process {
  const steps: string[] = []
  let isDead = false
  const take = (step: string): void => {
    isDead ||= steps.length >= diesAt
    if (isDead) throw new DeadError()
    steps.push(step)
  }
  const pool = new Proxy(database.pool, {
    get: (target, name) => {
      // Whatever it is, it is called on the pool itself.
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      return (...given: unknown[]) => {
        if (name === 'query' || name === 'connect') take('database')
        return Reflect.apply(value, target, given) as unknown
      }
    },
  })
  const stripe = slowStripe({
    sandbox,
    wait: async (call, way) => {
      if (way === 'there') take(call)
    },
  })
  const mortal = { ...deps, pool, db: createDatabase(pool), payments: { ...deps.payments, stripe } }
  return { deps: mortal, steps, isDead: () => isDead }
}

/** How the next one comes to it: by the person, who tries again, or by the clock alone. */
type Next = 'again' | 'sweep'

interface Crash extends Place {
  readonly webhooks: Webhooks
  readonly journey: Journey
  readonly diesAt: number
  readonly next: Next
}

/** Lets a process die on its way, starts another one, and checks what is there in the end. Answers what it did until then. */
export async function crash({ billing, agent, webhooks, journey, diesAt, next }: Crash): Promise<readonly string[]> {
  const place = { billing, agent }
  const begun = await journey.begin(place)
  const { deps, steps, isDead } = startProcess(billing, diesAt)
  await begun.act(deps).catch((error: unknown) => {
    if (!isDead()) throw error
  })
  // A minute and a half later.
  await billing.database.pool.query('UPDATE billing_leases SET expires_at = clock_timestamp()')
  if (next === 'again') await begun.act(billing.deps).catch(unlessRefused)
  await webhooks.deliverPending()
  await webhooks.sweep()
  expect(webhooks.failures).toEqual([])
  const isDone = !isDead() || next === 'again'
  await check(place, { journey, begun, isDone })
  return steps
}

/** It was through already, and says so. */
function unlessRefused(error: unknown): void {
  if (!(error instanceof AppError) || !['already_subscribed', 'conflict'].includes(error.code)) throw error
}

interface Checking {
  readonly journey: Journey
  readonly begun: Begun
  readonly isDone: boolean
}

async function check(place: Place, { journey, begun, isDone }: Checking): Promise<void> {
  const { billing } = place
  const { pool } = billing.database
  const books = await readBooks(billing)
  await checkOneEach(billing, books)
  await checkMoney(billing, books)
  await checkAddons(billing, books)
  const open = books.invoices.filter(({ status }) => status === 'open' || status === 'draft')
  expect(open, 'invoices that wait for money').toEqual([])
  const { rows: customers } = await pool.query(
    `SELECT FROM stripe_sandbox.objects WHERE kind = 'customer'
      GROUP BY doc->'metadata'->>'rialto_customer' HAVING doc->'metadata'->>'rialto_customer' IS NOT NULL AND count(*) > 1`,
  )
  expect(customers, 'customers that somebody is twice').toEqual([])
  const { rows } = await pool.query<{ net: number }>(
    'SELECT coalesce(sum(amount), 0)::int AS net FROM billing_entries WHERE subject_hash = $1',
    [billing.deps.subjectHash(`person:${begun.userId}`)],
  )
  const [before, after] = journey.paid
  expect(isDone ? [after] : [before, after], 'paid, less what was given back').toContain(rows[0]?.net)
  if (isDone && begun.subscriptionId !== undefined && journey.after !== undefined) {
    expect(await billing.subscription(begun.subscriptionId)).toMatchObject(journey.after(place))
  }
}

interface Deaths {
  readonly name: string
  /** Steps after which it may die, told by what they are; all unless said. */
  readonly isAfter?: (step: string) => boolean
  /** How the next one comes, for the death of this number. */
  readonly nextOf: (death: number) => readonly Next[]
}

/** Lets a journey die before its first step and after each that is chosen, every time from its beginning. Answers how many died. */
export async function dieEverywhere({ name, isAfter = () => true, nextOf }: Deaths): Promise<number> {
  const journey = journeys[name]
  if (journey === undefined) throw new Error(`There is no journey ${name}`)
  const billing = await startBilling()
  let deaths = 0
  try {
    const agent = await billing.addAgent()
    const life = { billing, agent, journey, webhooks: createWebhooks(billing.deps) }
    // The very first claims the database for these payments.
    await crash({ ...life, diesAt: Number.POSITIVE_INFINITY, next: 'again' })
    const steps = await crash({ ...life, diesAt: Number.POSITIVE_INFINITY, next: 'again' })
    const places = [0, ...steps.flatMap((step, place) => (isAfter(step) ? [place + 1] : []))]
    for (const diesAt of places.filter((place) => place < steps.length)) {
      for (const next of nextOf(deaths)) {
        await crash({ ...life, diesAt, next }).catch((error: unknown) => {
          const where = `${name}, dead after ${diesAt} steps (${steps[diesAt - 1] ?? 'none'}), then ${next}`
          throw new Error(where, { cause: error })
        })
        deaths += 1
      }
    }
  } finally {
    await billing.stop()
  }
  return deaths
}
