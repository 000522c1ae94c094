// Subscriptions that are paid for, in a database of the benchmark's, with a sandbox in this process: what a look at each costs, and
// what remains of that without all that is decided.
import { randomUUID } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { pino } from 'pino'
import { readConfig } from '#src/config.ts'
import { createDatabase, createPool } from '#src/db/client.ts'
import { agentPricingTiers, agents, user, userAgentSubscriptions } from '#src/db/schema/index.ts'
import { createDeps } from '#src/deps.ts'
import type { Deps } from '#src/deps.ts'
import { reconcileSubscription, settleCheckout, startCheckout } from '#src/features/billing/index.ts'
import { createPayments } from '#src/integrations/stripe/index.ts'

export interface Reconciling {
  /** Of the subscription of this number, counted on and on. */
  readonly reconcile: (number: number) => Promise<unknown>
  /** The same two questions to the sandbox, and the row read and written in one transaction. */
  readonly floor: (number: number) => Promise<unknown>
  close(): Promise<void>
}

const subscriptions = 40
const connections = 10
const baseUrl = 'https://bench.example'

export async function openReconciling(databaseUrl: string): Promise<Reconciling> {
  const pool = createPool({ url: databaseUrl, max: connections, onError: () => {} })
  const db = createDatabase(pool)
  const payments = createPayments({ stripe: undefined, pool, baseUrl, authSecret: 'bench', onError: fail })
  const mail: Deps['mail'] = {
    enqueue: async () => {},
    start: async () => {},
    stop: () => {},
    failed: async () => [],
    forget: async () => {},
  }
  const ground = { config: readConfig({}), baseUrl, pool, log: pino({ level: 'silent' }), authSecret: 'bench' }
  const deps = createDeps(ground, { db, mail, payments })
  const ids = await subscribe(deps)
  const idOf = (number: number): string => ids[number % ids.length] ?? ''
  return {
    reconcile: async (number) => {
      const { outcome } = await reconcileSubscription(deps, { stripeSubscriptionId: idOf(number) })
      if (outcome !== 'reconciled') throw new Error(`It came to ${outcome}`)
    },
    floor: (number) => floor(deps, idOf(number)),
    close: () => pool.end(),
  }
}

function fail(error: unknown): never {
  throw error
}

/** By checkouts, as people do. Answers the ids at Stripe. */
async function subscribe(deps: Deps): Promise<readonly string[]> {
  const { db } = deps
  const slug = `bench-${randomUUID()}`
  const agent = { slug, name: 'Bench', status: 'published', publishedAt: new Date() } as const
  const [{ id: agentId } = { id: '' }] = await db.insert(agents).values(agent).returning()
  const paid = { agentId, tierName: 'Pro', price: 1_900, currency: 'EUR' }
  const [{ id: tierId } = { id: '' }] = await db.insert(agentPricingTiers).values(paid).returning()
  for (let count = 0; count < subscriptions; count += 1) {
    const userId = randomUUID()
    await db.insert(user).values({ id: userId, name: 'Bench', email: `${userId}@example.com` })
    const { intentId, url } = await startCheckout(deps, { userId, agentSlug: slug, tierId, withTrial: false })
    await deps.payments.sandbox?.completeCheckout(url.split('/').at(-1) ?? '', {
      card: { number: '4242424242424242', expMonth: 12, expYear: 2060 },
    })
    await settleCheckout(deps, { intentId, userId })
  }
  const rows = await db.select().from(userAgentSubscriptions).where(eq(userAgentSubscriptions.agentId, agentId))
  return rows.flatMap(({ stripeSubscriptionId }) => stripeSubscriptionId ?? [])
}

async function floor({ db, payments: { stripe } }: Deps, id: string): Promise<void> {
  await stripe.subscriptions.retrieve(id, { expand: ['schedule', 'default_payment_method', 'customer'] })
  await stripe.invoices.list({ subscription: id, limit: 20 })
  await db.transaction(async (tx) => {
    const isThis = eq(userAgentSubscriptions.stripeSubscriptionId, id)
    await tx.select().from(userAgentSubscriptions).where(isThis)
    await tx
      .update(userAgentSubscriptions)
      .set({ reconciledAt: sql`clock_timestamp()` })
      .where(isThis)
  })
}
