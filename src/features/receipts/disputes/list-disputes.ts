import { and, asc, desc, eq, sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import {
  agentMetricDefinitions,
  agents,
  usageDisputes,
  usageLedger,
  user,
  userAgentSubscriptions,
} from '#src/db/schema/index.ts'
import { isUuid } from '../own-subscription.ts'
import { disputeOf } from '../read-receipt.ts'
import type { Dispute } from '../read-receipt.ts'

export interface ListedDispute extends Dispute {
  readonly person: { readonly id: string; readonly name: string; readonly email: string }
  readonly agent: { readonly id: string; readonly slug: string; readonly name: string }
  readonly subscriptionId: string
  readonly entry: {
    readonly id: string
    readonly metric: string
    readonly metricName: string
    readonly unit: string
    readonly units: number
    readonly occurredAt: string
    readonly metadata: Readonly<Record<string, unknown>>
    readonly clientReqId: string
  }
}

/** More than that at once are not looked through by anybody. */
const listedMax = 100

/** Open: who waits longest first; decided: newest first. At most 100. */
export async function listDisputes(db: Database, isOpen: boolean): Promise<readonly ListedDispute[]> {
  const { state, createdAt, decidedAt, id } = usageDisputes
  const order = isOpen ? [asc(createdAt), asc(id)] : [desc(decidedAt), desc(id)]
  return select(db, { where: isOpen ? eq(state, 'open') : sql`${state} <> 'open'`, order })
}

export async function findDispute(db: Database, disputeId: string): Promise<ListedDispute | undefined> {
  if (!isUuid(disputeId)) return undefined
  const [found] = await select(db, { where: eq(usageDisputes.id, disputeId), order: [] })
  return found
}

export const countOpenDisputes = (db: Database): Promise<number> =>
  db.$count(usageDisputes, eq(usageDisputes.state, 'open'))

async function select(
  db: Database,
  { where, order }: { readonly where: SQL; readonly order: readonly SQL[] },
): Promise<readonly ListedDispute[]> {
  const rows = await db
    .select({
      dispute: usageDisputes,
      person: { id: user.id, name: user.name, email: user.email },
      agent: { id: agents.id, slug: agents.slug, name: agents.name },
      entry: {
        id: usageLedger.id,
        metric: agentMetricDefinitions.slug,
        metricName: agentMetricDefinitions.displayName,
        unit: agentMetricDefinitions.unit,
        units: usageLedger.delta,
        occurredAt: usageLedger.occurredAt,
        metadata: usageLedger.metadata,
        clientReqId: usageLedger.clientReqId,
      },
    })
    .from(usageDisputes)
    .innerJoin(user, eq(user.id, usageDisputes.userId))
    .innerJoin(userAgentSubscriptions, eq(userAgentSubscriptions.id, usageDisputes.subscriptionId))
    .innerJoin(agents, eq(agents.id, userAgentSubscriptions.agentId))
    .innerJoin(
      usageLedger,
      and(eq(usageLedger.id, usageDisputes.entryId), eq(usageLedger.subscriptionId, usageDisputes.subscriptionId)),
    )
    .innerJoin(agentMetricDefinitions, eq(agentMetricDefinitions.id, usageLedger.metricId))
    .where(where)
    .orderBy(...order)
    .limit(listedMax)
  return rows.map(({ dispute, person, agent, entry }) => ({
    ...disputeOf(dispute),
    person,
    agent,
    subscriptionId: dispute.subscriptionId,
    entry: { ...entry, occurredAt: entry.occurredAt.toISOString() },
  }))
}
