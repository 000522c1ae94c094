// An agent with tiers, people, and the business clock, for tests of subscriptions. Use is counted by the engine itself.
import { randomUUID } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { readConfig } from '#src/config.ts'
import {
  agentMetricDefinitions,
  agentPricingTiers,
  agents,
  installation,
  subscriptionUsage,
  tierMetricQuotas,
  usageLedger,
  user,
} from '#src/db/schema/index.ts'
import type { openSubscription } from '#src/features/subscriptions/index.ts'
import { createUsageEngine } from '#src/metering/index.ts'
import { createTestDatabase } from '#test/support/database.ts'

export const dayMs = 86_400_000
export const graceDays = 7

type NewTier = Partial<typeof agentPricingTiers.$inferInsert> & {
  /** By slug of the metric; null is unlimited, a missing one is not included. */
  readonly quotas?: Readonly<Record<string, number | null>>
}

export type Market = Awaited<ReturnType<typeof createMarket>>

export async function createMarket() {
  const database = await createTestDatabase()
  const { db, pool } = database
  const config = readConfig({ PAYMENT_GRACE_DAYS: String(graceDays) })
  const usage = createUsageEngine({ pool, graceMs: graceDays * dayMs, onNotice: () => {} })
  const deps = { db, config, newId: () => randomUUID() as string }
  await db.update(installation).set({ environment: 'sandbox' })

  const insert = async <T>(rows: PromiseLike<T[]>): Promise<T> => {
    const [row] = await rows
    if (row === undefined) throw new Error('Nothing was inserted')
    return row
  }

  return {
    ...database,
    deps,

    now: async (): Promise<Date> => {
      const { rows } = await pool.query<{ now: Date }>('SELECT rialto_now() AS now')
      return rows[0]?.now ?? new Date(Number.NaN)
    },

    /** The business clock only goes forward. */
    advance: async (ms: number): Promise<void> => {
      await db.update(installation).set({ clockOffsetMs: sql`${installation.clockOffsetMs} + ${Math.ceil(ms)}` })
    },

    addPerson: async (): Promise<string> => {
      const id = randomUUID()
      await db.insert(user).values({ id, name: 'Ada', email: `${id}@example.com` })
      return id
    },

    /** Published, with a counter `messages` and a gauge `seats`. */
    addAgent: async (values: Partial<typeof agents.$inferInsert> = {}) => {
      const agent = await insert(
        db
          .insert(agents)
          .values({
            slug: `agent-${randomUUID()}`,
            name: 'Reader',
            status: 'published',
            publishedAt: new Date(),
            ...values,
          })
          .returning(),
      )
      const metrics = await db
        .insert(agentMetricDefinitions)
        .values([
          { agentId: agent.id, slug: 'messages', displayName: 'Messages', unit: 'message' },
          { agentId: agent.id, slug: 'seats', displayName: 'Seats', unit: 'seat', kind: 'gauge' },
        ])
        .returning()
      const metricIds = Object.fromEntries(metrics.map(({ slug, id }) => [slug, id]))
      return { agentId: agent.id, slug: agent.slug, metricIds }
    },

    addTier: async (agent: { agentId: string; metricIds: Record<string, string> }, tier: NewTier): Promise<string> => {
      const { quotas = {}, ...values } = tier
      const price = values.price ?? 0
      const row = await insert(
        db
          .insert(agentPricingTiers)
          .values({ tierName: 'Tier', ...values, agentId: agent.agentId, price, isFree: price === 0, currency: 'EUR' })
          .returning(),
      )
      const rows = Object.entries(quotas).map(([slug, quotaLimit]) => ({
        tierId: row.id,
        metricId: agent.metricIds[slug] ?? '',
        quotaLimit,
      }))
      if (rows.length > 0) await db.insert(tierMetricQuotas).values(rows)
      return row.id
    },

    consume: (event: { agentId: string; userId: string; delta?: number; metric?: string; ttlSeconds?: number }) =>
      usage.consume({ metric: 'messages', delta: 1, requestId: randomUUID(), ...event }),

    check: (question: { agentId: string; userId: string; delta?: number; metric?: string }) =>
      usage.check({ metric: 'messages', delta: 1, ...question }),

    counters: (subscriptionId: string) =>
      db.query.subscriptionUsage.findMany({
        where: eq(subscriptionUsage.subscriptionId, subscriptionId),
        orderBy: subscriptionUsage.periodStart,
      }),

    ledger: (subscriptionId: string) =>
      db.query.usageLedger.findMany({
        where: eq(usageLedger.subscriptionId, subscriptionId),
        orderBy: usageLedger.seq,
      }),

    /** Counters that aren't the sum of their entries; there are none, ever. */
    drift: async (): Promise<unknown[]> => {
      const { rows } = await pool.query(`
        SELECT counter.subscription_id, counter.period_start, counter.used, counter.held, entries.sum
        FROM subscription_usage counter
          FULL JOIN (
            SELECT subscription_id, metric_id, coalesce(period_start, '1970-01-01T00:00:00Z') AS period_start,
              sum(delta)::bigint AS sum
            FROM usage_ledger GROUP BY 1, 2, 3
          ) entries USING (subscription_id, metric_id, period_start)
        WHERE coalesce(counter.used, 0) <> coalesce(entries.sum, 0)`)
      return rows
    },
  }
}

/** A payment for so many days from now. */
export function payment(start: Date, { days = 30, ...values }: { days?: number } & Partial<Payment> = {}): Payment {
  return {
    status: 'active',
    period: { start, end: new Date(+start + days * dayMs) },
    amount: 1_000,
    currency: 'EUR',
    priceId: null,
    stripeCustomerId: null,
    stripeSubscriptionId: null,
    ...values,
  }
}

type Payment = NonNullable<Parameters<typeof openSubscription>[1]['payment']>
