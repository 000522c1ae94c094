import { eq, sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { subscriptionUsage, usageLedger, usageReservations } from '#src/db/schema/index.ts'
import { stateOf } from '../decision.ts'
import type { Decision, MeterState } from '../decision.ts'
import { partsOf } from '../limit-in-force.ts'
import type { LimitInForce } from '../limit-in-force.ts'
import type { Reservation, ReservationState } from './reservation.ts'

/** How a reservation ended, and where the counter stood then. */
export interface Settlement extends MeterState {
  readonly subscriptionId: string
  readonly reservationId: string
  /** `lapsed`: it had ended by itself. What is committed then is a new use, and its decision is part of the answer. */
  readonly state: Exclude<ReservationState, 'held'>
  /** Units of it that count. */
  readonly recorded: number
  /** Units of the commit that did not fit any more. */
  readonly short: number
  readonly replayed?: true
  readonly purchaseUrl?: string
}

/** A commit that came after its reservation had lapsed. */
export type LateSettlement = Decision & Pick<Settlement, 'reservationId' | 'state' | 'recorded' | 'short'>

interface Ending {
  readonly state: 'committed' | 'released'
  /** Units that the work took; null: released. */
  readonly committed: number | null
  /** What settling adds to what is held, or takes off. */
  readonly delta: number
  /** The counter before it. */
  readonly used: number
  readonly inForce: LimitInForce
}

/** Writes the difference, the counter and how it ended, and reads as it will be read when it is settled again. */
export async function settle(tx: Transaction, reservation: Reservation, ending: Ending): Promise<Reservation> {
  const { row, hold, counter } = reservation
  const { state, committed, delta, used, inForce } = ending
  const standing = {
    usedAfter: used + delta,
    limitAt: inForce.limit,
    limitParts: inForce.parts === undefined ? null : [...inForce.parts],
  }
  if (delta !== 0) {
    await tx.insert(usageLedger).values({
      ...standing,
      subscriptionId: row.subscriptionId,
      metricId: row.metricId,
      eventType: 'settle',
      delta,
      clientReqId: sql`settlement_request_id(${row.id})`,
      refersToId: row.id,
      periodStart: hold.periodStart,
    })
  }
  await tx
    .update(subscriptionUsage)
    .set({ used: sql`${subscriptionUsage.used} + ${delta}`, held: sql`${subscriptionUsage.held} - ${row.amount}` })
    .where(eq(subscriptionUsage.id, counter.id))
  const [settled] = await tx
    .update(usageReservations)
    .set({ state, committed, settledAt: sql`now()`, ...standing })
    .where(eq(usageReservations.id, row.id))
    .returning()
  if (settled === undefined) throw new Error('The reservation went away under its lock')
  return { ...reservation, row: settled, settledDelta: delta }
}

/** The answer, the same whenever it is asked again. Of one that has lapsed, the counter as it is now. */
export function settlementOf(reservation: Reservation): Settlement {
  const { row, hold, counter, metric, settledDelta } = reservation
  if (row.state === 'held') throw new Error('What is held has not been settled')
  const recorded = row.amount + settledDelta
  const isKept = row.usedAfter !== null
  return {
    ...stateOf(metric, {
      subscriptionId: row.subscriptionId,
      isGauge: false,
      used: row.usedAfter ?? counter.used,
      limit: isKept ? row.limitAt : hold.limitAt,
      parts: partsOf(isKept ? row.limitParts : hold.limitParts),
      period: { start: counter.periodStart, end: counter.periodEnd },
    }),
    subscriptionId: row.subscriptionId,
    reservationId: row.id,
    state: row.state,
    recorded,
    short: row.committed === null ? 0 : row.committed - recorded,
  }
}
