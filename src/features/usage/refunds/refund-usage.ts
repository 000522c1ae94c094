import { and, eq, sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import type { Deps } from '#src/deps.ts'
import { subscriptionUsage, usageLedger, userAgentSubscriptions } from '#src/db/schema/index.ts'
import type { AccessToken } from '#src/identity/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { requireBackend } from '../caller.ts'
import { stateOf } from '../decision.ts'
import type { MeterState } from '../decision.ts'
import { graceSecondsOf, limitInForce, partsOf } from '../limit-in-force.ts'
import { refundUnits } from '../rules/refund.ts'
import type { RefundRequest } from '../schema.ts'
import { settleInTransaction } from '../transaction.ts'
import { lockHome } from './lock-home.ts'
import type { Counter } from './lock-home.ts'
import { getRefundableEntry, refundedOf, takenBy } from './refundable-entry.ts'
import type { RefundableEntry } from './refundable-entry.ts'

export interface Refund extends MeterState {
  readonly subscriptionId: string
  /** Of the refund. */
  readonly entryId: string
  /** What was refunded. */
  readonly refersToId: string
  /** Units given back. */
  readonly refunded: number
  /** Units of the entry that could still be given back then. */
  readonly left: number
  readonly replayed?: true
}

type RefundDeps = Pick<Deps, 'config' | 'db' | 'usage'>
type LedgerRow = typeof usageLedger.$inferSelect

/**
 * Gives back what an entry took, or a part of it, in the period in which it counts. The same id again gets the first answer.
 *
 * Throws `not_found`, also for another agent's entry; `counter_only` for a gauge's; `conflict` where that is more than is left of
 * it; `request_id_conflict` for an id that was used for something else.
 */
export async function refundUsage(deps: RefundDeps, token: AccessToken, request: RefundRequest): Promise<Refund> {
  const { agentId } = requireBackend(token)
  const graceSeconds = graceSecondsOf(deps.config)
  return deps.usage.settle(agentId, () =>
    settleInTransaction(deps.db, async (tx) => {
      const entry = await getRefundableEntry(tx, { agentId, entryId: request.entryId })
      const home = await lockHome(tx, entry.row.id)
      // After the lock: who sent the same id at the same time has committed by now.
      const known = await findByRequestId(tx, request.clientReqId)
      if (known !== undefined) return replayOf(tx, { known, entry, request })
      return refund(tx, { entry, home, request, graceSeconds })
    }),
  )
}

interface Refunding {
  readonly entry: RefundableEntry
  readonly home: Counter
  readonly request: RefundRequest
  readonly graceSeconds: number
}

async function refund(tx: Transaction, { entry, home, request, graceSeconds }: Refunding): Promise<Refund> {
  const [taken, refunded] = [await takenBy(tx, entry), await refundedOf(tx, entry)]
  const left = taken - refunded
  // An operator may have lowered the counter meanwhile: what is not there can't be given back.
  const present = home.used - home.held
  const units = refundUnits({ taken: Math.min(taken, refunded + present), refunded }, request.amount)
  if (units === undefined) {
    throw new AppError('conflict', {
      detail: 'An entry gives back no more than it took.',
      left: Math.min(left, present),
    })
  }
  const { limit, parts } = await limitInForce(
    tx,
    {
      ...entry,
      subscriptionId: home.subscriptionId,
      periodStart: home.periodStart,
      limitAtEntry: entry.row.limitAt,
      partsAtEntry: entry.row.limitParts,
    },
    { graceSeconds },
  )
  const [row] = await tx
    .insert(usageLedger)
    .values({
      subscriptionId: home.subscriptionId,
      metricId: home.metricId,
      eventType: 'refund',
      delta: -units,
      clientReqId: request.clientReqId,
      refersToId: entry.row.id,
      metadata: request.amount === undefined ? askedForAll : {},
      usedAfter: home.used - units,
      limitAt: limit,
      limitParts: parts === undefined ? null : [...parts],
      periodStart: home.periodStart,
    })
    .returning()
  await tx
    .update(subscriptionUsage)
    .set({ used: sql`${subscriptionUsage.used} - ${units}` })
    .where(eq(subscriptionUsage.id, home.id))
  if (row === undefined) throw new Error('The refund was not inserted')
  return answerOf(row, { entry, left: left - units, periodEnd: home.periodEnd })
}

/** What was asked is part of what a replay must repeat. */
const askedForAll = { asked: 'all' }

interface Known {
  readonly row: LedgerRow
  readonly agentId: string
  readonly periodEnd: Date | null
}

async function findByRequestId(tx: Transaction, clientReqId: string): Promise<Known | undefined> {
  const [known] = await tx
    .select({ row: usageLedger, agentId: userAgentSubscriptions.agentId, periodEnd: subscriptionUsage.periodEnd })
    .from(usageLedger)
    .innerJoin(userAgentSubscriptions, eq(userAgentSubscriptions.id, usageLedger.subscriptionId))
    .leftJoin(
      subscriptionUsage,
      and(
        eq(subscriptionUsage.subscriptionId, usageLedger.subscriptionId),
        eq(subscriptionUsage.metricId, usageLedger.metricId),
        eq(subscriptionUsage.periodStart, usageLedger.periodStart),
      ),
    )
    .where(eq(usageLedger.clientReqId, clientReqId))
  return known
}

interface Replay {
  readonly known: Known
  readonly entry: RefundableEntry
  readonly request: RefundRequest
}

async function replayOf(tx: Transaction, { known, entry, request }: Replay): Promise<Refund> {
  const { row, agentId, periodEnd } = known
  const isAll = 'asked' in (row.metadata as object)
  const isSame =
    row.eventType === 'refund' &&
    agentId === entry.agentId &&
    row.refersToId === entry.row.id &&
    (request.amount === undefined ? isAll : !isAll && row.delta === -request.amount)
  if (!isSame || periodEnd === null) throw new AppError('request_id_conflict')
  const left = (await takenBy(tx, entry)) - (await refundedOf(tx, entry, { until: row.seq }))
  return { ...answerOf(row, { entry, left, periodEnd }), replayed: true }
}

interface Answering {
  readonly entry: RefundableEntry
  readonly left: number
  readonly periodEnd: Date
}

function answerOf(row: LedgerRow, { entry, left, periodEnd }: Answering): Refund {
  const { subscriptionId, usedAfter: used, limitAt: limit, limitParts, periodStart } = row
  const period = { start: periodStart ?? periodEnd, end: periodEnd }
  return {
    entryId: row.id,
    refersToId: entry.row.id,
    refunded: -row.delta,
    left,
    ...stateOf(entry.metric, { subscriptionId, isGauge: false, used, limit, parts: partsOf(limitParts), period }),
    subscriptionId,
  }
}
