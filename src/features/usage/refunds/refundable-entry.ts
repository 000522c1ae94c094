import { and, eq, sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { agentMetricDefinitions, usageLedger, usageReservations, userAgentSubscriptions } from '#src/db/schema/index.ts'
import { AppError } from '#src/lib/errors.ts'

export interface RefundableEntry {
  readonly row: typeof usageLedger.$inferSelect
  readonly userId: string
  readonly agentId: string
  /** The metric's slug. */
  readonly metric: string
}

interface WhichEntry {
  readonly agentId: string
  readonly entryId: string
}

/**
 * An entry that took units: what was consumed, or held. Throws `not_found`, also for another agent's; `counter_only` for a gauge's;
 * `invalid_request` for one that took nothing by itself.
 */
export async function getRefundableEntry(tx: Transaction, { agentId, entryId }: WhichEntry): Promise<RefundableEntry> {
  const [found] = await tx
    .select({
      row: usageLedger,
      userId: userAgentSubscriptions.userId,
      metric: agentMetricDefinitions.slug,
      kind: agentMetricDefinitions.kind,
    })
    .from(usageLedger)
    .innerJoin(userAgentSubscriptions, eq(userAgentSubscriptions.id, usageLedger.subscriptionId))
    .innerJoin(agentMetricDefinitions, eq(agentMetricDefinitions.id, usageLedger.metricId))
    .where(and(eq(usageLedger.id, entryId), eq(userAgentSubscriptions.agentId, agentId)))
  if (found === undefined) throw new AppError('not_found')
  const { kind, ...entry } = found
  if (kind === 'gauge') throw new AppError('counter_only')
  if (entry.row.eventType === 'consume' || entry.row.eventType === 'hold') return { ...entry, agentId }
  const message = 'is not of something that was used or held'
  throw new AppError('invalid_request', { errors: [{ in: 'json', path: 'entryId', message }] })
}

/** Units that the entry took in the end. Throws `conflict` while they are only held. */
export async function takenBy(tx: Transaction, { row }: RefundableEntry): Promise<number> {
  if (row.eventType === 'consume') return row.delta
  const [found] = await tx
    .select({ state: usageReservations.state, settledDelta: usageLedger.delta })
    .from(usageReservations)
    .leftJoin(usageLedger, eq(usageLedger.clientReqId, sql`settlement_request_id(${usageReservations.id})`))
    .where(eq(usageReservations.id, row.id))
  if (found?.state === 'held') {
    throw new AppError('conflict', { detail: 'The reservation is not settled yet: commit or release it.' })
  }
  return row.delta + (found?.settledDelta ?? 0)
}

/** Units that were given back of it so far; `until` counts only those up to this place in the ledger. */
export async function refundedOf(
  tx: Transaction,
  { row }: RefundableEntry,
  { until }: { readonly until?: number } = {},
): Promise<number> {
  const [found] = await tx
    .select({ units: sql<string>`coalesce(-sum(${usageLedger.delta}), 0)` })
    .from(usageLedger)
    .where(
      and(
        eq(usageLedger.refersToId, row.id),
        eq(usageLedger.eventType, 'refund'),
        until === undefined ? undefined : sql`${usageLedger.seq} <= ${until}`,
      ),
    )
  return Number(found?.units ?? 0)
}
