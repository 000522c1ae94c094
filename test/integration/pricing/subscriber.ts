// Somebody with a subscription whose use is really counted.
import { eq } from 'drizzle-orm'
import type { Pool } from 'pg'
import type { Database } from '#src/db/client.ts'
import { subscriptionUsage, usageLedger, userAgentSubscriptions } from '#src/db/schema/index.ts'
import { createMetric } from '#src/features/pricing/metrics/create-metric.ts'
import { newMetricSchema, newTierSchema } from '#src/features/pricing/schema.ts'
import type { Quotas } from '#src/features/pricing/schema.ts'
import { createTier } from '#src/features/pricing/tiers/create-tier.ts'
import { createUsageEngine } from '#src/metering/index.ts'
import type { UsageAnswer } from '#src/metering/index.ts'
import { addPublisher, subscribe } from './publisher.ts'

export const graceDays = 7

export interface Subscriber {
  readonly subscriptionId: string
  readonly userId: string
  readonly agentId: string
  use(metric: string, delta: number, options?: { readonly ttlSeconds?: number }): Promise<UsageAnswer>
}

interface Ground {
  readonly db: Database
  readonly pool: Pool
}

const defaultQuotas: Quotas = [
  { metric: 'messages', limit: 10 },
  { metric: 'seats', limit: 5 },
]

/** Of a free tier with a counter `messages`, a counter `tokens` that is not included, and a gauge `seats`. */
export async function addSubscriber({ db, pool }: Ground, quotas: Quotas = defaultQuotas): Promise<Subscriber> {
  const by = await addPublisher(db)
  for (const slug of ['messages', 'tokens', 'seats']) {
    const kind = slug === 'seats' ? 'gauge' : 'counter'
    const metric = newMetricSchema.parse({ slug, displayName: slug, unit: 'unit', kind })
    await createMetric({ db }, { by, metric })
  }
  const tier = newTierSchema.parse({ tierName: 'Free', priceMinor: 0, quotas })
  const { id: tierId } = await createTier({ db }, { by, tier })
  const subscriptionId = await subscribe(db, { agentId: by.agentId, tierId })
  const [row] = await db.select().from(userAgentSubscriptions).where(eq(userAgentSubscriptions.id, subscriptionId))
  const userId = row?.userId ?? ''
  const engine = createUsageEngine({ pool, graceMs: graceDays * 86_400_000, onNotice: () => {} })
  const who = { agentId: by.agentId, userId }
  return {
    ...who,
    subscriptionId,
    use: (metric, delta, options) =>
      engine.consume({ ...who, metric, delta, requestId: crypto.randomUUID(), ...options }),
  }
}

/** Each counter of a subscription beside the sum of its entries. */
export async function countersAndSums(db: Database, subscriptionId: string) {
  const counters = await db.select().from(subscriptionUsage).where(eq(subscriptionUsage.subscriptionId, subscriptionId))
  const entries = await db.select().from(usageLedger).where(eq(usageLedger.subscriptionId, subscriptionId))
  return counters.map(({ metricId, periodStart, used }) => ({
    used,
    sum: entries
      .filter((entry) => entry.metricId === metricId && +(entry.periodStart ?? new Date(0)) === +periodStart)
      .reduce((sum, { delta }) => sum + delta, 0),
  }))
}
