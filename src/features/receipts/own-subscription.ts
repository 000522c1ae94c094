import { and, asc, eq } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { agentMetricDefinitions, agents, userAgentSubscriptions } from '#src/db/schema/index.ts'

export interface WhichSubscription {
  /** As it stands in an address: anything. */
  readonly subscriptionId: string
  readonly userId: string
}

export interface CountedMetric {
  readonly id: string
  readonly slug: string
  readonly displayName: string
  readonly unit: string
  readonly kind: 'counter' | 'gauge'
}

export interface OwnSubscription {
  readonly id: string
  readonly agent: { readonly id: string; readonly slug: string; readonly name: string }
  /** In the publisher's order, archived ones too: their use is in the ledger. */
  readonly metrics: readonly CountedMetric[]
}

/** As many as an agent can have. */
const metricsMax = 200

export const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)

/** Undefined where there is none, also for another person's. */
export async function findOwnSubscription(
  db: Database,
  { subscriptionId, userId }: WhichSubscription,
): Promise<OwnSubscription | undefined> {
  if (!isUuid(subscriptionId)) return undefined
  const [found] = await db
    .select({ id: userAgentSubscriptions.id, agent: { id: agents.id, slug: agents.slug, name: agents.name } })
    .from(userAgentSubscriptions)
    .innerJoin(agents, eq(agents.id, userAgentSubscriptions.agentId))
    .where(and(eq(userAgentSubscriptions.id, subscriptionId), eq(userAgentSubscriptions.userId, userId)))
  if (found === undefined) return undefined
  const { id, slug, displayName, unit, kind, agentId, sortOrder } = agentMetricDefinitions
  const metrics = await db
    .select({ id, slug, displayName, unit, kind })
    .from(agentMetricDefinitions)
    .where(eq(agentId, found.agent.id))
    .orderBy(asc(sortOrder), asc(id))
    .limit(metricsMax)
  return { ...found, metrics }
}
