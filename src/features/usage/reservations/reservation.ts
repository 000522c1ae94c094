import { and, eq, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Transaction } from '#src/db/client.ts'
import {
  agentMetricDefinitions,
  subscriptionUsage,
  usageLedger,
  usageReservations,
  userAgentSubscriptions,
} from '#src/db/schema/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { lateRequestId } from './late-request-id.ts'

export type ReservationState = (typeof usageReservations.$inferSelect)['state']

export interface Reservation {
  readonly row: typeof usageReservations.$inferSelect
  /** The entry that holds its units. */
  readonly hold: typeof usageLedger.$inferSelect
  readonly counter: typeof subscriptionUsage.$inferSelect
  readonly userId: string
  readonly agentId: string
  /** The metric's slug. */
  readonly metric: string
  /** What settling it added to what it held, or took off. 0 while it is held. */
  readonly settledDelta: number
  /** Whether its units were reported after it had lapsed. */
  readonly isCommittedLate: boolean
}

export interface WhichReservation {
  readonly agentId: string
  readonly reservationId: string
}

/** The reservation with its counter locked until the transaction ends. Throws `not_found`, also for another agent's. */
export async function lockReservation(tx: Transaction, which: WhichReservation): Promise<Reservation> {
  const { agentId, reservationId } = which
  const { rowCount } = await tx.execute(sql`
    SELECT FROM usage_reservations AS reservation
      JOIN user_agent_subscriptions AS subscription
        ON subscription.id = reservation.subscription_id AND subscription.agent_id = ${agentId}
      JOIN subscription_usage AS counter ON counter.id = reservation.usage_id
    WHERE reservation.id = ${reservationId}
    FOR NO KEY UPDATE OF counter`)
  if (rowCount === 0) throw new AppError('not_found')
  // Another statement, another snapshot: who settled it while this one waited is seen now.
  return readReservation(tx, which)
}

async function readReservation(tx: Transaction, { agentId, reservationId }: WhichReservation): Promise<Reservation> {
  const hold = alias(usageLedger, 'hold')
  const ending = alias(usageLedger, 'ending')
  const late = alias(usageLedger, 'late')
  const [found] = await tx
    .select({
      row: usageReservations,
      hold,
      counter: subscriptionUsage,
      userId: userAgentSubscriptions.userId,
      metric: agentMetricDefinitions.slug,
      endingDelta: ending.delta,
      lateId: late.id,
    })
    .from(usageReservations)
    .innerJoin(hold, eq(hold.id, usageReservations.id))
    .innerJoin(subscriptionUsage, eq(subscriptionUsage.id, usageReservations.usageId))
    .innerJoin(userAgentSubscriptions, eq(userAgentSubscriptions.id, usageReservations.subscriptionId))
    .innerJoin(agentMetricDefinitions, eq(agentMetricDefinitions.id, usageReservations.metricId))
    .leftJoin(ending, eq(ending.clientReqId, sql`settlement_request_id(${usageReservations.id})`))
    .leftJoin(late, eq(late.clientReqId, lateRequestId(reservationId)))
    .where(and(eq(usageReservations.id, reservationId), eq(userAgentSubscriptions.agentId, agentId)))
  if (found === undefined) throw new AppError('not_found')
  const { endingDelta, lateId, ...rest } = found
  return { ...rest, agentId, settledDelta: endingDelta ?? 0, isCommittedLate: lateId !== null }
}
